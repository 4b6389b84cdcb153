// How a record lies in RocksDB. Lengths are varint32 (LEB128), numbers in keys big-endian, so that
// keys sort:
//
//   "i"                                      identity: the log's cluster id
//   "t" name                                 topic: id u32, partitions u32
//   "r" topic-id u32, partition u32, offset u64   record: key, header count, {name, value}*, value
//                                            (every text with its length before it, but the value,
//                                            which is the rest)
//   "g" group 0x00 topic-id u32 partition u32     commit: next u64, metadata
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libs/eventlog/record.h"

namespace crm::eventlog {

struct TopicRow {
  std::string name;
  uint32_t id = 0;
  uint32_t partitions = 0;
};
struct CommitRow {
  std::string group;
  uint32_t topic_id = 0;
  uint32_t partition = 0;
  Offset next = 0;
  std::string metadata;
};

inline constexpr std::string_view kIdentityKey = "i";
inline constexpr std::string_view kTopicPrefix = "t";
inline constexpr std::string_view kCommitPrefix = "g";

std::string TopicKey(std::string_view name);
std::string TopicValue(const TopicRow& row);
std::optional<TopicRow> ParseTopic(std::string_view key, std::string_view value);

std::string CommitKey(const CommitRow& row);
std::string CommitValue(const CommitRow& row);
std::optional<CommitRow> ParseCommit(std::string_view key, std::string_view value);

std::string RecordKey(uint32_t topic_id, uint32_t partition, Offset offset);
// -1 when it is not the key of a record of this partition.
Offset OffsetOf(std::string_view key, uint32_t topic_id, uint32_t partition);

// Bytes of key, value and headers as stored.
std::string EncodeRecord(const Record& record);
// Views into `bytes`; partition and offset are left alone. False when the bytes are not a record.
bool DecodeRecord(std::string_view bytes, Record& into);

}  // namespace crm::eventlog
