#include "libs/app/directory.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace crm::app {
namespace {

namespace fs = std::filesystem;

absl::Status Full(const std::string& directory, uint64_t free, uint64_t free_min) {
  return base::Failed(absl::StatusCode::kResourceExhausted, "DISK_FULL",
                      "the data directory's disk is full",
                      {{"directory", directory},
                       {"free_bytes", std::to_string(free)},
                       {"free_bytes_min", std::to_string(free_min)}});
}

}  // namespace

absl::Status PrepareDirectory(const std::string& directory, uint64_t free_bytes_min) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error == std::errc::no_space_on_device) return Full(directory, 0, free_bytes_min);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("--data-dir ", directory, " cannot be made: ", error.message()));
  }
  // A file system that does not say is believed to have room.
  const fs::space_info space = fs::space(directory, error);
  if (error || space.available >= free_bytes_min) return absl::OkStatus();
  return Full(directory, space.available, free_bytes_min);
}

}  // namespace crm::app
