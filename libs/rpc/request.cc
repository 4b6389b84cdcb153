#include "libs/rpc/request.h"

#include <google/protobuf/io/coded_stream.h>

#include <cstdint>
#include <limits>

#include "libs/base/status.h"
#include "libs/rpc/limits.h"

namespace crm::rpc {

absl::Status ParseRequest(std::string_view bytes, google::protobuf::Message& request) {
  bool parsed = bytes.size() <= static_cast<size_t>(std::numeric_limits<int>::max());
  if (parsed) {
    google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                  static_cast<int>(bytes.size()));
    stream.SetRecursionLimit(kNestingMax);
    parsed = request.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage();
  }
  if (parsed) return absl::OkStatus();
  return base::Failed(absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST",
                      "the request is no message of the method's type, holds a string that is not "
                      "UTF-8, or nests too deep",
                      {{"type", request.GetDescriptor()->full_name()}});
}

}  // namespace crm::rpc
