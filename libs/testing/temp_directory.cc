#include "libs/testing/temp_directory.h"

#include <stdlib.h>

#include <filesystem>
#include <system_error>

#include "libs/base/check.h"

namespace crm::testing {

TempDirectory::TempDirectory(const std::string& name)
    : path_(std::filesystem::temp_directory_path() / ("crm-" + name + "-XXXXXX")) {
  base::Check(mkdtemp(path_.data()) != nullptr, "a temporary directory can be made");
}

TempDirectory::~TempDirectory() {
  std::error_code error;  // A process that is still ending may add a file: it stays then.
  std::filesystem::remove_all(path_, error);
}

}  // namespace crm::testing
