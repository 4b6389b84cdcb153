#include "libs/base/resource_name.h"

#include <gtest/gtest.h>

namespace crm::base {
namespace {

const NamePattern kOpportunity =
    *NamePattern::Parse("customers/{customer}/opportunities/{opportunity}");

TEST(ResourceName, Parts) {
  EXPECT_EQ(KeyOf("customers/c1/orders/o7"), "c1");
  EXPECT_EQ(KeyOf("customers/c1"), "c1");
  EXPECT_EQ(KeyOf("customers"), "");
  EXPECT_EQ(ParentOf("customers/c1/orders/o7"), "customers/c1");
  EXPECT_EQ(ParentOf("customers/c1"), "");
  EXPECT_EQ(LastIdOf("customers/c1/orders/o7"), "o7");
}

TEST(NamePattern, Matches) {
  EXPECT_TRUE(kOpportunity.Matches("customers/c1/opportunities/o1"));
  EXPECT_FALSE(kOpportunity.Matches("customers/c1/orders/o1"));
  EXPECT_FALSE(kOpportunity.Matches("customers/C1/opportunities/o1"));
  EXPECT_FALSE(kOpportunity.Matches("customers//opportunities/o1"));
  EXPECT_FALSE(kOpportunity.Matches("customers/c1/opportunities/"));
  EXPECT_FALSE(kOpportunity.Matches("customers/-/opportunities/o1"));
  EXPECT_TRUE(kOpportunity.Matches("customers/-/opportunities/o1", true));
  EXPECT_TRUE(kOpportunity.MatchesParent("customers/-", true));
  EXPECT_FALSE(kOpportunity.MatchesParent(""));
  EXPECT_EQ(kOpportunity.Format("customers/c1", "o2"), "customers/c1/opportunities/o2");
  EXPECT_EQ(kOpportunity.Variable("customers/c1/opportunities/o1", "customer"), "c1");
  EXPECT_EQ(kOpportunity.last_variable(), "opportunity");
  EXPECT_FALSE(NamePattern::Parse("customers/{customer}/opportunities").has_value());
}

TEST(IdFromExternal, KeepsReadableIdsAndHashesTheRest) {
  EXPECT_EQ(IdFromExternal("cdnow", "00004"), "cdnow-00004");
  const std::string hashed = IdFromExternal("erp", "Ärger/7");
  EXPECT_TRUE(IsResourceId(hashed));
  EXPECT_NE(hashed, IdFromExternal("erp", "arger/7"));
}

TEST(IdFromExternal, NoTwoBecomeOne) {
  EXPECT_NE(IdFromExternal("erp", "a-1"), IdFromExternal("erp-a", "1"));
  const std::string hashed = IdFromExternal("erp", "7/1");
  EXPECT_NE(hashed, IdFromExternal("erp", hashed.substr(std::string("erp-").size())));
  const std::string of_dashed = IdFromExternal("erp-a", "1");
  EXPECT_TRUE(IsResourceId(of_dashed));
  EXPECT_EQ(of_dashed.find('-'), std::string::npos);
}

}  // namespace
}  // namespace crm::base
