#include "tests/fault/real/cluster.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace crm::fault {
namespace {

// Loopback has a network of addresses: every viewer sees the replicas at addresses of its own.
std::string PeerLink(int viewer, const std::string& instance, int port) {
  return absl::StrCat("127.0.", viewer + 1, ".", instance, ":", port);
}

int PortOf(const std::string& address) {
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.find(':') + 1), &port)) << address;
  return port;
}

std::array<BrokerAddresses, kBrokers> NewBrokerAddresses() {
  std::array<BrokerAddresses, kBrokers> all;
  for (BrokerAddresses& broker : all) {
    broker.direct = e2e::FreeAddress();
    broker.controller = e2e::FreeAddress();
    for (int viewer = 0; viewer < kReplicas; ++viewer) {
      broker.listen.push_back(e2e::FreeAddress());
      broker.advertised.push_back(e2e::FreeAddress());
    }
  }
  return all;
}

}  // namespace

Cluster::Cluster(const Programs& programs, const std::string& directory) {
  const auto addresses = NewBrokerAddresses();
  StartProxy(programs, directory);
  for (int viewer = 0; viewer < kReplicas; ++viewer) {
    std::vector<std::string> links;
    for (int broker = 0; broker < kBrokers; ++broker) {
      links.push_back(addresses[broker].advertised[viewer]);
      AddLink(absl::StrCat("r", viewer + 1, "-b", broker + 1), links.back(),
              addresses[broker].listen[viewer], true);
    }
    viewer_bootstrap_.push_back(absl::StrJoin(links, ","));
  }
  brokers_ = std::make_unique<Brokers>(programs.broker_tool, directory, addresses);
  brokers_->StartAll();
  if (!brokers_->WaitUntilInSync()) return;

  std::vector<std::string> listen;
  for (int i = 0; i < kReplicas; ++i) listen.push_back(e2e::FreeAddress());
  peer_port_ = PortOf(e2e::FreeAddress());
  const std::string sales_address = e2e::FreeAddress();
  const std::vector<std::string> business = {
      "--business-date", "2026-06-30", "--service-addresses",
      absl::StrCat("crm.customer.v1=", listen[0], ",crm.sales.v1=", sales_address)};
  const auto with = [](std::vector<std::string> flags, const std::vector<std::string>& more) {
    flags.insert(flags.end(), more.begin(), more.end());
    return flags;
  };
  for (int i = 0; i < kReplicas; ++i) {
    for (int other = 0; other < kReplicas; ++other) {
      if (other == i) continue;
      AddLink(absl::StrCat("r", i + 1, "-r", other + 1),
              PeerLink(i, absl::StrCat(other + 1), peer_port_), listen[other], false);
    }
    const std::string name = absl::StrCat(i + 1);
    replicas_.push_back(std::make_unique<e2e::Service>(
        e2e::Service::Options{programs.customer, directory + "/replica" + name,
                              with(FlagsOf(i), business), listen[i], name}));
    probes_.push_back(std::make_unique<e2e::Client>(std::vector<std::string>{listen[i]},
                                                    e2e::Client::Policy::kNone));
  }
  sales_ = std::make_unique<e2e::Service>(e2e::Service::Options{
      programs.sales, directory + "/sales",
      with({"--log", "kafka", "--kafka-brokers", brokers_->bootstrap()}, business), sales_address,
      "sales"});
  sales_->Start();
  for (auto& replica : replicas_) replica->Start();
  started_ = sales_->WaitUntilReady() && WaitUntilAtRest();
}

std::vector<std::string> Cluster::FlagsOf(int replica) const {
  return {"--log",
          "kafka",
          "--kafka-brokers",
          viewer_bootstrap_[replica],
          "--replica-address",
          PeerLink(replica, "{instance}", peer_port_),
          "--flush-seconds",
          "2",
          "--absent-services",
          "crm.marketing.v1,crm.servicedesk.v1"};
}

void Cluster::StartProxy(const Programs& programs, const std::string& directory) {
  proxy_control_ = e2e::FreeAddress();
  std::filesystem::create_directories(directory);
  proxy_.Start({programs.proxy, "--control", proxy_control_}, directory + "/proxy.output");
  e2e::Until("the proxy answers",
             [&] { return e2e::HttpGet(proxy_control_, "/stats").code == 200; });
}

void Cluster::AddLink(const std::string& name, const std::string& listen, const std::string& target,
                      bool kafka) {
  const e2e::HttpAnswer answer =
      e2e::HttpPost(proxy_control_, "/links",
                    absl::StrCat(R"({"name":")", name, R"(","listen":")", listen, R"(","target":")",
                                 target, R"(","kafka":)", kafka ? "true" : "false", "}"));
  EXPECT_EQ(answer.code, 200) << name << ": " << answer.body;
}

std::vector<std::string> Cluster::ReplicaAddresses() const {
  std::vector<std::string> all;
  for (const auto& replica : replicas_) all.push_back(replica->address());
  return all;
}

void Cluster::Fault(const std::string& links, const std::string& fault) {
  const e2e::HttpAnswer answer = e2e::HttpPost(
      proxy_control_, "/faults", absl::StrCat(R"({"links":")", links, R"(",)", fault, "}"));
  EXPECT_EQ(answer.code, 200) << links << " " << fault << ": " << answer.body;
}

int64_t Cluster::Fired(const std::string& fault) {
  const std::string stats = e2e::HttpGet(proxy_control_, "/stats").body;
  const std::regex count("\"" + fault + "\":([0-9]+)");
  int64_t sum = 0;
  for (std::sregex_iterator it(stats.begin(), stats.end(), count), end; it != end; ++it) {
    sum += std::stoll((*it)[1]);
  }
  return sum;
}

std::vector<int> Cluster::OwnedBy(int replica) {
  std::vector<int> owned;
  for (const auto& partition : e2e::Partitions(*probes_[replica], kCustomerTopic)) {
    if (partition.role() == "owner") owned.push_back(partition.partition());
  }
  return owned;
}

int Cluster::BusiestOwner() {
  int busiest = 0;
  size_t most = 0;
  for (int i = 0; i < kReplicas; ++i) {
    const size_t count = OwnedBy(i).size();
    if (count > most) {
      most = count;
      busiest = i;
    }
  }
  return busiest;
}

bool Cluster::OthersOwnAll(int replica) {
  size_t owned = 0;
  for (int i = 0; i < kReplicas; ++i) {
    if (i != replica) owned += OwnedBy(i).size();
  }
  return owned == kPartitions;
}

bool Cluster::WaitUntilWell() {
  return e2e::Until("every replica is ready, and every partition has one owner", [&] {
    size_t owned = 0;
    for (int i = 0; i < kReplicas; ++i) {
      if (!replicas_[i]->Running() || replicas_[i]->Readyz().code != 200) return false;
      owned += OwnedBy(i).size();
    }
    return owned == kPartitions && sales_->Running() && sales_->Readyz().code == 200;
  });
}

bool Cluster::WaitUntilAtRest() {
  return WaitUntilWell() && e2e::Until("every replica owns some", [&] {
           for (int i = 0; i < kReplicas; ++i) {
             if (OwnedBy(i).empty()) return false;
           }
           return true;
         });
}

}  // namespace crm::fault
