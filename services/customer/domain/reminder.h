// Reminder: at a moment that somebody sets, one of us is notified, once. PENDING until it fires or
// is taken back. Pure: no I/O, no clock, no randomness.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "crm/customer/v1/reminder.pb.h"
#include "crm/customer/v1/staff.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// How far ahead one may be set.
inline constexpr absl::Duration kReminderAheadMax = absl::Hours(24 * 3'660);

struct ReminderModel {
  using State = v1::Reminder;
  using Event = v1::ReminderEvent;
  using Due = v1::FireReminderRequest;

  struct Facts {
    std::optional<v1::Staff> staff;  // Of the same key, so exact; nothing when there is none.
    // Who stands for each customer that is named; of other keys, so it may be behind.
    std::map<std::string, std::string> survivors;
  };
  static Facts Gather(const v1::SetReminderRequest&, const engine::Context&,
                      const engine::Snapshot&);
  // kInvalidArgument; NOT_FOUND: no such staff. Refuses STAFF_LEFT.
  static engine::Decision<ReminderModel> Decide(const State&, const v1::SetReminderRequest&,
                                                const engine::Context&, const Facts&);
  // kInvalidArgument. Refuses REMINDER_OVER.
  static Facts Gather(const v1::UpdateReminderRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<ReminderModel> Decide(const State&, const v1::UpdateReminderRequest&,
                                                const engine::Context&, const Facts& = {});
  // Refuses REMINDER_OVER when it has fired.
  static engine::Decision<ReminderModel> Decide(const State&, const v1::CancelReminderRequest&,
                                                const engine::Context&);
  // Nothing before its time, or when it is over.
  static engine::Decision<ReminderModel> Decide(const State&, const v1::FireReminderRequest&,
                                                const engine::Context&);

  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
