#include "services/customer/domain/tier_plan.h"

#include <gmock/gmock.h>

#include <string>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/seed.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/order_test_helpers.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using absl::CivilDay;
using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;

// FixedContext is 2026-03-02 10:00 UTC = 1772445600.
constexpr char kMade[] = R"(created { tier_plan {
  window_months: 12 measure: MEASURE_REVENUE sizes { top_bps: 100 big_bps: 400 medium_bps: 1500 }
  compute_hour: 2 next_compute_time { seconds: 1772445600 } } })";
// Computed this morning at two; next at two tomorrow.
constexpr char kComputed[] =
    "computed { computation {} next_compute_time { seconds: 1772503200 } }";

engine::Context Standard() {
  engine::Context context = FixedContext<TierPlanModel>();
  context.name = kStandardTierPlan;
  return context;
}

TEST(CreateTierPlan, Rules) {
  CheckDecisions<TierPlanModel, v1::CreateTierPlanRequest>(
      {
          {"writes the defaults down, and wants to be computed now",
           {},
           "tier_plan { compute_hour: 2 }",
           kMade},
          {"takes what is given",
           {},
           "tier_plan { window_months: 6 measure: MEASURE_MARGIN sizes { top_bps: 500 } }",
           "created { tier_plan { window_months: 6 measure: MEASURE_MARGIN sizes { top_bps: 500 } "
           "next_compute_time { seconds: 1772445600 } } }"},
          {"refuses an endless window",
           {},
           "tier_plan { window_months: 121 }",
           "!field:tier_plan.window_months"},
          {"refuses an hour that is none",
           {},
           "tier_plan { compute_hour: 24 }",
           "!field:tier_plan.compute_hour"},
          {"refuses a measure that is none",
           {},
           "tier_plan { measure: 7 }",
           "!field:tier_plan.measure"},
          {"refuses more than all",
           {},
           "tier_plan { sizes { top_bps: 6000 big_bps: 4001 } }",
           "!field:tier_plan.sizes.big_bps"},
          {"refuses less than none",
           {},
           "tier_plan { sizes { medium_bps: -1 } }",
           "!field:tier_plan.sizes.medium_bps"},
      },
      Standard());
}

TEST(CreateTierPlan, ThereIsOnlyTheStandardOne) {
  CheckDecisions<TierPlanModel, v1::CreateTierPlanRequest>(
      {{"refuses another id", {}, "tier_plan {}", "!field:tier_plan_id"}});
}

TEST(CreateTierPlan, TheFirstStartMakesTheStandardOne) {
  const engine::Commands seeds = SeedTierPlans();
  ASSERT_EQ(seeds.size(), 1u);
  v1::CreateTierPlanRequest create;
  create.CopyFrom(*seeds[0]);
  EXPECT_EQ("tierPlans/" + create.tier_plan_id(), kStandardTierPlan);
  EXPECT_THAT(TierPlanModel::Decide({}, create, Standard()), testing::IsOk());
}

TEST(UpdateTierPlan, Rules) {
  CheckDecisions<TierPlanModel, v1::UpdateTierPlanRequest>(
      {
          {"changes what differs, and wants to be computed now",
           {kMade, kComputed},
           "tier_plan { window_months: 6 }",
           "updated { changed { paths: 'window_months' } tier_plan { window_months: 6 } "
           "next_compute_time { seconds: 1772445600 } }"},
          {"is quiet when it is so already",
           {kMade},
           "tier_plan { window_months: 12 compute_hour: 2 }",
           ""},
          {"is quiet when the default is asked for by name",
           {kMade},
           "tier_plan {} update_mask { paths: 'window_months' paths: 'sizes' }",
           ""},
          {"refuses an endless window",
           {kMade},
           "tier_plan { window_months: -3 }",
           "!field:tier_plan.window_months"},
      },
      Standard());
}

TEST(ComputeTierPlan, Rules) {
  TierFacts facts;
  facts.computation.set_customer_count(3);
  const std::string computed =
      "computed { computation { compute_time { seconds: 1772445600 } customer_count: 3 number: 1 } "
      "next_compute_time { seconds: 1772503200 } }";
  CheckDecisions<TierPlanModel, v1::ComputeTierPlanRequest>(
      {{"computes at any time", {kMade, kComputed}, "", computed},
       {"is never quiet: whoever asks wants the figures of now",
        {kMade, computed},
        "",
        "computed { computation { compute_time { seconds: 1772445600 } customer_count: 3 number: 2 "
        "} next_compute_time { seconds: 1772503200 } }"}},
      Standard(), facts);
  CheckDecisions<TierPlanModel, v1::TierPlanDueRequest>(
      {{"computes when it is time", {kMade}, "", computed},
       {"is quiet before its time", {kMade, kComputed}, "", ""}},
      Standard(), facts);
  facts.status = base::Refused(v1::REASON_CURRENCIES_MIXED, "x");
  CheckDecisions<TierPlanModel, v1::ComputeTierPlanRequest>(
      {{"refuses several currencies", {kMade}, "", "!CURRENCIES_MIXED"}}, Standard(), facts);
  CheckDecisions<TierPlanModel, v1::TierPlanDueRequest>(
      {{"refuses several currencies", {kMade}, "", "!CURRENCIES_MIXED"}}, Standard(), facts);
}

// Three seconds after the last imported order, at most ten minutes after the first.
TEST(NoteOrderImport, TheTiersAreComputedWhenTheImportIsIn) {
  const std::string outdated =
      "outdated { outdated_time { seconds: 1772445600 } "
      "next_compute_time { seconds: 1772445603 } }";
  CheckDecisions<TierPlanModel, v1::NoteOrderImportRequest>(
      {{"pulls the computation forward", {kMade, kComputed}, "", outdated},
       {"does not put off one that is due before",
        {kMade},
        "",
        "outdated { outdated_time { seconds: 1772445600 } "
        "next_compute_time { seconds: 1772445600 } }"},
       {"is quiet while it is", {kMade, kComputed, outdated}, "", ""}},
      Standard());

  engine::Context later = Standard();
  later.time += absl::Seconds(3);
  CheckDecisions<TierPlanModel, v1::TierPlanDueRequest>(
      {{"waits for the import",
        {kMade, kComputed, outdated},
        "",
        "outdated { outdated_time { seconds: 1772445600 } "
        "next_compute_time { seconds: 1772445605 } }"}},
      later, TierFacts{.wait_until = absl::FromUnixSeconds(1772445605)});
}

TEST(NoteOrderImport, AnImportIsWaitedForInWhateverPartitionButNotForEver) {
  testing::FakeRows rows(kOrderFacts, kOrderMonths, kRedirects, kOrderImports, kTierPlans);
  engine::Context context = Standard();
  v1::TierPlan plan = Given<TierPlanModel>({kMade});
  plan.set_name(kStandardTierPlan);
  v1::TierPlanDueRequest due;
  due.set_name(kStandardTierPlan);
  const auto wait = [&] {
    rows.Put(kTierPlans, plan);
    return TierPlanModel::Gather(due, context, rows).wait_until;
  };
  EXPECT_EQ(wait(), std::nullopt);
  *plan.mutable_outdated_time() = base::TimestampOf(context.time);
  EXPECT_EQ(wait(), std::nullopt);
  for (int partition = 0; partition < 2; ++partition) {
    v1::OrderImport import;
    import.set_partition(partition);
    *import.mutable_import_time() = base::TimestampOf(context.time + absl::Seconds(9 * partition));
    rows.Put(kOrderImports, import);
  }
  context.time += absl::Seconds(10);
  EXPECT_EQ(wait(), context.time + absl::Seconds(2));
  *plan.mutable_outdated_time() = base::TimestampOf(context.time - absl::Minutes(10));
  EXPECT_EQ(wait(), std::nullopt);
  *plan.mutable_outdated_time() = base::TimestampOf(context.time);
  context.time += absl::Seconds(2);
  EXPECT_EQ(wait(), std::nullopt);
}

TEST(ContinueTierAssignment, Rules) {
  const std::string computed = "computed { computation { number: 7 } }";
  CheckDecisions<TierPlanModel, v1::ContinueTierAssignmentRequest>(
      {{"says how far it came",
        {kMade, computed},
        "computation_number: 7 after_customer: 'customers/m'",
        "assignment_continued { computation { number: 7 } after_customer: 'customers/m' }"},
       {"is quiet when it came as far",
        {kMade, computed, "assignment_continued { after_customer: 'customers/m' }"},
        "computation_number: 7 after_customer: 'customers/m'",
        ""},
       {"is quiet when a newer computation gives out tiers",
        {kMade, computed},
        "computation_number: 6 after_customer: 'customers/m'",
        ""}},
      Standard());
}

TEST(ComputeTierPlan, IsDueAtItsNextTime) {
  EXPECT_EQ(TierPlanModel::NextDue(Given<TierPlanModel>({kMade})),
            absl::FromUnixSeconds(1772445600));
  EXPECT_EQ(TierPlanModel::NextDue(Given<TierPlanModel>({kMade, kComputed})),
            absl::FromUnixSeconds(1772503200));
}

TEST(ComputeTierPlan, GathersTheBoundsOfItsWindow) {
  testing::FakeRows rows(kOrderFacts, kOrderMonths, kRedirects, kOrderImports, kTierPlans);
  rows.Put(kTierPlans, testing::ParseText<v1::TierPlan>(R"(
    name: "tierPlans/standard" window_months: 6 measure: MEASURE_REVENUE sizes { top_bps: 2500
                medium_bps: 5000 })"));
  Record(Totals("a", CivilDay(2025, 9, 1), 90000), "1", rows);  // The day before the window.
  Record(Totals("a", CivilDay(2025, 9, 2), 100), "2", rows);    // Its first day.
  Record(Totals("b", CivilDay(2026, 3, 1), 300), "3", rows);    // Its last.
  Record(Totals("c", CivilDay(2026, 3, 2), 90000), "4", rows);  // The business date itself.
  Record(Totals("d", CivilDay(2026, 1, 1), 200), "5", rows);
  Record(Totals("e", CivilDay(2026, 1, 1), 200), "6", rows);
  v1::TierPlanDueRequest due;
  due.set_name(kStandardTierPlan);
  const TierFacts facts = TierPlanModel::Gather(due, Standard(), rows);
  ASSERT_THAT(facts.status, testing::IsOk());
  EXPECT_THAT(facts.computation, testing::EqualsProto(R"pb(
                period {
                  start { year: 2025 month: 9 day: 2 }
                  end { year: 2026 month: 3 day: 2 }
                }
                measure: MEASURE_REVENUE
                customer_count: 4
                bounds {
                  tier: TIER_TOP
                  customer_count: 1
                  lower_bound { currency_code: "USD" units: 3 }
                  last_customer: "customers/b"
                }
                bounds {
                  tier: TIER_MEDIUM
                  customer_count: 2
                  lower_bound { currency_code: "USD" units: 2 }
                  last_customer: "customers/e"
                }
                bounds {
                  tier: TIER_SMALL
                  customer_count: 1
                  lower_bound { currency_code: "USD" units: 1 }
                  last_customer: "customers/a"
                })pb"));
}

}  // namespace
}  // namespace crm::customer
