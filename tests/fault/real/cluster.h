// What is tested: three replicas of the customer service and one of sales on three brokers, with
// every way from a replica to a broker or to another replica over a link that can be made to fail.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/harness.h"
#include "tests/fault/real/brokers.h"

namespace crm::fault {

inline constexpr int kReplicas = 3;
inline constexpr int kPartitions = 12;
inline constexpr char kCustomerTopic[] = "crm.customer.log.v1";
inline constexpr char kSalesTopic[] = "crm.sales.log.v1";

// The programs of a run.
struct Programs {
  std::string customer, sales, broker_tool, proxy, topicdump, verify, crmctl, wrong_clock;
};

class Cluster {
 public:
  // Starts everything and waits until it serves. All its files lie in `directory`.
  Cluster(const Programs& programs, const std::string& directory);
  // Whether it came to serve.
  bool started() const { return started_; }

  // Replicas and brokers are counted from 0; in links they are called r1.. and b1..: "r1-b2" is the
  // way from the first replica to the second broker, "r1-r2" from the first to the second replica.
  e2e::Service& replica(int i) { return *replicas_[i]; }
  e2e::Service& sales() { return *sales_; }
  Brokers& brokers() { return *brokers_; }
  // Asks this replica and no other, once, also when it is not ready.
  e2e::Client& probe(int i) { return *probes_[i]; }
  std::vector<std::string> ReplicaAddresses() const;

  // `fault` is the JSON that the proxy takes, without its "links". A link that is not there is a
  // failure of the test.
  void Fault(const std::string& links, const std::string& fault);
  void Heal() { Fault("*", R"("fault":"heal")"); }
  // How often a fault on Kafka's answers has fired, over all links.
  int64_t Fired(const std::string& fault);

  // Partitions that the replica says it owns.
  std::vector<int> OwnedBy(int replica);
  int BusiestOwner();
  // Whether `replica` owns nothing, and the others everything.
  bool OthersOwnAll(int replica);
  // Waits until every replica is ready and every partition has one owner.
  bool WaitUntilWell();
  // And until each owns some: the group of owners is not about to move partitions.
  bool WaitUntilAtRest();

 private:
  std::vector<std::string> FlagsOf(int replica) const;
  void StartProxy(const Programs& programs, const std::string& directory);
  void AddLink(const std::string& name, const std::string& listen, const std::string& target,
               bool kafka);

  bool started_ = false;
  std::string proxy_control_;
  int peer_port_ = 0;
  std::vector<std::string> viewer_bootstrap_;  // By replica, the links to all brokers.
  e2e::Process proxy_;
  std::unique_ptr<Brokers> brokers_;
  std::vector<std::unique_ptr<e2e::Service>> replicas_;
  std::vector<std::unique_ptr<e2e::Client>> probes_;
  std::unique_ptr<e2e::Service> sales_;
};

}  // namespace crm::fault
