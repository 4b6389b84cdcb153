#include "services/customer/read/staleness.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "crm/customer/v1/staleness.pb.h"
#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using testing::FixedContext;
using testing::ParseText;

v1::Customer Checked(const std::string& id, v1::Tier tier, int64_t at) {
  v1::Customer customer;
  customer.set_name("customers/" + id);
  customer.set_tier(tier);
  customer.mutable_data_check_time()->set_seconds(at);
  customer.set_website("a.example");
  return customer;
}

v1::StaleCheck Check() {
  return ParseText<v1::StaleCheck>(
      "business_date { year: 2026 month: 3 day: 2 } limits { top_days: 90 big_days: 180 "
      "other_days: 365 } number: 4 top_before_time { seconds: 3000 } big_before_time { seconds: "
      "2000 } other_before_time { seconds: 1000 }");
}

std::vector<std::string> Named(const engine::Commands& commands) {
  std::vector<std::string> names;
  for (const auto& command : commands) {
    if (const auto* mark = dynamic_cast<const v1::MarkStaleRequest*>(command.get()))
      names.push_back(mark->name() + " " + std::to_string(mark->limit_days()));
    if (const auto* more = dynamic_cast<const v1::ContinueStaleCheckRequest*>(command.get()))
      names.push_back("more " + std::to_string(more->number()));
  }
  return names;
}

engine::Commands Mark(const v1::StaleCheck& check, size_t commands, const FakeRows& rows,
                      size_t looked_at = 1'000) {
  return MarkStaleCustomers(check, kStandardCustomerPolicy,
                            {.commands = commands, .rows = looked_at}, rows);
}

class StaleLook : public ::testing::Test {
 protected:
  StaleLook() {
    rows_.Put(kCustomers, Checked("old-top", v1::TIER_TOP, 2999));
    rows_.Put(kCustomers, Checked("new-top", v1::TIER_TOP, 3000));
    rows_.Put(kCustomers, Checked("old-big", v1::TIER_BIG, 1999));
    rows_.Put(kCustomers, Checked("new-small", v1::TIER_SMALL, 1999));
    rows_.Put(kCustomers, Checked("old-small", v1::TIER_SMALL, 999));
    rows_.Put(kCustomers, Checked("old-none", v1::TIER_UNSPECIFIED, 1));
    v1::Customer known = Checked("known", v1::TIER_TOP, 1);
    known.mutable_stale_since_date()->set_year(2026);
    rows_.Put(kCustomers, known);
    v1::Customer erased = Checked("erased", v1::TIER_TOP, 1);
    erased.set_status(v1::CUSTOMER_STATUS_ERASED);
    rows_.Put(kCustomers, erased);
    v1::Customer merged = Checked("merged", v1::TIER_TOP, 2);
    merged.set_merged_into("customers/old-top");
    rows_.Put(kCustomers, merged);
  }

  FakeRows rows_{kCustomers, kStaleCustomers, kPositions};
};

TEST_F(StaleLook, FindsThoseWhoseLimitHasPassed) {
  EXPECT_EQ(Named(Mark(Check(), 10, rows_)),
            (std::vector<std::string>{"customers/old-none 365", "customers/old-top 90",
                                      "customers/old-big 180", "customers/old-small 365"}));
}

TEST_F(StaleLook, GoesOnWhenThereAreMore) {
  EXPECT_EQ(Named(Mark(Check(), 3, rows_)),
            (std::vector<std::string>{"customers/old-none 365", "customers/old-top 90",
                                      "customers/old-big 180", "more 4"}));
  EXPECT_EQ(Named(Mark(Check(), 4, rows_)).size(), 4u);
}

// All stretches of a look, though nothing that they say has come about yet: what is said in each.
TEST_F(StaleLook, EachStretchGoesOnBehindTheOneBefore) {
  for (const char* id : {"fallen-1", "fallen-2"}) {
    rows_.Put(kStaleCustomers,
              ParseText<v1::StaleCustomer>("customer: 'customers/" + std::string(id) +
                                           "' tier: TIER_TOP data_check_time { seconds: 3000 }"));
  }
  // Nobody knows anything that could be checked, so that they stay in front of the others.
  for (int i = 0; i < 5; ++i) {
    v1::Customer bare = Checked("bare-" + std::to_string(i), v1::TIER_TOP, 1);
    bare.clear_website();
    rows_.Put(kCustomers, bare);
  }
  const std::vector<std::string> once = Named(Mark(Check(), 100, rows_));
  ASSERT_EQ(once.size(), 6u);
  for (const auto& [commands_max, rows_max] :
       {std::pair<size_t, size_t>(2, 100), {1, 100}, {100, 3}, {100, 1}}) {
    v1::StaleCheck check = Check();
    std::vector<std::string> all;
    for (int stretch = 0; stretch < 30; ++stretch) {
      engine::Commands commands = Mark(check, commands_max, rows_, rows_max);
      std::vector<std::string> named = Named(commands);
      const bool more = !named.empty() && named.back() == "more 4";
      if (more) {
        named.pop_back();
        *check.mutable_after() =
            static_cast<const v1::ContinueStaleCheckRequest&>(*commands.back()).after();
      }
      EXPECT_LE(named.size(), commands_max);
      all.insert(all.end(), named.begin(), named.end());
      if (!more) break;
    }
    EXPECT_EQ(all, once) << commands_max << " commands, " << rows_max << " rows";
  }
}

TEST_F(StaleLook, ACustomerFromBeforeCountsFromWhenItWasRecorded) {
  FakeRows rows(kCustomers, kStaleCustomers, kPositions);
  v1::Customer old;
  old.set_name("customers/a");
  old.set_website("a.example");
  old.mutable_create_time()->set_seconds(999);
  rows.Put(kCustomers, old);
  EXPECT_EQ(Mark(Check(), 9, rows).size(), 1u);
  old.mutable_create_time()->set_seconds(1000);
  rows.Put(kCustomers, old);
  EXPECT_TRUE(Mark(Check(), 9, rows).empty());
}

TEST_F(StaleLook, PassesOverWhomNothingIsKnownOf) {
  v1::Customer bare = Checked("bare", v1::TIER_TOP, 1);
  bare.clear_website();
  rows_.Put(kCustomers, bare);
  EXPECT_EQ(Named(Mark(Check(), 10, rows_)).size(), 4u);
  rows_.Put(kPositions, ParseText<v1::Position>("name: 'customers/bare/positions/self' contact: "
                                                "'contacts/bare'"));
  EXPECT_EQ(Named(Mark(Check(), 10, rows_)).size(), 4u) << "that they are themselves";
  rows_.Put(kPositions, ParseText<v1::Position>("name: 'customers/bare/positions/p' contact: "
                                                "'contacts/k'"));
  EXPECT_EQ(Named(Mark(Check(), 10, rows_)).size(), 5u);
}

TEST_F(StaleLook, FindsThoseThatAreStaleNoLonger) {
  const auto stale = [&](const std::string& id, const std::string& tier, int64_t at) {
    rows_.Put(kStaleCustomers, ParseText<v1::StaleCustomer>(
                                   "customer: 'customers/" + id + "' tier: " + tier +
                                   " data_check_time { seconds: " + std::to_string(at) + " }"));
  };
  stale("still", "TIER_BIG", 1999);
  stale("fallen", "TIER_BIG", 2000);
  stale("fallen-far", "TIER_SMALL", 1500);
  EXPECT_EQ(Named(Mark(Check(), 10, rows_)),
            (std::vector<std::string>{"customers/old-none 365", "customers/old-top 90",
                                      "customers/old-big 180", "customers/fallen 180",
                                      "customers/old-small 365", "customers/fallen-far 365"}));
  EXPECT_EQ(Named(Mark(Check(), 3, rows_)).back(), "more 4");
  EXPECT_EQ(Named(Mark(Check(), 6, rows_)).size(), 6u);
}

TEST(StaleCustomers, AreListedWhileTheyAre) {
  FakeRows rows(kStaleCustomers);
  const v1::CustomerEvent event;
  const engine::EventMeta meta{.name = "customers/a", .revision = 2};
  v1::Customer fresh;
  v1::Customer stale = ParseText<v1::Customer>(
      "owner: 'ann' tier: TIER_BIG stale_since_date { year: 2026 month: 2 day: 1 }");
  ProjectStaleCustomers({nullptr, fresh, event, meta}, rows);
  EXPECT_EQ(rows.Size("stale_customers"), 0u);
  ProjectStaleCustomers({&fresh, stale, event, meta}, rows);
  EXPECT_EQ(rows.DebugString(),
            "stale_customers: {customer: \"customers/a\" owner: \"ann\" tier: TIER_BIG "
            "stale_since_date { year: 2026 month: 2 day: 1 } data_check_time { }}\n");
  v1::Customer moved = stale;
  moved.set_owner("bob");
  ProjectStaleCustomers({&stale, moved, event, meta}, rows);
  EXPECT_EQ(rows.Get(kStaleCustomers, std::string("customers/a"))->owner(), "bob");
  v1::Customer merged = stale;
  merged.set_merged_into("customers/b");
  ProjectStaleCustomers({&stale, merged, event, meta}, rows);
  EXPECT_EQ(rows.Size("stale_customers"), 0u);
}

TEST(GetCustomerVersion, ShowsWhatWasRecordedThen) {
  FakeRows rows(kCustomers);
  v1::Customer customer;
  customer.set_name("customers/a");
  for (const int64_t at : {100, 200}) {
    customer.set_region("since-" + std::to_string(at));
    const absl::Time time = absl::FromUnixSeconds(at);
    rows.PutVersion(kCustomers, customer, time, time);
  }
  const auto context = FixedContext<CustomerModel>();
  v1::GetCustomerVersionRequest request;
  request.set_name("customers/a");
  EXPECT_EQ(base::FieldOf(QueryCustomerVersion(request, rows, context).status()), "known_at");
  const auto region = [&](int64_t at) -> std::string {
    request.mutable_known_at()->set_seconds(at);
    const auto found = QueryCustomerVersion(request, rows, context);
    return found.ok() ? found->region() : std::string(found.status().message());
  };
  EXPECT_EQ(region(100), "since-100");
  EXPECT_EQ(region(199), "since-100");
  EXPECT_EQ(region(200), "since-200");
  request.mutable_as_of()->set_seconds(150);
  EXPECT_EQ(region(200), "since-100");
  EXPECT_EQ(region(120), "since-100");
  request.clear_known_at();
  EXPECT_EQ(QueryCustomerVersion(request, rows, context)->region(), "since-100");
  request.mutable_as_of()->set_nanos(-1);
  EXPECT_EQ(base::FieldOf(QueryCustomerVersion(request, rows, context).status()), "as_of");
  request.clear_as_of();
  request.mutable_known_at()->set_seconds(99);
  EXPECT_EQ(QueryCustomerVersion(request, rows, context).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(GetCustomerVersion, HasWhatTheyHadSaidByThenAsFarAsItWasKnown) {
  FakeRows rows(kCustomers);
  auto customer = ParseText<v1::Customer>(
      "name: 'customers/a' consents { channel: CHANNEL_EMAIL effect_time { seconds: 100 } "
      "record_time { seconds: 100 } }");
  rows.PutVersion(kCustomers, customer, absl::FromUnixSeconds(100), absl::FromUnixSeconds(100));
  // At 300 it became known what they had said at 150, and at 250.
  for (const int64_t said : {150, 250}) {
    auto& term = *customer.add_consents();
    term.set_channel(common::v1::CHANNEL_EMAIL);
    term.mutable_effect_time()->set_seconds(said);
    term.mutable_record_time()->set_seconds(300);
  }
  rows.PutVersion(kCustomers, customer, absl::FromUnixSeconds(300), absl::FromUnixSeconds(300));
  const auto consents = [&](int64_t as_of, int64_t known_at) {
    v1::GetCustomerVersionRequest request;
    request.set_name("customers/a");
    request.mutable_as_of()->set_seconds(as_of);
    request.mutable_known_at()->set_seconds(known_at);
    return QueryCustomerVersion(request, rows, FixedContext<CustomerModel>())->consents_size();
  };
  EXPECT_EQ(consents(200, 200), 1);
  EXPECT_EQ(consents(200, 299), 1);
  EXPECT_EQ(consents(200, 300), 2);
  EXPECT_EQ(consents(300, 300), 3);
}

TEST(GetConsents, OfAMergedCustomerAreItsSurvivors) {
  FakeRows rows(kCustomers, kRedirects);
  rows.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/b' survivor: 'customers/a'"));
  rows.Put(kCustomers, ParseText<v1::Customer>(
                           "name: 'customers/b' consents { channel: CHANNEL_EMAIL state: "
                           "CONSENT_STATE_OPTED_IN effect_time { seconds: 1 } record_time { "
                           "seconds: 1 } }"));
  rows.Put(kCustomers, ParseText<v1::Customer>(
                           "name: 'customers/a' consents { channel: CHANNEL_EMAIL state: "
                           "CONSENT_STATE_OPTED_OUT effect_time { seconds: 2 } record_time { "
                           "seconds: 2 } }"));
  v1::GetConsentsRequest request;
  request.set_name("customers/b");
  const auto answer = QueryConsents(request, rows, FixedContext<CustomerModel>());
  ASSERT_EQ(answer->consents_size(), 1);
  EXPECT_EQ(answer->consents(0).state(), v1::CONSENT_STATE_OPTED_OUT);
}

TEST(GetConsents, OfAMergedCustomerAreItsOwnAsLongAsTheMergeWasNotKnown) {
  FakeRows rows(kCustomers, kRedirects);
  const std::string in =
      "consents { channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_IN "
      "effect_time { seconds: 1 } record_time { seconds: 1 } }";
  const std::string out =
      "consents { channel: CHANNEL_PHONE state: CONSENT_STATE_OPTED_OUT "
      "effect_time { seconds: 2 } record_time { seconds: 2 } }";
  const auto put = [&](int64_t at, const std::string& text) {
    const auto customer = ParseText<v1::Customer>(text);
    rows.PutVersion(kCustomers, customer, absl::FromUnixSeconds(at), absl::FromUnixSeconds(at));
  };
  put(10, "name: 'customers/a' " + in);
  put(10, "name: 'customers/b' " + out);
  put(20, "name: 'customers/b' merged_into: 'customers/a' " + out);
  put(21, "name: 'customers/a' " + in + out);
  rows.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/b' survivor: 'customers/a'"));
  const auto known = [&](const std::string& name, int64_t at) {
    v1::GetConsentsRequest request;
    request.set_name(name);
    request.mutable_known_at()->set_seconds(at);
    const auto answer = QueryConsents(request, rows, FixedContext<CustomerModel>());
    std::string channels;
    for (const v1::ConsentTerm& term : answer->consents())
      channels += common::v1::Channel_Name(term.channel()) + " ";
    return channels;
  };
  EXPECT_EQ(known("customers/b", 19), "CHANNEL_PHONE ");
  EXPECT_EQ(known("customers/a", 19), "CHANNEL_EMAIL ");
  EXPECT_EQ(known("customers/b", 21), "CHANNEL_PHONE CHANNEL_EMAIL ");
  EXPECT_EQ(known("customers/a", 21), "CHANNEL_PHONE CHANNEL_EMAIL ");
  EXPECT_EQ(known("customers/b", 9), "") << "it was not there";
}

TEST(GetConsents, AnswersForNowUnlessAsked) {
  FakeRows rows(kCustomers, kRedirects);
  rows.Put(kCustomers, ParseText<v1::Customer>(
                           "name: 'customers/a' consents { channel: CHANNEL_EMAIL state: "
                           "CONSENT_STATE_OPTED_IN effect_time { seconds: 100 } record_time { "
                           "seconds: 200 } }"));
  const auto context = FixedContext<CustomerModel>();
  v1::GetConsentsRequest request;
  request.set_name("customers/a");
  EXPECT_EQ(QueryConsents(request, rows, context)->consents_size(), 1);
  rows.PutVersion(kCustomers, *rows.Get(kCustomers, std::string("customers/a")),
                  absl::FromUnixSeconds(50), absl::FromUnixSeconds(50));
  request.mutable_known_at()->set_seconds(199);
  EXPECT_EQ(QueryConsents(request, rows, context)->consents_size(), 0);
  request.clear_known_at();
  request.mutable_as_of()->set_seconds(99);
  EXPECT_EQ(QueryConsents(request, rows, context)->consents_size(), 0);
  request.mutable_as_of()->set_nanos(-1);
  EXPECT_EQ(base::FieldOf(QueryConsents(request, rows, context).status()), "as_of");
  request.clear_as_of();
  request.set_name("customers/b");
  EXPECT_EQ(QueryConsents(request, rows, context).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace crm::customer
