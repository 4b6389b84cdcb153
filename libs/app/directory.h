// The data directory, before anything is opened in it.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace crm::app {

// Makes the directory where it is missing. kInvalidArgument: it cannot be made. kResourceExhausted
// {DISK_FULL}: fewer than `free_bytes_min` are free on its file system, where RocksDB would end the
// process on its first write.
absl::Status PrepareDirectory(const std::string& directory, uint64_t free_bytes_min);

}  // namespace crm::app
