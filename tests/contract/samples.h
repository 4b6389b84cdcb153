// Messages with every field set, to show that each is looked at.
#pragma once

#include <google/protobuf/message.h>

namespace crm::contract {

// Sets every field that is not set, nested ones down to a few levels, repeated ones with one
// element; texts, days, times and enums differ by `variant`, numbers are 1, so that they are a
// place in a list as well. A field mask names every field of `masked` that a caller may write. Of a
// oneof only the member that is set is filled, or else its first.
void FillSample(google::protobuf::Message& message, int variant,
                const google::protobuf::Descriptor& masked);

}  // namespace crm::contract
