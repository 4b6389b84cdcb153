#include "services/customer/domain/saved_report.h"

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/engine/update.h"
#include "services/customer/domain/references.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = SavedReportModel::Event;

struct SeedRow {
  const char* id;
  const char* display_name;
  v1::ReportKind kind;
};

constexpr SeedRow kSeeds[] = {
    {"orders-fallen", "Whose orders fell most", v1::REPORT_KIND_ORDERS_FALLEN},
    {"repeat-complainers", "Gold customers who complained again",
     v1::REPORT_KIND_REPEAT_COMPLAINERS},
    {"few-product-buyers", "Who buys one or two products", v1::REPORT_KIND_FEW_PRODUCT_BUYERS},
    {"loss-makers", "Who costs more than they bring", v1::REPORT_KIND_LOSS_MAKERS},
    {"gold-customers", "Gold customers", v1::REPORT_KIND_GOLD_CUSTOMERS},
    {"unvisited", "Gold customers whom nobody visits", v1::REPORT_KIND_UNVISITED},
    {"birthdays", "Birthdays of the next days", v1::REPORT_KIND_BIRTHDAYS},
};

absl::Status CheckRange(const char* field, int value, int max) {
  if (value >= 0 && value <= max) return absl::OkStatus();
  return Invalid(absl::StrCat("saved_report.", field), absl::StrCat("must be 0 to ", max));
}

absl::Status CheckNumbers(const v1::SavedReport& report) {
  const int days_max = report.kind() == v1::REPORT_KIND_BIRTHDAYS ? 365 : 3650;
  absl::Status s = CheckRange("period_months", report.period_months(), 60);
  if (s.ok()) s = CheckRange("fallen_percent", report.fallen_percent(), 100);
  if (s.ok()) s = CheckRange("complaints_min", report.complaints_min(), 100);
  if (s.ok()) s = CheckRange("products_max", report.products_max(), 100);
  if (s.ok()) s = CheckRange("days", report.days(), days_max);
  return s;
}

absl::Status CheckReport(const v1::SavedReport& report) {
  if (base::IsBlank(report.display_name()))
    return Invalid("saved_report.display_name", "must be given");
  if (report.kind() == v1::REPORT_KIND_UNSPECIFIED || !v1::ReportKind_IsValid(report.kind()))
    return Invalid("saved_report.kind", "must be one of the list");
  std::set<int> tiers;
  for (int i = 0; i < report.tiers_size(); ++i) {
    const v1::Tier tier = report.tiers(i);
    if (tier == v1::TIER_UNSPECIFIED || !v1::Tier_IsValid(tier) || !tiers.insert(tier).second)
      return Invalid(absl::StrCat("saved_report.tiers[", i, "]"), "must be a tier, none twice");
  }
  if (!report.owner().empty() && !base::IsResourceId(report.owner()))
    return Invalid("saved_report.owner", "must be an id of staff");
  const bool wanted = report.kind() == v1::REPORT_KIND_WANTED;
  if (wanted == report.target_list().empty())
    return Invalid("saved_report.target_list", "must be given for WANTED, and only then");
  if (absl::Status s = CheckName("saved_report.target_list", "targetLists", report.target_list());
      !s.ok())
    return s;
  return CheckNumbers(report);
}

}  // namespace

engine::Decision<SavedReportModel> SavedReportModel::Decide(
    const State&, const v1::CreateSavedReportRequest& create, const engine::Context&) {
  if (absl::Status s = CheckReport(create.saved_report()); !s.ok()) return s;
  Event event;
  *event.mutable_created()->mutable_saved_report() = create.saved_report();
  return event;
}

engine::Decision<SavedReportModel> SavedReportModel::Decide(
    const State& report, const v1::UpdateSavedReportRequest& update, const engine::Context&) {
  const auto changed = engine::ChangedFields(update.saved_report(), update.update_mask(), report);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  State next = report;
  base::ApplyMask(*changed, update.saved_report(), next);
  if (absl::Status s = CheckReport(next); !s.ok()) return s;
  Event event;
  *event.mutable_updated()->mutable_changed() = *changed;
  base::ApplyMask(*changed, update.saved_report(),
                  *event.mutable_updated()->mutable_saved_report());
  return event;
}

void SavedReportModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().saved_report();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().saved_report(), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

v1::SavedReport FilledIn(v1::SavedReport report) {
  if (report.period_months() == 0) report.set_period_months(12);
  if (report.kind() == v1::REPORT_KIND_ORDERS_FALLEN && report.fallen_percent() == 0)
    report.set_fallen_percent(50);
  if (report.kind() == v1::REPORT_KIND_REPEAT_COMPLAINERS && report.complaints_min() == 0)
    report.set_complaints_min(2);
  if (report.kind() == v1::REPORT_KIND_FEW_PRODUCT_BUYERS && report.products_max() == 0)
    report.set_products_max(2);
  if (report.kind() == v1::REPORT_KIND_UNVISITED && report.days() == 0) report.set_days(90);
  if (report.kind() == v1::REPORT_KIND_BIRTHDAYS && report.days() == 0) report.set_days(7);
  return report;
}

engine::Commands SeedSavedReports() {
  engine::Commands commands;
  for (const SeedRow& row : kSeeds) {
    auto create = std::make_unique<v1::CreateSavedReportRequest>();
    create->set_saved_report_id(row.id);
    v1::SavedReport& report = *create->mutable_saved_report();
    report.set_display_name(row.display_name);
    report.set_kind(row.kind);
    if (row.kind == v1::REPORT_KIND_REPEAT_COMPLAINERS || row.kind == v1::REPORT_KIND_UNVISITED) {
      report.add_tiers(v1::TIER_TOP);
      report.add_tiers(v1::TIER_BIG);
    }
    commands.push_back(std::move(create));
  }
  return commands;
}

}  // namespace crm::customer
