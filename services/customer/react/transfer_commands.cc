#include "services/customer/react/transfer_commands.h"

#include <algorithm>
#include <utility>

#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/notification.pb.h"
#include "crm/customer/v1/transfer_internal.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "libs/base/utf8.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/transfer_outcome.h"

namespace crm::customer {
namespace {

constexpr size_t kSubjectBytesMax = 200;
// Nobody is told of what is older.
constexpr absl::Duration kToldAgeMax = absl::Hours(24 * 29);

std::string IdOf(const std::string& name) { return std::string(base::LastIdOf(name)); }

// Whoever is asked decides whose it is: the rows here may be behind.
template <class Hand>
MessagePtr HandOn(const v1::Transfer& transfer, const v1::TransferItem& item, bool undoing) {
  auto hand = std::make_unique<Hand>();
  hand->set_name(item.target());
  hand->set_giver(IdOf(undoing ? item.receiver() : transfer.giver()));
  hand->set_receiver(IdOf(undoing ? transfer.giver() : item.receiver()));
  hand->set_transfer(transfer.name());
  hand->set_undoing(undoing);
  return hand;
}

// nullptr: it is handed on by other means.
MessagePtr Hand(const v1::Transfer& transfer, const v1::TransferItem& item, bool undoing) {
  switch (item.kind()) {
    case v1::TRANSFER_KIND_CUSTOMER:
      return HandOn<v1::HandCustomerRequest>(transfer, item, undoing);
    case v1::TRANSFER_KIND_COLLABORATION:
      return HandOn<v1::HandCollaborationRequest>(transfer, item, undoing);
    case v1::TRANSFER_KIND_ACTIVITY:
      return HandOn<v1::HandActivityRequest>(transfer, item, undoing);
    case v1::TRANSFER_KIND_INTERVIEW:
      return HandOn<v1::HandInterviewRequest>(transfer, item, undoing);
    default:
      return nullptr;
  }
}

// The next step stays with whoever agreed it; the receiver has it to do.
MessagePtr PlanNextStep(const v1::TransferItem& item, const engine::Snapshot& snapshot) {
  const auto touchpoint = ShownNextStep(item, snapshot);
  if (!touchpoint.has_value()) return nullptr;
  auto plan = std::make_unique<v1::PlanActivityRequest>();
  plan->set_activity_id(IdOf(item.copy()));
  v1::Activity& activity = *plan->mutable_activity();
  // It was taken away, maybe after another replica planned this, which need not show here. The
  // question is an activity of nothing: refused because there is one, or because this is none.
  if (!touchpoint->has_next_step_date()) return plan;
  activity.set_kind(v1::ACTIVITY_KIND_TASK);
  activity.set_cause(v1::ACTIVITY_CAUSE_NEXT_STEP);
  activity.set_customer(item.customer());
  *activity.mutable_contacts() = touchpoint->contacts();
  activity.set_about(item.target());
  activity.set_owner(IdOf(item.receiver()));
  activity.mutable_personal()->set_subject(base::ToUtf8(touchpoint->next_step(), kSubjectBytesMax));
  if (touchpoint->next_step().size() > kSubjectBytesMax)
    activity.mutable_personal()->set_notes(touchpoint->next_step());
  *activity.mutable_due_date() = touchpoint->next_step_date();
  return plan;
}

MessagePtr Notify(const v1::TransferItem& item, absl::Time time, const engine::Snapshot& snapshot) {
  const auto told = snapshot.Get(kNotifications, item.target());
  if (!told.has_value()) return nullptr;
  auto notify = std::make_unique<v1::NotifyRequest>();
  notify->set_parent(item.receiver());
  notify->set_notification_id(IdOf(item.copy()));
  v1::Notification& notification = *notify->mutable_notification();
  notification.set_reason(told->reason());
  notification.set_about(told->about());
  notification.set_customer(told->customer());
  *notification.mutable_occur_time() =
      base::TimestampOf(std::max(base::TimeOf(told->occur_time()), time - kToldAgeMax));
  notification.set_note(told->note());
  if (told->has_due_date()) *notification.mutable_due_date() = told->due_date();
  notification.set_actor(told->actor());
  if (told->has_escalated()) *notification.mutable_escalated() = told->escalated();
  return notify;
}

// The activity itself knows whether anybody has touched it since.
MessagePtr TakeNextStepBack(const v1::Transfer& transfer, const v1::TransferItem& item) {
  auto back = std::make_unique<v1::TakeBackActivityRequest>();
  back->set_name(item.copy());
  back->set_transfer(transfer.name());
  return back;
}

}  // namespace

MessagePtr MoveItem(const v1::Transfer& transfer, const v1::TransferItem& item, absl::Time time,
                    const engine::Snapshot& snapshot) {
  if (item.receiver().empty()) return nullptr;
  if (item.kind() == v1::TRANSFER_KIND_NEXT_STEP) return PlanNextStep(item, snapshot);
  if (item.kind() == v1::TRANSFER_KIND_NOTIFICATION) return Notify(item, time, snapshot);
  return Hand(transfer, item, /*undoing=*/false);
}

MessagePtr ReturnItem(const v1::Transfer& transfer, const v1::TransferItem& item) {
  if (item.kind() == v1::TRANSFER_KIND_NEXT_STEP) return TakeNextStepBack(transfer, item);
  return Hand(transfer, item, /*undoing=*/true);
}

}  // namespace crm::customer
