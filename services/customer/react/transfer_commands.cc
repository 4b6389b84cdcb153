#include "services/customer/react/transfer_commands.h"

#include <algorithm>
#include <utility>

#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/notification.pb.h"
#include "crm/customer/v1/transfer_internal.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "libs/base/utf8.h"
#include "services/customer/domain/activity_series.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/transfer_outcome.h"

namespace crm::customer {
namespace {

constexpr size_t kSubjectBytesMax = 200;
// Nobody is told of what is older.
constexpr absl::Duration kToldAgeMax = absl::Hours(24 * 29);

std::string IdOf(const std::string& name) { return std::string(base::LastIdOf(name)); }

template <class Hand>
std::unique_ptr<Hand> HandTo(const std::string& giver, const std::string& receiver,
                             const std::string& target) {
  auto hand = std::make_unique<Hand>();
  hand->set_name(target);
  hand->set_giver(IdOf(giver));
  hand->set_receiver(IdOf(receiver));
  return hand;
}

MessagePtr HandCustomer(const v1::Transfer& transfer, const std::string& giver,
                        const std::string& receiver, const std::string& customer, bool undoing) {
  auto hand = HandTo<v1::HandCustomerRequest>(giver, receiver, customer);
  hand->set_transfer(transfer.name());
  hand->set_undoing(undoing);
  return hand;
}

MessagePtr HandActivity(const v1::Transfer& transfer, const std::string& giver,
                        const std::string& receiver, const std::string& activity) {
  auto hand = HandTo<v1::HandActivityRequest>(giver, receiver, activity);
  hand->set_transfer(transfer.name());
  return hand;
}

// The next step stays with whoever agreed it; the receiver has it to do.
MessagePtr PlanNextStep(const v1::TransferItem& item, const engine::Snapshot& snapshot) {
  const auto touchpoint = snapshot.Get(kTouchpoints, item.target());
  if (!touchpoint.has_value() || !touchpoint->has_next_step_date()) return nullptr;
  auto plan = std::make_unique<v1::PlanActivityRequest>();
  plan->set_activity_id(IdOf(item.copy()));
  v1::Activity& activity = *plan->mutable_activity();
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

bool HasPart(const v1::Customer& customer, const std::string& staff) {
  const auto& parts = customer.collaborators();
  return std::find(parts.begin(), parts.end(), IdOf(staff)) != parts.end();
}

MessagePtr ReturnPart(const v1::Transfer& transfer, const v1::TransferItem& item,
                      const v1::Customer& customer) {
  const bool takes = !item.already_theirs();
  if (takes && !HasPart(customer, item.receiver())) return nullptr;
  auto hand =
      HandTo<v1::HandCollaborationRequest>(item.receiver(), transfer.giver(), item.target());
  if (!takes) hand->clear_giver();
  return hand;
}

}  // namespace

MessagePtr MoveItem(const v1::Transfer& transfer, const v1::TransferItem& item, absl::Time time,
                    const engine::Snapshot& snapshot) {
  if (item.receiver().empty()) return nullptr;
  switch (item.kind()) {
    case v1::TRANSFER_KIND_CUSTOMER: {
      const auto customer = snapshot.Get(kCustomers, item.target());
      if (!customer.has_value() || customer->owner() != IdOf(transfer.giver())) return nullptr;
      return HandCustomer(transfer, transfer.giver(), item.receiver(), item.target(), false);
    }
    case v1::TRANSFER_KIND_COLLABORATION: {
      const auto customer = snapshot.Get(kCustomers, item.target());
      if (!customer.has_value() || !HasPart(*customer, transfer.giver())) return nullptr;
      return HandTo<v1::HandCollaborationRequest>(transfer.giver(), item.receiver(), item.target());
    }
    case v1::TRANSFER_KIND_ACTIVITY: {
      const auto activity = snapshot.Get(kActivities, item.target());
      if (!activity.has_value() || !IsOpen(*activity) ||
          activity->owner() != IdOf(transfer.giver()))
        return nullptr;
      return HandActivity(transfer, transfer.giver(), item.receiver(), item.target());
    }
    case v1::TRANSFER_KIND_INTERVIEW: {
      const auto interview = snapshot.Get(kInterviews, item.target());
      if (!interview.has_value() || interview->staff() != IdOf(transfer.giver())) return nullptr;
      return HandTo<v1::HandInterviewRequest>(transfer.giver(), item.receiver(), item.target());
    }
    case v1::TRANSFER_KIND_NEXT_STEP:
      return PlanNextStep(item, snapshot);
    case v1::TRANSFER_KIND_NOTIFICATION:
      return Notify(item, time, snapshot);
    default:
      return nullptr;
  }
}

MessagePtr ReturnItem(const v1::Transfer& transfer, const v1::TransferItem& item,
                      const engine::Snapshot& snapshot) {
  switch (item.kind()) {
    case v1::TRANSFER_KIND_CUSTOMER: {
      const auto customer = snapshot.Get(kCustomers, item.target());
      if (!customer.has_value() || !IsStillMoved(transfer, item, *customer, snapshot))
        return nullptr;
      return HandCustomer(transfer, item.receiver(), transfer.giver(), item.target(), true);
    }
    case v1::TRANSFER_KIND_COLLABORATION: {
      const auto customer = snapshot.Get(kCustomers, item.target());
      return customer.has_value() ? ReturnPart(transfer, item, *customer) : nullptr;
    }
    case v1::TRANSFER_KIND_ACTIVITY:
      return HandActivity(transfer, item.receiver(), transfer.giver(), item.target());
    case v1::TRANSFER_KIND_INTERVIEW:
      return HandTo<v1::HandInterviewRequest>(item.receiver(), transfer.giver(), item.target());
    case v1::TRANSFER_KIND_NEXT_STEP: {
      const auto activity = snapshot.Get(kActivities, item.copy());
      if (!activity.has_value() || activity->state() != v1::ACTIVITY_STATE_PLANNED ||
          activity->owner() != IdOf(item.receiver()))
        return nullptr;
      auto cancel = std::make_unique<v1::CancelActivityRequest>();
      cancel->set_name(item.copy());
      cancel->set_etag(activity->etag());
      cancel->set_cancel_reason(transfer.name());
      return cancel;
    }
    default:
      return nullptr;
  }
}

std::string AskedOf(const v1::TransferItem& item) {
  return item.copy().empty() ? item.target() : item.copy();
}

}  // namespace crm::customer
