#include "libs/base/field_mask.h"

#include <google/protobuf/util/field_mask_util.h>

namespace crm::base {

void ApplyMask(const google::protobuf::FieldMask& mask, const google::protobuf::Message& from,
               google::protobuf::Message& to) {
  google::protobuf::util::FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(from, mask, options, &to);
}

bool MaskTouches(const google::protobuf::FieldMask& mask, std::string_view path) {
  for (const std::string& touched : mask.paths()) {
    const std::string_view view = touched;
    if (view == path) return true;
    if (view.size() > path.size() && view.substr(0, path.size()) == path &&
        view[path.size()] == '.') {
      return true;
    }
  }
  return false;
}

}  // namespace crm::base
