#include "libs/base/text.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace crm::base {
namespace {

// White space as Unicode has it, and characters without width. What would be a control character
// is here too: whoever asks may not have looked.
constexpr std::string_view kUnseen[] = {
    " ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u0085", "\u00a0", "\u00ad",
    "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007",
    "\u2008", "\u2009", "\u200a", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028",
    "\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff"};

// Length of the control that `text` begins with; 0 when it begins with none.
size_t ControlAt(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : 0; };
  const int c = byte(0);
  if (c == 0x7F || (c < 0x20 && c != '\t' && c != '\n' && c != '\r')) return 1;
  if (c == 0xC2) return byte(1) >= 0x80 && byte(1) < 0xA0 ? 2 : 0;
  if (c != 0xE2) return 0;
  // U+202A to U+202E and U+2066 to U+2069.
  const bool of_direction = (byte(1) == 0x80 && byte(2) >= 0xAA && byte(2) <= 0xAE) ||
                            (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9);
  return of_direction ? 3 : 0;
}

}  // namespace

bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    const auto* unseen =
        std::find_if(std::begin(kUnseen), std::end(kUnseen),
                     [&](std::string_view character) { return text.starts_with(character); });
    if (unseen == std::end(kUnseen)) return false;
    text.remove_prefix(unseen->size());
  }
  return true;
}

bool HasControls(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (ControlAt(text.substr(i)) > 0) return true;
  }
  return false;
}

std::string WithoutControls(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t control = ControlAt(text);
    result += control > 0 ? '?' : text[0];
    text.remove_prefix(control > 0 ? control : 1);
  }
  return result;
}

}  // namespace crm::base
