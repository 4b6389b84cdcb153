// What people type.
#pragma once

#include <string_view>

namespace crm::base {

// Nothing to read: empty, or only white space of ASCII and the full-width space of Chinese
// (U+3000).
bool IsBlank(std::string_view text);

}  // namespace crm::base
