// Check: for what only a bug can break. It prints where and why, and ends the process; after a
// restart the log gives the state back. Expected failures are absl::Status, never this.
#pragma once

#include <string_view>

namespace crm::base {

// Where it stands is asked of the compiler itself: clang 14 has no std::source_location.
void Check(bool condition, std::string_view why, const char* file = __builtin_FILE(),
           int line = __builtin_LINE(), const char* function = __builtin_FUNCTION());

}  // namespace crm::base
