#include "libs/eventlog/embedded/codec.h"

#include <gtest/gtest.h>

#include <random>

namespace crm::eventlog {
namespace {

OwnedRecord Sample() {
  return {0, 0, "key", std::string("va\0lue", 6), {{"ce_type", "t"}, {"empty", ""}, {"", "x"}}};
}

TEST(Codec, ARecordComesBack) {
  const std::string bytes = EncodeRecord(Sample().View());
  Record read;
  ASSERT_TRUE(DecodeRecord(bytes, read));
  EXPECT_EQ(read.key, Sample().key);
  EXPECT_EQ(read.value, Sample().value);
  EXPECT_EQ(OwnedRecord::From(read).headers, Sample().headers);
  OwnedRecord large = Sample();
  large.key.assign(200, 'k');
  large.value.assign(100'000, 'v');
  const std::string large_bytes = EncodeRecord(large.View());
  ASSERT_TRUE(DecodeRecord(large_bytes, read));
  EXPECT_EQ(read.key, large.key);
  EXPECT_EQ(read.value.size(), large.value.size());
}

TEST(Codec, TotalOnDamagedBytes) {
  std::mt19937_64 random(1);
  const std::string bytes = EncodeRecord(Sample().View());
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = bytes.substr(0, random() % (bytes.size() + 1));
    for (int flips = static_cast<int>(random() % 3); flips > 0 && !damaged.empty(); --flips) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    Record read;
    if (!DecodeRecord(damaged, read)) continue;
    size_t total = read.key.size() + read.value.size();
    for (const Header& header : read.headers) total += header.key.size() + header.value.size();
    EXPECT_LE(total, damaged.size());
  }
}

TEST(Codec, RecordKeysSortByOffset) {
  EXPECT_LT(RecordKey(1, 0, 255), RecordKey(1, 0, 256));
  EXPECT_LT(RecordKey(1, 0, INT64_MAX), RecordKey(1, 1, 0));
  EXPECT_LT(RecordKey(1, 999, INT64_MAX), RecordKey(2, 0, 0));
  EXPECT_EQ(OffsetOf(RecordKey(7, 3, 12345), 7, 3), 12345);
  EXPECT_EQ(OffsetOf(RecordKey(7, 3, 12345), 7, 4), -1);
  EXPECT_EQ(OffsetOf(RecordKey(7, 3, 12345), 6, 3), -1);
  EXPECT_EQ(OffsetOf("r", 7, 3), -1);
  std::string beyond = RecordKey(7, 3, 0);
  beyond[9] = '\xf0';
  EXPECT_EQ(OffsetOf(beyond, 7, 3), -1);
}

TEST(Codec, TopicsAndCommitsComeBack) {
  const TopicRow topic{"crm.sales.log.v1", 3, 12};
  const auto read = ParseTopic(TopicKey(topic.name), TopicValue(topic));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->name, topic.name);
  EXPECT_EQ(read->id, 3u);
  EXPECT_EQ(read->partitions, 12u);
  EXPECT_FALSE(ParseTopic(TopicKey(topic.name), "short").has_value());

  const CommitRow commit{"crm.customer", 3, 11, 1'000'000'007, "fence=1"};
  const auto committed = ParseCommit(CommitKey(commit), CommitValue(commit));
  ASSERT_TRUE(committed.has_value());
  EXPECT_EQ(committed->group, commit.group);
  EXPECT_EQ(committed->topic_id, 3u);
  EXPECT_EQ(committed->partition, 11u);
  EXPECT_EQ(committed->next, commit.next);
  EXPECT_EQ(committed->metadata, commit.metadata);
  EXPECT_FALSE(ParseCommit("g", CommitValue(commit)).has_value());
  EXPECT_FALSE(ParseCommit(CommitKey(commit), "short").has_value());
}

}  // namespace
}  // namespace crm::eventlog
