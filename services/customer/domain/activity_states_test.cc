#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/timestamp.h"
#include "libs/testing/decisions.h"
#include "services/customer/domain/activity.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;

constexpr char kPlanned[] = R"(planned {
  activity { kind: ACTIVITY_KIND_TASK state: ACTIVITY_STATE_PLANNED owner: "ann"
             due_time { seconds: 1772442000 } due_date { year: 2026 month: 3 day: 2 }
             reminded_time { seconds: 1772000000 } priority: ACTIVITY_PRIORITY_NORMAL }
  personal { subject: "tidy" } })";
constexpr char kStarted[] = "started { start_time { seconds: 1772440000 } }";
constexpr char kOverdue[] = "fell_due { overdue_time { seconds: 1772442001 } }";
constexpr char kDone[] = "done { close_time { seconds: 1772443000 } personal { outcome: 'o' } }";
constexpr char kCancelled[] = "cancelled { close_time { seconds: 1772443000 } cancel_reason: 'r' }";

// What each verb comes to, an hour after it was due.
std::array<std::string, 5> Words(const v1::Activity& activity) {
  const engine::Context context = FixedContext<ActivityModel>();
  ActivityModel::Facts facts;
  facts.owner = "ann";
  const auto ask = [&](const auto& command, const auto&... more) {
    return WordOf(ActivityModel::Decide(activity, command, context, more...));
  };
  return {ask(ParseText<v1::UpdateActivityRequest>("activity { about: 'campaigns/x' }"), facts),
          ask(v1::StartActivityRequest()),
          ask(ParseText<v1::CompleteActivityRequest>("outcome: 'well'"), facts),
          ask(ParseText<v1::CancelActivityRequest>("cancel_reason: 'no need'")),
          ask(v1::ActivityDueRequest())};
}

// Update, start, complete, cancel, timer.
TEST(ActivityStateMachine, EveryStateAndVerb) {
  using All = std::array<std::string, 5>;
  const All closed = {"!ACTIVITY_CLOSED", "!ACTIVITY_CLOSED", "!ACTIVITY_CLOSED",
                      "!ACTIVITY_CLOSED", ""};
  EXPECT_EQ(Words(Given<ActivityModel>({kPlanned})),
            (All{"updated", "started", "done", "cancelled", "fell_due"}));
  EXPECT_EQ(Words(Given<ActivityModel>({kPlanned, kOverdue})),
            (All{"updated", "started", "done", "cancelled", ""}));
  EXPECT_EQ(Words(Given<ActivityModel>({kPlanned, kStarted})),
            (All{"updated", "", "done", "cancelled", "fell_due"}));
  EXPECT_EQ(Words(Given<ActivityModel>({kPlanned, kStarted, kDone})), closed);
  EXPECT_EQ(Words(Given<ActivityModel>({kPlanned, kDone})), closed);
  EXPECT_EQ(Words(Given<ActivityModel>({kPlanned, kCancelled})), closed);
}

TEST(ActivityStateMachine, LeadsWhereItSays) {
  const auto state = [](const std::vector<std::string>& facts) {
    return Given<ActivityModel>(facts).state();
  };
  EXPECT_EQ(state({kPlanned}), v1::ACTIVITY_STATE_PLANNED);
  EXPECT_EQ(state({kPlanned, kOverdue}), v1::ACTIVITY_STATE_PLANNED);
  EXPECT_EQ(state({kPlanned, kStarted}), v1::ACTIVITY_STATE_IN_PROGRESS);
  EXPECT_EQ(state({kPlanned, kStarted, kDone}), v1::ACTIVITY_STATE_DONE);
  EXPECT_EQ(state({kPlanned, kCancelled}), v1::ACTIVITY_STATE_CANCELLED);
  EXPECT_EQ(Given<ActivityModel>({kPlanned, kDone}).personal().outcome(), "o");
  EXPECT_EQ(Given<ActivityModel>({kPlanned, kDone}).personal().subject(), "tidy");
}

TEST(StartActivity, Rules) {
  CheckDecisions<ActivityModel, v1::StartActivityRequest>({
      {"is begun now", {kPlanned}, "", "started { start_time { seconds: 1772445600 } }"},
      {"is quiet the second time", {kPlanned, kStarted}, "", ""},
      {"refuses one that is done", {kPlanned, kDone}, "", "!ACTIVITY_CLOSED"},
      {"refuses one that was cancelled", {kPlanned, kCancelled}, "", "!ACTIVITY_CLOSED"},
  });
}

TEST(ActivityDue, Rules) {
  // Due tomorrow at 10:00, reminded a day before: now.
  const std::string tomorrow =
      "planned { activity { kind: ACTIVITY_KIND_CALL state: ACTIVITY_STATE_PLANNED owner: 'ann' "
      "due_time { seconds: 1772532000 } reminder_minutes: 1440 reminded_time { seconds: 1772000000 "
      "} } }";
  CheckDecisions<ActivityModel, v1::ActivityDueRequest>({
      {"is overdue",
       {kPlanned},
       "",
       "fell_due { overdue_time { seconds: 1772445600 } owner: 'ann' }"},
      {"reminds",
       {tomorrow},
       "",
       "reminded { reminded_time { seconds: 1772445600 } owner: 'ann' }"},
      {"is quiet when it was said", {kPlanned, kOverdue}, "", ""},
      {"is quiet when it was reminded of",
       {tomorrow, "reminded { reminded_time { seconds: 1772445600 } }"},
       "",
       ""},
      {"is quiet when it is done", {kPlanned, kDone}, "", ""},
  });
}

// Due on Friday at 09:00, for 30 minutes; reminded a day and an hour before.
constexpr char kReminded[] = R"(planned {
  activity { kind: ACTIVITY_KIND_MEETING state: ACTIVITY_STATE_PLANNED owner: "ann"
             due_time { seconds: 1772787600 } due_date { year: 2026 month: 3 day: 6 }
             duration_minutes: 30 reminder_minutes: 60 reminder_minutes: 1440
             reminded_time { seconds: 1772445600 } } })";

int64_t DueAt(const std::vector<std::string>& facts) {
  const auto due = ActivityModel::NextDue(Given<ActivityModel>(facts));
  return due.has_value() ? absl::ToUnixSeconds(*due) : 0;
}

std::string AtTime(const std::vector<std::string>& facts, int64_t seconds) {
  engine::Context context = FixedContext<ActivityModel>();
  context.time = absl::FromUnixSeconds(seconds);
  return WordOf(
      ActivityModel::Decide(Given<ActivityModel>(facts), v1::ActivityDueRequest(), context));
}

TEST(ActivityTimer, RemindsThenFallsDueOnceEach) {
  const std::string first = "reminded { reminded_time { seconds: 1772701200 } }";
  const std::string second = "reminded { reminded_time { seconds: 1772784000 } }";
  EXPECT_EQ(DueAt({kReminded}), 1772701200);
  EXPECT_EQ(AtTime({kReminded}, 1772701199), "");
  EXPECT_EQ(AtTime({kReminded}, 1772701200), "reminded");
  EXPECT_EQ(DueAt({kReminded, first}), 1772784000);
  EXPECT_EQ(AtTime({kReminded, first}, 1772701200), "");
  EXPECT_EQ(DueAt({kReminded, first, second}), 1772789400);
  EXPECT_EQ(AtTime({kReminded, first, second}, 1772789399), "");
  EXPECT_EQ(AtTime({kReminded, first, second}, 1772789400), "fell_due");
  const std::string overdue = "fell_due { overdue_time { seconds: 1772789400 } }";
  EXPECT_EQ(DueAt({kReminded, first, second, overdue}), 0);
  EXPECT_EQ(AtTime({kReminded, first, second, overdue}, 1872789400), "");
}

// A server that was down when it was to remind says only that it is too late.
TEST(ActivityTimer, RemindsOfNothingThatIsOverdue) {
  EXPECT_EQ(AtTime({kReminded}, 1772900000), "fell_due");
  EXPECT_EQ(DueAt({kReminded, "fell_due { overdue_time { seconds: 1772900000 } }"}), 0);
}

TEST(ActivityTimer, SleepsWhenItIsClosed) {
  EXPECT_EQ(DueAt({kReminded, kDone}), 0);
  EXPECT_EQ(DueAt({kReminded, kCancelled}), 0);
  EXPECT_EQ(DueAt({kReminded, kStarted}), 1772701200);
}

}  // namespace
}  // namespace crm::customer
