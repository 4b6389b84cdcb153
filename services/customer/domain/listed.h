// Lists of enums that come in.
#pragma once

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace crm::customer {

// INVALID_ARGUMENT that names the first element which is none of the list, or is there twice.
template <bool (*IsValid)(int), class List>
absl::Status CheckListed(const std::string& field, const List& values, bool unspecified = false) {
  std::set<int> seen;
  for (int i = 0; i < values.size(); ++i) {
    const int value = values.Get(i);
    if (!IsValid(value) || (value == 0 && !unspecified) || !seen.insert(value).second)
      return base::Invalid(absl::StrCat(field, "[", i, "]"), "must be one of the list, none twice");
  }
  return absl::OkStatus();
}

}  // namespace crm::customer
