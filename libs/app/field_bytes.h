// Parts of a serialised message, put together without parsing: rows are sent as they are stored.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace crm::app {

// What a field's number and length take at most: two varints of 32 bits.
inline constexpr size_t kFieldHeadBytesMax = 10;

// Adds a field with these bytes, a message or a string, as a serialised message has it.
void AppendField(const google::protobuf::FieldDescriptor& field, std::string_view bytes,
                 std::string& message);

}  // namespace crm::app
