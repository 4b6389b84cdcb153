#include "services/customer/read/timeline_views.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "services/customer/read/timeline_entry.h"
#include "services/customer/read/timeline_test_helpers.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using testing::FakeRows;
using ::testing::IsEmpty;
using testing::ParseText;
using ::testing::UnorderedElementsAre;

// "STATUS CHANGED PROSPECT>ACTIVE" of each entry.
std::vector<std::string> Entries(const FakeRows& rows) {
  std::vector<std::string> entries;
  rows.Scan(kTimeline, "", [&](const v1::TimelineEntry& entry) {
    entries.push_back(ShortName(entry.kind()) + " " + ShortName(entry.action()) + " " +
                      entry.before() + ">" + entry.after());
    return true;
  });
  return entries;
}

template <class M>
class Aggregate {
 public:
  Aggregate(std::string name, FakeRows& rows) : name_(std::move(name)), rows_(rows) {}

  void Become(const std::string& state, const std::string& fact, const std::string& actor,
              void (*project)(const engine::Change<M>&, engine::Rows&)) {
    auto after = ParseText<typename M::State>(state);
    after.set_name(name_);
    const auto event = ParseText<typename M::Event>(fact);
    ++revision_;
    const engine::EventMeta meta{.time = At(static_cast<int>(100 * revision_)),
                                 .actor = actor,
                                 .name = name_,
                                 .revision = revision_};
    *after.mutable_update_time() = base::TimestampOf(meta.time);
    *after.mutable_create_time() = revision_ == 1 ? after.update_time() : now_.create_time();
    project({revision_ == 1 ? nullptr : &now_, after, event, meta}, rows_);
    now_ = after;
  }

 private:
  std::string name_;
  FakeRows& rows_;
  typename M::State now_;
  int64_t revision_ = 0;
};

class CustomerTimeline : public ::testing::Test {
 protected:
  void Become(const std::string& state, const std::string& fact = "updated {}") {
    customer_.Become(state, fact, "user:ann", ProjectCustomerTimeline);
  }
  FakeRows rows_{kTimeline};
  Aggregate<CustomerModel> customer_{"customers/a", rows_};
};

TEST_F(CustomerTimeline, AnEntryForEachThingThatChanged) {
  Become("status: CUSTOMER_STATUS_PROSPECT owner: 'ann'", "created {}");
  Become("status: CUSTOMER_STATUS_PROSPECT owner: 'ann' industry: 'pumps'");
  Become("status: CUSTOMER_STATUS_ACTIVE owner: 'bob' tier: TIER_TOP parent: 'customers/b'");
  Become("status: CUSTOMER_STATUS_ACTIVE tier: TIER_BIG parent: 'customers/b'", "verified {}");
  EXPECT_THAT(
      Entries(rows_),
      UnorderedElementsAre("PROFILE CREATED >PROSPECT", "OWNER CHANGED >ann",
                           "STATUS CHANGED PROSPECT>ACTIVE", "OWNER CHANGED ann>bob",
                           "TIER CHANGED >TOP", "PROFILE CHANGED >customers/b",
                           "OWNER CHANGED bob>", "TIER CHANGED TOP>BIG", "PROFILE VERIFIED >"));
}

TEST_F(CustomerTimeline, AMergeAndThatItWasTakenBack) {
  Become("", "created {}");
  Become("merged_into: 'customers/b'");
  Become("");
  EXPECT_THAT(Entries(rows_),
              ElementsAre("PROFILE CHANGED customers/b>", "PROFILE CHANGED >customers/b",
                          "PROFILE CREATED >UNSPECIFIED"));
}

TEST_F(CustomerTimeline, ALossHasItsReason) {
  Become("status: CUSTOMER_STATUS_ACTIVE", "created {}");
  Become("status: CUSTOMER_STATUS_LOST loss { loss_reason: 'price' note: 'too high' }", "lost {}");
  const auto entry = rows_.Get(kTimeline, "customers/a", v1::TIMELINE_KIND_STATUS,
                               base::TimestampOf(At(200)), "customers/a", 2);
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(entry->reason(), "price");
  EXPECT_EQ(entry->actor(), "user:ann");
}

TEST_F(CustomerTimeline, IntoAPoolAndOutOfItAgain) {
  Become("pool: 'pools/north'", "created {}");
  Become("owner: 'ann'", "owner_granted { owner_request { kind: OWNER_REQUEST_KIND_PICK } }");
  Become("pool: 'pools/north'", "recycled { recycle_rule: 'untouched' }");
  Become("pool: 'pools/south'", "released {}");
  Become("owner: 'bob'", "transferred {}");
  std::vector<std::string> entries;
  rows_.Scan(
      kTimeline, "",
      [&](const v1::TimelineEntry& entry) {
        entries.push_back(ShortName(entry.action()) + " " + entry.before() + ">" + entry.after() +
                          " " + entry.staff() + entry.reason());
        return true;
      },
      "customers/a", v1::TIMELINE_KIND_POOL);
  EXPECT_THAT(entries, ElementsAre("CHANGED pools/south> bob", "ENTERED pools/north>pools/south ",
                                   "ENTERED >pools/north untouched", "PICKED pools/north> ann",
                                   "ENTERED >pools/north "));
}

TEST_F(CustomerTimeline, WhatWasSaidOfAChannelFromWhenOnItHolds) {
  const std::string in =
      "channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_IN effect_time { "
      "seconds: 1000 }";
  const std::string out =
      "channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_OUT effect_time { "
      "seconds: 2000 }";
  Become("", "created {}");
  Become("consents { " + in + " }", "consent_recorded { consent { " + in + " } }");
  Become("consents { " + in + " } consents { " + out + " }",
         "consent_recorded { consent { " + out + " } }");
  EXPECT_THAT(Entries(rows_),
              ElementsAre("PROFILE CREATED >UNSPECIFIED", "CONSENT CHANGED OPTED_IN>OPTED_OUT",
                          "CONSENT CHANGED >OPTED_IN"));
  const auto entry = rows_.Get(kTimeline, "customers/a", v1::TIMELINE_KIND_CONSENT,
                               base::TimestampOf(absl::FromUnixSeconds(2000)), "customers/a", 3);
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(entry->channel(), common::v1::CHANNEL_EMAIL);
}

TEST(ExpenseTimeline, OnItsDayAndWhenItCountsNoMore) {
  FakeRows rows{kTimeline};
  Aggregate<ExpenseModel> lunch{"customers/a/expenses/e", rows};
  const std::string state =
      "kind: EXPENSE_KIND_GIFT amount { currency_code: 'USD' units: 5 } staff: "
      "'ann' expense_date { year: 2025 month: 12 day: 1 } ";
  lunch.Become(state, "recorded {}", "user:ann", ProjectExpenseTimeline);
  lunch.Become(state + "void_reason: 'twice'", "voided {}", "user:ann", ProjectExpenseTimeline);
  EXPECT_THAT(Entries(rows), ElementsAre("EXPENSE VOIDED >GIFT", "EXPENSE SPENT >GIFT"));
  const auto spent =
      rows.Get(kTimeline, "customers/a", v1::TIMELINE_KIND_EXPENSE,
               StartOf(testing::ParseText<google::type::Date>("year: 2025 month: 12 day: 1")),
               "customers/a/expenses/e", 1);
  ASSERT_TRUE(spent.has_value());
  EXPECT_EQ(spent->amount().units(), 5);
  EXPECT_EQ(spent->staff(), "ann");
}

TEST(InterviewTimeline, PlannedAndWhatDidNotComeAbout) {
  FakeRows rows{kTimeline};
  const auto become = [&](const std::string& id, const std::string& fact) {
    Aggregate<InterviewModel> interview{"customers/a/interviews/" + id, rows};
    interview.Become("staff: 'ann'", "planned {}", "user:ann", ProjectInterviewTimeline);
    interview.Become("staff: 'ann'", fact, "user:ann", ProjectInterviewTimeline);
  };
  become("1", "missed {}");
  become("2", "declined {}");
  become("3", "held {}");
  become("4", "updated {}");
  EXPECT_THAT(Entries(rows),
              ElementsAre("INTERVIEW MISSED >", "INTERVIEW DECLINED >", "INTERVIEW PLANNED >",
                          "INTERVIEW PLANNED >", "INTERVIEW PLANNED >", "INTERVIEW PLANNED >"));
}

TEST(TouchpointTimeline, ACorrectionMovesTheEntry) {
  FakeRows rows{kTimeline};
  Aggregate<TouchpointModel> call{"customers/a/touchpoints/t", rows};
  call.Become("occur_time { seconds: 1000 } channel: CHANNEL_PHONE personal { subject: 'secret' }",
              "recorded {}", "user:ann", ProjectTouchpointTimeline);
  call.Become("occur_time { seconds: 500 } channel: CHANNEL_VISIT staff: 'bob'", "updated {}",
              "user:bob", ProjectTouchpointTimeline);
  EXPECT_EQ(rows.DebugString(),
            "timeline: {customer: \"customers/a\" kind: TIMELINE_KIND_TOUCHPOINT action: "
            "TIMELINE_ACTION_MET occur_time { seconds: 500 } about: \"customers/a/touchpoints/t\" "
            "revision: 1 record_time { seconds: 1767585600 } actor: \"user:ann\" channel: "
            "CHANNEL_VISIT staff: \"bob\"}\n");
}

TEST(PositionTimeline, BeginningAndEndAreMovedWithTheirDays) {
  FakeRows rows{kTimeline};
  Aggregate<PositionModel> buyer{"customers/a/positions/p", rows};
  const auto become = [&](const std::string& state) {
    buyer.Become(state, "updated {}", "user:ann", ProjectPositionTimeline);
  };
  become("");
  EXPECT_THAT(Entries(rows), ElementsAre("POSITION STARTED >"));
  become("start_date { year: 2026 month: 1 day: 2 } end_date { year: 2026 month: 2 day: 1 }");
  become(
      "start_date { year: 2026 month: 1 day: 2 } end_date { year: 2026 month: 2 day: 1 } "
      "title: 'CEO'");
  EXPECT_THAT(Entries(rows), ElementsAre("POSITION ENDED >", "POSITION STARTED >"));
  become("start_date { year: 2026 month: 1 day: 3 } end_date { year: 2025 month: 2 day: 1 }");
  EXPECT_THAT(Entries(rows), ElementsAre("POSITION STARTED >", "POSITION ENDED >"));
  become("start_date { year: 2026 month: 1 day: 3 }");
  EXPECT_THAT(Entries(rows), ElementsAre("POSITION STARTED >"));
}

}  // namespace
}  // namespace crm::customer
