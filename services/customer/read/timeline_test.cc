#include "services/customer/read/timeline.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/customer/read/timeline_entry.h"
#include "services/customer/read/timeline_test_helpers.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsInvalid;
using testing::IsOk;
using testing::ParseText;
using ::testing::SizeIs;
using testing::StatusIs;

class Timeline : public ::testing::Test {
 protected:
  Timeline() {
    world_.PutCustomer("a");
    world_.PutCustomer("b");
  }

  void Put(const std::string& customer, v1::TimelineKind kind, absl::Time time,
           const std::string& about, int64_t revision = 1) {
    v1::TimelineEntry entry;
    entry.set_customer("customers/" + customer);
    entry.set_kind(kind);
    *entry.mutable_occur_time() = base::TimestampOf(time);
    entry.set_about(about);
    entry.set_revision(revision);
    world_.rows.Put(kTimeline, entry);
  }
  absl::StatusOr<v1::GetTimelineResponse> Ask(const std::string& request) {
    return QueryTimeline(ParseText<v1::GetTimelineRequest>(request), world_.rows, world_.context);
  }
  static std::vector<std::string> AboutOf(const v1::GetTimelineResponse& response) {
    std::vector<std::string> about;
    for (const v1::TimelineEntry& entry : response.entries()) about.push_back(entry.about());
    return about;
  }
  std::vector<std::string> About(const std::string& request) {
    const auto response = Ask(request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? AboutOf(*response) : std::vector<std::string>();
  }

  TimelineWorld world_;
  const std::string a_ = "name: 'customers/a' ";
};

TEST_F(Timeline, AllServicesNewestFirst) {
  world_.PutTouchpoint("customers/a/touchpoints/t", At(900),
                       "channel: CHANNEL_PHONE personal { subject: 'Asked for a pump' }");
  world_.Sales("customers/a/orders/1",
               "recorded { order { status: ORDER_STATUS_PLACED } " +
                   Totals("a", "year: 2026 month: 2 day: 12", 100) + "}",
               1'010);
  world_.Opportunity("customers/a/opportunities/o",
                     "opened { opportunity { display_name: 'Pumps' campaign: 'campaigns/c' } }",
                     950);
  world_.Ticket("customers/a/tickets/k", "opened { ticket { state: TICKET_STATE_NEW } }", 1'200);
  Put("b", v1::TIMELINE_KIND_ORDER, At(1), "customers/b/orders/1");
  const auto response = Ask(a_);
  ASSERT_THAT(response, IsOk());
  EXPECT_THAT(
      AboutOf(*response),
      ElementsAre("customers/a/tickets/k", "customers/a/orders/1", "customers/a/opportunities/o",
                  "customers/a/opportunities/o", "customers/a/touchpoints/t"));
  EXPECT_EQ(response->entries(4).subject(), "Asked for a pump");
  EXPECT_THAT(response->customers(), ElementsAre("customers/a"));
  EXPECT_THAT(response->next_page_token(), IsEmpty());
}

TEST_F(Timeline, OnlyTheKindsThatWereAskedFor) {
  Put("a", v1::TIMELINE_KIND_ORDER, At(3), "o");
  Put("a", v1::TIMELINE_KIND_TICKET, At(2), "t");
  Put("a", v1::TIMELINE_KIND_STATUS, At(1), "s");
  EXPECT_THAT(About(a_ + "kinds: TIMELINE_KIND_TICKET kinds: TIMELINE_KIND_STATUS"),
              ElementsAre("t", "s"));
  EXPECT_THAT(About(a_ + "kinds: TIMELINE_KIND_OWNER"), IsEmpty());
}

TEST_F(Timeline, DaysAreTheCompanysUnlessTheDayWasSaid) {
  world_.context.zone = absl::FixedTimeZone(8 * 3600);
  Put("a", v1::TIMELINE_KIND_STATUS, absl::FromUnixSeconds(1'770'825'600) - absl::Seconds(1),
      "before");  // 2026-02-11 23:59:59 in the zone, 2026-02-11 16:00 UTC less one.
  Put("a", v1::TIMELINE_KIND_STATUS, absl::FromUnixSeconds(1'770'825'600), "on");
  const engine::EventMeta meta{.time = At(1'500), .name = "customers/a/orders/1", .revision = 1};
  v1::TimelineEntry order = EntryOf(meta, v1::TIMELINE_KIND_ORDER, v1::TIMELINE_ACTION_PLACED);
  SetDay(ParseText<google::type::Date>("year: 2026 month: 2 day: 12"), order);
  world_.rows.Put(kTimeline, order);
  const std::string day =
      "period { start { year: 2026 month: 2 day: 12 } "
      "end { year: 2026 month: 2 day: 13 } }";
  EXPECT_THAT(About(a_ + day), ElementsAre("customers/a/orders/1", "on"));
  EXPECT_THAT(About(a_ + "period { end { year: 2026 month: 2 day: 12 } }"), ElementsAre("before"));
  EXPECT_THAT(About(a_ + "period { start { year: 2026 month: 2 day: 13 } }"), IsEmpty());
}

TEST_F(Timeline, OfAMergedCustomerTheSurvivorsWithAllThatWereMerged) {
  Put("a", v1::TIMELINE_KIND_ORDER, At(3), "a");
  Put("b", v1::TIMELINE_KIND_ORDER, At(2), "b");
  world_.PutCustomer("c");
  Put("c", v1::TIMELINE_KIND_ORDER, At(1), "c");
  world_.Merge("b", "a");
  world_.Merge("c", "b");
  for (const char* name : {"a", "b", "c"})
    EXPECT_THAT(About("name: 'customers/" + std::string(name) + "'"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Ask(a_)->customers(), ElementsAre("customers/a", "customers/b", "customers/c"));
}

// Whatever the sizes of pages, and whatever happens between them: each entry once, in one order.
TEST_F(Timeline, PagesHoldEachEntryOnce) {
  std::mt19937 random(7);
  const auto pick = [&](int max) { return static_cast<int>(random() % (max + 1)); };
  world_.Merge("b", "a");
  std::vector<std::pair<int, std::string>> expected;
  for (int i = 0; i < 300; ++i) {
    const int hour = pick(40);
    const std::string about = "x" + std::to_string(pick(30));
    const int64_t revision = i;
    Put(pick(1) == 0 ? "a" : "b", static_cast<v1::TimelineKind>(1 + pick(9)), At(hour), about,
        revision + 1);
    expected.emplace_back(hour, about + "/" + std::to_string(revision + 1));
  }
  for (const int page_size : {1, 2, 7, 8, 9, 50, 200}) {
    std::set<std::string> seen;
    std::string token;
    int last = 1 << 20, pages = 0;
    do {
      const auto page =
          Ask(a_ + "page_size: " + std::to_string(page_size) + " page_token: '" + token + "'");
      ASSERT_THAT(page, IsOk());
      ASSERT_LE(page->entries_size(), page_size);
      for (const v1::TimelineEntry& entry : page->entries()) {
        const int hour =
            static_cast<int>((base::TimeOf(entry.occur_time()) - At(0)) / absl::Hours(1));
        EXPECT_LE(hour, last);
        last = hour;
        EXPECT_TRUE(seen.insert(entry.about() + "/" + std::to_string(entry.revision())).second);
      }
      token = page->next_page_token();
      // What happens meanwhile is newer, and shifts nothing.
      ++pages;
      Put("a", v1::TIMELINE_KIND_OWNER, At(100 + pages), "new", 1'000 * page_size + pages);
    } while (!token.empty());
    for (const auto& [hour, id] : expected) EXPECT_EQ(seen.count(id), 1u) << id;
  }
}

TEST_F(Timeline, OneEventWithSeveralKindsIsNotTornByAPage) {
  for (const auto kind :
       {v1::TIMELINE_KIND_STATUS, v1::TIMELINE_KIND_OWNER, v1::TIMELINE_KIND_TIER})
    Put("a", kind, At(5), "customers/a", 7);
  std::vector<std::string> kinds;
  std::string token;
  do {
    const auto page = Ask(a_ + "page_size: 1 page_token: '" + token + "'");
    ASSERT_THAT(page, IsOk());
    kinds.push_back(ShortName(page->entries(0).kind()));
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_THAT(kinds, ElementsAre("STATUS", "OWNER", "TIER"));
}

TEST_F(Timeline, SaysHowFarEachServiceWasRead) {
  world_.readings.Say(
      "sales", {.followed = true, .complete = false, .reachable = true, .newest_event = At(10)});
  world_.readings.Say("marketing", {});
  world_.readings.Say("servicedesk", {.followed = true, .complete = true, .reachable = false});
  const auto response = Ask(a_);
  ASSERT_THAT(response, IsOk());
  ASSERT_THAT(response->sources(), SizeIs(4));
  EXPECT_EQ(response->sources(0).state(), v1::READING_STATE_AVAILABLE);
  EXPECT_EQ(response->sources(1).service(), "sales");
  EXPECT_EQ(response->sources(1).state(), v1::READING_STATE_BEHIND);
  EXPECT_EQ(base::TimeOf(response->sources(1).newest_event_time()), At(10));
  EXPECT_EQ(response->sources(2).state(), v1::READING_STATE_NOT_AVAILABLE);
  EXPECT_EQ(response->sources(3).state(), v1::READING_STATE_UNREACHABLE);
}

TEST_F(Timeline, RefusesWhatIsNotUnderstood) {
  EXPECT_THAT(Ask("name: 'contacts/a'").status(), IsInvalid("name"));
  EXPECT_THAT(Ask("name: 'customers/unknown'"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Ask(a_ + "kinds: 0").status(), IsInvalid("kinds[0]"));
  EXPECT_THAT(Ask(a_ + "kinds: TIMELINE_KIND_TIER kinds: 99").status(), IsInvalid("kinds[1]"));
  EXPECT_THAT(Ask(a_ + "kinds: TIMELINE_KIND_TIER kinds: TIMELINE_KIND_TIER").status(),
              IsInvalid("kinds[1]"));
  EXPECT_THAT(Ask(a_ + "page_size: -1").status(), IsInvalid("page_size"));
  EXPECT_THAT(Ask(a_ + "period { start { year: 2026 } }").status(), IsInvalid("period.start"));
  EXPECT_THAT(Ask(a_ + "period { start { year: 2026 month: 2 day: 2 } "
                       "end { year: 2026 month: 2 day: 2 } }")
                  .status(),
              IsInvalid("period.end"));
}

TEST_F(Timeline, AWrongPageTokenIsRefused) {
  Put("a", v1::TIMELINE_KIND_ORDER, At(3), "x");
  Put("a", v1::TIMELINE_KIND_ORDER, At(2), "y");
  const std::string token = Ask(a_ + "page_size: 1")->next_page_token();
  ASSERT_FALSE(token.empty());
  EXPECT_THAT(About(a_ + "page_size: 5 page_token: '" + token + "'"), ElementsAre("y"));
  const std::string with = " page_token: '" + token + "'";
  for (const std::string& other : {"name: 'customers/b'" + with, a_ + "kinds: 8" + with,
                                   a_ + "period { start { year: 2026 month: 1 day: 1 } }" + with,
                                   a_ + "page_token: 'x'", a_ + "page_token: '" + token + "A'"})
    EXPECT_THAT(Ask(other).status(), IsInvalid("page_token")) << other;
}

TEST_F(Timeline, APageReadsNoMoreThanItHasToOfALongStory) {
  class Counting : public engine::Snapshot {
   public:
    explicit Counting(const engine::Snapshot& of) : of_(of) {}
    bool GetErased(std::string_view table, const std::vector<table::KeyValue>& key,
                   google::protobuf::Message& row) const override {
      return of_.GetErased(table, key, row);
    }
    void ScanErased(std::string_view table, std::string_view index,
                    const std::vector<table::KeyValue>& prefix, google::protobuf::Message& row,
                    const table::RowVisitor& visit) const override {
      of_.ScanErased(table, index, prefix, row, visit);
    }
    void ScanAfterErased(std::string_view table, std::string_view index,
                         const std::vector<table::KeyValue>& prefix,
                         const google::protobuf::Message& after, google::protobuf::Message& row,
                         const table::RowVisitor& visit) const override {
      of_.ScanAfterErased(table, index, prefix, after, row, [&](const auto& found) {
        ++rows;
        return visit(found);
      });
    }
    bool GetAsOfErased(std::string_view, const std::vector<table::KeyValue>&, absl::Time,
                       absl::Time, google::protobuf::Message&) const override {
      return false;
    }
    mutable int rows = 0;

   private:
    const engine::Snapshot& of_;
  };
  for (int i = 0; i < 3'000; ++i) Put("a", v1::TIMELINE_KIND_ORDER, At(i), "o", i + 1);
  Put("a", v1::TIMELINE_KIND_TOUCHPOINT, At(5), "t");
  const Counting counting(world_.rows);
  const auto ask = [&](const std::string& request) {
    counting.rows = 0;
    return QueryTimeline(ParseText<v1::GetTimelineRequest>(request), counting, world_.context);
  };
  const auto first = ask(a_ + "page_size: 20");
  ASSERT_THAT(first, IsOk());
  EXPECT_LE(counting.rows, 20 + 2 * 8);
  ASSERT_THAT(ask(a_ + "page_size: 20 page_token: '" + first->next_page_token() + "'"), IsOk());
  EXPECT_LE(counting.rows, 20 + 2 * 8);
  ASSERT_THAT(ask(a_ + "kinds: TIMELINE_KIND_TOUCHPOINT"), IsOk());
  EXPECT_EQ(counting.rows, 1);
}

}  // namespace
}  // namespace crm::customer
