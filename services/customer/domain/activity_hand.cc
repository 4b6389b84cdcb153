// What a transfer gives on, and back: an activity that is open; and what it had planned.
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/activity.h"
#include "services/customer/domain/activity_series.h"

namespace crm::customer {
namespace {

absl::Status Closed() {
  return base::Refused(v1::REASON_ACTIVITY_CLOSED, "the activity was done or cancelled");
}

}  // namespace

engine::Decision<ActivityModel> ActivityModel::Decide(const State& activity,
                                                      const v1::HandActivityRequest& hand,
                                                      const engine::Context&) {
  if (!base::IsResourceId(hand.receiver()))
    return base::Invalid("receiver", "must be an id of staff");
  if (!IsOpen(activity)) return Closed();
  const bool by_this = activity.transfer() == hand.transfer();
  if (activity.owner() == hand.receiver() && (by_this || !hand.undoing())) return std::nullopt;
  if (activity.owner() != hand.giver() || (hand.undoing() && !by_this))
    return base::Refused(v1::REASON_OWNER_CHANGED, "it is not the giver's any more",
                         {{"owner", activity.owner()}});
  Event event;
  v1::ActivityUpdated& updated = *event.mutable_updated();
  updated.mutable_changed()->add_paths("owner");
  updated.mutable_activity()->set_owner(hand.receiver());
  updated.set_transfer(hand.transfer());
  return event;
}

engine::Decision<ActivityModel> ActivityModel::Decide(const State& activity,
                                                      const v1::TakeBackActivityRequest& back,
                                                      const engine::Context& context) {
  if (!IsOpen(activity)) {
    const bool was_taken = activity.state() == v1::ACTIVITY_STATE_CANCELLED &&
                           activity.cancel_reason() == back.transfer();
    if (was_taken) return std::nullopt;
    return Closed();
  }
  if (activity.edited())
    return base::Refused(v1::REASON_OWNER_CHANGED, "somebody has changed it since it was planned",
                         {{"owner", activity.owner()}});
  Event event;
  v1::ActivityCancelled& cancelled = *event.mutable_cancelled();
  *cancelled.mutable_close_time() = base::TimestampOf(context.time);
  cancelled.set_cancel_reason(back.transfer());
  return event;
}

}  // namespace crm::customer
