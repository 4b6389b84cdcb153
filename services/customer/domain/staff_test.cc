#include "services/customer/domain/staff.h"

#include <gmock/gmock.h>

#include <string>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/dated.h"
#include "services/customer/domain/staff_checks.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FakeRows;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;

const RefusedReferences kNoneRefused;

// FixedContext is on 2026-03-02.
constexpr char kMade[] = R"(created {
  staff { roles: STAFF_ROLE_REP scope: STAFF_SCOPE_OWN team: "teams/red"
          hire_date { year: 2025 month: 1 day: 6 } }
  personal { display_name: "Eve" phones: "+4912345678" } })";
constexpr char kManaged[] = R"(created {
  staff { manager: "staff/boss" hire_date { year: 2025 month: 1 day: 6 } }
  personal { display_name: "Eve" } })";
constexpr char kLeft[] = "left { leave_date { year: 2026 month: 3 day: 1 } personal {} }";
constexpr char kLeaving[] = R"(leave_planned { leave_date { year: 2026 month: 3 day: 31 }
  leave_check_time { seconds: 1775001600 } personal { reason: "moves" } })";

template <class Command, class... Facts>
void Check(const std::vector<testing::DecisionRow>& rows, const Facts&... facts) {
  CheckDecisions<StaffModel, Command>(rows, FixedContext<StaffModel>(), facts...);
}

TEST(CreateStaff, Rules) {
  Check<v1::CreateStaffRequest>(
      {
          {"keeps personal values apart",
           {},
           R"(staff { personal { display_name: "Eve" phones: "+4912345678" } roles: STAFF_ROLE_REP
                      team: "teams/red" hire_date { year: 2025 month: 1 day: 6 } })",
           kMade},
          {"is hired today unless told otherwise",
           {},
           "staff { personal { display_name: 'x' } roles: STAFF_ROLE_ADMIN scope: STAFF_SCOPE_ALL "
           "}",
           R"(created { staff { roles: STAFF_ROLE_ADMIN scope: STAFF_SCOPE_ALL
                                hire_date { year: 2026 month: 3 day: 2 } }
                        personal { display_name: "x" } })"},
          {"refuses no name",
           {},
           "staff { roles: STAFF_ROLE_REP }",
           "!field:staff.personal.display_name"},
          {"refuses no role", {}, "staff { personal { display_name: 'x' } }", "!field:staff.roles"},
      },
      kNoneRefused);
  Check<v1::CreateStaffRequest>(
      {{"refuses what the tables refuse",
        {},
        "staff { personal { display_name: 'x' } roles: STAFF_ROLE_REP team: 'teams/none' }",
        "!UNIT_UNKNOWN"}},
      RefusedReferences{{"team", base::Refused(v1::REASON_UNIT_UNKNOWN, "as the test wants")}});
}

TEST(StaffPhones, AreReadAsTheyAreWritten) {
  const StaffFacts germany({}, "DE");
  Check<v1::CreateStaffRequest>(
      {{"of the policy's country",
        {},
        "staff { personal { display_name: 'Eve' phones: '030 / 901820' } roles: STAFF_ROLE_REP }",
        R"(created { staff { roles: STAFF_ROLE_REP scope: STAFF_SCOPE_OWN
                             hire_date { year: 2026 month: 3 day: 2 } }
                     personal { display_name: "Eve" phones: "+4930901820" } })"},
       {"what is none is named",
        {},
        "staff { personal { display_name: 'Eve' phones: 'reception' } roles: STAFF_ROLE_REP }",
        "!field:staff.personal.phones[0]"}},
      germany);
  Check<v1::UpdateStaffRequest>({{"also when they change",
                                  {kMade},
                                  "staff { personal { phones: '030 901820' } }",
                                  R"(updated { changed { paths: "personal.phones" } staff {}
                     personal { phones: "+4930901820" } })"},
                                 {"quiet when it is the same number",
                                  {kMade},
                                  "staff { personal { phones: '+49 1234 5678' } }",
                                  ""}},
                                germany);
  FakeRows rows(kBranches, kDepartments, kTeams, kStaff, kCustomerPolicies);
  rows.Put(kCustomerPolicies,
           ParseText<v1::CustomerPolicy>("name: 'customerPolicies/standard' data_exchange { "
                                         "phone_country_code: 'DE' }"));
  const auto country = [&](const std::string& staff) {
    return StaffModel::Gather(ParseText<v1::CreateStaffRequest>(staff), FixedContext<StaffModel>(),
                              rows)
        .phone_country;
  };
  EXPECT_EQ(country("staff { personal { phones: '030 901820' } }"), "DE");
  EXPECT_EQ(country("staff { personal { phones: '+4930901820' } }"), "") << "no need to look";
}

TEST(CreateStaff, RefusesBadShapesByTheirField) {
  const auto field = [](const std::string& more, const std::string& personal = "") {
    const auto create =
        ParseText<v1::CreateStaffRequest>("staff { personal { display_name: 'x' " + personal +
                                          "} roles: STAFF_ROLE_REP " + more + "}");
    return WordOf(StaffModel::Decide({}, create, FixedContext<StaffModel>(), kNoneRefused));
  };
  EXPECT_EQ(field("", "phones: '+4912345678' phones: '0800'"), "!field:staff.personal.phones[1]");
  EXPECT_EQ(field("", "phones: '+4912345678' phones: '+4912345678'"),
            "!field:staff.personal.phones[1]");
  EXPECT_EQ(field("", "email: 'eve'"), "!field:staff.personal.email");
  EXPECT_EQ(field("roles: STAFF_ROLE_REP"), "!field:staff.roles[1]");
  EXPECT_EQ(field("roles: STAFF_ROLE_UNSPECIFIED"), "!field:staff.roles[1]");
  EXPECT_EQ(field("scope: 9"), "!field:staff.scope");
  EXPECT_EQ(field("branch: 'north'"), "!field:staff.branch");
  EXPECT_EQ(field("department: 'branches/north'"), "!field:staff.department");
  EXPECT_EQ(field("team: 'teams/'"), "!field:staff.team");
  EXPECT_EQ(field("manager: 'staff/Bob'"), "!field:staff.manager");
  EXPECT_EQ(field("manager: 'staff/staff-1'"), "!field:staff.manager") << "oneself";
  EXPECT_EQ(field("language_code: 'English'"), "created");
  EXPECT_EQ(field("language_code: 'e'"), "!field:staff.language_code");
  EXPECT_EQ(field("time_zone: 'Asia/Shanghai'"), "created");
  EXPECT_EQ(field("time_zone: 'Asia//x'"), "!field:staff.time_zone");
  EXPECT_EQ(field("capacity: -1"), "!field:staff.capacity");
  EXPECT_EQ(field("hire_date { year: 2026 month: 2 day: 30 }"), "!field:staff.hire_date");
}

TEST(TimeZoneName, IsKnownByItsShape) {
  for (const char* name : {"UTC", "Asia/Shanghai", "America/Port-au-Prince", "Etc/GMT+1"})
    EXPECT_TRUE(IsTimeZoneName(name)) << name;
  for (const char* name : {"", "/Asia", "Asia/", "Asia Shanghai", "+08:00", "8"})
    EXPECT_FALSE(IsTimeZoneName(name)) << name;
}

TEST(UpdateStaff, Rules) {
  Check<v1::UpdateStaffRequest>(
      {
          {"changes what differs",
           {kMade},
           "staff { capacity: 50 personal { email: 'eve@ours.example' } roles: STAFF_ROLE_REP }",
           R"(updated { changed { paths: "personal.email" paths: "capacity" } staff { capacity: 50 }
                        personal { email: "eve@ours.example" } })"},
          {"moves from today on, and keeps the rest of the place",
           {kMade},
           "staff { branch: 'branches/north' }",
           R"(updated { staff {} personal {}
                        placement { start_date { year: 2026 month: 3 day: 2 }
                                    branch: "branches/north" team: "teams/red" } })"},
          {"moves from a day on",
           {kMade},
           "staff { team: 'teams/blue' } effective_date { year: 2026 month: 2 day: 1 }",
           R"(updated { staff {} personal {}
                        placement { start_date { year: 2026 month: 2 day: 1 } team: "teams/blue" } }
           )"},
      },
      kNoneRefused);
}

TEST(UpdateStaff, GoesOnUntilAnEntryThatSaysItOtherwise) {
  Check<v1::UpdateStaffRequest>(
      {
          {"where the later entry only repeats it",
           {kMade,
            "updated { placement { start_date { year: 2026 month: 1 day: 10 } team: 'teams/red' "
            "manager: 'staff/b' } }"},
           "staff { team: 'teams/blue' } effective_date { year: 2026 month: 1 day: 5 }",
           R"(updated { staff {} personal {}
                        placement { start_date { year: 2026 month: 1 day: 5 } team: "teams/blue" }
                        later_placements { start_date { year: 2026 month: 1 day: 10 }
                                           team: "teams/blue" manager: "staff/b" } })"},
          {"each field for itself",
           {kMade,
            "updated { placement { start_date { year: 2026 month: 1 day: 10 } team: 'teams/red' "
            "manager: 'staff/b' } }"},
           "staff { team: 'teams/blue' manager: 'staff/c' } "
           "effective_date { year: 2026 month: 1 day: 5 }",
           R"(updated { staff {} personal {}
                        placement { start_date { year: 2026 month: 1 day: 5 }
                                    team: "teams/blue" manager: "staff/c" }
                        later_placements { start_date { year: 2026 month: 1 day: 10 }
                                           team: "teams/blue" manager: "staff/b" } })"},
      },
      kNoneRefused);
}

TEST(UpdateStaff, QuietAndRefused) {
  Check<v1::UpdateStaffRequest>(
      {
          {"is quiet when it is so already",
           {kMade},
           "staff { team: 'teams/red' roles: STAFF_ROLE_REP personal { display_name: 'Eve' } }",
           ""},
          {"corrects the first day",
           {kMade},
           "staff { hire_date { year: 2025 month: 1 day: 7 } }",
           R"(updated { changed { paths: "hire_date" } personal {}
                        staff { hire_date { year: 2025 month: 1 day: 7 } } })"},
          {"refuses a first day after the last",
           {kMade, kLeaving},
           "staff { hire_date { year: 2026 month: 4 day: 1 } }",
           "!field:staff.hire_date"},
          {"refuses a day to come",
           {kMade},
           "staff { team: 'teams/blue' } effective_date { year: 2026 month: 3 day: 4 }",
           "!field:effective_date"},
          {"refuses to clear the roles",
           {kMade},
           "staff {} update_mask { paths: 'roles' }",
           "!field:staff.roles"},
          {"refuses to change what somebody who left does",
           {kMade, kLeft},
           "staff { capacity: 1 personal { email: 'eve@ours.example' } }",
           "!STAFF_LEFT"},
          {"keeps personal data right also then",
           {kMade, kLeft},
           "staff { time_zone: 'UTC' personal { email: 'eve@ours.example' } }",
           R"(updated { changed { paths: "personal.email" paths: "time_zone" }
                        staff { time_zone: "UTC" } personal { email: "eve@ours.example" } })"},
      },
      kNoneRefused);
}

TEST(UpdateStaff, RefusesWhatTheTablesRefuse) {
  const RefusedReferences circle = {
      {"manager", base::Refused(v1::REASON_MANAGER_CYCLE, "as the test wants")}};
  Check<v1::UpdateStaffRequest>(
      {{"refuses what the tables refuse",
        {kMade},
        "staff { manager: 'staff/b' }",
        "!MANAGER_CYCLE"},
       {"looks at what changes only",
        {kMade},
        "staff { capacity: 1 }",
        "updated { changed { paths: 'capacity' } staff { capacity: 1 } personal {} }"}},
      circle);
}

TEST(UpdateStaff, RefusesAFirstDayWithinTheTimeBefore) {
  Check<v1::UpdateStaffRequest>(
      {{"hired again too early",
        {kMade, kLeft, "rehired { hire_date { year: 2026 month: 3 day: 5 } }"},
        "staff { hire_date { year: 2026 month: 3 day: 1 } }",
        "!field:staff.hire_date"}},
      kNoneRefused);
}

TEST(UpdateStaff, RefusesMoreDatedChangesThanAreKept) {
  v1::Staff staff = Given<StaffModel>({kMade});
  for (int i = 1; i < kDatedChangesMax; ++i) {
    v1::Placement placement;
    *placement.mutable_start_date() = base::DateOf(absl::CivilDay(2025, 1, 6) + i);
    PutTerm(placement, *staff.mutable_placements());
  }
  const auto move = ParseText<v1::UpdateStaffRequest>("staff { team: 'teams/blue' }");
  EXPECT_EQ(WordOf(StaffModel::Decide(staff, move, FixedContext<StaffModel>(), kNoneRefused)),
            "!DATED_CHANGES_FULL");
}

TEST(Staff, FoldsPlacesAndEmployments) {
  const v1::Staff staff = Given<StaffModel>(
      {kMade,
       "updated { placement { start_date { year: 2026 month: 2 day: 1 } team: 'teams/blue' } }",
       "updated { placement { start_date { year: 2026 month: 1 day: 1 } manager: 'staff/b' } "
       "later_placements { start_date { year: 2026 month: 2 day: 1 } team: 'teams/blue' "
       "manager: 'staff/b' } }",
       "updated { changed { paths: 'hire_date' } "
       "staff { hire_date { year: 2025 month: 1 day: 7 } } }",
       kLeft, "rehired { hire_date { year: 2026 month: 3 day: 9 } }"});
  EXPECT_THAT(staff, testing::EqualsProto(R"pb(
                name: "staff/staff-1"
                etag: "6"
                create_time { seconds: 1772445600 }
                update_time { seconds: 1772445600 }
                status: STAFF_STATUS_ACTIVE
                personal { display_name: "Eve" phones: "+4912345678" }
                roles: STAFF_ROLE_REP
                scope: STAFF_SCOPE_OWN
                team: "teams/blue"
                manager: "staff/b"
                hire_date { year: 2026 month: 3 day: 9 }
                placements {
                  start_date { year: 2025 month: 1 day: 6 }
                  team: "teams/red"
                }
                placements {
                  start_date { year: 2026 month: 1 day: 1 }
                  manager: "staff/b"
                }
                placements {
                  start_date { year: 2026 month: 2 day: 1 }
                  team: "teams/blue"
                  manager: "staff/b"
                }
                employments {
                  hire_date { year: 2025 month: 1 day: 7 }
                  leave_date { year: 2026 month: 3 day: 1 }
                }
                employments { hire_date { year: 2026 month: 3 day: 9 } })pb"));
}

std::string Away(const std::string& start, const std::string& end, const std::string& more = "") {
  return "{ period { start { year: 2026 " + start + "} end { year: 2026 " + end +
         "} } kind: ABSENCE_KIND_VACATION " + more + "}";
}

TEST(PlanAbsence, Rules) {
  const std::string march = Away("month: 3 day: 9", "month: 3 day: 16", "deputy: 'staff/b'");
  const std::string planned = "absence_planned { absence " + march + "}";
  Check<v1::PlanAbsenceRequest>(
      {
          {"records when, why and who stands in", {kMade}, "absence " + march, planned},
          {"is quiet when it is known", {kMade, planned}, "absence " + march, ""},
          {"records one that is over",
           {kMade},
           "absence " + Away("month: 1 day: 9", "month: 1 day: 16"),
           "absence_planned { absence " + Away("month: 1 day: 9", "month: 1 day: 16") + "}"},
          {"may begin on the first day back",
           {kMade, planned},
           "absence " + Away("month: 3 day: 16", "month: 3 day: 17"),
           "absence_planned { absence " + Away("month: 3 day: 16", "month: 3 day: 17") + "}"},
          {"refuses a day that is in another",
           {kMade, planned},
           "absence " + Away("month: 3 day: 15", "month: 3 day: 17"),
           "!ABSENCES_OVERLAP"},
          {"refuses another kind of the same days",
           {kMade, planned},
           "absence " + Away("month: 3 day: 9", "month: 3 day: 16"),
           "!ABSENCES_OVERLAP"},
          {"refuses no days", {kMade}, "", "!field:absence.period.start"},
          {"refuses an end that is no later",
           {kMade},
           "absence " + Away("month: 3 day: 9", "month: 3 day: 9"),
           "!field:absence.period.end"},
          {"refuses more than ten years",
           {kMade},
           "absence { period { start { year: 2026 month: 1 day: 1 } "
           "end { year: 2037 month: 1 day: 1 } } }",
           "!field:absence.period.end"},
          {"refuses no kind",
           {kMade},
           "absence { period { start { year: 2026 month: 1 day: 1 } "
           "end { year: 2026 month: 1 day: 2 } } }",
           "!field:absence.kind"},
          {"refuses oneself as deputy",
           {kMade},
           "absence " + Away("month: 3 day: 9", "month: 3 day: 16", "deputy: 'staff/staff-1'"),
           "!field:absence.deputy"},
      },
      kNoneRefused);
  Check<v1::PlanAbsenceRequest>(
      {{"refuses what the tables refuse", {kMade}, "absence " + march, "!STAFF_UNKNOWN"}},
      RefusedReferences{{"deputy", base::Refused(v1::REASON_STAFF_UNKNOWN, "as the test wants")}});
}

TEST(PlanAbsence, MakesRoomOfWhatIsOver) {
  v1::Staff staff = Given<StaffModel>({kMade});
  const auto at = [](absl::CivilDay day) {
    v1::Absence absence;
    *absence.mutable_period()->mutable_start() = base::DateOf(day);
    *absence.mutable_period()->mutable_end() = base::DateOf(day + 1);
    absence.set_kind(v1::ABSENCE_KIND_SICK);
    return absence;
  };
  const absl::CivilDay today(2026, 3, 2);
  for (int i = 0; i < kAbsencesMax; ++i) *staff.add_absences() = at(today - 1 + i);
  v1::PlanAbsenceRequest plan;
  *plan.mutable_absence() = at(today + 500);
  engine::Context context = FixedContext<StaffModel>();
  const auto event = StaffModel::Decide(staff, plan, context, kNoneRefused);
  ASSERT_THAT(event, testing::IsOk());
  EXPECT_EQ((*event)->absence_planned().pruned_count(), 1);
  StaffModel::Evolve(staff, **event);
  EXPECT_EQ(staff.absences_size(), kAbsencesMax);
  EXPECT_THAT(staff.absences(0), testing::EqualsProto(at(today)));
  *plan.mutable_absence() = at(today + 501);
  EXPECT_EQ(WordOf(StaffModel::Decide(staff, plan, context, kNoneRefused)), "!ABSENCES_FULL");
}

TEST(CancelAbsence, Rules) {
  const auto planned = [](const std::string& absence) {
    return "absence_planned { absence " + absence + "}";
  };
  const std::string later = Away("month: 3 day: 9", "month: 3 day: 16");
  const std::string now = Away("month: 2 day: 23", "month: 3 day: 16");
  Check<v1::CancelAbsenceRequest>({
      {"takes back what has not begun",
       {kMade, planned(later)},
       "start_date { year: 2026 month: 3 day: 9 }",
       "absence_cancelled { personal { cancelled " + later + "} }"},
      {"takes back what begins today",
       {kMade, planned(Away("month: 3 day: 2", "month: 3 day: 16"))},
       "start_date { year: 2026 month: 3 day: 2 }",
       "absence_cancelled { personal { cancelled " + Away("month: 3 day: 2", "month: 3 day: 16") +
           "} }"},
      {"ends what has begun",
       {kMade, planned(now)},
       "start_date { year: 2026 month: 2 day: 23 }",
       "absence_cancelled { personal { cancelled " + now + " remaining " +
           Away("month: 2 day: 23", "month: 3 day: 2") + "} }"},
      {"is quiet when it is over",
       {kMade, planned(Away("month: 2 day: 23", "month: 3 day: 2"))},
       "start_date { year: 2026 month: 2 day: 23 }",
       ""},
      {"refuses a day on which none begins",
       {kMade, planned(later)},
       "start_date { year: 2026 month: 3 day: 10 }",
       "!ABSENCE_UNKNOWN"},
      {"refuses no day", {kMade}, "", "!field:start_date"},
  });
  const v1::Staff staff =
      Given<StaffModel>({kMade, planned(now),
                         "absence_cancelled { personal { cancelled " + now + " remaining " +
                             Away("month: 2 day: 23", "month: 3 day: 2") + "} }"});
  ASSERT_EQ(staff.absences_size(), 1);
  EXPECT_EQ(staff.absences(0).period().end().day(), 2);
}

TEST(MarkStaffLeft, Rules) {
  Check<v1::MarkStaffLeftRequest>({
      {"has left when the day has passed",
       {kMade},
       "leave_date { year: 2026 month: 3 day: 1 }",
       kLeft},
      {"is to leave when the day is to come",
       {kMade},
       "leave_date { year: 2026 month: 3 day: 31 } reason: 'moves'",
       kLeaving},
      {"works on the last day",
       {kMade},
       "leave_date { year: 2026 month: 3 day: 2 }",
       R"(leave_planned { leave_date { year: 2026 month: 3 day: 2 }
                          leave_check_time { seconds: 1772496000 } personal {} })"},
      {"says to whom they report",
       {kManaged},
       "leave_date { year: 2026 month: 3 day: 2 }",
       R"(leave_planned { leave_date { year: 2026 month: 3 day: 2 } manager: "staff/boss"
                          leave_check_time { seconds: 1772496000 } personal {} })"},
      {"says it also of who has left",
       {kManaged},
       "leave_date { year: 2026 month: 3 day: 1 }",
       R"(left { leave_date { year: 2026 month: 3 day: 1 } manager: "staff/boss" personal {} })"},
      {"can be said anew", {kMade, kLeaving}, "leave_date { year: 2026 month: 3 day: 1 }", kLeft},
      {"can be given another reason",
       {kMade, kLeaving},
       "leave_date { year: 2026 month: 3 day: 31 } reason: 'retires'",
       R"(leave_planned { leave_date { year: 2026 month: 3 day: 31 }
          leave_check_time { seconds: 1775001600 } personal { reason: "retires" } })"},
      {"is quiet when it is so already",
       {kMade, kLeaving},
       "leave_date { year: 2026 month: 3 day: 31 }",
       ""},
      {"is quiet when it has happened",
       {kMade, kLeft},
       "leave_date { year: 2026 month: 3 day: 1 }",
       ""},
      {"refuses another day then",
       {kMade, kLeft},
       "leave_date { year: 2026 month: 2 day: 1 }",
       "!STAFF_LEFT"},
      {"refuses another reason then",
       {kMade, kLeft},
       "leave_date { year: 2026 month: 3 day: 1 } reason: 'retires'",
       "!STAFF_LEFT"},
      {"refuses no day", {kMade}, "", "!field:leave_date"},
      {"refuses a day before the first",
       {kMade},
       "leave_date { year: 2025 month: 1 day: 5 }",
       "!field:leave_date"},
  });
}

TEST(CheckStaffLeave, LeavesOnTheDayAfterTheLast) {
  engine::Context context = FixedContext<StaffModel>();
  context.business_date = absl::CivilDay(2026, 3, 31);
  CheckDecisions<StaffModel, v1::CheckStaffLeaveRequest>(
      {{"the last day still counts", {kMade, kLeaving}, "", ""}}, context);
  context.business_date = absl::CivilDay(2026, 4, 1);
  CheckDecisions<StaffModel, v1::CheckStaffLeaveRequest>(
      {{"has left",
        {kMade, kLeaving},
        "",
        "left { leave_date { year: 2026 month: 3 day: 31 } personal { reason: 'moves' } }"},
       {"is quiet when nobody said so", {kMade}, "", ""},
       {"is quiet when it has happened", {kMade, kLeft}, "", ""}},
      context);
  const auto due = [](const std::vector<std::string>& facts) {
    return StaffModel::NextDue(Given<StaffModel>(facts));
  };
  EXPECT_EQ(due({kMade}), std::nullopt);
  EXPECT_EQ(due({kMade, kLeaving}), absl::FromUnixSeconds(1775001600));
  EXPECT_EQ(due({kMade, kLeaving, kLeft}), std::nullopt);
  EXPECT_EQ(due({kMade, kLeaving, "leave_cancelled {}"}), std::nullopt);
}

TEST(CancelLeave, Rules) {
  Check<v1::CancelLeaveRequest>(
      {
          {"stays",
           {kMade, kLeaving},
           "",
           "leave_cancelled { leave_date { year: 2026 month: 3 day: 31 } }"},
          {"is quiet when nobody said otherwise", {kMade}, "", ""},
          {"refuses somebody who has left", {kMade, kLeft}, "", "!STAFF_LEFT"},
      },
      kNoneRefused);
  Check<v1::CancelLeaveRequest>(
      {{"refuses to stay in what closes", {kMade, kLeaving}, "", "!UNIT_CLOSED"},
       {"is quiet also then", {kMade}, "", ""}},
      RefusedReferences{{"team", base::Refused(v1::REASON_UNIT_CLOSED, "as the test wants")}});
}

TEST(RehireStaff, Rules) {
  const std::string rehired = "rehired { hire_date { year: 2026 month: 3 day: 2 } }";
  Check<v1::RehireStaffRequest>({
      {"works again", {kMade, kLeft}, "hire_date { year: 2026 month: 3 day: 2 }", rehired},
      {"is quiet when it is so already",
       {kMade, kLeft, rehired},
       "hire_date { year: 2026 month: 3 day: 2 }",
       ""},
      {"refuses somebody who works for us",
       {kMade},
       "hire_date { year: 2026 month: 3 day: 2 }",
       "!STAFF_EMPLOYED"},
      {"refuses no day", {kMade, kLeft}, "", "!field:hire_date"},
      {"refuses a day of the time before",
       {kMade, kLeft},
       "hire_date { year: 2026 month: 3 day: 1 }",
       "!field:hire_date"},
  });
  std::vector<std::string> facts = {kMade, kLeft};
  for (int i = 1; i < kEmploymentsMax; ++i) {
    facts.push_back("rehired {}");
    facts.push_back(kLeft);
  }
  Check<v1::RehireStaffRequest>(
      {{"refuses more times than are kept", facts, "hire_date { year: 2026 month: 3 day: 2 }",
        "!DATED_CHANGES_FULL"}});
}

TEST(StaffTables, RefuseReferences) {
  FakeRows rows(kBranches, kDepartments, kTeams, kStaff);
  const auto put = [&](const std::string& text) { rows.Put(kStaff, ParseText<v1::Staff>(text)); };
  put("name: 'staff/boss' status: STAFF_STATUS_ACTIVE");
  put("name: 'staff/lead' status: STAFF_STATUS_ACTIVE manager: 'staff/boss'");
  put("name: 'staff/rep' status: STAFF_STATUS_ACTIVE manager: 'staff/lead'");
  put("name: 'staff/gone' status: STAFF_STATUS_LEFT");
  rows.Put(kTeams, ParseText<v1::Team>("name: 'teams/red'"));
  engine::Context context = FixedContext<StaffModel>();
  context.name = "staff/boss";
  const auto refused = [&](const std::string& staff) {
    const RefusedReferences found =
        StaffModel::Gather(ParseText<v1::UpdateStaffRequest>("staff { " + staff + "}"), context,
                           rows)
            .refused;
    return found.empty() ? "" : found.begin()->first + WordOf(found.begin()->second, nullptr);
  };
  EXPECT_EQ(refused("team: 'teams/red'"), "");
  EXPECT_EQ(refused("team: 'teams/blue'"), "team!UNIT_UNKNOWN");
  EXPECT_EQ(refused("branch: 'branches/north'"), "branch!UNIT_UNKNOWN");
  EXPECT_EQ(refused("department: 'departments/sales'"), "department!UNIT_UNKNOWN");
  EXPECT_EQ(refused("manager: 'staff/none'"), "manager!STAFF_UNKNOWN");
  EXPECT_EQ(refused("manager: 'staff/gone'"), "manager!STAFF_LEFT");
  EXPECT_EQ(refused("manager: 'staff/rep'"), "manager!MANAGER_CYCLE");
  context.name = "staff/rep";
  EXPECT_EQ(refused("manager: 'staff/boss'"), "");
  for (int i = 1; i <= kUnitLevelsMax; ++i) {
    const std::string above = i == 1 ? "" : "staff/s" + std::to_string(i - 1);
    put("name: 'staff/s" + std::to_string(i) + "' manager: '" + above + "'");
  }
  context.name = "staff/s1";
  EXPECT_EQ(refused("manager: 'staff/s20'"), "manager!MANAGER_CYCLE") << "a circle of 20";
  context.name = "staff/new";
  EXPECT_EQ(refused("manager: 'staff/s19'"), "");
  EXPECT_EQ(refused("manager: 'staff/s20'"), "manager!MANAGER_CYCLE") << "it may be one of 21";
}

// On 2026-03-02: who reports to whom changes from day to day, whatever holds now.
TEST(StaffTables, RefuseACircleOnAnyDayOnWhichItHolds) {
  FakeRows rows(kStaff);
  const auto placed = [](int month, int day, const std::string& manager) {
    return " placements { start_date { year: 2026 month: " + std::to_string(month) +
           " day: " + std::to_string(day) + " } manager: '" + manager + "' }";
  };
  const auto put = [&](const std::string& id, const std::string& fields) {
    rows.Put(kStaff,
             ParseText<v1::Staff>("name: 'staff/" + id + "' status: STAFF_STATUS_ACTIVE" + fields));
  };
  engine::Context context = FixedContext<StaffModel>();
  context.name = "staff/z";
  const auto below_y = [&](const std::string& date) {
    const std::string day = date.empty() ? "" : " effective_date { year: 2026 " + date + " }";
    const auto update = ParseText<v1::UpdateStaffRequest>("staff { manager: 'staff/y' }" + day);
    const RefusedReferences refused = StaffModel::Gather(update, context, rows).refused;
    return refused.empty() ? "" : WordOf(RefusedAt(refused, "manager"), nullptr);
  };
  const std::string circle = "!MANAGER_CYCLE", today = "month: 3 day: 2";

  put("z", placed(1, 1, ""));
  put("y", placed(1, 1, "") + placed(3, 2, "staff/z") + placed(3, 3, ""));
  EXPECT_EQ(below_y(today), circle) << "today, though not tomorrow";
  EXPECT_EQ(below_y("month: 3 day: 3"), "");
  EXPECT_EQ(below_y("month: 2 day: 1"), circle) << "it would still hold today";

  put("y", placed(1, 1, "") + placed(2, 1, "staff/x") + placed(2, 20, ""));
  put("x", placed(1, 1, "") + placed(2, 10, "staff/z"));
  EXPECT_EQ(below_y("month: 1 day: 10"), circle) << "over another, from a day between";
  EXPECT_EQ(below_y("month: 2 day: 20"), "");
  put("z", placed(1, 1, "") + placed(1, 20, "") + placed(2, 5, "staff/w"));
  EXPECT_EQ(below_y("month: 1 day: 10"), "") << "until its own entry says it otherwise";

  put("z", placed(1, 1, "") + placed(3, 3, "staff/w"));
  put("y", placed(1, 1, "") + placed(3, 3, "staff/z"));
  EXPECT_EQ(below_y(today), "");
  EXPECT_EQ(below_y(""), circle) << "without a day it holds from its last entry on";
}

TEST(StaffTables, LookAtTheDay) {
  FakeRows rows(kBranches, kDepartments, kTeams, kStaff);
  rows.Put(kBranches, ParseText<v1::Branch>(
                          "name: 'branches/harbour' start_date { year: 2025 month: 1 day: 1 } "
                          "close_date { year: 2026 month: 2 day: 1 }"));
  rows.Put(kTeams, ParseText<v1::Team>("name: 'teams/red' "
                                       "close_date { year: 2026 month: 6 day: 1 }"));
  rows.Put(kStaff, ParseText<v1::Staff>("name: 'staff/gone' status: STAFF_STATUS_LEFT "
                                        "leave_date { year: 2026 month: 2 day: 1 }"));
  rows.Put(kStaff, ParseText<v1::Staff>("name: 'staff/staff-1' team: 'teams/red'"));
  engine::Context context = FixedContext<StaffModel>();
  const auto word = [](const RefusedReferences& found) {
    return found.empty() ? "" : found.begin()->first + WordOf(found.begin()->second, nullptr);
  };
  const auto moved = [&](const std::string& staff, const std::string& day) {
    const auto update =
        ParseText<v1::UpdateStaffRequest>("staff { " + staff + "} effective_date { " + day + "}");
    return word(StaffModel::Gather(update, context, rows).refused);
  };
  EXPECT_EQ(moved("branch: 'branches/harbour'", "year: 2026 month: 1 day: 5"), "");
  EXPECT_EQ(moved("branch: 'branches/harbour'", "year: 2026 month: 2 day: 2"),
            "branch!UNIT_CLOSED");
  EXPECT_EQ(moved("branch: 'branches/harbour'", "year: 2024 month: 12 day: 31"),
            "branch!UNIT_CLOSED");
  EXPECT_EQ(moved("manager: 'staff/gone'", "year: 2026 month: 2 day: 1"), "");
  EXPECT_EQ(moved("manager: 'staff/gone'", "year: 2026 month: 2 day: 2"), "manager!STAFF_LEFT");
  const auto create = ParseText<v1::CreateStaffRequest>("staff { team: 'teams/red' }");
  EXPECT_EQ(word(StaffModel::Gather(create, context, rows).refused), "team!UNIT_CLOSED");
  EXPECT_EQ(word(StaffModel::Gather(v1::CancelLeaveRequest(), context, rows)), "team!UNIT_CLOSED");
  const auto plan = [&](const std::string& month) {
    const auto absence = ParseText<v1::PlanAbsenceRequest>(
        "absence { deputy: 'staff/gone' period { start { year: 2026 day: 1 month: " + month +
        "} } }");
    return word(StaffModel::Gather(absence, context, rows));
  };
  EXPECT_EQ(plan("1"), "");
  EXPECT_EQ(plan("3"), "deputy!STAFF_LEFT");
}

}  // namespace
}  // namespace crm::customer
