// What a log file of RocksDB (a write-ahead log, a manifest) holds, judged by its bytes alone.
//
// RocksDB cannot tell a record that was half written when the power went from one that was damaged
// later: in every mode it either refuses both or drops both, with all that follows. But a batch
// begins only when the one before it is synced. So an intact beginning behind the damage says that
// what was damaged had been reported.
#pragma once

#include <rocksdb/env.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crm::eventlog {

// Reads one file, block by block.
class LogFileCheck {
 public:
  // The file's blocks in order, each of kBlockBytes but the last.
  static constexpr size_t kBlockBytes = 32 << 10;
  void Feed(std::string_view block);
  void End();

  // Where the first bytes lie that are no whole record; nullopt: all are.
  std::optional<uint64_t> damaged_at() const { return damaged_at_; }
  // Of the batches in a write-ahead log: everything before this sequence number was durable.
  uint64_t durable_before() const { return durable_before_; }

 private:
  void Damaged(uint64_t at);
  void Take(unsigned char type, std::string_view payload, uint64_t at);

  uint64_t at_ = 0;                     // Of the block that is next.
  std::optional<uint64_t> unfinished_;  // Where a record began whose end was not seen.
  std::string head_;                    // Its first bytes.
  std::optional<uint64_t> damaged_at_;
  uint64_t durable_before_ = 0;
};

// kUnavailable when the file cannot be read.
rocksdb::Status CheckLogFile(rocksdb::Env& env, const std::string& file, LogFileCheck& check);

}  // namespace crm::eventlog
