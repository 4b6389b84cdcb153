#include "services/customer/react/care_reactions.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "crm/customer/v1/activity.pb.h"
#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "services/customer/domain/notice.h"
#include "services/customer/read/staleness.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

// How many days the owner has for it.
constexpr int kCheckDays = 7;

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
  engine::Commands commands;
  if (!customer.event.has_became_stale()) return commands;
  const auto row = snapshot.Get(kCustomers, customer.meta.name);
  if (!row.has_value() || row->owner().empty()) return commands;
  // Marked later than it became so when a limit was lowered: the days count from then.
  const absl::CivilDay marked = absl::ToCivilDay(customer.meta.time, absl::UTCTimeZone());
  const absl::CivilDay since =
      std::max(base::DayOf(customer.event.became_stale().stale_since_date()), marked);
  auto plan = std::make_unique<v1::PlanActivityRequest>();
  plan->set_activity_id(
      NoticeId({"stale", customer.meta.name, std::to_string(customer.meta.revision)}));
  v1::Activity& activity = *plan->mutable_activity();
  activity.set_kind(v1::ACTIVITY_KIND_TASK);
  activity.set_customer(customer.meta.name);
  activity.set_owner(row->owner());
  activity.set_cause(v1::ACTIVITY_CAUSE_CUSTOMER_STALE);
  *activity.mutable_due_date() = base::DateOf(since + kCheckDays);
  commands.push_back(std::move(plan));
  return commands;
}

}  // namespace crm::customer
