#include "tests/e2e/history.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "libs/eventlog/acceptance.h"
#include "tests/e2e/harness.h"

namespace crm::e2e {
namespace {

using eventlog::Record;
using eventlog::Verdict;

constexpr size_t kRecordsPerPoll = 10'000;

void Fold(const Record& record, History& history) {
  PartitionHistory& partition = history.partitions[record.partition];
  eventlog::Acceptance acceptance(partition.fence, partition.number);
  const Verdict verdict = acceptance.Judge(record);
  partition.fence = acceptance.fence();
  partition.number = acceptance.number();
  if (verdict == Verdict::kRejected) ++partition.rejected;
  if (verdict != Verdict::kAccepted) return;
  const std::string_view request_id = record.HeaderOr("ce_requestid");
  if (!request_id.empty()) ++history.events[std::string(request_id)];
  if (record.HeaderOr("ce_revision").empty()) return;
  partition.last_events[partition.fence] = eventlog::OwnedRecord::From(record);
}

}  // namespace

History ReadHistory(eventlog::kafka::KafkaLog& log, const std::string& topic) {
  History history;
  const auto info = log.Describe(topic, kPatience);
  EXPECT_TRUE(info.ok()) << info.status();
  if (!info.ok()) return history;
  const int count = static_cast<int>(info->partitions.size());
  history.partitions.resize(count);
  std::vector<eventlog::EventLog::Start> starts;
  for (int i = 0; i < count; ++i) starts.push_back({i, 0});
  auto tail = log.OpenTail(topic, starts, [] {});
  EXPECT_TRUE(tail.ok()) << tail.status();
  if (!tail.ok()) return history;
  std::vector<eventlog::Offset> next(count, 0);
  Until("the whole of " + topic, [&] {
    eventlog::Records records;
    const absl::Status status = (*tail)->Poll(kRecordsPerPoll, records);
    EXPECT_TRUE(status.ok() || absl::IsUnavailable(status)) << status;
    for (const Record& record : records.records) {
      Fold(record, history);
      next[record.partition] = record.offset + 1;
    }
    for (int i = 0; i < count; ++i) {
      if (next[i] < info->partitions[i].end) return false;
    }
    return true;
  });
  return history;
}

void Append(eventlog::kafka::KafkaLog& log, const std::string& topic,
            const eventlog::OwnedRecord& record) {
  auto writer = log.OpenWriter(topic, [] {});
  ASSERT_TRUE(writer.ok()) << writer.status();
  const absl::Status taken = (*writer)->Append(record.View(), 1);
  ASSERT_TRUE(taken.ok()) << taken;
  std::vector<eventlog::Delivery> deliveries;
  Until("the append's delivery", [&] {
    (*writer)->Poll(deliveries);
    return !deliveries.empty();
  });
  ASSERT_EQ(deliveries.size(), 1u);
  EXPECT_TRUE(deliveries[0].status.ok()) << deliveries[0].status;
}

}  // namespace crm::e2e
