#include "tests/fault/real/brokers.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/e2e/harness.h"

namespace crm::fault {
namespace {

// A broker that was killed is missed after its session of 9 s, and comes back in some seconds more.
constexpr absl::Duration kInSyncPatience = absl::Seconds(120);
constexpr int kMetadataMillis = 5'000;
// Three JVMs share the machine with what is tested.
constexpr char kHeap[] = "320m";

struct Closer {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
  void operator()(const rd_kafka_metadata_t* metadata) const {
    rd_kafka_metadata_destroy(metadata);
  }
};

// Visits every partition of every topic; false unless all brokers are there.
bool EachPartition(const std::string& bootstrap,
                   const std::function<void(const rd_kafka_metadata_partition_t&)>& visit) {
  char error[512];
  rd_kafka_conf_t* settings = rd_kafka_conf_new();
  rd_kafka_conf_set(settings, "bootstrap.servers", bootstrap.c_str(), error, sizeof(error));
  rd_kafka_conf_set(settings, "log_level", "0", error, sizeof(error));
  const std::unique_ptr<rd_kafka_t, Closer> client(
      rd_kafka_new(RD_KAFKA_PRODUCER, settings, error, sizeof(error)));
  const rd_kafka_metadata_t* answer = nullptr;
  if (rd_kafka_metadata(client.get(), 1, nullptr, &answer, kMetadataMillis) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return false;
  }
  const std::unique_ptr<const rd_kafka_metadata_t, Closer> metadata(answer);
  if (metadata->broker_cnt < kBrokers) return false;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    for (int j = 0; j < topic.partition_cnt; ++j) visit(topic.partitions[j]);
  }
  return true;
}

std::string ClusterId() {
  std::string id = "c";
  std::random_device random;
  while (id.size() < 22) id += static_cast<char>('a' + random() % 26);
  return id;
}

}  // namespace

Brokers::Brokers(std::string tool, std::string directory,
                 std::array<BrokerAddresses, kBrokers> addresses)
    : tool_(std::move(tool)),
      directory_(std::move(directory)),
      addresses_(std::move(addresses)),
      cluster_id_(ClusterId()) {}

std::string Brokers::Settings(int broker) const {
  const BrokerAddresses& own = addresses_[broker];
  std::vector<std::string> voters, listeners, advertised;
  std::vector<std::string> protocols = {"DIRECT:PLAINTEXT", "CONTROLLER:PLAINTEXT"};
  for (int i = 0; i < kBrokers; ++i) {
    voters.push_back(absl::StrCat(i + 1, "@", addresses_[i].controller));
  }
  listeners = {"DIRECT://" + own.direct, "CONTROLLER://" + own.controller};
  advertised = {"DIRECT://" + own.direct};
  for (size_t i = 0; i < own.listen.size(); ++i) {
    protocols.push_back(absl::StrCat("VIEWER", i, ":PLAINTEXT"));
    listeners.push_back(absl::StrCat("VIEWER", i, "://", own.listen[i]));
    advertised.push_back(absl::StrCat("VIEWER", i, "://", own.advertised[i]));
  }
  return absl::StrCat(
      "node.id=", broker + 1, " controller.quorum.voters=", absl::StrJoin(voters, ","),
      " listeners=", absl::StrJoin(listeners, ","),
      " advertised.listeners=", absl::StrJoin(advertised, ","),
      " listener.security.protocol.map=", absl::StrJoin(protocols, ","),
      " inter.broker.listener.name=DIRECT default.replication.factor=3 min.insync.replicas=2"
      " offsets.topic.replication.factor=3 transaction.state.log.replication.factor=3"
      " transaction.state.log.min.isr=2 share.coordinator.state.topic.replication.factor=3"
      // A broker that is gone is given up after 6 s, not Kafka's 9: whatever it led waits for that.
      " unclean.leader.election.enable=false broker.session.timeout.ms=6000");
}

void Brokers::StartAll() {
  for (int i = 0; i < kBrokers; ++i) Start(i);
}

void Brokers::Start(int broker) {
  const std::string home = absl::StrCat(directory_, "/broker", broker + 1);
  std::filesystem::create_directories(home);
  const std::string direct = addresses_[broker].direct;
  processes_[broker].Start(
      {tool_, "run", home, direct.substr(direct.find(':') + 1)}, home + "/output",
      {"BROKER_SETTINGS=" + Settings(broker), "BROKER_CLUSTER_ID=" + cluster_id_,
       absl::StrCat("BROKER_HEAP=", kHeap)});
}

bool Brokers::WaitUntilInSync() {
  return e2e::Until(
      "all partitions have all their replicas in sync",
      [&] {
        bool whole = true;
        for (int i = 0; i < kBrokers; ++i) whole = whole && Running(i);
        return whole &&
               EachPartition(bootstrap(),
                             [&](const rd_kafka_metadata_partition_t& partition) {
                               whole = whole && partition.leader >= 0 &&
                                       partition.isr_cnt == partition.replica_cnt;
                             }) &&
               whole;
      },
      kInSyncPatience);
}

int Brokers::BusiestLeader() {
  std::array<int, kBrokers> led{};
  EachPartition(bootstrap(), [&](const rd_kafka_metadata_partition_t& partition) {
    if (partition.leader >= 1 && partition.leader <= kBrokers) ++led[partition.leader - 1];
  });
  return static_cast<int>(std::max_element(led.begin(), led.end()) - led.begin());
}

std::string Brokers::bootstrap() const {
  std::vector<std::string> all;
  for (const BrokerAddresses& addresses : addresses_) all.push_back(addresses.direct);
  return absl::StrJoin(all, ",");
}

}  // namespace crm::fault
