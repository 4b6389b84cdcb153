// What reads make of merged customers.
#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/completeness_query.h"
#include "services/customer/read/import_customers.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/order_facts.h"
#include "services/customer/read/order_test_helpers.h"
#include "services/customer/read/org_chart.h"
#include "services/customer/read/search_terms.h"
#include "services/customer/read/status_counts.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::ParseText;
using ::testing::SizeIs;

class MergedReads : public ::testing::Test {
 protected:
  MergedReads() { context_.business_date = absl::CivilDay(2026, 3, 2); }

  // "customers/a" was merged into "customers/b" at second 100.
  void Merge() {
    v1::Customer a = ParseText<v1::Customer>(
        "name: 'customers/a' display_name: 'Steel' status: CUSTOMER_STATUS_PROSPECT external_ids { "
        "system: 'erp' id: '1' }");
    Change(nullptr, a);
    v1::Customer merged = a;
    merged.set_merged_into("customers/b");
    merged.set_merge_case("mergeCases/m");
    *merged.add_merges() =
        ParseText<v1::CustomerMerge>("merge_case: 'mergeCases/m' outcome_time { seconds: 100 }");
    Change(&a, merged);
    v1::Redirect redirect;
    redirect.set_customer("customers/a");
    redirect.set_survivor("customers/b");
    rows_.Put(kRedirects, redirect);
  }

  void Change(const v1::Customer* before, const v1::Customer& after) {
    const v1::CustomerEvent event;
    const engine::EventMeta meta{.name = after.name()};
    ProjectSearchTerms({before, after, event, meta}, rows_);
    ProjectStatusCounts({before, after, event, meta}, rows_);
    rows_.Put(kCustomers, after);
  }

  testing::FakeRows rows_{kCustomers,  kRedirects,   kSearchTerms,     kSearchedCustomers,
                          kOrderFacts, kOrderMonths, kOrderImports,    kStatusCounts,
                          kPositions,  kContacts,    kCustomerPolicies};
  engine::Context context_;
};

TEST_F(MergedReads, AMergedCustomerIsNeitherFoundNorCounted) {
  Merge();
  EXPECT_EQ(rows_.Size("search_terms"), 0u);
  EXPECT_EQ(CountStatus(rows_, v1::CUSTOMER_STATUS_PROSPECT), 0);
  const v1::Customer merged = *rows_.Get(kCustomers, "customers/a");
  v1::Customer free = merged;
  free.clear_merged_into();
  Change(&merged, free);
  EXPECT_GT(rows_.Size("search_terms"), 0u);
  EXPECT_EQ(CountStatus(rows_, v1::CUSTOMER_STATUS_PROSPECT), 1);
}

TEST_F(MergedReads, ItsOrdersAreTheSurvivors) {
  Merge();
  Record(Totals("a", absl::CivilDay(2026, 1, 5), 100), "1", rows_);
  Record(Totals("b", absl::CivilDay(2026, 1, 6), 200, 50), "2", rows_);
  Record(Totals("c", absl::CivilDay(2026, 1, 7), 400), "3", rows_);
  const auto sums = SumOrders(rows_, absl::CivilDay(2026, 1, 1), absl::CivilDay(2026, 2, 1));
  ASSERT_TRUE(sums.ok());
  ASSERT_THAT(sums->customers, SizeIs(2));
  const OrderSums& both = sums->customers.at("customers/b");
  EXPECT_EQ(both.order_count, 2);
  EXPECT_EQ(both.revenue, base::Nanos{3'000'000'000});
  EXPECT_EQ(both.margin_order_count, 1);
  EXPECT_THAT(OrderedBefore(rows_, absl::CivilDay(2026, 1, 6)),
              ::testing::ElementsAre("customers/b"));
}

TEST_F(MergedReads, ItsPeopleAreInTheSurvivorsChart) {
  Merge();
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/b'"));
  rows_.Put(kPositions,
            ParseText<v1::Position>("name: 'customers/a/positions/li' contact: 'contacts/li'"));
  rows_.Put(kPositions,
            ParseText<v1::Position>("name: 'customers/b/positions/wu' contact: 'contacts/wu'"));
  v1::GetOrgChartRequest request;
  for (const char* name : {"customers/b", "customers/a"}) {
    request.set_name(name);
    const auto chart = QueryOrgChart(request, rows_, context_);
    ASSERT_THAT(chart, testing::IsOk()) << name;
    EXPECT_THAT(chart->nodes(), SizeIs(2)) << name;
  }
}

TEST_F(MergedReads, ItsChartOfBeforeTheMergeIsItsOwn) {
  Merge();
  rows_.PutVersion(kCustomers, *rows_.Get(kCustomers, "customers/a"), absl::FromUnixSeconds(100),
                   absl::FromUnixSeconds(100));
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/b'"));
  for (const char* position : {"name: 'customers/a/positions/li' contact: 'contacts/li'",
                               "name: 'customers/b/positions/wu' contact: 'contacts/wu'"}) {
    rows_.PutVersion(kPositions, ParseText<v1::Position>(position), absl::FromUnixSeconds(50),
                     absl::FromUnixSeconds(50));
  }
  for (const auto& [known, nodes] : {std::pair(99, 1u), std::pair(100, 2u)}) {
    v1::GetOrgChartRequest request;
    request.set_name("customers/a");
    request.mutable_known_at()->set_seconds(known);
    const auto chart = QueryOrgChart(request, rows_, context_);
    ASSERT_THAT(chart, testing::IsOk()) << known;
    EXPECT_THAT(chart->nodes(), SizeIs(nodes)) << known;
    EXPECT_EQ(chart->nodes(0).contact().name(), "contacts/li") << known;
  }
}

TEST_F(MergedReads, ItsCompletenessIsTheSurvivors) {
  Merge();
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/b' region: 'north'"));
  rows_.Put(kCustomerPolicies,
            ParseText<v1::CustomerPolicy>("name: 'customerPolicies/standard' "
                                          "completeness_weights { field: 'region' weight: 1 }"));
  v1::GetCompletenessRequest request;
  request.set_name("customers/a");
  const auto answer = QueryCompleteness(request, rows_, context_);
  ASSERT_THAT(answer, testing::IsOk());
  EXPECT_EQ(answer->complete_bps(), 10'000);
}

TEST_F(MergedReads, ARowOfAnImportThatMeansItMeansTheSurvivor) {
  Merge();
  rows_.Put(kCustomers,
            ParseText<v1::Customer>("name: 'customers/b' external_ids { system: 'erp' id: '2' }"));
  const auto import = ParseText<v1::ImportCustomersRequest>(
      "request_id: 'x' rows { customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Steel' "
      "external_ids { system: 'erp' id: '1' } external_ids { system: 'erp' id: '2' } } }");
  const std::vector<engine::BatchItem> items = SplitImportCustomers(import, rows_);
  ASSERT_THAT(items, SizeIs(1));
  ASSERT_TRUE(items[0].refusal.ok()) << items[0].refusal;
  v1::ReimportCustomerRequest reimport;
  ASSERT_EQ(items[0].command->GetDescriptor(), reimport.GetDescriptor());
  reimport.CopyFrom(*items[0].command);
  EXPECT_EQ(reimport.name(), "customers/b");
}

}  // namespace
}  // namespace crm::customer
