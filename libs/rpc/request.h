// Reading request bytes, which are the caller's and may be anything.
#pragma once

#include <google/protobuf/message.h>

#include <string_view>

#include "absl/status/status.h"

namespace crm::rpc {

// Parses `bytes` into `request`, replacing what it held. INVALID_ARGUMENT {reason
// MALFORMED_REQUEST} when they are no such message: cut off, nested deeper than kNestingMax, or
// with a string that is not UTF-8. Unknown fields are kept. `request` is unspecified after an
// error.
//
// Limits on single fields are base::ValidateLimits.
absl::Status ParseRequest(std::string_view bytes, google::protobuf::Message& request);

}  // namespace crm::rpc
