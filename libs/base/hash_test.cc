#include "libs/base/hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/resource_name.h"

namespace crm::base {
namespace {

// Values of org.apache.kafka.common.utils.UtilsTest#testMurmur2.
TEST(JavaMurmur2, GoldenVectors) {
  EXPECT_EQ(static_cast<int32_t>(JavaMurmur2("21")), -973932308);
  EXPECT_EQ(static_cast<int32_t>(JavaMurmur2("foobar")), -790332482);
  EXPECT_EQ(static_cast<int32_t>(JavaMurmur2("a-little-bit-long-string")), -985981536);
  EXPECT_EQ(static_cast<int32_t>(JavaMurmur2("a-little-bit-longer-string")), -1486304829);
  EXPECT_EQ(static_cast<int32_t>(JavaMurmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8")),
            -58897971);
  EXPECT_EQ(static_cast<int32_t>(JavaMurmur2("abc")), 479470107);
}

TEST(PartitionOf, IsTheJavaClients) {
  EXPECT_EQ(PartitionOf("21", 12), (-973932308 & 0x7fffffff) % 12);
  EXPECT_EQ(PartitionOf("abc", 12), 479470107 % 12);
}

TEST(DeriveId, IsStableAndKeepsPartsApart) {
  const std::string id = DeriveId({"ann", "CreateCustomer", "r1"});
  EXPECT_EQ(id, DeriveId({"ann", "CreateCustomer", "r1"}));
  EXPECT_NE(id, DeriveId({"annC", "reateCustomer", "r1"}));
  EXPECT_EQ(id.size(), 26u);
  EXPECT_TRUE(IsResourceId(id));
}

TEST(Sha256Hex, IsSha256) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace crm::base
