// Limits on the fields of a message, from the options of crm/common/v1/options.proto.
#pragma once

#include <google/protobuf/message.h>

#include <cstddef>

#include "absl/status/status.h"

namespace crm::base {

// What a field without an option may hold.
inline constexpr size_t kFieldBytesDefault = 256;
inline constexpr int kFieldItemsDefault = 100;

// Walks the message: every string and bytes field holds at most (max_bytes) bytes, every string is
// UTF-8 without control characters (text.h), every repeated field and map has at most (max_items)
// elements. Else INVALID_ARGUMENT as base::Invalid makes it, naming the path of the first field at
// fault: "customer.phones[2].number".
//
// Messages inside google.protobuf.Any are not looked into; their bytes count. Unknown fields are
// not looked at: what bounds them is the size of the whole message.
//
// Cost: linear in the message; what to check is found once per message type and kept for the life
// of the process, so the message's descriptor must live as long. Thread-safe.
absl::Status ValidateLimits(const google::protobuf::Message& message);
// The same, but into the elements of the repeated field `elements` of the message itself it does
// not look: they are counted, and whoever answers each of them validates each.
absl::Status ValidateLimits(const google::protobuf::Message& message,
                            const google::protobuf::FieldDescriptor& elements);

}  // namespace crm::base
