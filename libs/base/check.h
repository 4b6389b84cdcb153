// Check: for what only a bug can break. It prints where and why, and ends the process; after a
// restart the log gives the state back. Expected failures are absl::Status, never this.
#pragma once

#include <source_location>
#include <string_view>

namespace crm::base {

void Check(bool condition, std::string_view why,
           std::source_location where = std::source_location::current());

}  // namespace crm::base
