#include "services/customer/domain/target_list.h"

#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/engine/update.h"
#include "services/customer/domain/references.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = TargetListModel::Event;

constexpr int kYearMin = 1900;
constexpr int kYearMax = 2200;

absl::Status CheckList(const v1::TargetList& list) {
  if (base::IsBlank(list.display_name()))
    return Invalid("target_list.display_name", "must be given");
  if (list.year() < kYearMin || list.year() > kYearMax)
    return Invalid("target_list.year", "must be 1900 to 2200");
  std::set<std::string_view> seen;
  for (int i = 0; i < list.customers_size(); ++i) {
    const std::string field = absl::StrCat("target_list.customers[", i, "]");
    if (list.customers(i).empty()) return Invalid(field, "must be given");
    if (absl::Status s = CheckName(field, "customers", list.customers(i)); !s.ok()) return s;
    if (!seen.insert(list.customers(i)).second) return Invalid(field, "must be unique");
  }
  return absl::OkStatus();
}

}  // namespace

engine::Decision<TargetListModel> TargetListModel::Decide(const State&,
                                                          const v1::CreateTargetListRequest& create,
                                                          const engine::Context&) {
  if (absl::Status s = CheckList(create.target_list()); !s.ok()) return s;
  Event event;
  *event.mutable_created()->mutable_target_list() = create.target_list();
  return event;
}

engine::Decision<TargetListModel> TargetListModel::Decide(const State& list,
                                                          const v1::UpdateTargetListRequest& update,
                                                          const engine::Context&) {
  const auto changed = engine::ChangedFields(update.target_list(), update.update_mask(), list);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  State next = list;
  base::ApplyMask(*changed, update.target_list(), next);
  if (absl::Status s = CheckList(next); !s.ok()) return s;
  Event event;
  *event.mutable_updated()->mutable_changed() = *changed;
  base::ApplyMask(*changed, update.target_list(), *event.mutable_updated()->mutable_target_list());
  return event;
}

void TargetListModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().target_list();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().target_list(), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
