// Telephone numbers as people write them.
#pragma once

#include <string>
#include <string_view>

namespace crm::files {

struct Phone {
  std::string e164;    // "+" and digits; empty: it is no number at all.
  bool valid = false;  // A numbering plan has such numbers.
};

// `country` (ISO 3166-1) is whose numbers are meant when none is written. Cost: tens of
// microseconds.
Phone ParsePhone(std::string_view text, std::string_view country);

}  // namespace crm::files
