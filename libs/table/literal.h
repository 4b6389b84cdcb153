// A value as a filter writes it, turned into the key code of the field it is compared with.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/table/field_path.h"

namespace crm::table {

// INVALID_ARGUMENT (without details) saying what the field takes, with an enum's values by name.
absl::StatusOr<std::string> CodeOfLiteral(const FieldPath& path, std::string_view text);

}  // namespace crm::table
