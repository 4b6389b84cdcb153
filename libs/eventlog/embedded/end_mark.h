// The end mark: how far a log had come when it was last opened or closed, in a file of its own. A
// log that has lost its newest files, or the end of one, looks whole by itself; beside its mark it
// does not.
#pragma once

#include <rocksdb/env.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace crm::eventlog {

inline constexpr char kEndMarkFile[] = "END";

struct EndMark {
  std::string identity;   // The log's cluster id.
  uint64_t sequence = 0;  // RocksDB's number of the newest row.
};

// nullopt: there is none. kDataLoss: it cannot be read.
absl::StatusOr<std::optional<EndMark>> ReadEndMark(rocksdb::Env& env, const std::string& directory);
// Durable when it returns OK; the mark before it is never half replaced.
rocksdb::Status WriteEndMark(rocksdb::Env& env, const std::string& directory, const EndMark& mark);

}  // namespace crm::eventlog
