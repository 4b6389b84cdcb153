// Conformance: topics, tails, writers, and the acceptance rule over what they wrote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>

#include "libs/eventlog/acceptance.h"
#include "libs/eventlog/conformance.h"

namespace crm::eventlog {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

OwnedRecord Plain(int partition, std::string value) {
  return {partition, 0, "key", std::move(value), {}};
}

std::vector<std::string> Numbered(const std::string& prefix, int count) {
  std::vector<std::string> values;
  for (int i = 0; i < count; ++i) values.push_back(prefix + std::to_string(i));
  return values;
}

void ExpectSame(const OwnedRecord& read, const OwnedRecord& written) {
  EXPECT_EQ(read.partition, written.partition);
  EXPECT_EQ(read.key, written.key);
  EXPECT_EQ(read.value, written.value);
  EXPECT_EQ(read.headers, written.headers);
}

TEST_P(EventLogConformance, ATopicIsAsItWasMade) {
  const std::string topic = MakeTopic("made", 3);
  const auto info = log().Describe(topic, under().patience);
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_FALSE(info->cluster_id.empty());
  ASSERT_EQ(info->partitions.size(), 3u);
  for (const PartitionInfo& partition : info->partitions) {
    EXPECT_EQ(partition.begin, 0);
    EXPECT_EQ(partition.end, 0);
  }
  Put(topic, 1, {"a", "b"});
  const auto after = log().Describe(topic, under().patience);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->cluster_id, info->cluster_id);
  EXPECT_EQ(after->partitions[0].end, 0);
  EXPECT_EQ(after->partitions[1].end, 2);
}

TEST_P(EventLogConformance, AnUnknownTopicIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(log().Describe(Name("unknown"), under().patience).status()));
  EXPECT_TRUE(absl::IsNotFound(log().Describe(Name("unknown"), under().patience).status()))
      << "asking must not make it";
}

TEST_P(EventLogConformance, MakingATopicAgainNeedsTheSamePartitions) {
  const std::string topic = MakeTopic("again", 2);
  EXPECT_TRUE(log().CreateTopic(topic, 2, under().patience).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(log().CreateTopic(topic, 3, under().patience)));
  EXPECT_EQ(log().Describe(topic, under().patience)->partitions.size(), 2u);
}

TEST_P(EventLogConformance, WhatIsWrittenIsReadBack) {
  const std::string topic = MakeTopic("bytes", 2);
  const auto writer = OpenWriter(topic);
  const std::vector<OwnedRecord> written = {
      {0, 0, "k1", "v1", {{"ce_type", "t"}, {"ce_fence", "00000000000000000001"}}},
      {1,
       0,
       std::string("\0\xff", 2),
       std::string(300'000, '\x81'),
       {{"h", std::string("\0a", 2)}}},
      {0, 0, "k2", "", {{"empty", ""}, {"twice", "1"}, {"twice", "2"}}},
      {0, 0, "", "no key", {}},
  };
  const std::vector<Delivery> deliveries = AppendAll(*writer, written);
  const auto tail = OpenTail(topic, {{0, 0}, {1, 0}});
  const std::vector<OwnedRecord> read = Read(*tail, written.size());
  ASSERT_EQ(read.size(), written.size());
  for (size_t i = 0; i < written.size(); ++i) {
    ASSERT_TRUE(deliveries[i].status.ok()) << deliveries[i].status;
    const auto found = std::find_if(read.begin(), read.end(), [&](const OwnedRecord& r) {
      return r.partition == deliveries[i].partition && r.offset == deliveries[i].offset;
    });
    ASSERT_NE(found, read.end());
    ExpectSame(*found, written[i]);
  }
}

TEST_P(EventLogConformance, TheOrderOfAPartitionIsThatOfTheAppends) {
  constexpr int kRecords = 2'000;
  const std::string topic = MakeTopic("order", 3);
  const auto writer = OpenWriter(topic);
  std::vector<OwnedRecord> records;
  for (int i = 0; i < kRecords; ++i) records.push_back(Plain(i % 3, std::to_string(i)));
  const std::vector<Delivery> deliveries = AppendAll(*writer, records);
  std::map<int, Offset> next;
  for (const Delivery& delivery : deliveries) {
    ASSERT_TRUE(delivery.status.ok()) << delivery.status;
    EXPECT_EQ(delivery.offset, next[delivery.partition]++);
  }
  const auto tail = OpenTail(topic, {{0, 0}, {1, 0}, {2, 0}});
  std::map<int, int> last = {{0, -3}, {1, -2}, {2, -1}};
  for (const OwnedRecord& record : Read(*tail, kRecords)) {
    EXPECT_EQ(std::stoi(record.value), last[record.partition] += 3);
  }
}

TEST_P(EventLogConformance, ATailStartsAnywhere) {
  const std::string topic = MakeTopic("starts", 2);
  const std::vector<std::string> values = Numbered("v", 50);
  Put(topic, 1, values);
  for (int start : {0, 1, 17, 49}) {
    EXPECT_THAT(Values(topic, 1, start, values.size() - start),
                ElementsAreArray(values.begin() + start, values.end()));
  }
  const auto at_end = OpenTail(topic, {{0, 0}, {1, 50}});
  Put(topic, 0, {"new0"});
  Put(topic, 1, {"new1"});
  const std::vector<OwnedRecord> read = Read(*at_end, 2);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_NE(read[0].value, read[1].value);
  EXPECT_EQ(read[0].value.substr(0, 3), "new");
}

TEST_P(EventLogConformance, ATailKnowsNoEndThatIsNotOne) {
  const std::string topic = MakeTopic("ends", 2);
  Put(topic, 1, Numbered("v", 30));
  const auto tail = OpenTail(topic, {{0, 0}, {1, 0}});
  ASSERT_EQ(Read(*tail, 30).size(), 30u);
  EXPECT_THAT(tail->KnownEnd(0), AnyOf(-1, 0));
  EXPECT_THAT(tail->KnownEnd(1), AnyOf(-1, 30));
  EXPECT_EQ(tail->KnownEnd(7), -1);
}

TEST_P(EventLogConformance, APollGivesAboutAsManyAsAsked) {
  const std::string topic = MakeTopic("few", 1);
  Put(topic, 0, Numbered("v", 100));
  const auto tail = OpenTail(topic, {{0, 0}});
  Records batch;
  size_t read = 0;
  Until("all come", [&] {
    EXPECT_TRUE(tail->Poll(7, batch).ok());
    EXPECT_LE(batch.records.size(), 14u);
    for (const Record& record : batch.records)
      EXPECT_EQ(record.value, "v" + std::to_string(read++));
    return read == 100;
  });
}

// The batch keeps the bytes, whatever happens to tail and log meanwhile.
TEST_P(EventLogConformance, ABatchOutlivesTheNextPoll) {
  const std::string topic = MakeTopic("pins", 1);
  Put(topic, 0, Numbered("v", 40));
  auto tail = OpenTail(topic, {{0, 0}});
  std::vector<Records> batches;
  size_t read = 0;
  Until("all come", [&] {
    Records batch;
    EXPECT_TRUE(tail->Poll(10, batch).ok());
    read += batch.records.size();
    batches.push_back(std::move(batch));
    return read == 40;
  });
  tail.reset();
  int expected = 0;
  for (const Records& batch : batches) {
    for (const Record& record : batch.records) {
      EXPECT_EQ(record.value, "v" + std::to_string(expected++));
    }
  }
  EXPECT_EQ(expected, 40);
}

TEST_P(EventLogConformance, APositionOutsideTheLogIsOutOfRange) {
  const std::string topic = MakeTopic("range", 1);
  Put(topic, 0, {"a", "b", "c"});
  for (const Offset position : {Offset{4}, Offset{1'000}, Offset{-1}, Offset{-2}}) {
    auto tail = log().OpenTail(topic, {{0, position}}, [] {});
    absl::Status status = tail.status();
    Records batch;
    Until("it is refused", [&] {
      if (status.ok() || absl::IsUnavailable(status)) status = (*tail)->Poll(10, batch);
      EXPECT_THAT(batch.records, IsEmpty());
      return !status.ok() && !absl::IsUnavailable(status);
    });
    EXPECT_TRUE(absl::IsOutOfRange(status)) << position << ": " << status;
  }
}

TEST_P(EventLogConformance, TailsAgree) {
  const std::string topic = MakeTopic("agree", 1);
  const auto early = OpenTail(topic, {{0, 0}});
  Put(topic, 0, Numbered("v", 300));
  const auto late = OpenTail(topic, {{0, 0}});
  const std::vector<OwnedRecord> a = Read(*early, 300);
  const std::vector<OwnedRecord> b = Read(*late, 300);
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].offset, b[i].offset);
    ExpectSame(a[i], b[i]);
  }
}

TEST_P(EventLogConformance, WritersInterleaveEachInItsOrder) {
  constexpr int kEach = 200;
  const std::string topic = MakeTopic("writers", 1);
  const auto one = OpenWriter(topic);
  const auto two = OpenWriter(topic);
  for (int i = 0; i < kEach; ++i) {
    ASSERT_TRUE(one->Append(Plain(0, "a" + std::to_string(i)).View(), i).ok());
    ASSERT_TRUE(two->Append(Plain(0, "b" + std::to_string(i)).View(), i).ok());
  }
  std::vector<Delivery> first;
  std::vector<Delivery> second;
  Until("both are told", [&] {
    one->Poll(first);
    two->Poll(second);
    return first.size() == kEach && second.size() == kEach;
  });
  const std::vector<std::string> read = Values(topic, 0, 0, 2 * kEach);
  ASSERT_EQ(read.size(), static_cast<size_t>(2 * kEach));
  std::map<char, int> next;
  for (const std::string& value : read) EXPECT_EQ(std::stoi(value.substr(1)), next[value[0]]++);
  for (const Delivery& delivery : first) {
    ASSERT_TRUE(delivery.status.ok()) << delivery.status;
    EXPECT_EQ(read[delivery.offset], "a" + std::to_string(delivery.token));
  }
}

TEST_P(EventLogConformance, TooLargeIsRefusedForGood) {
  const std::string topic = MakeTopic("large", 1);
  const auto writer = OpenWriter(topic);
  const OwnedRecord large = Plain(0, std::string(under().too_large, 'x'));
  absl::Status status = writer->Append(large.View(), 1);
  if (status.ok()) {
    std::vector<Delivery> told;
    Until("it is refused", [&] {
      writer->Poll(told);
      return !told.empty();
    });
    ASSERT_EQ(told.size(), 1u);
    status = told[0].status;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_FALSE(writer->Broken());
  const std::vector<Delivery> after = AppendAll(*writer, {Plain(0, "small")});
  EXPECT_TRUE(after[0].status.ok()) << after[0].status;
  EXPECT_THAT(Values(topic, 0, 0, 1), ElementsAre("small"));
}

TEST_P(EventLogConformance, TokensComeBackUnchanged) {
  const std::string topic = MakeTopic("tokens", 1);
  const auto writer = OpenWriter(topic);
  const std::vector<uint64_t> tokens = {std::numeric_limits<uint64_t>::max(), 0, 7, 7};
  for (const uint64_t token : tokens) ASSERT_TRUE(writer->Append(Plain(0, "v").View(), token).ok());
  std::vector<Delivery> told;
  Until("all are told", [&] {
    writer->Poll(told);
    return told.size() >= tokens.size();
  });
  std::vector<uint64_t> came;
  for (const Delivery& delivery : told) came.push_back(delivery.token);
  EXPECT_THAT(came, ::testing::UnorderedElementsAreArray(tokens));
}

// Purging may leave fates unknown; it must not leave any untold, nor let one land later than a
// marker.
TEST_P(EventLogConformance, PurgedAppendsAreToldOnce) {
  const std::string topic = MakeTopic("purge", 1);
  const auto writer = OpenWriter(topic);
  constexpr size_t kRecords = 100;
  for (size_t i = 0; i < kRecords; ++i) {
    ASSERT_TRUE(writer->Append(Plain(0, std::to_string(i)).View(), i).ok());
  }
  writer->Purge();
  std::vector<Delivery> told;
  Until("all are told", [&] {
    writer->Poll(told);
    return told.size() >= kRecords;
  });
  ASSERT_EQ(told.size(), kRecords);
  if (writer->Broken()) return;  // Then a marker must come from a new writer, which may overtake.
  const std::vector<Delivery> marker = AppendAll(*writer, {Plain(0, "marker")});
  ASSERT_TRUE(marker[0].status.ok()) << marker[0].status;
  const std::vector<std::string> read = Values(topic, 0, 0, marker[0].offset + 1);
  ASSERT_EQ(read.size(), static_cast<size_t>(marker[0].offset + 1)) << "nothing behind the marker";
  EXPECT_EQ(read.back(), "marker");
  for (const Delivery& delivery : told) {
    if (delivery.status.ok()) {
      EXPECT_EQ(read[delivery.offset], std::to_string(delivery.token));
    } else {
      EXPECT_TRUE(absl::IsUnavailable(delivery.status) || absl::IsDeadlineExceeded(delivery.status))
          << delivery.status;
    }
  }
  EXPECT_TRUE(std::is_sorted(read.begin(), read.end() - 1, [](const auto& a, const auto& b) {
    return std::stoi(a) < std::stoi(b);
  }));
}

TEST_P(EventLogConformance, AWriterMayGoWithItsAppendsUnreported) {
  const std::string topic = MakeTopic("gone", 1);
  for (int i = 0; i < 20; ++i) {
    const auto writer = OpenWriter(topic);
    ASSERT_TRUE(writer->Append(Plain(0, "v").View(), 1).ok());
  }
  Put(topic, 0, {"last"});
  const auto end = log().Describe(topic, under().patience)->partitions[0].end;
  EXPECT_LE(end, 21);
}

// Records that a writer under `fence` writes; "claim" is a claim.
OwnedRecord Fenced(const std::string& value, int64_t fence) {
  const std::string type = value == "claim" ? std::string(kClaimType) : "crm.test.v1.Thing";
  return {0, 0, "key", value, {{"ce_type", type}, {"ce_fence", FormatFence(fence)}}};
}

std::vector<std::string> Accepted(const std::vector<OwnedRecord>& records, int64_t fence = 0) {
  Acceptance acceptance(fence);
  std::vector<std::string> accepted;
  for (const OwnedRecord& record : records) {
    if (acceptance.Judge(record.View()) != Verdict::kRejected) accepted.push_back(record.value);
  }
  return accepted;
}

TEST_P(EventLogConformance, EveryReaderRejectsWhatAStaleOwnerWrites) {
  const std::string topic = MakeTopic("fence", 1);
  const auto other = several_processes() ? OpenAnother() : nullptr;
  EventLog& second_log = other != nullptr ? *other : log();
  const auto early = OpenTail(topic, {{0, 0}});
  {
    const auto first = OpenWriter(topic);
    const auto second = OpenWriter(topic, &second_log);
    const auto put = [&](Writer& writer, const std::string& value, int64_t fence) {
      const std::vector<Delivery> told = AppendAll(writer, {Fenced(value, fence)});
      EXPECT_TRUE(told[0].status.ok()) << told[0].status;
    };
    put(*first, "before any claim", 1);
    put(*first, "claim", 1);
    put(*first, "a1", 1);
    put(*second, "too early", 2);
    put(*second, "claim", 2);
    put(*first, "stale", 1);  // The first owner wakes up and does not know yet.
    put(*second, "b1", 2);
    put(*first, "claim", 2);  // A claim that lost the race is harmless.
    put(*first, "claim", 1);
    put(*second, "b2", 2);
    put(*first, "claim", 3);
    put(*second, "late", 2);
    put(*first, "a2", 3);
  }
  const std::vector<std::string> expected = {"claim", "a1", "claim", "b1", "b2", "claim", "a2"};
  const std::vector<OwnedRecord> all = Read(*early, 13);
  EXPECT_THAT(Accepted(all), ElementsAreArray(expected));
  const auto late = OpenTail(topic, {{0, 0}}, &second_log);
  EXPECT_THAT(Accepted(Read(*late, 13)), ElementsAreArray(expected));
  const auto resumed = OpenTail(topic, {{0, 6}});  // With the fence that stood at offset 6.
  EXPECT_THAT(Accepted(Read(*resumed, 7), 2), ElementsAre("b1", "b2", "claim", "a2"));
}

TEST_P(EventLogConformance, AReopenedLogIsTheSame) {
  const std::string topic = MakeTopic("reopen", 2);
  const std::string empty = MakeTopic("reopen-empty", 5);
  const std::vector<std::string> values = Numbered("v", 100);
  Put(topic, 1, values);
  const auto before = log().Describe(topic, under().patience);
  Reopen();
  const auto after = log().Describe(topic, under().patience);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->cluster_id, before->cluster_id);
  ASSERT_EQ(after->partitions.size(), 2u);
  EXPECT_EQ(after->partitions[0].end, 0);
  EXPECT_EQ(after->partitions[1].end, 100);
  EXPECT_EQ(log().Describe(empty, under().patience)->partitions.size(), 5u);
  EXPECT_THAT(Values(topic, 1, 0, 100), ElementsAreArray(values));
  Put(topic, 1, {"after"});
  EXPECT_THAT(Values(topic, 1, 99, 2), ElementsAre("v99", "after"));
}

TEST_P(EventLogConformance, ATailIsWokenByEachArrival) {
  const std::string topic = MakeTopic("wake", 2);
  const auto tail = OpenTail(topic, {{0, 0}, {1, 0}});
  Records batch;
  for (int i = 0; i < 20; ++i) {
    Put(topic, i % 2, {std::to_string(i)});
    std::string value;
    ASSERT_TRUE(UntilWoken("the tail is woken", [&] {
      do {  // Until there is nothing: so must everyone who waits for a wake.
        EXPECT_TRUE(tail->Poll(100, batch).ok());
        for (const Record& record : batch.records) value = record.value;
      } while (!batch.records.empty());
      return value == std::to_string(i);
    }));
  }
}

TEST_P(EventLogConformance, AWriterIsWokenByEachReport) {
  const std::string topic = MakeTopic("report", 1);
  const auto writer = OpenWriter(topic);
  for (uint64_t i = 0; i < 20; ++i) {
    ASSERT_TRUE(writer->Append(Plain(0, "v").View(), i).ok());
    std::vector<Delivery> told;
    ASSERT_TRUE(UntilWoken("the writer is woken", [&] {
      writer->Poll(told);
      return !told.empty();
    }));
    EXPECT_EQ(told[0].token, i);
  }
}

}  // namespace
}  // namespace crm::eventlog
