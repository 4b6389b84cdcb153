// Records that count and cannot be read: the partition stops, and goes on once somebody says so.
#include <gtest/gtest.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "libs/base/hash.h"
#include "libs/eventlog/cloud_events.h"
#include "libs/eventlog/kafka/kafka_log.h"
#include "tests/e2e/history.h"
#include "tests/fault/real/injections.h"

namespace crm::fault {
namespace {

struct Poison {
  std::string topic, source, type, dataschema, collection;
};

std::optional<engine::v1::PartitionStatus> StatusOf(e2e::Client& client, const std::string& topic,
                                                    int partition) {
  for (const auto& status : e2e::Partitions(client, topic)) {
    if (status.partition() == partition) return status;
  }
  return std::nullopt;
}

eventlog::OwnedRecord RecordOf(const Poison& poison, const std::string& key, int64_t fence) {
  eventlog::EventHeaders headers;
  headers.id = key;  // Without a number: it counts by its fence alone.
  headers.source = poison.source;
  headers.type = poison.type;
  headers.dataschema = poison.dataschema;
  headers.subject = absl::StrCat("customers/", key, poison.collection);
  headers.time = absl::Now();
  headers.fence = fence;
  headers.revision = 1;
  headers.request_id = key;
  const eventlog::HeaderBlock block(headers);
  eventlog::Record record{base::PartitionOf(key, kPartitions), 0, key, "\xff\xff\xff\xff",
                          block.headers()};
  return eventlog::OwnedRecord::From(record);
}

void Append(Scene& scene, const std::string& topic, const eventlog::OwnedRecord& record) {
  eventlog::kafka::Options options;
  options.bootstrap_servers = scene.cluster.brokers().bootstrap();
  auto log = eventlog::kafka::KafkaLog::Open(options);
  ASSERT_TRUE(log.ok()) << log.status();
  e2e::Append(**log, topic, record);
}

// `readers` all stop at the record, and all go on once it is skipped.
void StopAndSkip(Scene& scene, const Poison& poison, const std::vector<e2e::Client*>& readers) {
  const std::string key = scene.run + "-poison";
  const int partition = base::PartitionOf(key, kPartitions);
  const auto before = StatusOf(*readers[0], poison.topic, partition);
  ASSERT_TRUE(before.has_value());
  Append(scene, poison.topic, RecordOf(poison, key, before->fence()));
  scene.recorder.Mark(scene.kind, absl::StrCat("partition ", partition), {});
  int64_t offset = -1;
  for (e2e::Client* reader : readers) {
    e2e::Until("every reader stops at the record", [&] {
      const auto status = StatusOf(*reader, poison.topic, partition);
      if (!status.has_value() || status->role() != "stopped") return false;
      offset = status->next_offset();
      return true;
    });
  }
  for (int i = 0; i < kReplicas; ++i) {
    e2e::Until("no replica says that it is ready",
               [&] { return scene.cluster.replica(i).Readyz().code != 200; });
  }
  const std::string output = scene.directory + "/skip.output";
  EXPECT_EQ(e2e::RunProgram(
                {scene.programs.crmctl, "log", "skip", "--kafka",
                 scene.cluster.brokers().bootstrap(), "--topic", poison.topic, "--partition",
                 absl::StrCat(partition), "--offset", absl::StrCat(offset), "--reason", "injected"},
                output, e2e::kPatience),
            0)
      << "see " << output;
}

void PoisonOwn(Scene& scene) {
  std::vector<e2e::Client*> readers;
  for (int i = 0; i < kReplicas; ++i) readers.push_back(&scene.cluster.probe(i));
  StopAndSkip(scene,
              {kCustomerTopic, "crm.customer.v1", "crm.customer.v1.CustomerCreated",
               "crm.customer.v1.CustomerEvent", ""},
              readers);
}

void PoisonForeign(Scene& scene) {
  e2e::Client sales({scene.cluster.sales().address()}, e2e::Client::Policy::kNone);
  std::vector<e2e::Client*> readers = {&sales};
  for (int i = 0; i < kReplicas; ++i) readers.push_back(&scene.cluster.probe(i));
  StopAndSkip(scene,
              {kSalesTopic, "crm.sales.v1", "crm.sales.v1.OrderRecorded", "crm.sales.v1.OrderEvent",
               "/orders/poison"},
              readers);
}

}  // namespace

std::vector<Injection> PoisonInjections() {
  return {{"poison-own", PoisonOwn}, {"poison-foreign", PoisonForeign}};
}

}  // namespace crm::fault
