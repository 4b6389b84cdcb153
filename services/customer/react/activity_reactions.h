// What follows from our own events of activities and contact plans.
#pragma once

#include <cstddef>

#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/contact_plan.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Customers for whom something is asked for at once, and that are looked at for it.
inline constexpr size_t kLapseCommandsMax = 1'000;
inline constexpr size_t kLapseLookedAtMax = 10'000;
struct LapseStretch {
  size_t commands = kLapseCommandsMax;
  size_t looked_at = kLapseLookedAtMax;
};

// Done: the touchpoint with the customer is recorded. Done or cancelled: the next of the series is
// planned. Given to somebody by another, due soon, overdue: its owner is notified.
engine::Commands OnActivity(const engine::ForeignEvent<v1::ActivityEvent>& activity,
                            const engine::Snapshot& snapshot);

// A look of a contact plan: for each customer that it found, and for whom nothing was asked for yet
// since their last contact, an activity of their owner or a notification; when there are more than
// a stretch has, a command that goes on behind them. Nothing when notifications of it are muted.
// Cost: a row or two for each that it found.
engine::Commands OnContactPlan(const engine::ForeignEvent<v1::ContactPlanEvent>& plan,
                               const engine::Snapshot& snapshot);

// The same of one look, for the first stretch of customers behind `after` (nullptr: from the first
// on).
engine::Commands AskForContacts(const v1::ContactPlan& plan, const v1::ContactCheck& check,
                                const v1::ContactCheckPlace* after, const LapseStretch& most,
                                const engine::Snapshot& snapshot);

}  // namespace crm::customer
