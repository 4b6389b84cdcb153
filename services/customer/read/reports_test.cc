#include "services/customer/read/reports.h"

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/customer.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/fake_readings.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/order_test_helpers.h"
#include "services/customer/read/report_tables.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

using absl::CivilDay;
using ::testing::ElementsAre;
using testing::FakeRows;
using testing::FixedContext;
using ::testing::IsEmpty;
using testing::ParseText;

// FixedContext is on 2026-03-02.
class Reports : public ::testing::Test {
 protected:
  void Customer(const std::string& id, v1::Tier tier, const std::string& rest = "") {
    v1::Customer customer = ParseText<v1::Customer>(rest);
    customer.set_name("customers/" + id);
    customer.set_display_name(id);
    customer.set_tier(tier);
    rows_.Put(kCustomers, customer);
  }
  void Order(const std::string& customer, CivilDay day, int64_t cents) {
    Record(Totals(customer, day, cents), "o" + std::to_string(++orders_), rows_);
  }
  void Ticket(const std::string& customer, const std::string& type, CivilDay day) {
    v1::FollowedTicket ticket;
    ticket.set_customer("customers/" + customer);
    ticket.set_name(ticket.customer() + "/tickets/t" + std::to_string(++orders_));
    ticket.set_type(type);
    *ticket.mutable_open_time() = base::TimestampOf(absl::FromCivil(day, absl::UTCTimeZone()));
    rows_.Put(kFollowedTickets, ticket);
  }
  absl::StatusOr<v1::RunReportResponse> Ask(const std::string& report, int row_limit = 0) {
    v1::SavedReport saved = ParseText<v1::SavedReport>(report);
    saved.set_name("savedReports/r");
    rows_.Put(kSavedReports, saved);
    v1::RunReportRequest request;
    request.set_name("savedReports/r");
    request.set_row_limit(row_limit);
    engine::Context context = FixedContext<CustomerModel>();
    context.readings = &readings_;
    return QueryReport(request, rows_, context);
  }
  // "<customer> <count>"
  static std::vector<std::string> Rows(const absl::StatusOr<v1::RunReportResponse>& response) {
    std::vector<std::string> rows;
    if (!response.ok()) return {std::string(response.status().message())};
    for (const v1::ReportRow& row : response->rows())
      rows.push_back(row.customer().substr(10) + " " + std::to_string(row.count()));
    return rows;
  }

  FakeRows rows_{kSavedReports,  kCustomers,       kOrderFacts,  kOrderMonths, kFollowedTickets,
                 kProductCounts, kOrderedProducts, kTargetLists, kContacts,    kPositions,
                 kBirthdays,     kCustomerVisits,  kRedirects};
  FakeReadings readings_;
  int orders_ = 0;
};

TEST_F(Reports, WhoseOrdersFellMost) {
  for (const char* id : {"half", "less", "more", "gone", "new", "erased"})
    Customer(id, v1::TIER_BIG);
  Customer("erased", v1::TIER_BIG, "status: CUSTOMER_STATUS_ERASED");
  const CivilDay last(2024, 6, 1), now(2025, 6, 1);
  const std::map<std::string, std::pair<int, int>> cents = {
      {"half", {200, 100}}, {"less", {200, 101}}, {"more", {100, 300}},
      {"gone", {900, 0}},   {"new", {0, 500}},    {"erased", {900, 0}}};
  for (const auto& [id, pair] : cents) {
    if (pair.first > 0) Order(id, last, pair.first);
    if (pair.second > 0) Order(id, now, pair.second);
  }
  const auto answer = Ask("kind: REPORT_KIND_ORDERS_FALLEN");
  EXPECT_THAT(Rows(answer), ElementsAre("gone 0", "half 0"));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->rows(1).previous_revenue().units(), 2);
  EXPECT_EQ(answer->rows(1).revenue().units(), 1);
  EXPECT_EQ(answer->saved_report().fallen_percent(), 50);
  EXPECT_EQ(answer->period().start().year(), 2025);
  EXPECT_EQ(answer->previous_period().start().year(), 2024);
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_ORDERS_FALLEN fallen_percent: 40")),
              ElementsAre("gone 0", "half 0", "less 0"));
  const auto first = Ask("kind: REPORT_KIND_ORDERS_FALLEN", 1);
  EXPECT_THAT(Rows(first), ElementsAre("gone 0"));
  EXPECT_EQ(first->total_size(), 2);
}

TEST_F(Reports, WhoComplainedAgain) {
  Customer("gold", v1::TIER_TOP, "owner: 'ann'");
  Customer("small", v1::TIER_SMALL);
  Customer("once", v1::TIER_TOP);
  for (const char* id : {"gold", "gold", "small", "small", "small", "once"})
    Ticket(id, "COMPLAINT", CivilDay(2026, 1, 5));
  Ticket("once", "COMPLAINT", CivilDay(2024, 1, 5));
  Ticket("once", "QUESTION", CivilDay(2026, 1, 6));
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_REPEAT_COMPLAINERS")), ElementsAre("small 3", "gold 2"));
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_REPEAT_COMPLAINERS tiers: TIER_TOP tiers: TIER_BIG")),
              ElementsAre("gold 2"));
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_REPEAT_COMPLAINERS owner: 'bob'")), IsEmpty());
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_REPEAT_COMPLAINERS complaints_min: 3")),
              ElementsAre("small 3"));
}

TEST_F(Reports, AComplaintOfWhoWasMergedIsItsSurvivors) {
  Customer("a", v1::TIER_TOP);
  Customer("b", v1::TIER_TOP, "merged_into: 'customers/a'");
  rows_.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/b' survivor: 'customers/a'"));
  Ticket("a", "COMPLAINT", CivilDay(2026, 1, 5));
  Ticket("b", "COMPLAINT", CivilDay(2026, 1, 6));
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_REPEAT_COMPLAINERS")), ElementsAre("a 2"));
}

TEST_F(Reports, ProductsOfWhoWasMergedAreTheSurvivors) {
  Customer("a", v1::TIER_TOP);
  Customer("b", v1::TIER_TOP, "merged_into: 'customers/a'");
  rows_.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/b' survivor: 'customers/a'"));
  const auto order = [&](const std::string& id, const std::string& product) {
    rows_.Put(kOrderedProducts, ParseText<v1::OrderedProduct>(
                                    "customer: 'customers/" + id + "' product: '" + product +
                                    "' order: 'customers/" + id + "/orders/" + product + "'"));
    rows_.Put(kProductCounts,
              ParseText<v1::ProductCount>("customer: 'customers/" + id + "' products: 1"));
  };
  order("b", "p");
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_FEW_PRODUCT_BUYERS")), ElementsAre("a 1"));
  order("a", "q");
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_FEW_PRODUCT_BUYERS")), ElementsAre("a 2"));
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_FEW_PRODUCT_BUYERS products_max: 1")), IsEmpty());
}

TEST_F(Reports, NoMoreIsKeptThanCanBeShown) {
  for (int i = 0; i < 3 * kReportRowsMax; ++i) {
    const std::string id = std::to_string(1'000'000 + i);
    Customer(id, v1::TIER_TOP);
    Order(id, CivilDay(2026, 1, 1), 1 + i);
  }
  const auto answer = Ask("kind: REPORT_KIND_GOLD_CUSTOMERS", 2);
  EXPECT_THAT(Rows(answer), ElementsAre("1002999 0", "1002998 0"));
  EXPECT_EQ(answer->total_size(), 3 * kReportRowsMax);
}

TEST_F(Reports, WhoBuysFewProducts) {
  for (const char* id : {"one", "two", "three"}) Customer(id, v1::TIER_SMALL);
  int products = 0;
  for (const char* id : {"one", "two", "three"}) {
    v1::ProductCount count;
    count.set_customer(std::string("customers/") + id);
    count.set_products(++products);
    rows_.Put(kProductCounts, count);
    Order(id, CivilDay(2026, 1, 1), 100 * products);
  }
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_FEW_PRODUCT_BUYERS")), ElementsAre("two 2", "one 1"));
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_FEW_PRODUCT_BUYERS products_max: 1")),
              ElementsAre("one 1"));
}

TEST_F(Reports, WhomWeWant) {
  for (const char* id : {"bought", "not-yet", "merged"}) Customer(id, v1::TIER_SMALL);
  rows_.Put(kTargetLists,
            ParseText<v1::TargetList>("name: 'targetLists/y' year: 2026 customers: "
                                      "'customers/bought' customers: 'customers/not-yet' "
                                      "customers: 'customers/nobody'"));
  Order("bought", CivilDay(2026, 1, 1), 100);
  Order("not-yet", CivilDay(2025, 12, 31), 100);
  const auto answer = Ask("kind: REPORT_KIND_WANTED target_list: 'targetLists/y'");
  EXPECT_THAT(Rows(answer), ElementsAre("not-yet 0", "bought 0"));
  EXPECT_FALSE(answer->rows(0).has_revenue());
  EXPECT_EQ(answer->rows(1).revenue().units(), 1);
  EXPECT_EQ(Ask("kind: REPORT_KIND_WANTED target_list: 'targetLists/x'").status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(Reports, WhoIsGold) {
  Customer("top", v1::TIER_TOP);
  Customer("big", v1::TIER_BIG);
  Customer("small", v1::TIER_SMALL);
  Order("big", CivilDay(2026, 1, 1), 300);
  Order("top", CivilDay(2026, 1, 1), 200);
  Order("small", CivilDay(2026, 1, 1), 900);
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_GOLD_CUSTOMERS")), ElementsAre("big 0", "top 0"));
}

TEST_F(Reports, WhomNobodyVisits) {
  Customer("never", v1::TIER_TOP);
  Customer("long", v1::TIER_TOP);
  Customer("lately", v1::TIER_TOP);
  Customer("small", v1::TIER_SMALL);
  const auto visit = [&](const std::string& id, CivilDay day) {
    v1::CustomerVisit row;
    row.set_customer("customers/" + id);
    *row.mutable_visit_time() = base::TimestampOf(absl::FromCivil(day, absl::UTCTimeZone()));
    rows_.Put(kCustomerVisits, row);
  };
  visit("long", CivilDay(2026, 3, 2) - 90);
  visit("lately", CivilDay(2026, 3, 2) - 89);
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_UNVISITED tiers: TIER_TOP")),
              ElementsAre("never 0", "long 90"));
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_UNVISITED")),
              ElementsAre("never 0", "small 0", "long 90"));
  EXPECT_THAT(Rows(Ask("kind: REPORT_KIND_UNVISITED tiers: TIER_TOP days: 30")),
              ElementsAre("never 0", "long 90", "lately 89"));
}

TEST_F(Reports, WhoseBirthdayComes) {
  Customer("person", v1::TIER_SMALL);
  Customer("works", v1::TIER_BIG);
  const auto birthday = [&](const std::string& subject, int month, int day) {
    v1::YearlyDay row;
    row.set_subject(subject);
    row.set_month(month);
    row.set_day(day);
    rows_.Put(kBirthdays, row);
  };
  rows_.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/li' personal { given_name: 'Na' "
                                              "family_name: 'Li' }"));
  rows_.Put(kPositions, ParseText<v1::Position>("name: 'customers/person/positions/1' contact: "
                                                "'contacts/li' end_date { year: 2025 month: 1 "
                                                "day: 1 }"));
  rows_.Put(kPositions, ParseText<v1::Position>("name: 'customers/works/positions/1' contact: "
                                                "'contacts/li'"));
  birthday("customers/person", 3, 9);
  birthday("contacts/li", 3, 2);
  birthday("contacts/nobody", 3, 3);
  birthday("customers/person", 3, 10);
  const auto answer = Ask("kind: REPORT_KIND_BIRTHDAYS");
  EXPECT_THAT(Rows(answer), ElementsAre("works 0", "person 0"));
  EXPECT_EQ(answer->rows(0).contact(), "contacts/li");
  EXPECT_EQ(answer->rows(0).display_name(), "Na Li");
  EXPECT_EQ(answer->rows(1).date().day(), 9);
}

TEST_F(Reports, APersonHasOneBirthdayAndTheMoonsDaysCount) {
  const auto birthday = [&](const std::string& subject, bool lunar, int year, int month, int day) {
    v1::YearlyDay row;
    row.set_subject(subject);
    row.set_lunar(lunar);
    row.set_year(year);
    row.set_month(month);
    row.set_day(day);
    rows_.Put(kBirthdays, row);
  };
  Customer("me", v1::TIER_SMALL,
           "kind: CUSTOMER_KIND_PERSON personal { birth_date { year: 1980 month: 3 day: 3 } }");
  for (const char* id : {"self", "child"}) {
    rows_.Put(kContacts, ParseText<v1::Contact>(std::string("name: 'contacts/") + id + "'"));
    rows_.Put(kPositions, ParseText<v1::Position>(std::string("name: 'customers/me/positions/") +
                                                  id + "' contact: 'contacts/" + id + "'"));
  }
  birthday("customers/me", false, 1980, 3, 3);
  birthday("contacts/self", false, 1980, 3, 3);
  birthday("contacts/child", false, 2010, 3, 3);
  const auto answer = Ask("kind: REPORT_KIND_BIRTHDAYS");
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->rows_size(), 2);
  EXPECT_EQ(answer->rows(0).contact(), "");
  EXPECT_EQ(answer->rows(1).contact(), "contacts/child");
  // The 15th of the first month of the moon, the lantern festival, is 2026-03-03.
  rows_.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/moon'"));
  rows_.Put(kPositions, ParseText<v1::Position>("name: 'customers/me/positions/moon' contact: "
                                                "'contacts/moon'"));
  birthday("contacts/moon", true, 2009, 1, 15);
  const auto with_moon = Ask("kind: REPORT_KIND_BIRTHDAYS");
  ASSERT_TRUE(with_moon.ok());
  EXPECT_EQ(with_moon->rows_size(), 3);
  EXPECT_EQ(with_moon->rows(2).date().day(), 3);
}

// A lunar year of 354 or 355 days ends before ours does.
TEST_F(Reports, ABirthdayOfTheMoonComesOnceInAYear) {
  Customer("works", v1::TIER_BIG);
  rows_.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/moon'"));
  rows_.Put(kPositions, ParseText<v1::Position>("name: 'customers/works/positions/1' contact: "
                                                "'contacts/moon'"));
  // The 15th of the first month: 2026-03-03 and 2027-02-20, both within 364 days of 2026-03-02.
  rows_.Put(kBirthdays,
            ParseText<v1::YearlyDay>("subject: 'contacts/moon' lunar: true month: 1 day: 15"));
  const auto answer = Ask("kind: REPORT_KIND_BIRTHDAYS days: 364");
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->rows_size(), 1);
  EXPECT_EQ(answer->rows(0).date().month(), 3);
  EXPECT_EQ(answer->total_size(), 1);
}

TEST_F(Reports, EachSaysHowItIsComputedAndFromWhat) {
  const std::map<std::string, std::string> methods = {
      {"ORDERS_FALLEN", "sum/revenue-after-returns/against-previous-period"},
      {"REPEAT_COMPLAINERS", "count/complaints"},
      {"FEW_PRODUCT_BUYERS", "count/products-of-all-orders"},
      {"GOLD_CUSTOMERS", "sum/revenue-after-returns"},
      {"UNVISITED", "days/since-last-visit"},
      {"BIRTHDAYS", "days/until-birthday"}};
  for (const auto& [kind, method] : methods) {
    const auto answer = Ask("kind: REPORT_KIND_" + kind);
    ASSERT_TRUE(answer.ok()) << kind << answer.status();
    EXPECT_EQ(answer->method(), method) << kind;
    EXPECT_EQ(answer->sources_size(), 4) << kind;
  }
}

TEST_F(Reports, WhatIsNotThereIsSaid) {
  EXPECT_EQ(base::ReasonOf(Ask("kind: REPORT_KIND_LOSS_MAKERS").status()), "REPORT_NOT_AVAILABLE");
  EXPECT_EQ(base::FieldOf(Ask("kind: REPORT_KIND_LOSS_MAKERS", -1).status()), "row_limit");
  readings_.Say("sales", {});
  for (const char* kind : {"ORDERS_FALLEN", "FEW_PRODUCT_BUYERS", "WANTED", "GOLD_CUSTOMERS"})
    EXPECT_EQ(base::ReasonOf(Ask(std::string("kind: REPORT_KIND_") + kind).status()),
              "REPORT_NOT_AVAILABLE")
        << kind;
  for (const char* kind : {"REPEAT_COMPLAINERS", "UNVISITED", "BIRTHDAYS"})
    EXPECT_TRUE(Ask(std::string("kind: REPORT_KIND_") + kind).ok()) << kind;
  readings_.Say("servicedesk", {});
  EXPECT_EQ(base::ReasonOf(Ask("kind: REPORT_KIND_REPEAT_COMPLAINERS").status()),
            "REPORT_NOT_AVAILABLE");
  readings_.Say("servicedesk", {.followed = true, .complete = false, .reachable = true});
  const auto behind = Ask("kind: REPORT_KIND_REPEAT_COMPLAINERS");
  ASSERT_TRUE(behind.ok()) << "what is behind is said, not refused";
  EXPECT_EQ(behind->sources(3).state(), v1::READING_STATE_BEHIND);
  v1::RunReportRequest request;
  request.set_name("savedReports/none");
  EXPECT_EQ(QueryReport(request, rows_, FixedContext<CustomerModel>()).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace crm::customer
