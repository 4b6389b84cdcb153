// What a transfer gives on: an activity that is open.
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/domain/activity.h"
#include "services/customer/domain/activity_series.h"

namespace crm::customer {

engine::Decision<ActivityModel> ActivityModel::Decide(const State& activity,
                                                      const v1::HandActivityRequest& hand,
                                                      const engine::Context&) {
  if (!base::IsResourceId(hand.receiver()))
    return base::Invalid("receiver", "must be an id of staff");
  if (!IsOpen(activity))
    return base::Refused(v1::REASON_ACTIVITY_CLOSED, "the activity was done or cancelled");
  if (activity.owner() == hand.receiver()) return std::nullopt;
  if (activity.owner() != hand.giver())
    return base::Refused(v1::REASON_OWNER_CHANGED, "it is not the giver's any more",
                         {{"owner", activity.owner()}});
  Event event;
  v1::ActivityUpdated& updated = *event.mutable_updated();
  updated.mutable_changed()->add_paths("owner");
  updated.mutable_activity()->set_owner(hand.receiver());
  updated.set_transfer(hand.transfer());
  return event;
}

}  // namespace crm::customer
