// Every limit of the embedded log.
#pragma once

#include <cstddef>

namespace crm::eventlog {

// Key, value and headers of one record; what a Kafka broker takes by default.
inline constexpr size_t kEmbeddedRecordBytesMax = 1'000'000;
// Appended and not yet on the disk, in all writers of a log; over it an append is
// kResourceExhausted.
inline constexpr size_t kEmbeddedQueueRecordsMax = 100'000;
inline constexpr size_t kEmbeddedQueueBytesMax = 64 << 20;
// What one sync carries at most (one record more than this may slip in).
inline constexpr size_t kEmbeddedBatchBytesMax = 8 << 20;
// Newest records kept in memory for tails, per partition; the newest batch stays whatever its size.
inline constexpr size_t kEmbeddedRecentBytesMax = 1 << 20;
// What one read of older records takes from the disk at most (one record more may slip in).
inline constexpr size_t kEmbeddedReadBytesMax = 1 << 20;
// Of a topic, group or instance name.
inline constexpr size_t kEmbeddedNameBytesMax = 249;
inline constexpr int kEmbeddedPartitionsMax = 1'000;
// Newest records of a partition whose offsets are checked when the log is opened; the others when
// read.
inline constexpr size_t kEmbeddedCheckedAtOpen = 10'000;

}  // namespace crm::eventlog
