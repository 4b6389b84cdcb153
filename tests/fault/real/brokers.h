// A Kafka cluster of three brokers on loopback, each of which can be killed, frozen and started.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/process.h"

namespace crm::fault {

inline constexpr int kBrokers = 3;

// Where one broker is heard. Brokers tell clients where to connect, so each viewer has a listener
// of its own, which is advertised at an address of the caller's.
struct BrokerAddresses {
  std::string direct;               // For brokers, the harness and services that are not cut off.
  std::string controller;           // For the quorum.
  std::vector<std::string> listen;  // For viewer i.
  std::vector<std::string> advertised;  // What viewer i is told.
};

class Brokers {
 public:
  // Nothing runs yet. Data and output lie in `directory`.
  Brokers(std::string tool, std::string directory, std::array<BrokerAddresses, kBrokers> addresses);

  // All or one, from its data. Does not wait.
  void StartAll();
  void Start(int broker);
  void Kill(int broker) { processes_[broker].Kill(); }
  void Signal(int broker, int signal) const { processes_[broker].Signal(signal); }
  bool Running(int broker) { return processes_[broker].Running(); }

  // Waits until every partition of every topic has a leader and all its replicas, in sync. A
  // failure of the test when that does not come about.
  bool WaitUntilInSync();
  // The broker that leads most partitions.
  int BusiestLeader();
  // "host:port,..." past every link.
  std::string bootstrap() const;

 private:
  std::string Settings(int broker) const;

  const std::string tool_;
  const std::string directory_;
  const std::array<BrokerAddresses, kBrokers> addresses_;
  const std::string cluster_id_;
  std::array<e2e::Process, kBrokers> processes_;
};

}  // namespace crm::fault
