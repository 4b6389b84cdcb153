#include "libs/base/timestamp.h"

#include <gtest/gtest.h>

#include "libs/base/status.h"

namespace crm::base {
namespace {

google::protobuf::Timestamp At(int64_t seconds, int32_t nanos) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(nanos);
  return timestamp;
}

TEST(CheckTimestamp, TakesTheYears1To9999) {
  for (const auto& good : {At(0, 0), At(-62'135'596'800, 0), At(253'402'300'799, 999'999'999)})
    EXPECT_TRUE(CheckTimestamp("time", good).ok()) << good.ShortDebugString();
  for (const auto& bad : {At(-62'135'596'801, 0), At(253'402'300'800, 0), At(0, -1),
                          At(0, 1'000'000'000), At(9'000'000'000'000'000'000, 0)})
    EXPECT_EQ(FieldOf(CheckTimestamp("time", bad)), "time") << bad.ShortDebugString();
}

TEST(CheckModernTime, TakesTheYears1970To2199) {
  for (const auto& good : {At(0, 0), At(7'258'118'399, 999'999'999)})
    EXPECT_TRUE(CheckModernTime("time", good).ok()) << good.ShortDebugString();
  for (const auto& bad : {At(-1, 999'999'999), At(7'258'118'400, 0), At(0, -1)})
    EXPECT_EQ(FieldOf(CheckModernTime("time", bad)), "time") << bad.ShortDebugString();
}

}  // namespace
}  // namespace crm::base
