// For targets whose inputs hold messages: half of the mutations change fields instead of bytes, so
// that lengths within lengths stay right and more inputs get past the parser.
#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <string_view>
#include <vector>

namespace crm::fuzz {

// A message within an input. One with a length is what Input::Text gives, its length in front.
struct Part {
  size_t begin = 0;  // Of the message itself.
  size_t size = 0;
  bool has_length = false;
  const google::protobuf::Message* type = nullptr;
};

// Defined by the target beside Target: the messages of an input, as Target will read it.
std::vector<Part> MessagesOf(std::string_view bytes);

}  // namespace crm::fuzz
