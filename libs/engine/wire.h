// Commands between replicas.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "crm/engine/v1/engine.pb.h"
#include "libs/engine/command.h"

namespace crm::engine {

class Engine;

// A prepared command as SubmitCommandRequest carries it.
v1::SubmitCommandRequest WireOf(const Command& command, const std::string& topic,
                                int64_t expected_epoch);

// The other way, without deadline and done. kInvalidArgument: it is none of this service's;
// kUnavailable: the sender knows a claim of ours that we have not read yet.
absl::StatusOr<Command> CommandOf(const Engine& engine, const v1::SubmitCommandRequest& wire);

// What became of it, as SubmitCommandResponse carries it; the name does not travel.
v1::SubmitCommandResponse ResponseOf(CommandResult result);
CommandResult ResultOf(v1::SubmitCommandResponse response);

}  // namespace crm::engine
