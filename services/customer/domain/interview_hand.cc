// What a transfer gives on, and back: an interview that is planned.
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/domain/interview.h"

namespace crm::customer {

engine::Decision<InterviewModel> InterviewModel::Decide(const State& interview,
                                                        const v1::HandInterviewRequest& hand,
                                                        const engine::Context&) {
  if (!base::IsResourceId(hand.receiver()))
    return base::Invalid("receiver", "must be an id of staff");
  if (interview.status() != v1::INTERVIEW_STATUS_PLANNED)
    return base::Refused(v1::REASON_INTERVIEW_CLOSED, "the interview is not planned any more");
  const bool by_this = interview.transfer() == hand.transfer();
  if (interview.staff() == hand.receiver() && (by_this || !hand.undoing())) return std::nullopt;
  if (interview.staff() != hand.giver() || (hand.undoing() && !by_this))
    return base::Refused(v1::REASON_OWNER_CHANGED, "it is not the giver's any more",
                         {{"owner", interview.staff()}});
  Event event;
  v1::InterviewUpdated& updated = *event.mutable_updated();
  updated.mutable_changed()->add_paths("staff");
  updated.mutable_interview()->set_staff(hand.receiver());
  *updated.mutable_miss_time() = interview.miss_time();
  updated.set_follow_up_policy_etag(interview.follow_up_policy_etag());
  updated.set_transfer(hand.transfer());
  return event;
}

}  // namespace crm::customer
