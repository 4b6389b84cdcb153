// A value as a filter writes it, turned into the key code of the field it is compared with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/table/field_path.h"

namespace crm::table {

// INVALID_ARGUMENT (without details) saying what the field takes, with an enum's values by name.
absl::StatusOr<std::string> CodeOfLiteral(const FieldPath& path, std::string_view text);

// Of a kVariant: the codes that the text may be, at least one, none twice. `field`: the field of
// the oneof that it is meant for, nullptr: for any. `ordered`: only of fields that have an order.
// INVALID_ARGUMENT the same way.
absl::StatusOr<std::vector<std::string>> CodesOfVariant(
    const FieldPath& path, const google::protobuf::FieldDescriptor* field, std::string_view text,
    bool ordered);

}  // namespace crm::table
