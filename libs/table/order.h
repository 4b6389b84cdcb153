// order_by, AIP-132: "close_time desc, name".
#pragma once

#include <google/protobuf/message.h>

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/table/field_path.h"

namespace crm::table {

struct OrderField {
  FieldPath path;
  bool descending = false;
};

// INVALID_ARGUMENT with field "order_by". Total.
absl::StatusOr<std::vector<OrderField>> ParseOrder(std::string_view text,
                                                   const google::protobuf::Descriptor& row);

}  // namespace crm::table
