#include "libs/engine/group_metadata.h"

#include <google/protobuf/util/json_util.h>

#include "libs/base/check.h"

namespace crm::engine {

std::string FormatGroupMetadata(int64_t fence, int64_t number) {
  v1::GroupMetadata metadata;
  metadata.set_fence(fence);
  metadata.set_number(number);
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(metadata, &text);
  base::Check(status.ok(), "numbers can be written as JSON");
  return text;
}

v1::GroupMetadata ParseGroupMetadata(const std::string& text) {
  v1::GroupMetadata metadata;
  if (google::protobuf::util::JsonStringToMessage(text, &metadata).ok()) return metadata;
  metadata.Clear();
  if (!metadata.ParseFromString(text)) metadata.Clear();
  metadata.clear_number();
  return metadata;
}

}  // namespace crm::engine
