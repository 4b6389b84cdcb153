#include "services/customer/domain/touchpoint.h"

#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = TouchpointModel::Event;

absl::Status CheckLists(const v1::Touchpoint& touchpoint) {
  std::set<std::string_view> seen;
  for (int i = 0; i < touchpoint.contacts_size(); ++i) {
    const std::string field = absl::StrCat("touchpoint.contacts[", i, "]");
    if (touchpoint.contacts(i).empty()) return Invalid(field, "must be given");
    if (absl::Status s = CheckName(field, "contacts", touchpoint.contacts(i)); !s.ok()) return s;
    if (!seen.insert(touchpoint.contacts(i)).second) return Invalid(field, "must be unique");
  }
  for (int i = 0; i < touchpoint.attachments_size(); ++i) {
    const std::string field = absl::StrCat("touchpoint.attachments[", i, "]");
    if (base::IsBlank(touchpoint.attachments(i))) return Invalid(field, "must be given");
    if (!seen.insert(touchpoint.attachments(i)).second) return Invalid(field, "must be unique");
  }
  return absl::OkStatus();
}

absl::Status CheckTimes(const v1::Touchpoint& touchpoint, absl::Time recorded) {
  absl::Status s = base::CheckModernTime("touchpoint.occur_time", touchpoint.occur_time());
  if (s.ok()) s = base::CheckTimestamp("touchpoint.device_time", touchpoint.device_time());
  if (!s.ok()) return s;
  if (base::TimeOf(touchpoint.occur_time()) > recorded + kTouchpointAheadMax)
    return Invalid("touchpoint.occur_time",
                   "must not lie in the future; plan an activity for that");
  return absl::OkStatus();
}

absl::Status CheckTouchpoint(const v1::Touchpoint& touchpoint, absl::Time recorded) {
  if (!touchpoint.staff().empty() && !base::IsResourceId(touchpoint.staff()))
    return Invalid("touchpoint.staff", "must be an id of staff");
  if (touchpoint.channel() == common::v1::CHANNEL_UNSPECIFIED ||
      !common::v1::Channel_IsValid(touchpoint.channel()))
    return Invalid("touchpoint.channel", "must be a channel");
  if (touchpoint.direction() == v1::DIRECTION_UNSPECIFIED ||
      !v1::Direction_IsValid(touchpoint.direction()))
    return Invalid("touchpoint.direction", "must be IN or OUT");
  if (base::IsBlank(touchpoint.personal().subject()))
    return Invalid("touchpoint.personal.subject", "must be given");
  if (absl::Status s = CheckTimes(touchpoint, recorded); !s.ok()) return s;
  if (touchpoint.has_next_step_date()) {
    if (base::IsBlank(touchpoint.next_step()))
      return Invalid("touchpoint.next_step_date", "must have a next step");
    if (absl::Status s = base::CheckDate("touchpoint.next_step_date", touchpoint.next_step_date());
        !s.ok())
      return s;
  }
  return CheckLists(touchpoint);
}

constexpr int kPointsMax = 4;
// Makes the ids of tickets: never to be changed.
constexpr std::string_view kTicket = "ticket of a touchpoint";

// What is asked for with the contact.
absl::Status CheckWishes(const v1::RecordTouchpointRequest& record) {
  if (record.lead_wanted())
    return base::Refused(v1::REASON_LEADS_NOT_AVAILABLE, "there are no leads yet");
  if (!record.has_ticket_wish()) return absl::OkStatus();
  const v1::TicketWish& wish = record.ticket_wish();
  if (record.touchpoint().direction() != v1::DIRECTION_IN)
    return Invalid("ticket_wish", "must come from the customer");
  if (wish.kind() == v1::TICKET_WISH_KIND_UNSPECIFIED || !v1::TicketWishKind_IsValid(wish.kind()))
    return Invalid("ticket_wish.kind", "must be a kind of ticket");
  if (wish.impact() < 1 || wish.impact() > kPointsMax)
    return Invalid("ticket_wish.impact", "must be 1 to 4");
  if (wish.urgency() < 1 || wish.urgency() > kPointsMax)
    return Invalid("ticket_wish.urgency", "must be 1 to 4");
  if (!wish.queue().empty() && !base::IsResourceId(wish.queue()))
    return Invalid("ticket_wish.queue", "must be 1 to 63 characters of a-z, 0-9 and -");
  return absl::OkStatus();
}

// What was said stands apart in an event, so that it can be encrypted and erased.
template <class Fact>
void MovePersonal(Fact& fact) {
  v1::Touchpoint& touchpoint = *fact.mutable_touchpoint();
  if (touchpoint.has_personal()) fact.mutable_personal()->Swap(touchpoint.mutable_personal());
  touchpoint.clear_personal();
}

template <class Fact>
v1::Touchpoint Joined(const Fact& fact) {
  v1::Touchpoint joined = fact.touchpoint();
  if (fact.has_personal()) *joined.mutable_personal() = fact.personal();
  return joined;
}

absl::Status References(const v1::Touchpoint& touchpoint, const v1::Touchpoint& before,
                        const engine::Context& context, const engine::Snapshot& snapshot) {
  if (!IsByHand(context.actor)) return absl::OkStatus();
  absl::Status s = RefusedContacts(touchpoint.contacts(), before.contacts(), snapshot);
  return s.ok() ? RefusedStaff(touchpoint.staff(), before.staff(), snapshot) : s;
}

absl::Status CheckCustomer(const TouchpointModel::Facts& facts, std::string_view name) {
  if (!facts.customer.has_value()) return base::NotFound(name);
  return CheckNotErased(facts.customer->status());
}

}  // namespace

TouchpointModel::Facts TouchpointModel::Gather(const v1::RecordTouchpointRequest& record,
                                               const engine::Context& context,
                                               const engine::Snapshot& snapshot) {
  return {snapshot.Get(kCustomers, record.parent()),
          References(record.touchpoint(), {}, context, snapshot)};
}

engine::Decision<TouchpointModel> TouchpointModel::Decide(const State&,
                                                          const v1::RecordTouchpointRequest& record,
                                                          const engine::Context& context,
                                                          const Facts& facts) {
  if (absl::Status s = CheckCustomer(facts, record.parent()); !s.ok()) return s;
  Event event;
  v1::Touchpoint& touchpoint = *event.mutable_recorded()->mutable_touchpoint();
  touchpoint = record.touchpoint();
  if (!touchpoint.has_occur_time())
    *touchpoint.mutable_occur_time() = base::TimestampOf(context.time);
  if (touchpoint.staff().empty()) touchpoint.set_staff(StaffOfActor(context.actor));
  if (absl::Status s = CheckTouchpoint(touchpoint, context.time); !s.ok()) return s;
  if (absl::Status s = CheckWishes(record); !s.ok()) return s;
  if (!facts.references.ok()) return facts.references;
  if (record.has_ticket_wish()) {
    *event.mutable_recorded()->mutable_ticket_wish() = record.ticket_wish();
    touchpoint.set_ticket(record.parent() + "/tickets/" + base::DeriveId({kTicket, context.name}));
  }
  if (facts.customer->merged_into().empty())
    event.mutable_recorded()->set_owner(facts.customer->owner());
  MovePersonal(*event.mutable_recorded());
  return event;
}

TouchpointModel::Facts TouchpointModel::Gather(const v1::UpdateTouchpointRequest& update,
                                               const engine::Context& context,
                                               const engine::Snapshot& snapshot) {
  const v1::Touchpoint& touchpoint = update.touchpoint();
  const auto before = snapshot.Get(kTouchpoints, touchpoint.name());
  return {snapshot.Get(kCustomers, base::ParentOf(touchpoint.name())),
          References(touchpoint, before.value_or(v1::Touchpoint()), context, snapshot)};
}

engine::Decision<TouchpointModel> TouchpointModel::Decide(const State& touchpoint,
                                                          const v1::UpdateTouchpointRequest& update,
                                                          const engine::Context&,
                                                          const Facts& facts) {
  if (absl::Status s = CheckCustomer(facts, base::ParentOf(touchpoint.name())); !s.ok()) return s;
  const auto changed = engine::ChangedFields(update.touchpoint(), update.update_mask(), touchpoint);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  v1::Touchpoint next = touchpoint;
  base::ApplyMask(*changed, update.touchpoint(), next);
  if (!next.has_occur_time())
    return Invalid("touchpoint.occur_time", "must be given when it is changed");
  if (absl::Status s = CheckTouchpoint(next, base::TimeOf(touchpoint.create_time())); !s.ok())
    return s;
  if (base::MaskTouches(*changed, "contacts") || base::MaskTouches(*changed, "staff")) {
    if (!facts.references.ok()) return facts.references;
  }
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, update.touchpoint(), *updated.mutable_touchpoint());
  MovePersonal(updated);
  return event;
}

void TouchpointModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kRecorded:
      state = Joined(event.recorded());
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), Joined(event.updated()), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
