// A command on its way through the engine.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/engine/ops.h"
#include "libs/eventlog/record.h"

namespace crm::engine {

enum class CommandClass { kInteractive, kSystem, kBatch };

// The event that made a reaction ask for a command.
struct ReactionOrigin {
  std::string reaction;  // Empty: not from a reaction.
  std::string source;    // Resource name of the source aggregate.
  int64_t revision = 0;
  std::string event_id;
  std::string correlation;
};

struct Position {
  int partition = 0;
  eventlog::Offset next = 0;
};

struct CommandResult {
  absl::Status status;
  std::string resource;  // The state, serialized; of a create with validate_only the would-be one.
  std::string name;      // Resource name of what the command was for.
  Position position;     // Everything the answer rests on is before it.
  bool not_owner = false;  // Nothing was begun: somebody else owns the key.
  // The log holds an event of the command, or its ReactionPassed or CommandAnswered, written now or
  // before, whatever `status` says. False: it may or may not.
  bool recorded = false;
};

// Called exactly once, from whatever thread steps the worker, and must not block: a caller's own,
// within Route, too.
using CommandDone = std::function<void(CommandResult)>;

struct Command {
  const CommandDef* def = nullptr;
  MessagePtr request;
  std::string name;  // Resource name: of a create the new one.
  int partition = 0;
  std::string actor;
  std::string request_id;
  std::string request_hash;
  std::string etag;
  std::string traceparent;
  bool validate_only = false;
  // It may have been said before: gRPC says so, or the caller by crm-read-barrier. Then also an
  // answer without an event is kept in the log: what was said earlier and is still on its way gets
  // it, too.
  bool said_before = false;
  CommandClass priority = CommandClass::kInteractive;
  absl::Duration deadline = absl::InfiniteDuration();  // On Clock::SinceBoot's scale.
  MessagePtr required;                                 // The fact of another service.
  ReactionOrigin reaction;
  CommandDone done;

  bool create() const { return def->shape.kind == RequestShape::Kind::kCreate; }
  std::string_view key() const { return base::KeyOf(name); }
};

// Who asks.
struct Caller {
  std::string actor;
  std::string traceparent;
};

// kInvalidArgument unless it is 1 to kRequestIdBytesMax bytes of printable ASCII without spaces.
absl::Status CheckRequestId(std::string_view request_id);

// Turns a request into a command for its key: checks request_id, name or parent and id, update
// mask; takes out etag and validate_only; clears what only we may set; finds name, partition and
// hash. Does not look at any state. kInvalidArgument names the field.
absl::StatusOr<Command> Prepare(const CommandDef& def, MessagePtr request, const Caller& caller,
                                int partitions);

}  // namespace crm::engine
