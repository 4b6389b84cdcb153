#include "services/customer/read/redirects.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "libs/testing/fake_rows.h"
#include "services/customer/read/merge_tables.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class RedirectsTest : public ::testing::Test {
 protected:
  void Merge(const std::string& customer, const std::string& survivor) {
    v1::Redirect redirect;
    redirect.set_customer("customers/" + customer);
    redirect.set_survivor("customers/" + survivor);
    rows_.Put(kRedirects, redirect);
  }

  testing::FakeRows rows_{kRedirects};
};

TEST_F(RedirectsTest, LeadToTheLast) {
  Merge("a", "b");
  Merge("b", "c");
  Merge("d", "c");
  EXPECT_EQ(SurvivorOf("customers/a", rows_), "customers/c");
  EXPECT_EQ(SurvivorOf("customers/c", rows_), "customers/c");
  EXPECT_EQ(SurvivorOf("customers/nobody", rows_), "customers/nobody");
  EXPECT_THAT(NamesOf("customers/c", rows_),
              ElementsAre("customers/c", "customers/b", "customers/d", "customers/a"));
  EXPECT_THAT(NamesOf("customers/b", rows_), ElementsAre("customers/b", "customers/a"));
  EXPECT_THAT(Redirects(rows_), UnorderedElementsAre(Pair("customers/a", "customers/c"),
                                                     Pair("customers/b", "customers/c"),
                                                     Pair("customers/d", "customers/c")));
}

TEST_F(RedirectsTest, ACircleOfTwoMergesThatAreBeingAskedEnds) {
  Merge("a", "b");
  Merge("b", "a");
  EXPECT_EQ(SurvivorOf("customers/a", rows_), "customers/a");
  EXPECT_THAT(NamesOf("customers/a", rows_), ElementsAre("customers/a", "customers/b"));
  EXPECT_THAT(Redirects(rows_), UnorderedElementsAre(Pair("customers/a", "customers/a"),
                                                     Pair("customers/b", "customers/b")));
}

TEST_F(RedirectsTest, OnlyACustomersChildrenAreListedWithOthers) {
  Merge("a", "b");
  EXPECT_THAT(ParentsOf("customers/b", rows_), ElementsAre("customers/b", "customers/a"));
  Merge("b", "c");
  Merge("d", "c");
  for (const char* name : {"customers/a", "customers/b", "customers/c", "customers/d"}) {
    const std::vector<std::string> parents = ParentsOf(name, rows_);
    EXPECT_EQ(parents.front(), name) << "the one that was named";
    EXPECT_THAT(parents,
                UnorderedElementsAre("customers/a", "customers/b", "customers/c", "customers/d"));
  }
  EXPECT_THAT(ParentsOf("customers/-", rows_), ElementsAre("customers/-"));
  EXPECT_THAT(ParentsOf("staff/b", rows_), ElementsAre("staff/b"));
  EXPECT_THAT(ParentsOf("", rows_), ElementsAre(""));
}

}  // namespace
}  // namespace crm::customer
