// A look at the properties of RocksDB's table files before RocksDB opens them. It parses them
// before it compares their checksum, and a library that was built with assertions, as Debian's is,
// ends the process over what it finds in a damaged one: so a directory could never be put aside and
// rebuilt.
#pragma once

#include <rocksdb/env.h>

#include <string>

#include "absl/status/status.h"

namespace crm::table {

// DATA_LOSS: one of the table files of the directory has properties whose checksum is wrong; a file
// that RocksDB has no more use for counts too. OK when a file's end cannot be read that far:
// RocksDB judges the rest without harm.
absl::Status CheckProperties(rocksdb::Env& env, const std::string& directory);

}  // namespace crm::table
