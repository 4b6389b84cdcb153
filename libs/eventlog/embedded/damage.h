// How damage of the log is told: kDataLoss, with what is damaged in its details.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/status.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "libs/eventlog/record.h"

namespace crm::eventlog {

// What is known of it; what is not stays empty.
struct Damage {
  std::string file;   // Within the directory.
  std::string found;  // What is wrong there.
  std::string topic;  // With the two below, or none of the three.
  uint32_t partition = 0;
  Offset offset = 0;
};

absl::Status Damaged(const std::string& directory, const Damage& damage);

// The file that RocksDB speaks of, within the directory. Where it names none, or only who named
// that file to it (the manifest), the files are looked through.
std::string DamagedFile(rocksdb::Env& env, const std::string& directory,
                        const rocksdb::Status& status);

}  // namespace crm::eventlog
