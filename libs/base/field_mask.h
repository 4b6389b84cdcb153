// google.protobuf.FieldMask: which fields of a resource an update means.
#pragma once

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <string_view>

namespace crm::base {

// Makes the masked fields of `to` what they are in `from`: repeated fields and messages are
// replaced, not merged, and what is unset in `from` is cleared. Both of one type; the paths exist
// in it.
void ApplyMask(const google::protobuf::FieldMask& mask, const google::protobuf::Message& from,
               google::protobuf::Message& to);

// True when the mask has this path or something below it.
bool MaskTouches(const google::protobuf::FieldMask& mask, std::string_view path);

}  // namespace crm::base
