// A directory of one test or one run, gone with all in it when this goes.
#pragma once

#include <string>

namespace crm::testing {

class TempDirectory {
 public:
  // Below TMPDIR, else /tmp; its name begins with "crm-" and `name`.
  explicit TempDirectory(const std::string& name);
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace crm::testing
