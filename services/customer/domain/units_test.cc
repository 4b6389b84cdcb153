#include <gmock/gmock.h>

#include <array>
#include <map>
#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/branch.h"
#include "services/customer/domain/department.h"
#include "services/customer/domain/team.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FakeRows;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;

// FixedContext is on 2026-03-02.
constexpr char kBranch[] = R"(created { branch { display_name: "North" lead: "staff/bob"
    start_date { year: 2025 month: 1 day: 1 } } })";
constexpr char kDepartment[] = R"(created { department { display_name: "Sales"
    branch: "branches/north" start_date { year: 2025 month: 1 day: 1 } } })";
constexpr char kTeam[] = R"(created { team { display_name: "Red" department: "departments/sales"
    start_date { year: 2025 month: 1 day: 1 } } })";
constexpr char kClosing[] = "closed { close_date { year: 2026 month: 3 day: 2 } reason: 'sold' }";
constexpr char kClosed[] = "closed { close_date { year: 2026 month: 3 day: 1 } reason: 'sold' }";

RefusedReferences Refusing(const std::string& field, v1::Reason reason) {
  return {{field, base::Refused(reason, "as the test wants")}};
}

template <class M, class Command, class Facts>
void Check(const std::vector<testing::DecisionRow>& rows, const Facts& facts) {
  CheckDecisions<M, Command>(rows, FixedContext<M>(), facts);
}

TEST(CreateUnit, Rules) {
  Check<BranchModel, v1::CreateBranchRequest>(
      {
          {"begins today unless told otherwise",
           {},
           "branch { display_name: 'North' }",
           "created { branch { display_name: 'North' start_date { year: 2026 month: 3 day: 2 } } "
           "}"},
          {"begins on another day",
           {},
           "branch { display_name: 'North' lead: 'staff/bob' "
           "start_date { year: 2025 month: 1 day: 1 } }",
           kBranch},
          {"refuses a name of spaces",
           {},
           "branch { display_name: ' ' }",
           "!field:branch.display_name"},
          {"refuses a day that does not exist",
           {},
           "branch { display_name: 'x' start_date { year: 2026 month: 2 day: 30 } }",
           "!field:branch.start_date"},
          {"refuses a parent of another kind",
           {},
           "branch { display_name: 'x' parent: 'departments/sales' }",
           "!field:branch.parent"},
          {"refuses a lead that is no name",
           {},
           "branch { display_name: 'x' lead: 'bob' }",
           "!field:branch.lead"},
      },
      RefusedReferences());
  Check<DepartmentModel, v1::CreateDepartmentRequest>(
      {
          {"is in a branch and below a department",
           {},
           "department { display_name: 'x' branch: 'branches/a' parent: 'departments/b' "
           "start_date { year: 2025 month: 1 day: 1 } }",
           "created { department { display_name: 'x' branch: 'branches/a' parent: 'departments/b' "
           "start_date { year: 2025 month: 1 day: 1 } } }"},
          {"refuses a parent of another kind",
           {},
           "department { display_name: 'x' parent: 'branches/a' }",
           "!field:department.parent"},
      },
      RefusedReferences());
  Check<TeamModel, v1::CreateTeamRequest>(
      {{"refuses a branch for a department",
        {},
        "team { display_name: 'x' department: 'branches/a' }",
        "!field:team.department"},
       {"is in a department",
        {},
        "team { display_name: 'Red' department: 'departments/sales' "
        "start_date { year: 2025 month: 1 day: 1 } }",
        kTeam}},
      RefusedReferences());
  Check<TeamModel, v1::CreateTeamRequest>(
      {{"refuses what the tables refuse", {}, "team { display_name: 'x' }", "!UNIT_UNKNOWN"},
       {"but the shape first", {}, "team {}", "!field:team.display_name"}},
      Refusing("department", v1::REASON_UNIT_UNKNOWN));
}

TEST(UpdateUnit, Rules) {
  Check<BranchModel, v1::UpdateBranchRequest>(
      {
          {"changes what has no day",
           {kBranch},
           "branch { display_name: 'South' lead: 'staff/bob' }",
           "updated { changed { paths: 'display_name' } branch { display_name: 'South' } }"},
          {"changes the lead from today on",
           {kBranch},
           "branch { lead: 'staff/eve' }",
           "updated { changed {} branch {} term { start_date { year: 2026 month: 3 day: 2 } "
           "lead: 'staff/eve' } }"},
          {"changes the lead from a day on",
           {kBranch},
           "branch { lead: 'staff/eve' } effective_date { year: 2026 month: 1 day: 5 }",
           "updated { changed {} branch {} term { start_date { year: 2026 month: 1 day: 5 } "
           "lead: 'staff/eve' } }"},
          {"takes the lead away",
           {kBranch},
           "branch {} update_mask { paths: 'lead' }",
           "updated { changed {} branch {} term { start_date { year: 2026 month: 3 day: 2 } } }"},
          {"is quiet when it is so already",
           {kBranch},
           "branch { display_name: 'North' lead: 'staff/bob' }",
           ""},
          {"is quiet when it was so that day",
           {kBranch, "updated { term { start_date { year: 2026 month: 2 day: 1 } } }"},
           "branch { lead: 'staff/bob' } effective_date { year: 2026 month: 1 day: 5 }",
           ""},
          {"is not quiet when it was not so that day",
           {kBranch, "updated { term { start_date { year: 2026 month: 2 day: 1 } } }"},
           "branch {} update_mask { paths: 'lead' } effective_date { year: 2026 month: 1 day: 5 }",
           "updated { changed {} branch {} term { start_date { year: 2026 month: 1 day: 5 } } }"},
          {"goes on until the entry that says it otherwise",
           {kBranch,
            "updated { term { start_date { year: 2026 month: 1 day: 10 } lead: 'staff/bob' "
            "parent: 'branches/a' } }",
            "updated { term { start_date { year: 2026 month: 1 day: 20 } lead: 'staff/dan' } }",
            "updated { term { start_date { year: 2026 month: 2 day: 1 } lead: 'staff/bob' } }"},
           "branch { lead: 'staff/eve' } effective_date { year: 2026 month: 1 day: 5 }",
           "updated { changed {} branch {} term { start_date { year: 2026 month: 1 day: 5 } "
           "lead: 'staff/eve' } later_terms { start_date { year: 2026 month: 1 day: 10 } "
           "lead: 'staff/eve' parent: 'branches/a' } }"},
      },
      RefusedReferences());
}

TEST(UpdateUnit, Days) {
  Check<BranchModel, v1::UpdateBranchRequest>(
      {
          {"refuses a day before its first",
           {kBranch},
           "branch { lead: 'staff/eve' } effective_date { year: 2024 month: 12 day: 31 }",
           "!field:effective_date"},
          {"takes tomorrow, which it may be already elsewhere",
           {kBranch},
           "branch { lead: 'staff/eve' } effective_date { year: 2026 month: 3 day: 3 }",
           "updated { changed {} branch {} term { start_date { year: 2026 month: 3 day: 3 } "
           "lead: 'staff/eve' } }"},
          {"refuses a day to come",
           {kBranch},
           "branch { lead: 'staff/eve' } effective_date { year: 2026 month: 3 day: 4 }",
           "!field:effective_date"},
          {"refuses no name",
           {kBranch},
           "update_mask { paths: 'display_name' }",
           "!field:branch.display_name"},
          {"refuses a first day after the last",
           {kBranch, kClosing},
           "branch { start_date { year: 2026 month: 3 day: 3 } }",
           "!field:branch.start_date"},
          {"refuses a change of what is closed",
           {kBranch, kClosed},
           "branch { display_name: 'x' }",
           "!UNIT_CLOSED"},
      },
      RefusedReferences());
}

TEST(UpdateUnit, LooksAtWhatChangesOnly) {
  const RefusedReferences circle = Refusing("parent", v1::REASON_UNIT_CYCLE);
  Check<DepartmentModel, v1::UpdateDepartmentRequest>(
      {{"refuses what the tables refuse",
        {kDepartment},
        "department { parent: 'departments/below' }",
        "!UNIT_CYCLE"},
       {"looks at what changes only",
        {kDepartment},
        "department { display_name: 'x' }",
        "updated { changed { paths: 'display_name' } department { display_name: 'x' } }"},
       {"is quiet when it is so already",
        {kDepartment},
        "department { branch: 'branches/north' }",
        ""}},
      circle);
  Check<TeamModel, v1::UpdateTeamRequest>(
      {{"keeps what is not said in the new term",
        {kTeam},
        "team { branch: 'branches/north' }",
        "updated { changed {} team {} term { start_date { year: 2026 month: 3 day: 2 } "
        "branch: 'branches/north' department: 'departments/sales' } }"},
       {"is quiet when it is so already",
        {kTeam},
        "team { display_name: 'Red' department: 'departments/sales' }",
        ""},
       {"refuses no name",
        {kTeam},
        "update_mask { paths: 'display_name' }",
        "!field:team.display_name"},
       {"refuses a change of what is closed",
        {kTeam, kClosed},
        "team { display_name: 'x' }",
        "!UNIT_CLOSED"}},
      RefusedReferences());
  Check<TeamModel, v1::UpdateTeamRequest>({{"refuses what the tables refuse",
                                            {kTeam},
                                            "team { branch: 'branches/nowhere' }",
                                            "!UNIT_UNKNOWN"}},
                                          Refusing("branch", v1::REASON_UNIT_UNKNOWN));
}

TEST(UpdateUnit, HoldsNowAlsoWhenTheUnitBeginsLater) {
  const char later[] =
      "created { team { display_name: 'x' start_date { year: 2026 month: 6 day: 1 } } }";
  Check<TeamModel, v1::UpdateTeamRequest>(
      {{"from its first day on",
        {later},
        "team { lead: 'staff/eve' }",
        "updated { changed {} team {} term { start_date { year: 2026 month: 6 day: 1 } "
        "lead: 'staff/eve' } }"}},
      RefusedReferences());
}

TEST(UpdateUnit, RefusesMoreDatedChangesThanAreKept) {
  v1::Team team = Given<TeamModel>({kTeam});
  for (int i = 1; i < kDatedChangesMax; ++i) {
    v1::UnitTerm term;
    *term.mutable_start_date() = base::DateOf(absl::CivilDay(2025, 1, 1) + i);
    FoldTerm(term, team);
  }
  ASSERT_EQ(team.terms_size(), kDatedChangesMax);
  auto update = ParseText<v1::UpdateTeamRequest>("team { lead: 'staff/eve' }");
  const engine::Context context = FixedContext<TeamModel>();
  EXPECT_EQ(WordOf(TeamModel::Decide(team, update, context, RefusedReferences())),
            "!DATED_CHANGES_FULL");
  *update.mutable_effective_date() = team.terms(50).start_date();
  EXPECT_EQ(WordOf(TeamModel::Decide(team, update, context, RefusedReferences())), "updated");
}

TEST(CloseUnit, Rules) {
  const std::string on_last = "close_date { year: 2026 month: 3 day: 2 } reason: 'sold'";
  Check<BranchModel, v1::CloseBranchRequest>(
      {{"says its last day", {kBranch}, on_last, kClosing},
       {"says another one",
        {kBranch, kClosing},
        "close_date { year: 2027 month: 1 day: 1 }",
        "closed { close_date { year: 2027 month: 1 day: 1 } }"},
       {"is quiet when it is that day", {kBranch, kClosing}, on_last, ""},
       {"refuses no day", {kBranch}, "", "!field:close_date"},
       {"refuses a day before its first",
        {kBranch},
        "close_date { year: 2024 month: 12 day: 31 }",
        "!field:close_date"},
       {"refuses another day when it has passed", {kBranch, kClosed}, on_last, "!UNIT_CLOSED"}},
      Emptiness());
  const Emptiness rest{base::Refused(v1::REASON_UNIT_NOT_EMPTY, "as the test wants")};
  Check<DepartmentModel, v1::CloseDepartmentRequest>(
      {{"refuses while something is left", {kDepartment}, on_last, "!UNIT_NOT_EMPTY"},
       {"is quiet when it is that day", {kDepartment, kClosing}, on_last, ""}},
      rest);
  Check<DepartmentModel, v1::CloseDepartmentRequest>(
      {{"says its last day", {kDepartment}, on_last, kClosing}}, Emptiness());
  Check<TeamModel, v1::CloseTeamRequest>(
      {{"says its last day", {kTeam}, on_last, kClosing},
       {"is quiet when it is that day", {kTeam, kClosing}, on_last, ""},
       {"refuses no day", {kTeam}, "", "!field:close_date"},
       {"refuses another day when it has passed", {kTeam, kClosed}, on_last, "!UNIT_CLOSED"}},
      Emptiness());
  Check<TeamModel, v1::CloseTeamRequest>(
      {{"refuses while something is left", {kTeam}, on_last, "!UNIT_NOT_EMPTY"}}, rest);
}

// Open, with a last day to come, and closed: each verb.
template <class M, class Update, class Close>
void CheckStates(const std::string& created, const std::string& resource) {
  const engine::Context context = FixedContext<M>();
  const auto update = ParseText<Update>(resource + " { display_name: 'other' }");
  const auto close = ParseText<Close>("close_date { year: 2026 month: 3 day: 20 }");
  const auto same = ParseText<Close>("close_date { year: 2026 month: 3 day: 1 }");
  const std::vector<std::pair<std::vector<std::string>, std::array<std::string, 3>>> expected = {
      {{created}, {"updated", "closed", "closed"}},
      {{created, kClosing}, {"updated", "closed", "closed"}},
      {{created, kClosed}, {"!UNIT_CLOSED", "!UNIT_CLOSED", ""}},
  };
  for (const auto& [facts, words] : expected) {
    const auto unit = Given<M>(facts);
    SCOPED_TRACE(unit.ShortDebugString());
    EXPECT_EQ(WordOf(M::Decide(unit, update, context, RefusedReferences())), words[0]);
    EXPECT_EQ(WordOf(M::Decide(unit, close, context, Emptiness())), words[1]);
    EXPECT_EQ(WordOf(M::Decide(unit, same, context, Emptiness())), words[2]);
  }
}

TEST(UnitStates, EveryStateAndVerb) {
  CheckStates<BranchModel, v1::UpdateBranchRequest, v1::CloseBranchRequest>(kBranch, "branch");
  CheckStates<DepartmentModel, v1::UpdateDepartmentRequest, v1::CloseDepartmentRequest>(
      kDepartment, "department");
  CheckStates<TeamModel, v1::UpdateTeamRequest, v1::CloseTeamRequest>(kTeam, "team");
}

TEST(Unit, FoldsTermsInTheOrderOfTheirDays) {
  const v1::Department department = Given<DepartmentModel>(
      {kDepartment,
       "updated { term { start_date { year: 2026 month: 2 day: 1 } lead: 'staff/eve' } }",
       "updated { term { start_date { year: 2026 month: 1 day: 5 } lead: 'staff/bob' } "
       "later_terms { start_date { year: 2026 month: 2 day: 1 } lead: 'staff/eve' "
       "branch: 'branches/north' } }",
       "updated { changed { paths: 'display_name' } department { display_name: 'Selling' } }"});
  EXPECT_THAT(department, testing::EqualsProto(R"pb(
                name: "departments/department-1"
                etag: "4"
                create_time { seconds: 1772445600 }
                update_time { seconds: 1772445600 }
                display_name: "Selling"
                branch: "branches/north"
                lead: "staff/eve"
                start_date { year: 2025 month: 1 day: 1 }
                terms {
                  start_date { year: 2025 month: 1 day: 1 }
                  branch: "branches/north"
                }
                terms {
                  start_date { year: 2026 month: 1 day: 5 }
                  lead: "staff/bob"
                }
                terms {
                  start_date { year: 2026 month: 2 day: 1 }
                  branch: "branches/north"
                  lead: "staff/eve"
                })pb"));
}

// What the tables say of references and of what is left.
class UnitTables : public ::testing::Test {
 protected:
  template <class Row>
  void Put(const table::TableSpec<Row>& table, const std::string& text) {
    rows_.Put(table, ParseText<Row>(text));
  }
  template <class M, class Command>
  std::string Refused(const std::string& name, const std::string& command) {
    engine::Context context = FixedContext<M>();
    context.name = name;
    const auto refused = M::Gather(ParseText<Command>(command), context, rows_);
    return refused.empty() ? "" : refused.begin()->first + WordOf(refused.begin()->second, nullptr);
  }
  template <class M, class Command>
  std::string Left(const std::string& name, int day) {
    const auto close = ParseText<Command>(
        "name: '" + name + "' close_date { year: 2026 month: 3 day: " + std::to_string(day) + "}");
    return WordOf(M::Gather(close, FixedContext<M>(), rows_).refusal, nullptr);
  }

  FakeRows rows_{kBranches, kDepartments, kTeams, kStaff};
};

TEST_F(UnitTables, RefuseWhatIsUnknownOrClosed) {
  Put(kBranches, "name: 'branches/open'");
  Put(kBranches, "name: 'branches/today' close_date { year: 2026 month: 3 day: 2 }");
  Put(kBranches, "name: 'branches/gone' close_date { year: 2026 month: 3 day: 1 }");
  Put(kStaff, "name: 'staff/bob' status: STAFF_STATUS_ACTIVE");
  Put(kStaff, "name: 'staff/dan' status: STAFF_STATUS_LEFT");
  const auto refused = [&](const std::string& team) {
    return Refused<TeamModel, v1::CreateTeamRequest>("teams/x", "team { " + team + "}");
  };
  EXPECT_EQ(refused(""), "");
  EXPECT_EQ(refused("branch: 'branches/open' lead: 'staff/bob'"), "");
  EXPECT_EQ(refused("branch: 'branches/today'"), "branch!UNIT_CLOSED") << "it would be left";
  EXPECT_EQ(refused("branch: 'branches/gone'"), "branch!UNIT_CLOSED");
  EXPECT_EQ(refused("branch: 'branches/none'"), "branch!UNIT_UNKNOWN");
  EXPECT_EQ(refused("department: 'departments/none'"), "department!UNIT_UNKNOWN");
  EXPECT_EQ(refused("lead: 'staff/none'"), "lead!STAFF_UNKNOWN");
  EXPECT_EQ(refused("lead: 'staff/dan'"), "lead!STAFF_LEFT");
}

TEST_F(UnitTables, LookAtTheDayFromWhichItHolds) {
  Put(kBranches,
      "name: 'branches/spring' start_date { year: 2025 month: 6 day: 1 } "
      "close_date { year: 2026 month: 2 day: 1 }");
  Put(kBranches, "name: 'branches/next' start_date { year: 2026 month: 6 day: 1 }");
  Put(kBranches, "name: 'branches/later' close_date { year: 2026 month: 6 day: 1 }");
  Put(kStaff,
      "name: 'staff/dan' status: STAFF_STATUS_LEFT leave_date { year: 2026 month: 1 day: 31 }");
  const auto refused = [&](const std::string& team, const std::string& day) {
    return Refused<TeamModel, v1::UpdateTeamRequest>(
        "teams/x", "team { " + team + "} effective_date { " + day + "}");
  };
  const std::string spring = "branch: 'branches/spring' ", dan = "lead: 'staff/dan' ";
  EXPECT_EQ(refused(spring, "year: 2025 month: 5 day: 31"), "branch!UNIT_CLOSED");
  EXPECT_EQ(refused(spring, "year: 2025 month: 6 day: 1"), "");
  EXPECT_EQ(refused(spring, "year: 2026 month: 2 day: 1"), "");
  EXPECT_EQ(refused(spring, "year: 2026 month: 2 day: 2"), "branch!UNIT_CLOSED");
  EXPECT_EQ(refused("branch: 'branches/later' ", "year: 2026 month: 3 day: 1"), "");
  EXPECT_EQ(refused("branch: 'branches/later' ", "year: 2026 month: 3 day: 2"),
            "branch!UNIT_CLOSED");
  EXPECT_EQ(refused("branch: 'branches/next' ", "year: 2026 month: 3 day: 1"),
            "branch!UNIT_CLOSED");
  EXPECT_EQ(refused("branch: 'branches/next' ", "year: 2026 month: 3 day: 2"), "")
      << "what is to begin can be filled before";
  EXPECT_EQ(refused(dan, "year: 2026 month: 1 day: 31"), "");
  EXPECT_EQ(refused(dan, "year: 2026 month: 2 day: 1"), "lead!STAFF_LEFT");
}

TEST_F(UnitTables, RefuseCirclesAndDepth) {
  for (int i = 1; i <= kUnitLevelsMax; ++i) {
    const std::string parent = i == 1 ? "" : "branches/b" + std::to_string(i - 1);
    Put(kBranches, "name: 'branches/b" + std::to_string(i) + "' parent: '" + parent + "'");
  }
  Put(kBranches, "name: 'branches/c' parent: 'branches/d'");
  Put(kBranches, "name: 'branches/d' parent: 'branches/c'");
  const auto below = [&](const std::string& name, const std::string& parent) {
    return Refused<BranchModel, v1::UpdateBranchRequest>(
        "branches/" + name, "branch { parent: 'branches/" + parent + "' }");
  };
  EXPECT_EQ(below("b1", "b1"), "parent!UNIT_CYCLE");
  EXPECT_EQ(below("b1", "b9"), "parent!UNIT_CYCLE");
  EXPECT_EQ(below("b9", "b1"), "");
  EXPECT_EQ(below("new", "b19"), "");
  EXPECT_EQ(below("new", "b20"), "parent!UNITS_TOO_DEEP");
  EXPECT_EQ(below("new", "c"), "parent!UNITS_TOO_DEEP") << "a circle that was there ends the walk";
}

TEST_F(UnitTables, RefuseACircleOnAnyDayOnWhichItHolds) {
  const std::string first = " terms { start_date { year: 2026 month: 1 day: 1 } } ";
  const std::string today = "start_date { year: 2026 month: 3 day: 2 } ";
  const std::string tomorrow = " terms { start_date { year: 2026 month: 3 day: 3 } } ";
  const std::string from = " effective_date { year: 2026 month: 3 day: ";
  Put(kBranches, "name: 'branches/z'" + first);
  Put(kBranches,
      "name: 'branches/y'" + first + "terms { " + today + "parent: 'branches/z' }" + tomorrow);
  const std::string branch = "branch { parent: 'branches/y' }" + from;
  using Update = v1::UpdateBranchRequest;
  EXPECT_EQ((Refused<BranchModel, Update>("branches/z", branch + "2 }")), "parent!UNIT_CYCLE");
  EXPECT_EQ((Refused<BranchModel, Update>("branches/z", branch + "3 }")), "");
  Put(kDepartments, "name: 'departments/z'" + first);
  Put(kDepartments, "name: 'departments/y'" + first + "terms { " + today +
                        "parent: 'departments/z' }" + tomorrow);
  EXPECT_EQ((Refused<DepartmentModel, v1::UpdateDepartmentRequest>(
                "departments/z", "department { parent: 'departments/y' }" + from + "1 }")),
            "parent!UNIT_CYCLE");
}

TEST_F(UnitTables, SayWhatIsLeft) {
  const auto branch = [&](int day) {
    return Left<BranchModel, v1::CloseBranchRequest>("branches/n", day);
  };
  const auto department = [&](int day) {
    return Left<DepartmentModel, v1::CloseDepartmentRequest>("departments/s", day);
  };
  const auto team = [&](int day) { return Left<TeamModel, v1::CloseTeamRequest>("teams/r", day); };
  EXPECT_EQ(branch(10), "");
  Put(kTeams, "name: 'teams/r' branch: 'branches/n' close_date { year: 2026 month: 3 day: 10 }");
  EXPECT_EQ(branch(9), "!UNIT_NOT_EMPTY");
  EXPECT_EQ(branch(10), "") << "both close on the same day";
  Put(kStaff,
      "name: 'staff/a' team: 'teams/r' department: 'departments/s' status: STAFF_STATUS_ACTIVE "
      "leave_date { year: 2026 month: 3 day: 10 }");
  Put(kStaff, "name: 'staff/b' branch: 'branches/n' status: STAFF_STATUS_LEFT");
  EXPECT_EQ(team(9), "!UNIT_NOT_EMPTY");
  EXPECT_EQ(team(10), "");
  EXPECT_EQ(department(9), "!UNIT_NOT_EMPTY");
  EXPECT_EQ(department(10), "");
  EXPECT_EQ(branch(10), "") << "who has left is not there";
  Put(kDepartments, "name: 'departments/t' branch: 'branches/n' parent: 'departments/s'");
  EXPECT_EQ(branch(10), "!UNIT_NOT_EMPTY");
  EXPECT_EQ(department(10), "!UNIT_NOT_EMPTY");
}

// On 2026-03-02: who was in the branch until the day before has moved or left since.
TEST_F(UnitTables, SayWhatWasLeftAfterADayThatHasPassed) {
  const auto left = [&](const std::string& date) {
    const auto close = ParseText<v1::CloseBranchRequest>("name: 'branches/n' close_date {" + date);
    return WordOf(BranchModel::Gather(close, FixedContext<BranchModel>(), rows_).refusal, nullptr);
  };
  const std::string moved = "start_date { year: 2026 month: 2 day: 11 } branch: 'branches/m' }";
  Put(kStaff,
      "name: 'staff/a' branch: 'branches/m' status: STAFF_STATUS_ACTIVE "
      "employments { hire_date { year: 2025 month: 1 day: 1 } } "
      "placements { start_date { year: 2025 month: 1 day: 1 } branch: 'branches/n' } "
      "placements { " +
          moved);
  EXPECT_EQ(left("year: 2026 month: 2 day: 9 }"), "!UNIT_NOT_EMPTY");
  EXPECT_EQ(left("year: 2026 month: 2 day: 10 }"), "");
  Put(kStaff,
      "name: 'staff/b' branch: 'branches/n' status: STAFF_STATUS_LEFT "
      "leave_date { year: 2026 month: 2 day: 15 } "
      "employments { hire_date { year: 2025 month: 1 day: 1 } "
      "leave_date { year: 2026 month: 2 day: 15 } } "
      "placements { start_date { year: 2025 month: 1 day: 1 } branch: 'branches/n' }");
  EXPECT_EQ(left("year: 2026 month: 2 day: 14 }"), "!UNIT_NOT_EMPTY");
  EXPECT_EQ(left("year: 2026 month: 2 day: 15 }"), "");
  Put(kTeams,
      "name: 'teams/r' branch: 'branches/m' start_date { year: 2025 month: 1 day: 1 } "
      "terms { start_date { year: 2025 month: 1 day: 1 } branch: 'branches/n' } "
      "terms { start_date { year: 2026 month: 3 day: 1 } branch: 'branches/m' }");
  EXPECT_EQ(left("year: 2026 month: 2 day: 27 }"), "!UNIT_NOT_EMPTY");
  EXPECT_EQ(left("year: 2026 month: 2 day: 28 }"), "");
}

}  // namespace
}  // namespace crm::customer
