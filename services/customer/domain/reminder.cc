#include "services/customer/domain/reminder.h"

#include <algorithm>
#include <string>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using engine::Context;
using engine::Decision;
using Event = ReminderModel::Event;

absl::Status Over() {
  return base::Refused(v1::REASON_REMINDER_OVER, "set another reminder instead");
}

absl::Status CheckTime(const v1::Reminder& reminder, absl::Time now) {
  if (!reminder.has_remind_time()) return Invalid("reminder.remind_time", "must be given");
  if (absl::Status s = base::CheckTimestamp("reminder.remind_time", reminder.remind_time());
      !s.ok())
    return s;
  const absl::Time time = base::TimeOf(reminder.remind_time());
  if (time <= now) return Invalid("reminder.remind_time", "must lie in the future");
  if (time > now + kReminderAheadMax)
    return Invalid("reminder.remind_time", "must be at most 3,660 days ahead");
  return absl::OkStatus();
}

absl::Status CheckWords(const v1::Reminder& reminder) {
  if (!reminder.about().empty() && base::IsBlank(reminder.about()))
    return Invalid("reminder.about", "must be a resource name, or empty");
  if (reminder.about().empty() && base::IsBlank(reminder.note()))
    return Invalid("reminder.note", "must say what it is about, unless `about` does");
  return CheckName("reminder.customer", "customers", reminder.customer());
}

std::map<std::string, std::string> SurvivorsOf(const v1::Reminder& reminder,
                                               const v1::Reminder& before,
                                               const engine::Snapshot& snapshot) {
  std::map<std::string, std::string> survivors;
  for (const v1::Reminder* said : {&reminder, &before}) {
    for (const std::string& name : {CustomerIn(said->about()), said->customer()}) {
      if (!name.empty()) survivors[name] = SurvivorOf(name, snapshot);
    }
  }
  return survivors;
}

// What it is about, and that it is of the customer whom it names.
absl::Status CheckAbout(const v1::Reminder& reminder, const ReminderModel::Facts& facts) {
  absl::Status s = CheckAnyName("reminder.about", reminder.about());
  if (!s.ok()) return s;
  const std::string of = CustomerIn(reminder.about());
  const auto standing = [&](const std::string& name) {
    const auto found = facts.survivors.find(name);
    return found == facts.survivors.end() ? name : found->second;
  };
  if (of.empty() || reminder.customer().empty() || standing(of) == standing(reminder.customer()))
    return absl::OkStatus();
  return Invalid("reminder.about", "must not be another customer's than the one that is named");
}

// Whether an update leaves no doubt about the customer.
bool SaysCustomer(const v1::UpdateReminderRequest& update) {
  const auto& paths = update.update_mask().paths();
  const bool named = std::any_of(paths.begin(), paths.end(), [](const std::string& path) {
    return path == "customer" || path == "*";
  });
  return named || !update.reminder().customer().empty();
}

void End(v1::ReminderState as, const google::protobuf::Timestamp& time, v1::Reminder& reminder) {
  reminder.set_state(as);
  *reminder.mutable_end_time() = time;
}

bool IsPending(const v1::Reminder& reminder) {
  return reminder.state() == v1::REMINDER_STATE_PENDING;
}

}  // namespace

ReminderModel::Facts ReminderModel::Gather(const v1::SetReminderRequest& set, const Context&,
                                           const engine::Snapshot& snapshot) {
  return {snapshot.Get(kStaff, set.parent()), SurvivorsOf(set.reminder(), {}, snapshot)};
}

Decision<ReminderModel> ReminderModel::Decide(const State&, const v1::SetReminderRequest& set,
                                              const Context& context, const Facts& facts) {
  if (!facts.staff.has_value()) return base::NotFound(set.parent());
  if (facts.staff->status() == v1::STAFF_STATUS_LEFT)
    return base::Refused(v1::REASON_STAFF_LEFT, "remind somebody who works here");
  if (absl::Status s = CheckTime(set.reminder(), context.time); !s.ok()) return s;
  if (absl::Status s = CheckWords(set.reminder()); !s.ok()) return s;
  if (absl::Status s = CheckAbout(set.reminder(), facts); !s.ok()) return s;
  Event event;
  v1::Reminder& reminder = *event.mutable_set()->mutable_reminder();
  reminder = set.reminder();
  if (reminder.customer().empty()) reminder.set_customer(CustomerIn(reminder.about()));
  reminder.set_setter(context.actor);
  return event;
}

ReminderModel::Facts ReminderModel::Gather(const v1::UpdateReminderRequest& update, const Context&,
                                           const engine::Snapshot& snapshot) {
  const auto before = snapshot.Get(kReminders, update.reminder().name());
  return {std::nullopt, SurvivorsOf(update.reminder(), before.value_or(v1::Reminder()), snapshot)};
}

Decision<ReminderModel> ReminderModel::Decide(const State& reminder,
                                              const v1::UpdateReminderRequest& update,
                                              const Context& context, const Facts& facts) {
  auto changed = engine::ChangedFields(update.reminder(), update.update_mask(), reminder);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  if (!IsPending(reminder)) return Over();
  v1::Reminder next = reminder;
  base::ApplyMask(*changed, update.reminder(), next);
  if (base::MaskTouches(*changed, "about") && !SaysCustomer(update)) {
    next.set_customer(CustomerIn(next.about()));
    if (next.customer() != reminder.customer()) changed->add_paths("customer");
  }
  if (base::MaskTouches(*changed, "remind_time")) {
    if (absl::Status s = CheckTime(next, context.time); !s.ok()) return s;
  }
  if (absl::Status s = CheckWords(next); !s.ok()) return s;
  if (base::MaskTouches(*changed, "about") || base::MaskTouches(*changed, "customer")) {
    if (absl::Status s = CheckAbout(next, facts); !s.ok()) return s;
  }
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, next, *updated.mutable_reminder());
  return event;
}

Decision<ReminderModel> ReminderModel::Decide(const State& reminder,
                                              const v1::CancelReminderRequest&,
                                              const Context& context) {
  if (reminder.state() == v1::REMINDER_STATE_CANCELLED) return std::nullopt;
  if (!IsPending(reminder)) return Over();
  Event event;
  *event.mutable_cancelled()->mutable_time() = base::TimestampOf(context.time);
  return event;
}

Decision<ReminderModel> ReminderModel::Decide(const State& reminder, const v1::FireReminderRequest&,
                                              const Context& context) {
  const std::optional<absl::Time> due = NextDue(reminder);
  if (!due.has_value() || context.time < *due) return std::nullopt;
  Event event;
  auto& fired = *event.mutable_fired();
  *fired.mutable_time() = base::TimestampOf(context.time);
  *fired.mutable_reminder() = reminder;
  engine::ClearStamps(*fired.mutable_reminder());
  return event;
}

std::optional<absl::Time> ReminderModel::NextDue(const State& state) {
  if (!IsPending(state)) return std::nullopt;
  return base::TimeOf(state.remind_time());
}

void ReminderModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kSet:
      state = event.set().reminder();
      state.set_state(v1::REMINDER_STATE_PENDING);
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().reminder(), state);
      return;
    case Event::kFired:
      End(v1::REMINDER_STATE_FIRED, event.fired().time(), state);
      return;
    case Event::kCancelled:
      End(v1::REMINDER_STATE_CANCELLED, event.cancelled().time(), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
