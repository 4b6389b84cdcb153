#include "services/customer/react/care_reactions.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crm/customer/v1/activity.pb.h"
#include "libs/base/date.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "services/customer/domain/staleness.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/staleness.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

// The open activities that asked for a check of the customer's data.
std::vector<std::string> OpenChecks(const std::string& customer, const engine::Snapshot& snapshot) {
  std::vector<std::string> names;
  for (const auto state : {v1::ACTIVITY_STATE_PLANNED, v1::ACTIVITY_STATE_IN_PROGRESS}) {
    snapshot.Scan(
        kActivities, "by_customer",
        [&](const v1::Activity& activity) {
          if (activity.cause() == v1::ACTIVITY_CAUSE_CUSTOMER_STALE)
            names.push_back(activity.name());
          return true;
        },
        customer, state);
  }
  return names;
}

// The data were checked: what asked for it is done.
engine::Commands CompleteChecks(const std::string& customer, const engine::Snapshot& snapshot) {
  engine::Commands commands;
  for (const std::string& name : OpenChecks(customer, snapshot)) {
    auto complete = std::make_unique<v1::CompleteActivityRequest>();
    complete->set_name(name);
    complete->set_skip_touchpoint(true);
    commands.push_back(std::move(complete));
  }
  return commands;
}

// They need no check any more.
engine::Commands CancelChecks(const std::string& customer, const engine::Snapshot& snapshot) {
  engine::Commands commands;
  for (const std::string& name : OpenChecks(customer, snapshot)) {
    auto cancel = std::make_unique<v1::CancelActivityRequest>();
    cancel->set_name(name);
    cancel->set_cancel_reason("the data are not stale any more");
    commands.push_back(std::move(cancel));
  }
  return commands;
}

engine::Commands PlanCheck(const v1::CustomerBecameStale& stale, const engine::EventMeta& meta,
                           const engine::Snapshot& snapshot) {
  engine::Commands commands;
  const auto row = snapshot.Get(kCustomers, meta.name);
  if (!row.has_value() || row->owner().empty() || !row->has_stale_since_date()) return commands;
  // Marked later than it became so when a limit was lowered: the days count from then.
  // Events from before do not say on which day.
  const absl::CivilDay marked = stale.has_mark_date()
                                    ? base::DayOf(stale.mark_date())
                                    : absl::ToCivilDay(meta.time, absl::UTCTimeZone());
  const absl::CivilDay since = std::max(base::DayOf(stale.stale_since_date()), marked);
  const auto policy = snapshot.Get(kCustomerPolicies, kStandardCustomerPolicy);
  auto plan = std::make_unique<v1::PlanActivityRequest>();
  plan->set_activity_id(base::DeriveId({"stale", meta.name, std::to_string(meta.revision)}));
  v1::Activity& activity = *plan->mutable_activity();
  activity.set_kind(v1::ACTIVITY_KIND_TASK);
  activity.set_customer(meta.name);
  activity.set_owner(row->owner());
  activity.set_cause(v1::ACTIVITY_CAUSE_CUSTOMER_STALE);
  *activity.mutable_due_date() =
      base::DateOf(since + DataCheckDays(policy.value_or(v1::CustomerPolicy())));
  commands.push_back(std::move(plan));
  return commands;
}

}  // namespace

engine::Commands OnCustomerPolicy(const engine::ForeignEvent<v1::CustomerPolicyEvent>& policy,
                                  const engine::Snapshot& snapshot) {
  const v1::CustomerPolicyEvent& event = policy.event;
  if (event.has_stale_check_started())
    return MarkStaleCustomers(event.stale_check_started().check(), policy.meta.name,
                              kStaleCommandsMax, snapshot);
  if (event.has_stale_check_continued())
    return MarkStaleCustomers(event.stale_check_continued().check(), policy.meta.name,
                              kStaleCommandsMax, snapshot);
  return {};
}

engine::Commands OnStaleCustomer(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                                 const engine::Snapshot& snapshot) {
  const v1::CustomerEvent& event = customer.event;
  if (event.has_became_stale()) return PlanCheck(event.became_stale(), customer.meta, snapshot);
  if (event.has_verified()) return CompleteChecks(customer.meta.name, snapshot);
  if (event.has_stale_ended()) return CancelChecks(customer.meta.name, snapshot);
  return {};
}

engine::Commands OnOptOut(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                          const engine::Snapshot& snapshot) {
  engine::Commands commands;
  const v1::ConsentTerm& term = customer.event.consent_recorded().consent();
  if (term.state() != v1::CONSENT_STATE_OPTED_OUT) return commands;
  const std::string survivor = SurvivorOf(customer.meta.name, snapshot);
  if (survivor == customer.meta.name) return commands;
  auto record = std::make_unique<v1::RecordConsentRequest>();
  record->set_name(survivor);
  record->set_channel(term.channel());
  record->set_state(term.state());
  record->set_source(term.source());
  record->set_lawful_basis(term.lawful_basis());
  *record->mutable_effect_time() = term.effect_time();
  record->set_evidence(term.evidence());
  commands.push_back(std::move(record));
  return commands;
}

}  // namespace crm::customer
