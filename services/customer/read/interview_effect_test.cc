#include "services/customer/read/interview_effect.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/interview_programme.h"
#include "services/customer/read/fake_readings.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/order_test_helpers.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using absl::CivilDay;
using testing::FixedContext;
using testing::ParseText;

constexpr double kLow = 0.08478466752328595;
constexpr double kHigh = 0.20854866581004738;
constexpr double kP = 0.0017424582568301478;
constexpr double kDegrees = 4.975160993560256;

constexpr char kProgramme[] = "interviewProgrammes/p1";

class InterviewEffect : public ::testing::Test {
 protected:
  InterviewEffect() {
    Programme("PROGRAMME_STATUS_PLANNED", 1);
    context_.business_date = CivilDay(2026, 3, 2);
    context_.readings = &readings_;
  }
  // January 2025; the year before and the one after are whole years.
  void Programme(const std::string& status, int books) {
    rows_.Put(kInterviewProgrammes,
              ParseText<v1::InterviewProgramme>(
                  "name: 'interviewProgrammes/p1' seed: '0011' managers { staff: 'ann' } "
                  "period { start { year: 2025 month: 1 day: 1 } end { year: 2025 month: 2 day: 1 "
                  "} } books_drawn: " +
                  std::to_string(books) + " status: " + status));
  }
  // Revenue before and after, in cents.
  void Member(const std::string& id, bool treated, int64_t before, int64_t after) {
    v1::ProgrammeMember member;
    member.set_name(std::string(kProgramme) + "/programmeMembers/" + id);
    member.set_customer("customers/" + id);
    member.set_group(treated ? v1::PROGRAMME_GROUP_TREATED : v1::PROGRAMME_GROUP_CONTROL);
    rows_.Put(kProgrammeMembers, member);
    if (before != 0) Record(Totals(id, CivilDay(2024, 6, 5), before), "before-" + id, rows_);
    if (after != 0) Record(Totals(id, CivilDay(2025, 6, 5), after), "after-" + id, rows_);
  }
  absl::StatusOr<v1::GetInterviewEffectResponse> Ask(const std::string& more = "") {
    return QueryInterviewEffect(
        ParseText<v1::GetInterviewEffectRequest>("name: 'interviewProgrammes/p1' " + more), rows_,
        context_);
  }
  std::string Refused(const std::string& more = "") {
    return testing::WordOf(Ask(more).status(), nullptr);
  }

  FakeReadings readings_;
  engine::Context context_ = FixedContext<InterviewProgrammeModel>();
  testing::FakeRows rows_{kInterviewProgrammes, kProgrammeMembers, kInterviews, kOrderFacts,
                          kOrderMonths,         kOrderImports,     kRedirects};
};

// SciPy 1.17, ttest_ind([.1, .02, .06, .1], [-.1, -.05, -.08], equal_var=False) and its interval:
// checked by tests of libs/stats for Welch itself, here for what is handed to it.
TEST_F(InterviewEffect, ComparesTheChangesOfTheGroupsAsDrawn) {
  Member("t1", true, 10'000, 11'000);
  Member("t2", true, 20'000, 20'400);
  Member("t3", true, 10'000, 10'600);
  Member("t4", true, 100, 110);
  Member("t5", true, 0, 5'000);
  Member("c1", false, 10'000, 9'000);
  Member("c2", false, 20'000, 19'000);
  Member("c3", false, 5'000, 4'600);
  rows_.Put(kInterviews,
            ParseText<v1::Interview>("name: 'customers/t1/interviews/i' status: "
                                     "INTERVIEW_STATUS_HELD programme: 'interviewProgrammes/p1'"));
  // Nobody's business here.
  Record(Totals("stranger", CivilDay(2024, 6, 5), 77), "x", rows_);
  // Before, between and behind the periods.
  Record(Totals("t1", CivilDay(2023, 12, 31), 999), "early", rows_);
  Record(Totals("t1", CivilDay(2025, 1, 15), 999), "during", rows_);
  Record(Totals("t1", CivilDay(2026, 2, 1), 999), "late", rows_);

  const auto effect = Ask();
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(effect->measure(), v1::EFFECT_MEASURE_RELATIVE_CHANGE);
  EXPECT_THAT(effect->before(), testing::EqualsProto("start { year: 2024 month: 1 day: 1 } "
                                                     "end { year: 2025 month: 1 day: 1 }"));
  EXPECT_THAT(effect->after(), testing::EqualsProto("start { year: 2025 month: 2 day: 1 } "
                                                    "end { year: 2026 month: 2 day: 1 }"));
  EXPECT_EQ(effect->treated().size(), 5);
  EXPECT_EQ(effect->treated().compared_count(), 4);
  EXPECT_EQ(effect->treated().excluded_count(), 1) << "ordered nothing before";
  EXPECT_EQ(effect->treated().held_count(), 1);
  EXPECT_EQ(effect->control().size(), 3);
  EXPECT_NEAR(effect->treated().mean_change(), 0.07, 1e-12);
  EXPECT_NEAR(effect->control().mean_change(), -0.0766666666666667, 1e-12);
  EXPECT_NEAR(effect->difference(), 0.146666666666667, 1e-12);
  EXPECT_NEAR(effect->interval_low(), kLow, 1e-9);
  EXPECT_NEAR(effect->interval_high(), kHigh, 1e-9);
  EXPECT_NEAR(effect->p_value(), kP, 1e-9);
  EXPECT_NEAR(effect->degrees_freedom(), kDegrees, 1e-8);
  EXPECT_EQ(effect->treated().revenue_before().units(), 401);
  EXPECT_EQ(effect->treated().revenue_after().units(), 471);
  EXPECT_NEAR(effect->treated().revenue_change(), 47110.0 / 40100 - 1, 1e-12);
  EXPECT_EQ(effect->method(), "welch-t/intention-to-treat");
  EXPECT_EQ(effect->seed(), "0011");
}

TEST_F(InterviewEffect, AbsoluteChangesLeaveNobodyOut) {
  Member("t1", true, 10'000, 12'000);
  Member("t2", true, 0, 3'000);
  Member("c1", false, 10'000, 9'000);
  Member("c2", false, 10'000, 0);
  const auto effect = Ask("measure: EFFECT_MEASURE_ABSOLUTE_CHANGE");
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(effect->treated().compared_count(), 2);
  EXPECT_NEAR(effect->treated().mean_change(), 25, 1e-9);
  EXPECT_NEAR(effect->control().mean_change(), -55, 1e-9);
  EXPECT_NEAR(effect->difference(), 80, 1e-9);
}

TEST_F(InterviewEffect, SaysByNameWhereThereIsNoAnswer) {
  EXPECT_EQ(Refused(), "!GROUP_TOO_SMALL");
  Member("t1", true, 10'000, 12'000);
  Member("t2", true, 10'000, 12'000);
  Member("c1", false, 10'000, 9'000);
  EXPECT_EQ(Refused(), "!GROUP_TOO_SMALL");
  Member("c2", false, 20'000, 18'000);
  EXPECT_EQ(Refused(), "!NO_VARIATION");
  Member("c3", false, 20'000, 19'000);
  EXPECT_EQ(Refused(), "");
  Record(Totals("c3", CivilDay(2025, 7, 5), 100, -1, "EUR"), "euro", rows_);
  EXPECT_EQ(Refused(), "!CURRENCIES_MIXED");
}

TEST_F(InterviewEffect, SaysHowFarTheOrdersWereRead) {
  Member("t1", true, 10'000, 12'000);
  Member("t2", true, 10'000, 13'000);
  Member("c1", false, 10'000, 9'000);
  Member("c2", false, 10'000, 8'000);
  readings_.Say("sales", {.followed = true, .complete = false, .reachable = true});
  const auto effect = Ask();
  ASSERT_TRUE(effect.ok()) << effect.status();
  ASSERT_EQ(effect->sources_size(), 2);
  EXPECT_EQ(effect->sources(0).service(), "customer");
  EXPECT_EQ(effect->sources(0).state(), v1::READING_STATE_AVAILABLE);
  EXPECT_EQ(effect->sources(1).service(), "sales");
  EXPECT_EQ(effect->sources(1).state(), v1::READING_STATE_BEHIND);
  readings_.Say("sales", {});
  EXPECT_EQ(Refused(), "!REPORT_NOT_AVAILABLE");
}

TEST_F(InterviewEffect, NeedsAllGroupsDrawnAndTheDaysPast) {
  EXPECT_EQ(Refused("measure: 77"), "!field:measure");
  EXPECT_EQ(Refused("before { start { year: 2024 month: 1 day: 1 } end { year: 2025 month: 1 day: "
                    "2 } }"),
            "!field:before.end");
  EXPECT_EQ(Refused("after { start { year: 2024 month: 12 day: 31 } end { year: 2025 month: 2 day: "
                    "2 } }"),
            "!field:after.start");
  EXPECT_EQ(Refused("after { start { year: 2025 month: 1 day: 1 } }"), "!field:after.end");
  context_.business_date = CivilDay(2026, 1, 30);
  EXPECT_EQ(Refused(), "!field:after.end");
  context_.business_date = CivilDay(2026, 1, 31);
  EXPECT_EQ(Refused(), "!GROUP_TOO_SMALL");
  Programme("PROGRAMME_STATUS_PLANNING", 0);
  EXPECT_EQ(Refused(), "!PROGRAMME_NOT_DRAWN");
  Programme("PROGRAMME_STATUS_CANCELLED", 1);
  EXPECT_EQ(Refused(), "!GROUP_TOO_SMALL") << "what was drawn can be compared";
  rows_.Delete(kInterviewProgrammes, kProgramme);
  EXPECT_TRUE(absl::IsNotFound(Ask().status()));
}

TEST_F(InterviewEffect, OneThatWasMergedCountsAsTheOneThatStandsForIt) {
  Member("t1", true, 10'000, 0);
  Member("t2", true, 10'000, 12'000);
  Member("c1", false, 10'000, 9'000);
  Member("c2", false, 10'000, 8'000);
  Member("c3", false, 10'000, 0);
  const auto merge = [&](const std::string& from, const std::string& to) {
    v1::Redirect redirect;
    redirect.set_customer("customers/" + from);
    redirect.set_survivor("customers/" + to);
    rows_.Put(kRedirects, redirect);
  };
  merge("t1", "big");
  Record(Totals("big", CivilDay(2025, 6, 5), 15'000), "1", rows_);
  auto effect = Ask();
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(effect->treated().size(), 2);
  EXPECT_NEAR(effect->treated().mean_change(), (0.5 + 0.2) / 2, 1e-12);
  EXPECT_EQ(effect->control().size(), 3);
  // One that stands for both groups tells nothing.
  merge("c3", "t2");
  Member("t3", true, 10'000, 10'000);
  effect = Ask();
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(effect->treated().excluded_count(), 1);
  EXPECT_EQ(effect->control().excluded_count(), 1);
  EXPECT_NEAR(effect->treated().mean_change(), 0.25, 1e-12);
}

}  // namespace
}  // namespace crm::customer
