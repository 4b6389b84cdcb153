#include "libs/app/directory.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "libs/base/status.h"
#include "libs/testing/temp_directory.h"

namespace crm::app {
namespace {

using ::testing::HasSubstr;

class PrepareDirectoryTest : public ::testing::Test {
 protected:
  const crm::testing::TempDirectory directory_{"directory-test"};
  const std::string& dir_ = directory_.path();
};

TEST_F(PrepareDirectoryTest, MakesItWithItsParents) {
  EXPECT_TRUE(PrepareDirectory(dir_ + "/a/b", 1).ok());
  EXPECT_TRUE(std::filesystem::is_directory(dir_ + "/a/b"));
  EXPECT_TRUE(PrepareDirectory(dir_ + "/a/b", 1).ok());
}

TEST_F(PrepareDirectoryTest, RefusesADiskWithoutRoom) {
  const absl::Status full = PrepareDirectory(dir_, std::numeric_limits<uint64_t>::max());
  EXPECT_TRUE(absl::IsResourceExhausted(full));
  EXPECT_EQ(base::ReasonOf(full), "DISK_FULL");
  EXPECT_THAT(base::ErrorInfoText(full), HasSubstr("directory=" + dir_));
}

TEST_F(PrepareDirectoryTest, SaysWhyItCannotBeMade) {
  std::ofstream(dir_ + "/file") << "x";
  const absl::Status refused = PrepareDirectory(dir_ + "/file/data", 1);
  EXPECT_TRUE(absl::IsInvalidArgument(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("Not a directory"));
}

}  // namespace
}  // namespace crm::app
