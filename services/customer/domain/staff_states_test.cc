#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "libs/testing/decisions.h"
#include "services/customer/domain/staff.h"

namespace crm::customer {
namespace {

using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;

constexpr char kMade[] = R"(created {
  staff { roles: STAFF_ROLE_REP scope: STAFF_SCOPE_OWN hire_date { year: 2025 month: 1 day: 6 } }
  personal { display_name: "Eve" } })";
constexpr char kAway[] = R"(absence_planned { absence { kind: ABSENCE_KIND_OTHER
  period { start { year: 2026 month: 3 day: 9 } end { year: 2026 month: 3 day: 16 } } } })";
constexpr char kLeaving[] = "leave_planned { leave_date { year: 2026 month: 3 day: 31 } }";
constexpr char kLeft[] = "left { leave_date { year: 2026 month: 3 day: 1 } }";

// What each verb comes to, asked on 2026-03-02.
std::array<std::string, 8> Words(const v1::Staff& staff) {
  const engine::Context context = FixedContext<StaffModel>();
  const RefusedReferences none;
  const auto ask = [&](const auto& command, const auto&... facts) {
    return WordOf(StaffModel::Decide(staff, command, context, facts...));
  };
  return {
      ask(ParseText<v1::UpdateStaffRequest>("staff { capacity: 7 }"), none),
      ask(ParseText<v1::UpdateStaffRequest>("staff { personal { email: 'e@o.xy' } }"), none),
      ask(ParseText<v1::PlanAbsenceRequest>("absence { kind: ABSENCE_KIND_SICK period { "
                                            "start { year: 2026 month: 4 day: 9 } "
                                            "end { year: 2026 month: 4 day: 16 } } }"),
          none),
      ask(ParseText<v1::CancelAbsenceRequest>("start_date { year: 2026 month: 3 day: 9 }")),
      ask(ParseText<v1::MarkStaffLeftRequest>("leave_date { year: 2026 month: 3 day: 20 }")),
      ask(v1::CancelLeaveRequest(), none),
      ask(ParseText<v1::RehireStaffRequest>("hire_date { year: 2026 month: 3 day: 5 }")),
      ask(v1::CheckStaffLeaveRequest()),
  };
}

// Update, update of personal data, plan and cancel an absence, leave, not leave, rehire, timer.
TEST(StaffStateMachine, EveryStateAndVerb) {
  using All = std::array<std::string, 8>;
  const All working = {"updated",       "updated", "absence_planned", "absence_cancelled",
                       "leave_planned", "",        "!STAFF_EMPLOYED", ""};
  All leaving = working;
  leaving[5] = "leave_cancelled";
  const All left = {"!STAFF_LEFT", "updated",     "!STAFF_LEFT", "!STAFF_LEFT",
                    "!STAFF_LEFT", "!STAFF_LEFT", "rehired",     ""};
  EXPECT_EQ(Words(Given<StaffModel>({kMade, kAway})), working);
  EXPECT_EQ(Words(Given<StaffModel>({kMade, kAway, kLeaving})), leaving);
  EXPECT_EQ(Words(Given<StaffModel>({kMade, kAway, kLeft})), left);
  EXPECT_EQ(Words(Given<StaffModel>({kMade, kAway, kLeaving, kLeft})), left);
  EXPECT_EQ(Words(Given<StaffModel>(
                {kMade, kAway, kLeft, "rehired { hire_date { year: 2026 month: 3 day: 2 } }"})),
            working);
}

TEST(StaffStateMachine, LeadsWhereItSays) {
  const auto status = [](const std::vector<std::string>& facts) {
    return Given<StaffModel>(facts).status();
  };
  EXPECT_EQ(status({kMade}), v1::STAFF_STATUS_ACTIVE);
  EXPECT_EQ(status({kMade, kLeaving}), v1::STAFF_STATUS_ACTIVE);
  EXPECT_EQ(status({kMade, kLeaving, "leave_cancelled {}"}), v1::STAFF_STATUS_ACTIVE);
  EXPECT_EQ(status({kMade, kLeaving, kLeft}), v1::STAFF_STATUS_LEFT);
  EXPECT_EQ(status({kMade, kLeft, "rehired {}"}), v1::STAFF_STATUS_ACTIVE);
  EXPECT_FALSE(Given<StaffModel>({kMade, kLeft, "rehired {}"}).has_leave_date());
}

}  // namespace
}  // namespace crm::customer
