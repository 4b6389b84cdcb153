#include "libs/engine/wire.h"

#include "libs/base/field_limits.h"
#include "libs/base/status.h"
#include "libs/base/wire_status.h"
#include "libs/engine/engine.h"
#include "libs/engine/limits.h"

namespace crm::engine {

v1::SubmitCommandRequest WireOf(const Command& command, const std::string& topic,
                                int64_t expected_epoch) {
  v1::SubmitCommandRequest wire;
  wire.set_topic(topic);
  wire.set_command_type(command.def->type);
  MessagePtr request = NewOf(*command.request);
  request->CopyFrom(*command.request);
  const RequestShape& shape = command.def->shape;
  const auto& reflection = *request->GetReflection();
  reflection.SetString(request.get(), shape.request_id, command.request_id);
  if (command.validate_only) reflection.SetBool(request.get(), shape.validate_only, true);
  if (!command.etag.empty() && shape.kind == RequestShape::Kind::kUpdate) {
    Message* resource = reflection.MutableMessage(request.get(), shape.resource);
    resource->GetReflection()->SetString(resource, command.def->aggregate->shape.etag,
                                         command.etag);
  } else if (!command.etag.empty() && shape.etag != nullptr) {
    reflection.SetString(request.get(), shape.etag, command.etag);
  }
  wire.set_command(request->SerializeAsString());
  wire.set_actor(command.actor);
  wire.set_expected_epoch(expected_epoch);
  wire.set_traceparent(command.traceparent);
  wire.set_priority(static_cast<int32_t>(command.priority));
  wire.set_said_before(command.said_before);
  if (!command.reaction.reaction.empty()) {
    v1::ReactionSource& source = *wire.mutable_reaction();
    source.set_reaction(command.reaction.reaction);
    source.set_source(command.reaction.source);
    source.set_revision(command.reaction.revision);
    source.set_event_id(command.reaction.event_id);
    source.set_correlation(command.reaction.correlation);
  }
  return wire;
}

absl::StatusOr<Command> CommandOf(const Engine& engine, const v1::SubmitCommandRequest& wire) {
  const CommandDef* def = engine.FindCommand(wire.command_type());
  if (def == nullptr) return base::Invalid("command_type", "is not a command of this service");
  MessagePtr request = NewOf(*def->request);
  if (!request->ParseFromString(wire.command()))
    return base::Invalid("command", "cannot be parsed");
  // What a reaction says is what is recorded already, and was within the limits of whoever said it.
  if (!wire.has_reaction()) {
    if (absl::Status s = base::ValidateLimits(*request); !s.ok()) return s;
  }
  absl::StatusOr<Command> command =
      Prepare(*def, std::move(request), {wire.actor(), wire.traceparent()}, engine.partitions());
  if (!command.ok()) return command;
  if (wire.priority() < 0 || wire.priority() > 2)
    return base::Invalid("priority", "must be 0, 1 or 2");
  command->priority = static_cast<CommandClass>(wire.priority());
  command->said_before = wire.said_before();
  if (wire.has_reaction()) {
    const v1::ReactionSource& source = wire.reaction();
    command->reaction = {source.reaction(), source.source(), source.revision(), source.event_id(),
                         source.correlation()};
  }
  // A claim of ours that the sender did not know yet is newer and as good.
  if (engine.OwnerOf(command->partition).epoch < wire.expected_epoch()) {
    return base::Unavailable("BEHIND", "this replica has not yet read its own claim", kRetryAfter);
  }
  return command;
}

v1::SubmitCommandResponse ResponseOf(CommandResult result) {
  v1::SubmitCommandResponse response;
  *response.mutable_status() = base::ToWire(result.status);
  response.set_resource(std::move(result.resource));
  response.mutable_position()->set_partition(result.position.partition);
  response.mutable_position()->set_next_offset(result.position.next);
  response.set_recorded(result.recorded);
  return response;
}

CommandResult ResultOf(v1::SubmitCommandResponse response) {
  CommandResult result;
  result.status = base::FromWire(response.status());
  result.resource = std::move(*response.mutable_resource());
  result.position = {response.position().partition(), response.position().next_offset()};
  result.recorded = response.recorded();
  return result;
}

}  // namespace crm::engine
