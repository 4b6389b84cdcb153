#include "services/customer/domain/target_list.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;

std::string List(const std::string& rest) { return "target_list { " + rest + " }"; }

TEST(TargetList, Rules) {
  const std::string both =
      "display_name: 'Wanted' year: 2026 customers: 'customers/a' customers: 'customers/b' ";
  const std::string field = "!field:target_list.";
  CheckDecisions<TargetListModel, v1::CreateTargetListRequest>({
      {"makes one", {}, List(both), "created { " + List(both) + " }"},
      {"needs a name", {}, List("year: 2026"), field + "display_name"},
      {"needs a year", {}, List("display_name: 'X'"), field + "year"},
      {"refuses a customer twice",
       {},
       List(both + "customers: 'customers/a'"),
       field + "customers[2]"},
      {"refuses what is no customer",
       {},
       List(both + "customers: 'contacts/a'"),
       field + "customers[2]"},
      {"refuses an empty name", {}, List(both + "customers: ''"), field + "customers[2]"},
  });
  const std::string made = "created { " + List(both) + " }";
  CheckDecisions<TargetListModel, v1::UpdateTargetListRequest>({
      {"changes",
       {made},
       List("customers: 'customers/c'"),
       "updated { changed { paths: 'customers' } target_list { customers: 'customers/c' } }"},
      {"is quiet when it is so", {made}, List("year: 2026"), ""},
      {"refuses what makes no list",
       {made},
       List("") + " update_mask { paths: 'year' }",
       field + "year"},
  });
}

}  // namespace
}  // namespace crm::customer
