// Folding one event into a state and stamping it, the same for a decision's rehearsal, for
// read-back and for replay.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/engine/ops.h"
#include "libs/engine/state_cache.h"
#include "libs/engine/update.h"
#include "libs/eventlog/cloud_events.h"
#include "libs/eventlog/record.h"

namespace crm::engine {

// What an event does to the aggregate of a name.
struct Folded {
  Loaded before;
  std::string name;
  absl::Time time;    // Of the event.
  std::string value;  // The event, serialized.
  MessagePtr event;   // The event.
  Loaded after;       // Evolved; name, etag, create and update time are stamped.
};
// `value`: may be empty if nobody asks SameFold.
Folded FoldEvent(const AggregateDef& aggregate, Loaded before, const std::string& name,
                 absl::Time time, MessagePtr event, std::string value);
// Whether FoldEvent of these would give `folded` again.
bool SameFold(const Folded& folded, const Loaded& before, std::string_view name, absl::Time time,
              std::string_view value);

// A record of another service's log, or of our own for its reactions.
struct EventRecord {
  eventlog::EventHeaders headers;
  MessagePtr
      event;  // Of the prototype's type; its fact may be one that this program does not know.
};
// Poison (log_reader.h): its headers or its event cannot be read.
absl::StatusOr<EventRecord> ParseRecord(const eventlog::Record& record, const Message& prototype);

// The fact that a serialized event message holds. kDataLoss: it cannot be parsed, or holds a fact
// that this program does not know.
absl::StatusOr<MessagePtr> ParseEvent(const AggregateDef& aggregate, std::string_view bytes);
// Full name of the message of the fact that is set: ce_type. Empty when none is.
std::string FactType(const AggregateDef& aggregate, const Message& event);

// The state's update_time; InfinitePast when it has none.
absl::Time UpdateTime(const AggregateDef& aggregate, const Message& state);

}  // namespace crm::engine
