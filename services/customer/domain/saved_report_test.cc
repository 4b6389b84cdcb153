#include "services/customer/domain/saved_report.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;

std::string Report(const std::string& rest) { return "saved_report { " + rest + " }"; }

constexpr char kUnvisited[] =
    "saved_report { display_name: 'Unvisited' kind: REPORT_KIND_UNVISITED days: 30 }";

TEST(CreateSavedReport, Rules) {
  const std::string fallen = "display_name: 'Fallen' kind: REPORT_KIND_ORDERS_FALLEN ";
  const std::string field = "!field:saved_report.";
  CheckDecisions<SavedReportModel, v1::CreateSavedReportRequest>({
      {"saves", {}, kUnvisited, std::string("created { ") + kUnvisited + " }"},
      {"needs a name", {}, Report("kind: REPORT_KIND_UNVISITED"), field + "display_name"},
      {"needs a kind", {}, Report("display_name: 'X'"), field + "kind"},
      {"refuses a tier twice",
       {},
       Report(fallen + "tiers: TIER_TOP tiers: TIER_TOP"),
       field + "tiers[1]"},
      {"refuses no tier", {}, Report(fallen + "tiers: TIER_UNSPECIFIED"), field + "tiers[0]"},
      {"refuses an owner that is none", {}, Report(fallen + "owner: 'Ann B'"), field + "owner"},
      {"refuses months too many",
       {},
       Report(fallen + "period_months: 61"),
       field + "period_months"},
      {"refuses percent too many",
       {},
       Report(fallen + "fallen_percent: 101"),
       field + "fallen_percent"},
      {"refuses days below none", {}, Report(fallen + "days: -1"), field + "days"},
      {"refuses more than a year of birthdays",
       {},
       Report("display_name: 'X' kind: REPORT_KIND_BIRTHDAYS days: 366"),
       field + "days"},
      {"needs the list of whom is wanted",
       {},
       Report("display_name: 'X' kind: REPORT_KIND_WANTED"),
       field + "target_list"},
      {"needs a list that can be",
       {},
       Report("display_name: 'X' kind: REPORT_KIND_WANTED target_list: 'lists/a'"),
       field + "target_list"},
      {"refuses a list else",
       {},
       Report(fallen + "target_list: 'targetLists/a'"),
       field + "target_list"},
  });
}

TEST(UpdateSavedReport, Rules) {
  const std::string made = std::string("created { ") + kUnvisited + " }";
  CheckDecisions<SavedReportModel, v1::UpdateSavedReportRequest>({
      {"changes",
       {made},
       Report("days: 60"),
       "updated { changed { paths: 'days' } saved_report { days: 60 } }"},
      {"is quiet when it is so", {made}, Report("days: 30"), ""},
      {"keeps its kind",
       {made},
       Report("kind: REPORT_KIND_BIRTHDAYS") + " update_mask { paths: 'kind' }",
       "!field:kind"},
      {"refuses what makes no question",
       {made},
       Report("") + " update_mask { paths: 'display_name' }",
       "!field:saved_report.display_name"},
  });
}

TEST(SavedReports, OneOfEachKindIsThereFromTheStart) {
  const engine::Commands seeds = SeedSavedReports();
  EXPECT_EQ(seeds.size(), 7u);
  for (const auto& seed : seeds) {
    v1::CreateSavedReportRequest create;
    create.CopyFrom(*seed);
    EXPECT_TRUE(SavedReportModel::Decide({}, create, FixedContext<SavedReportModel>()).ok())
        << create.saved_report_id();
  }
}

TEST(SavedReports, DefaultsAreFilledInByKind) {
  v1::SavedReport report;
  report.set_kind(v1::REPORT_KIND_ORDERS_FALLEN);
  EXPECT_EQ(FilledIn(report).fallen_percent(), 50);
  EXPECT_EQ(FilledIn(report).period_months(), 12);
  EXPECT_EQ(FilledIn(report).days(), 0);
  report.set_kind(v1::REPORT_KIND_BIRTHDAYS);
  EXPECT_EQ(FilledIn(report).days(), 7);
  report.set_days(3);
  EXPECT_EQ(FilledIn(report).days(), 3);
}

}  // namespace
}  // namespace crm::customer
