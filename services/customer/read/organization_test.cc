#include "services/customer/read/organization.h"

#include <gmock/gmock.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/date.h"
#include "libs/base/timestamp.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/branch.h"
#include "services/customer/domain/department.h"
#include "services/customer/domain/staff.h"
#include "services/customer/domain/team.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using testing::ParseText;

constexpr absl::Time kDay1 = absl::FromUnixSeconds(1'772'445'600);  // 2026-03-02 10:00 UTC.

// A node a line, indented by depth: "  teams/red (staff/bob) 1/3", "!" when it is detached.
std::string TextOf(const v1::GetOrganizationResponse& response) {
  std::string text;
  for (const v1::OrganizationNode& node : response.nodes()) {
    const std::string lead = node.lead().empty() ? "" : " (" + node.lead() + ")";
    absl::StrAppend(&text, std::string(2 * node.depth(), ' '), node.detached() ? "!" : "",
                    node.unit(), lead, " ", node.staff_count(), "/", node.total_staff_count(),
                    "\n");
  }
  absl::StrAppend(&text, response.staff_count(), " of them unplaced ",
                  response.unplaced_staff_count());
  return text;
}

class Organization : public ::testing::Test {
 protected:
  // Folds facts into the row of that name, recorded at `time`.
  template <class M>
  void Record(const table::TableSpec<typename M::State>& table, const std::string& name,
              const std::vector<std::string>& facts, absl::Time time = kDay1) {
    auto state = rows_.Get(table, name).value_or(typename M::State());
    for (const std::string& fact : facts) M::Evolve(state, ParseText<typename M::Event>(fact));
    state.set_name(name);
    rows_.PutVersion(table, state, time, time);
  }
  void Branch(const std::string& id, const std::string& more) {
    Record<BranchModel>(kBranches, "branches/" + id, {Made("branch", id, more)});
  }
  void Department(const std::string& id, const std::string& more) {
    Record<DepartmentModel>(kDepartments, "departments/" + id, {Made("department", id, more)});
  }
  void Team(const std::string& id, const std::string& more) {
    Record<TeamModel>(kTeams, "teams/" + id, {Made("team", id, more)});
  }
  void Staff(const std::string& id, const std::string& more) {
    Record<StaffModel>(
        kStaff, "staff/" + id,
        {"created { staff { hire_date { year: 2025 month: 1 day: 1 } " + more + "} }"});
  }
  static std::string Made(const std::string& field, const std::string& id,
                          const std::string& more) {
    return "created { " + field + " { display_name: '" + id +
           "' start_date { year: 2025 month: 1 day: 1 } " + more + "} }";
  }
  std::string Ask(const std::string& request = "") {
    const auto response = QueryOrganization(ParseText<v1::GetOrganizationRequest>(request), rows_,
                                            testing::FixedContext<StaffModel>());
    return response.ok() ? TextOf(*response) : testing::WordOf(response.status(), nullptr);
  }

  FakeRows rows_{kBranches, kDepartments, kTeams, kStaff};
};

TEST_F(Organization, IsATreeWithLeadsAndCounts) {
  Branch("north", "lead: 'staff/ann'");
  Branch("city", "parent: 'branches/north'");
  Branch("alone", "");
  Department("sales", "branch: 'branches/north'");
  Department("field", "branch: 'branches/north' parent: 'departments/sales'");
  Team("red", "department: 'departments/field' lead: 'staff/bob'");
  Team("shop", "branch: 'branches/city'");
  Staff("ann", "branch: 'branches/north'");
  Staff("bob", "branch: 'branches/north' department: 'departments/field' team: 'teams/red'");
  Staff("cid", "team: 'teams/red'");
  Staff("dan", "department: 'departments/sales'");
  Staff("eve", "team: 'teams/shop'");
  Staff("fay", "");
  Staff("guy", "team: 'teams/none'");
  Staff("import", "team: 'teams/red' roles: STAFF_ROLE_SERVICE");
  EXPECT_EQ(Ask(),
            "branches/alone 0/0\n"
            "branches/north (staff/ann) 1/5\n"
            "  branches/city 0/1\n"
            "    teams/shop 1/1\n"
            "  departments/sales 1/3\n"
            "    departments/field 0/2\n"
            "      teams/red (staff/bob) 2/2\n"
            "7 of them unplaced 2");
}

TEST_F(Organization, IsEmptyAtFirst) { EXPECT_EQ(Ask(), "0 of them unplaced 0"); }

TEST_F(Organization, AsOfShowsWhatWasSoThatDay) {
  Branch("north", "");
  Department("sales", "branch: 'branches/north'");
  Team("red", "department: 'departments/sales' lead: 'staff/ann'");
  Record<TeamModel>(kTeams, "teams/red",
                    {"updated { term { start_date { year: 2026 month: 2 day: 1 } "
                     "branch: 'branches/north' lead: 'staff/bob' } }"});
  Record<DepartmentModel>(kDepartments, "departments/sales",
                          {"closed { close_date { year: 2026 month: 2 day: 15 } }"});
  Staff("bob", "department: 'departments/sales' branch: 'branches/north'");
  Record<StaffModel>(
      kStaff, "staff/bob",
      {"updated { placement { start_date { year: 2026 month: 2 day: 10 } team: 'teams/red' } }",
       "left { leave_date { year: 2026 month: 2 day: 20 } }",
       "rehired { hire_date { year: 2026 month: 3 day: 1 } }"});
  const auto on = [&](int month, int day) {
    return Ask(absl::StrCat("as_of { year: 2026 month: ", month, " day: ", day, "}"));
  };
  EXPECT_EQ(on(1, 31),
            "branches/north 0/1\n"
            "  departments/sales 1/1\n"
            "    teams/red (staff/ann) 0/0\n"
            "1 of them unplaced 0");
  EXPECT_EQ(on(2, 1),
            "branches/north 0/1\n"
            "  departments/sales 1/1\n"
            "  teams/red (staff/bob) 0/0\n"
            "1 of them unplaced 0");
  EXPECT_EQ(on(2, 15),
            "branches/north 0/1\n"
            "  departments/sales 0/0\n"
            "  teams/red (staff/bob) 1/1\n"
            "1 of them unplaced 0");
  EXPECT_EQ(on(2, 21),
            "branches/north 0/0\n"
            "  teams/red (staff/bob) 0/0\n"
            "0 of them unplaced 0")
      << "between two employments";
  EXPECT_EQ(on(3, 1),
            "branches/north 0/1\n"
            "  teams/red (staff/bob) 1/1\n"
            "1 of them unplaced 0");
  EXPECT_EQ(Ask("as_of { year: 2024 month: 12 day: 31 }"), "0 of them unplaced 0");
}

// A late fact moves what was so then, not what was known then.
TEST_F(Organization, KnownAtShowsWhatWasKnownThen) {
  Team("red", "lead: 'staff/ann'");
  Staff("ann", "team: 'teams/red'");
  const absl::Time later = kDay1 + absl::Hours(48);
  Record<TeamModel>(kTeams, "teams/red",
                    {"updated { changed { paths: 'display_name' } team { display_name: 'Scarlet' } "
                     "term { start_date { year: 2026 month: 1 day: 1 } lead: 'staff/bob' } }"},
                    later);
  Record<StaffModel>(kStaff, "staff/ann", {"left { leave_date { year: 2025 month: 12 day: 31 } }"},
                     later);
  const auto known = [&](absl::Time time) {
    return Ask(absl::StrCat("as_of { year: 2026 month: 2 day: 1 } known_at { seconds: ",
                            absl::ToUnixSeconds(time), "}"));
  };
  EXPECT_EQ(known(kDay1 - absl::Seconds(1)), "0 of them unplaced 0");
  EXPECT_EQ(known(kDay1), "teams/red (staff/ann) 1/1\n1 of them unplaced 0");
  EXPECT_EQ(known(later - absl::Seconds(1)), "teams/red (staff/ann) 1/1\n1 of them unplaced 0");
  EXPECT_EQ(known(later), "teams/red (staff/bob) 0/0\n0 of them unplaced 0");
  EXPECT_EQ(Ask("as_of { year: 2025 month: 6 day: 1 }"),
            "teams/red (staff/ann) 1/1\n1 of them unplaced 0")
      << "before both, as is known now";
}

TEST_F(Organization, UnitsWhoseSuperiorIsNotThereStandAtTheTop) {
  Department("orphan", "branch: 'branches/none'");
  Team("lost", "department: 'departments/none'");
  Team("caught", "department: 'departments/none' branch: 'branches/north'");
  Branch("north", "");
  EXPECT_EQ(Ask(),
            "branches/north 0/0\n"
            "  teams/caught 0/0\n"
            "!departments/orphan 0/0\n"
            "!teams/lost 0/0\n"
            "0 of them unplaced 0");
}

TEST_F(Organization, ACircleIsOpenedAtItsFirstUnit) {
  Branch("a-below", "parent: 'branches/c'");
  Branch("b", "parent: 'branches/d'");
  Branch("c", "parent: 'branches/b'");
  Branch("d", "parent: 'branches/c'");
  Branch("self", "parent: 'branches/self'");
  Staff("ann", "branch: 'branches/d'");
  EXPECT_EQ(Ask(),
            "!branches/b 0/1\n"
            "  branches/c 0/1\n"
            "    branches/a-below 0/0\n"
            "    branches/d 1/1\n"
            "!branches/self 0/0\n"
            "1 of them unplaced 0");
}

TEST_F(Organization, RefusesWhatIsNoDayAndNoMoment) {
  EXPECT_EQ(Ask("as_of { year: 2026 month: 2 day: 30 }"), "!field:as_of");
  EXPECT_EQ(Ask("as_of {}"), "!field:as_of");
  EXPECT_EQ(Ask("known_at { seconds: 1 nanos: -1 }"), "!field:known_at");
  EXPECT_EQ(Ask("known_at { seconds: 999999999999 }"), "!field:known_at");
}

TEST_F(Organization, SaysThatUnitsAreMissing) {
  for (int i = 0; i <= kOrganizationUnitsMax; ++i) {
    v1::Team team;
    team.set_name(absl::StrCat("teams/t", i));
    *team.mutable_start_date() = base::DateOf(absl::CivilDay(2025, 1, 1));
    rows_.Put(kTeams, team);
  }
  const auto response = QueryOrganization({}, rows_, testing::FixedContext<StaffModel>());
  ASSERT_THAT(response, testing::IsOk());
  EXPECT_EQ(response->nodes_size(), kOrganizationUnitsMax);
  EXPECT_TRUE(response->incomplete());
  EXPECT_EQ(response->notes_size(), 1);
  EXPECT_THAT(response->as_of(), testing::EqualsProto(base::DateOf(absl::CivilDay(2026, 3, 2))));
  EXPECT_EQ(base::TimeOf(response->known_at()), kDay1);
}

}  // namespace
}  // namespace crm::customer
