#include "libs/base/text.h"

namespace crm::base {

bool IsBlank(std::string_view text) {
  constexpr std::string_view kFullWidthSpace = "\u3000";
  constexpr std::string_view kAsciiSpaces = " \t\n\v\f\r";
  while (!text.empty()) {
    if (kAsciiSpaces.find(text.front()) != std::string_view::npos) {
      text.remove_prefix(1);
    } else if (text.starts_with(kFullWidthSpace)) {
      text.remove_prefix(kFullWidthSpace.size());
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace crm::base
