// Limits on the fields of a message, from the options of crm/common/v1/options.proto.
#pragma once

#include <google/protobuf/message.h>

#include "absl/status/status.h"

namespace crm::base {

// What a field without an option may hold.
inline constexpr int kFieldBytesDefault = 256;
inline constexpr int kFieldItemsDefault = 100;

// Walks the message: every string and bytes field holds at most (max_bytes) bytes, every string is
// UTF-8, every repeated field and map has at most (max_items) elements. INVALID_ARGUMENT naming the
// path of the first field that does not ("customer.phones[2].number"), or {reason FIELD_TOO_LONG,
// TOO_MANY_ITEMS, INVALID_UTF8} in its ErrorInfo. Messages inside google.protobuf.Any are not
// looked into; their bytes count.
//
// Cost: linear in the message; what to check is found once per message type. Thread-safe.
absl::Status ValidateLimits(const google::protobuf::Message& message);

}  // namespace crm::base
