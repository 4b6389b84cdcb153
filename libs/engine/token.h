// Position tokens: what crm-position says and crm-read-after takes.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crm/engine/v1/engine.pb.h"

namespace crm::engine {

// base64url of the message; at most about 20 bytes a partition.
std::string FormatToken(const v1::PositionToken& token);
// kInvalidArgument naming crm-read-after: not a token, or of another log or topic.
absl::StatusOr<v1::PositionToken> ParseToken(std::string_view text, std::string_view log_id,
                                             std::string_view topic, int partitions);

}  // namespace crm::engine
