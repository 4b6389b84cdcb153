#include "libs/text/utf32.h"

namespace crm::text {
namespace {

// How many bytes follow one that begins a character; -1 when it begins none.
int Following(unsigned char lead) {
  if (lead < 0x80) return 0;
  if (lead < 0xC2 || lead > 0xF4) return -1;
  return lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
}

}  // namespace

bool TakeCharacter(std::string_view& bytes, char32_t& c) {
  while (!bytes.empty()) {
    const auto lead = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    int more = Following(lead);
    if (more < 0) continue;
    c = more == 0 ? lead : lead & (0x3F >> more);
    for (; more > 0 && !bytes.empty() && (bytes.front() & 0xC0) == 0x80; --more) {
      c = c << 6 | (bytes.front() & 0x3F);
      bytes.remove_prefix(1);
    }
    if (more == 0) return true;
  }
  return false;
}

std::u32string ToUtf32(std::string_view bytes) {
  std::u32string text;
  text.reserve(bytes.size());
  for (char32_t c; TakeCharacter(bytes, c);) text.push_back(c);
  return text;
}

std::string ToUtf8(std::u32string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (const char32_t c : text) {
    if (c < 0x80) {
      bytes.push_back(static_cast<char>(c));
      continue;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    bytes.push_back(static_cast<char>((0xFF00 >> (more + 1)) | (c >> (6 * more))));
    for (int shift = 6 * (more - 1); shift >= 0; shift -= 6)
      bytes.push_back(static_cast<char>(0x80 | (c >> shift & 0x3F)));
  }
  return bytes;
}

}  // namespace crm::text
