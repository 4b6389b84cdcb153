#include "libs/engine/group_metadata.h"

#include <gtest/gtest.h>

#include "libs/eventlog/commit.h"

namespace crm::engine {
namespace {

TEST(GroupMetadata, IsTextThatComesBack) {
  for (const int64_t number : {int64_t{0}, int64_t{127}, int64_t{128}, int64_t{1} << 62}) {
    const std::string text = FormatGroupMetadata(number + 1, number);
    EXPECT_TRUE(eventlog::CheckCommitMetadata(text).ok()) << text;
    EXPECT_EQ(ParseGroupMetadata(text).fence(), number + 1);
    EXPECT_EQ(ParseGroupMetadata(text).number(), number);
  }
}

TEST(GroupMetadata, OfBytesOnlyTheFenceCounts) {
  // Fence 7 and number 137, as Kafka gives those bytes back.
  const v1::GroupMetadata damaged = ParseGroupMetadata("\x08\x07\x10\xef\xbf\xbd\x01");
  EXPECT_EQ(damaged.fence(), 7);
  EXPECT_EQ(damaged.number(), 0);
  EXPECT_EQ(ParseGroupMetadata("").fence(), 0);
}

}  // namespace
}  // namespace crm::engine
