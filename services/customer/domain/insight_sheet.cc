#include "services/customer/domain/insight_sheet.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/engine/update.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/follow_up_policy.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = InsightSheetModel::Event;
using Entries = google::protobuf::RepeatedPtrField<std::string>;

struct ListOf {
  v1::InsightList list;
  const char* field;
  const Entries& (v1::InsightPersonal::*entries)() const;
};
const ListOf kLists[] = {
    {v1::INSIGHT_LIST_WORRIES, "worries", &v1::InsightPersonal::worries},
    {v1::INSIGHT_LIST_OPTIONS, "options", &v1::InsightPersonal::options},
    {v1::INSIGHT_LIST_OPPORTUNITIES, "opportunities", &v1::InsightPersonal::opportunities},
    {v1::INSIGHT_LIST_OBSTACLES, "obstacles", &v1::InsightPersonal::obstacles},
    {v1::INSIGHT_LIST_PROBLEMS, "problems", &v1::InsightPersonal::problems},
};

bool SaysNothing(const v1::InsightSheet& sheet) {
  return std::all_of(std::begin(kLists), std::end(kLists), [&](const ListOf& list) {
    return (sheet.personal().*list.entries)().empty();
  });
}

absl::Status CheckSheet(const v1::InsightSheet& sheet) {
  for (const ListOf& list : kLists) {
    const Entries& entries = (sheet.personal().*list.entries)();
    std::set<std::string_view> seen;
    for (int i = 0; i < entries.size(); ++i) {
      const std::string field = absl::StrCat("insight_sheet.personal.", list.field, "[", i, "]");
      if (base::IsBlank(entries[i])) return Invalid(field, "must be given");
      if (!seen.insert(entries[i]).second) return Invalid(field, "must be unique");
    }
  }
  return absl::OkStatus();
}

// Opportunities are the sales service's: whether there is one of the name is not asked.
absl::Status CheckAbout(const std::string& about, const std::string& customer) {
  if (about.empty() || about == customer) return absl::OkStatus();
  static const auto pattern =
      base::NamePattern::Parse("customers/{customer}/opportunities/{opportunity}");
  if (pattern->Matches(about) && base::ParentOf(about) == customer) return absl::OkStatus();
  return Invalid("insight_sheet.about", "must be the customer, or an opportunity of it");
}

absl::Status CheckCustomer(const InsightSheetModel::Facts& facts, std::string_view name) {
  if (!facts.customer.has_value()) return base::NotFound(name);
  return CheckNotErased(facts.customer->status());
}

// How far the sheet is, from its lists.
void Complete(v1::InsightSheet& sheet) {
  sheet.clear_short_lists();
  for (const ListOf& list : kLists) {
    if ((sheet.personal().*list.entries)().size() < sheet.entries_required())
      sheet.add_short_lists(list.list);
  }
  sheet.set_complete(sheet.short_lists().empty());
}

}  // namespace

InsightSheetModel::Facts InsightSheetModel::Gather(const v1::CreateInsightSheetRequest& create,
                                                   const engine::Context&,
                                                   const engine::Snapshot& snapshot) {
  return {snapshot.Get(kCustomers, create.parent()), FollowUpPolicyIn(snapshot)};
}

engine::Decision<InsightSheetModel> InsightSheetModel::Decide(
    const State&, const v1::CreateInsightSheetRequest& create, const engine::Context&,
    const Facts& facts) {
  if (absl::Status s = CheckCustomer(facts, create.parent()); !s.ok()) return s;
  Event event;
  v1::InsightSheet& sheet = *event.mutable_created()->mutable_insight_sheet();
  sheet = create.insight_sheet();
  if (absl::Status s = CheckSheet(sheet); !s.ok()) return s;
  if (absl::Status s = CheckAbout(sheet.about(), create.parent()); !s.ok()) return s;
  if (SaysNothing(sheet))
    return Invalid("insight_sheet.personal", "must have an entry in one of its lists");
  if (sheet.about().empty()) sheet.set_about(create.parent());
  event.mutable_created()->mutable_personal()->Swap(sheet.mutable_personal());
  sheet.clear_personal();
  sheet.set_entries_required(facts.policy.insight_entries());
  sheet.set_follow_up_policy_etag(facts.policy.etag());
  return event;
}

InsightSheetModel::Facts InsightSheetModel::Gather(const v1::UpdateInsightSheetRequest& update,
                                                   const engine::Context&,
                                                   const engine::Snapshot& snapshot) {
  return {snapshot.Get(kCustomers, base::ParentOf(update.insight_sheet().name())),
          FollowUpPolicyIn(snapshot)};
}

engine::Decision<InsightSheetModel> InsightSheetModel::Decide(
    const State& sheet, const v1::UpdateInsightSheetRequest& update, const engine::Context&,
    const Facts& facts) {
  if (absl::Status s = CheckCustomer(facts, base::ParentOf(sheet.name())); !s.ok()) return s;
  const auto changed = engine::ChangedFields(update.insight_sheet(), update.update_mask(), sheet);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  State next = sheet;
  base::ApplyMask(*changed, update.insight_sheet(), next);
  if (absl::Status s = CheckSheet(next); !s.ok()) return s;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  State values;
  base::ApplyMask(*changed, update.insight_sheet(), values);
  *updated.mutable_personal() = values.personal();
  updated.set_entries_required(facts.policy.insight_entries());
  updated.set_follow_up_policy_etag(facts.policy.etag());
  return event;
}

void InsightSheetModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().insight_sheet();
      *state.mutable_personal() = event.created().personal();
      Complete(state);
      return;
    case Event::kUpdated: {
      State values;
      *values.mutable_personal() = event.updated().personal();
      base::ApplyMask(event.updated().changed(), values, state);
      state.set_entries_required(event.updated().entries_required());
      state.set_follow_up_policy_etag(event.updated().follow_up_policy_etag());
      Complete(state);
      return;
    }
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
