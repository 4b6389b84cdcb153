// The load of one injection: clients that write, read and order until they are told to stop.
#pragma once

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/fault/real/cluster.h"
#include "tests/fault/real/speaker.h"

namespace crm::fault {

class Workload {
 public:
  // Names and ids begin with `run`. Starts at once.
  Workload(Cluster& cluster, Recorder& recorder, const std::string& run,
           absl::Duration call_timeout);
  ~Workload() { Stop(); }

  // Operations a second, over a second in which as many as an injection needs were done; or what
  // there were at last, when that does not come about.
  double Warm(double wanted);
  // Waits until a write called after now was acknowledged in every partition.
  bool WaitForAllPartitions(const std::string& when);
  // Lets time pass under load: how long a fault lasts.
  void Hold(absl::Duration time) { common_.Pause(time); }
  // Lets what was begun be answered.
  void Stop();

  int64_t failed_calls() const { return common_.failed_calls.load(); }
  // The first of them, in words. After Stop.
  const std::vector<std::string>& failures() const { return common_.failures; }
  int64_t orders() const { return common_.orders.load(); }
  int64_t order_units() const { return common_.order_units.load(); }

 private:
  void Probe(int partition);
  void Work(int worker);
  void OrderAll();
  void DoAnything(Speaker& speaker, const std::string& name);

  Common common_;
  std::array<std::atomic<int64_t>, kPartitions> acknowledged_call_ns_{};
  std::vector<std::thread> threads_;
};

}  // namespace crm::fault
