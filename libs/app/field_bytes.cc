#include "libs/app/field_bytes.h"

#include <google/protobuf/io/coded_stream.h>

#include <cstdint>

namespace crm::app {

using google::protobuf::io::CodedOutputStream;

void AppendField(const google::protobuf::FieldDescriptor& field, std::string_view bytes,
                 std::string& message) {
  constexpr uint32_t kLengthDelimited = 2;
  uint8_t head[kFieldHeadBytesMax];
  const auto number = static_cast<uint32_t>(field.number());
  uint8_t* end = CodedOutputStream::WriteVarint32ToArray(number << 3 | kLengthDelimited, head);
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(bytes.size()), end);
  message.append(reinterpret_cast<const char*>(head), end - head);
  message.append(bytes);
}

}  // namespace crm::app
