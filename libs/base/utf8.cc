#include "libs/base/utf8.h"

#include <cstdint>
#include <cstring>

namespace crm::base {
namespace {

// Length of the character that `text` starts with; 0 when it starts with none.
size_t CharacterAt(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // The second byte decides about overlong forms, surrogates and what lies beyond U+10FFFF.
  if (first == 0xE0 && byte(1) < 0xA0) return 0;
  if (first == 0xED && byte(1) > 0x9F) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

// Number of bytes at the front, a multiple of eight, that are all ASCII: nearly all text is.
size_t AsciiPrefix(std::string_view text) {
  size_t done = 0;
  for (; text.size() - done >= 8; done += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + done, 8);
    if ((word & 0x8080808080808080) != 0) break;
  }
  return done;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  text.remove_prefix(AsciiPrefix(text));
  while (!text.empty()) {
    const size_t length = CharacterAt(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string ToUtf8(std::string_view text, size_t bytes_max) {
  std::string result;
  while (!text.empty()) {
    const size_t length = CharacterAt(text);
    const std::string_view character = length == 0 ? "?" : text.substr(0, length);
    if (result.size() + character.size() > bytes_max) break;
    result.append(character);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

}  // namespace crm::base
