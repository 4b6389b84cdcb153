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

// How many rows may still be looked at.
class Budget {
 public:
  explicit Budget(int rows) : rows_(rows) {}
  // False: no further one, though there is one.
  bool Take() { return --rows_ >= 0; }
  bool Sufficed() const { return rows_ >= 0; }

 private:
  int rows_;
};

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

void VisitActivities(const std::string& owner, const engine::Snapshot& snapshot, Budget& budget,
                     const Visit& visit) {
  bool more = true;
  for (const auto state : {v1::ACTIVITY_STATE_PLANNED, v1::ACTIVITY_STATE_IN_PROGRESS}) {
    if (!more) return;
    snapshot.Scan(
        kActivities, "by_owner",
        [&](const v1::Activity& activity) {
          more =
              budget.Take() && visit({.target = activity.name(), .customer = activity.customer()});
          return more;
        },
        owner, state);
  }
}

void VisitNextSteps(const std::string& owner, absl::CivilDay today, absl::TimeZone zone,
                    const engine::Snapshot& snapshot, Budget& budget, const Visit& visit) {
  v1::Touchpoint from;
  from.set_staff(owner);
  *from.mutable_next_step_date() = base::DateOf(today - kHeldStepDaysMax);
  snapshot.ScanAfter(
      kTouchpoints, "by_next_step", from,
      [&](const v1::Touchpoint& touchpoint) {
        if (!budget.Take()) return false;
        if (IsTaken(touchpoint, zone, snapshot)) return true;
        return visit({.target = touchpoint.name(),
                      .customer = std::string(base::ParentOf(touchpoint.name())),
                      .etag = touchpoint.etag()});
      },
      owner);
}

void VisitNotifications(const std::string& owner, const engine::Snapshot& snapshot, Budget& budget,
                        const Visit& visit) {
  snapshot.Scan(
      kNotifications, "by_staff",
      [&](const v1::Notification& notification) {
        return budget.Take() &&
               visit({.target = notification.name(), .customer = notification.customer()});
      },
      owner, v1::NOTIFICATION_STATE_UNREAD);
}

}  // namespace

bool VisitHoldings(v1::TransferKind kind, const std::string& staff, absl::CivilDay today,
                   absl::TimeZone zone, const engine::Snapshot& snapshot, int rows_max,
                   const Visit& visit) {
  const std::string owner(base::LastIdOf(staff));
  Budget budget(rows_max);
  const auto visit_customer = [&](const v1::Customer& customer) {
    return budget.Take() && visit({.target = customer.name(), .customer = customer.name()});
  };
  switch (kind) {
    case v1::TRANSFER_KIND_CUSTOMER:
      snapshot.Scan(kCustomers, "by_owner", visit_customer, owner);
      break;
    case v1::TRANSFER_KIND_COLLABORATION:
      snapshot.Scan(kCustomers, "by_collaborator", visit_customer, owner);
      break;
    case v1::TRANSFER_KIND_ACTIVITY:
      VisitActivities(owner, snapshot, budget, visit);
      break;
    case v1::TRANSFER_KIND_NEXT_STEP:
      VisitNextSteps(owner, today, zone, snapshot, budget, visit);
      break;
    case v1::TRANSFER_KIND_INTERVIEW:
      snapshot.Scan(
          kInterviews, "by_staff",
          [&](const v1::Interview& interview) {
            return budget.Take() &&
                   visit({.target = interview.name(),
                          .customer = std::string(base::ParentOf(interview.name()))});
          },
          owner, v1::INTERVIEW_STATUS_PLANNED);
      break;
    case v1::TRANSFER_KIND_NOTIFICATION:
      VisitNotifications(owner, snapshot, budget, visit);
      break;
    default:
      break;
  }
  return budget.Sufficed();
}

v1::StaffHoldings HoldingsOf(const std::string& staff, absl::CivilDay today, absl::TimeZone zone,
                             const engine::Snapshot& snapshot) {
  const auto count = [&](v1::TransferKind kind) {
    int counted = 0;
    VisitHoldings(kind, staff, today, zone, snapshot, kHoldingsRowsMax, [&](const Holding&) {
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
    Budget budget(kHoldingsRowsMax);
    snapshot.Scan(
        kCustomers, index,
        [&](const v1::Customer& customer) {
          if (!budget.Take()) return false;
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
