#include "services/customer/read/holdings.h"

#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using Visit = std::function<bool(const Holding&)>;

// Somebody was in contact with the customer on the day of the next step, or later.
bool IsTaken(const v1::Touchpoint& touchpoint, absl::TimeZone zone,
             const engine::Snapshot& snapshot) {
  const absl::Time from = absl::FromCivil(base::DayOf(touchpoint.next_step_date()), zone);
  const std::string customer(base::ParentOf(touchpoint.name()));
  for (const std::string& name : NamesOf(SurvivorOf(customer, snapshot), snapshot)) {
    const auto state = snapshot.Get(kContactStates, name);
    if (state.has_value() && !state->touchpoint().empty() &&
        state->touchpoint() != touchpoint.name() &&
        base::TimeOf(state->last_contact_time()) >= from)
      return true;
  }
  return false;
}

void VisitActivities(const std::string& owner, const engine::Snapshot& snapshot,
                     const Visit& visit) {
  bool more = true;
  for (const auto state : {v1::ACTIVITY_STATE_PLANNED, v1::ACTIVITY_STATE_IN_PROGRESS}) {
    if (!more) return;
    snapshot.Scan(
        kActivities, "by_owner",
        [&](const v1::Activity& activity) {
          more = visit({.target = activity.name(), .customer = activity.customer()});
          return more;
        },
        owner, state);
  }
}

void VisitNextSteps(const std::string& owner, absl::CivilDay today, absl::TimeZone zone,
                    const engine::Snapshot& snapshot, const Visit& visit) {
  v1::Touchpoint from;
  from.set_staff(owner);
  *from.mutable_next_step_date() = base::DateOf(today - kHeldStepDaysMax);
  snapshot.ScanAfter(
      kTouchpoints, "by_next_step", from,
      [&](const v1::Touchpoint& touchpoint) {
        if (IsTaken(touchpoint, zone, snapshot)) return true;
        return visit({.target = touchpoint.name(),
                      .customer = std::string(base::ParentOf(touchpoint.name()))});
      },
      owner);
}

void VisitNotifications(const std::string& owner, const engine::Snapshot& snapshot,
                        const Visit& visit) {
  snapshot.Scan(
      kNotifications, "by_staff",
      [&](const v1::Notification& notification) {
        return visit({.target = notification.name(), .customer = notification.customer()});
      },
      owner, v1::NOTIFICATION_STATE_UNREAD);
}

}  // namespace

void VisitHoldings(v1::TransferKind kind, const std::string& staff, absl::CivilDay today,
                   absl::TimeZone zone, const engine::Snapshot& snapshot, const Visit& visit) {
  const std::string owner(base::LastIdOf(staff));
  const auto visit_customer = [&](const v1::Customer& customer) {
    return visit({.target = customer.name(), .customer = customer.name()});
  };
  switch (kind) {
    case v1::TRANSFER_KIND_CUSTOMER:
      snapshot.Scan(kCustomers, "by_owner", visit_customer, owner);
      return;
    case v1::TRANSFER_KIND_COLLABORATION:
      snapshot.Scan(kCustomers, "by_collaborator", visit_customer, owner);
      return;
    case v1::TRANSFER_KIND_ACTIVITY:
      VisitActivities(owner, snapshot, visit);
      return;
    case v1::TRANSFER_KIND_NEXT_STEP:
      VisitNextSteps(owner, today, zone, snapshot, visit);
      return;
    case v1::TRANSFER_KIND_INTERVIEW:
      snapshot.Scan(
          kInterviews, "by_staff",
          [&](const v1::Interview& interview) {
            return visit({.target = interview.name(),
                          .customer = std::string(base::ParentOf(interview.name()))});
          },
          owner, v1::INTERVIEW_STATUS_PLANNED);
      return;
    case v1::TRANSFER_KIND_NOTIFICATION:
      VisitNotifications(owner, snapshot, visit);
      return;
    default:
      return;
  }
}

v1::StaffHoldings HoldingsOf(const std::string& staff, absl::CivilDay today, absl::TimeZone zone,
                             const engine::Snapshot& snapshot) {
  const auto count = [&](v1::TransferKind kind) {
    int counted = 0;
    VisitHoldings(kind, staff, today, zone, snapshot, [&](const Holding&) {
      ++counted;
      return true;
    });
    return counted;
  };
  const std::string owner(base::LastIdOf(staff));
  const auto stands = [](const v1::Customer& customer) {
    return customer.merged_into().empty() && customer.status() != v1::CUSTOMER_STATUS_ERASED;
  };
  const auto count_standing = [&](std::string_view index) {
    int counted = 0;
    snapshot.Scan(
        kCustomers, index,
        [&](const v1::Customer& customer) {
          if (stands(customer)) ++counted;
          return true;
        },
        owner);
    return counted;
  };
  v1::StaffHoldings holdings;
  holdings.set_customer_count(count_standing("by_owner"));
  holdings.set_collaboration_count(count_standing("by_collaborator"));
  holdings.set_activity_count(count(v1::TRANSFER_KIND_ACTIVITY));
  holdings.set_next_step_count(count(v1::TRANSFER_KIND_NEXT_STEP));
  holdings.set_interview_count(count(v1::TRANSFER_KIND_INTERVIEW));
  holdings.set_notification_count(count(v1::TRANSFER_KIND_NOTIFICATION));
  return holdings;
}

}  // namespace crm::customer
