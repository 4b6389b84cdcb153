#include "services/customer/domain/customer_references.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/customer.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FakeRows;
using testing::ParseText;

class CustomerReferences : public ::testing::Test {
 protected:
  CustomerReferences() {
    rows_.Put(kStaff, ParseText<v1::Staff>("name: 'staff/ann'"));
    rows_.Put(kStaff, ParseText<v1::Staff>("name: 'staff/gone' status: STAFF_STATUS_LEFT"));
    rows_.Put(kBranches, ParseText<v1::Branch>("name: 'branches/north'"));
    rows_.Put(kTeams, ParseText<v1::Team>("name: 'teams/a'"));
    rows_.Put(kTeams,
              ParseText<v1::Team>("name: 'teams/old' close_date { year: 2026 month: 2 day: 1 }"));
  }
  // "field!REASON " of each that is refused.
  std::string Refused(const std::string& values, const std::string& before = "") {
    std::string words;
    for (const auto& [field, status] :
         RefusedReferencesOf(ParseText<v1::Customer>(before), ParseText<v1::Customer>(values),
                             testing::FixedContext<CustomerModel>(), rows_))
      words += field + "!" + base::ReasonOf(status) + " ";
    return words;
  }

  FakeRows rows_{kStaff, kBranches, kTeams};
};

TEST_F(CustomerReferences, AreThoseThatAreRecorded) {
  EXPECT_EQ(Refused(""), "");
  EXPECT_EQ(Refused("collaborators: 'ann' branch: 'north' team: 'a'"), "");
  EXPECT_EQ(Refused("collaborators: 'ann' collaborators: 'bob'"), "collaborators!STAFF_UNKNOWN ");
  EXPECT_EQ(Refused("collaborators: 'gone'"), "collaborators!STAFF_LEFT ");
  EXPECT_EQ(Refused("branch: 'south' team: 'b'"), "branch!UNIT_UNKNOWN team!UNIT_UNKNOWN ");
  EXPECT_EQ(Refused("team: 'old'"), "") << "closed, but known";
}

TEST_F(CustomerReferences, WhatIsThereAlreadyMayStay) {
  const std::string before = "collaborators: 'bob' branch: 'south' team: 'b'";
  EXPECT_EQ(Refused(before, before), "");
  EXPECT_EQ(Refused("collaborators: 'bob' collaborators: 'eve'", before),
            "collaborators!STAFF_UNKNOWN ");
}

constexpr char kCompany[] =
    "created { customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_PROSPECT branch: "
    "'South Pole' } personal { display_name: 'A' } }";

TEST_F(CustomerReferences, AreRefusedWhereTheyChange) {
  CustomerFacts facts;
  facts.references = {{"collaborators", UnitUnknown("x")}, {"team", UnitUnknown("teams/x")}};
  const auto updated = [](const std::string& path, const std::string& value) {
    return "updated { changed { paths: '" + path + "' } customer { " + value + " } personal {} }";
  };
  CheckDecisions<CustomerModel, v1::UpdateCustomerRequest>(
      {{"refuses what the tables refuse", {kCompany}, "customer { team: 'x' }", "!UNIT_UNKNOWN"},
       {"says nothing of other fields",
        {kCompany},
        "customer { region: 'east' }",
        updated("region", "region: 'east'")},
       {"refuses what is no id",
        {kCompany},
        "customer { branch: 'North!' }",
        "!field:customer.branch"},
       {"lets go of what is no id",
        {kCompany},
        "update_mask { paths: 'branch' } customer {}",
        updated("branch", "")}},
      testing::FixedContext<CustomerModel>(), facts);
  const std::string company =
      "customer { kind: CUSTOMER_KIND_COMPANY display_name: 'A' team: 'x' collaborators: 'x' } ";
  const std::string made =
      "created { customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_PROSPECT team: 'x' "
      "collaborators: 'x' data_check_time { seconds: 1772445600 } } personal { display_name: 'A' "
      "} ";
  CheckDecisions<CustomerModel, v1::CreateCustomerRequest>(
      {{"refuses a collaborator who is not known", {}, company, "!UNIT_UNKNOWN"},
       {"refuses what is no id",
        {},
        "customer { kind: CUSTOMER_KIND_COMPANY display_name: 'A' territory: 'A B' }",
        "!field:customer.territory"},
       {"takes what another system names",
        {},
        company + "imported: true",
        made + "imported: true }"}},
      testing::FixedContext<CustomerModel>(), facts);
  facts.references.erase("collaborators");
  CheckDecisions<CustomerModel, v1::CreateCustomerRequest>(
      {{"takes a team that is set up later", {}, company, made + "}"}},
      testing::FixedContext<CustomerModel>(), facts);
}

}  // namespace
}  // namespace crm::customer
