// Folding one event into a state and stamping it, the same for a decision's rehearsal, for
// read-back and for replay.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/engine/ops.h"
#include "libs/engine/update.h"
#include "libs/eventlog/cloud_events.h"
#include "libs/eventlog/record.h"

namespace crm::engine {

// A state with its revision; revision 0: there is none yet, the state is empty.
struct Versioned {
  MessagePtr state;
  int64_t revision = 0;
};

// Evolves `versioned` by `event` and stamps name, etag, create and update time.
void Fold(const AggregateDef& aggregate, const Message& event, const std::string& name,
          absl::Time time, Versioned& versioned);

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
