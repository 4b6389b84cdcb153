#include "services/customer/read/fold_text.h"

#include <algorithm>

namespace crm::customer {
namespace {

constexpr size_t kWordsMax = 50;

char32_t FoldCharacter(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;  // Full-width forms stand in ASCII's order.
  if (c == 0x3000) c = ' ';
  if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  return c;
}

// Letters beyond ASCII are taken as parts of words; what separates words is ASCII, or general or
// CJK punctuation.
bool IsWordCharacter(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  if (c < 0xC0) return false;
  return !(c >= 0x2000 && c <= 0x206F) && !(c >= 0x3000 && c <= 0x303F) &&
         !(c >= 0xFF00 && c <= 0xFF65);
}

}  // namespace

std::u32string FoldText(std::string_view text) {
  std::u32string folded;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    int more = lead < 0x80   ? 0
               : lead < 0xC0 ? -1
               : lead < 0xE0 ? 1
               : lead < 0xF0 ? 2
               : lead < 0xF8 ? 3
                             : -1;
    if (more < 0) continue;
    char32_t c = more == 0 ? lead : lead & (0x3F >> more);
    for (; more > 0 && i < text.size() && (text[i] & 0xC0) == 0x80; --more)
      c = c << 6 | (text[i++] & 0x3F);
    if (more == 0) folded.push_back(FoldCharacter(c));
  }
  return folded;
}

std::string ToUtf8(std::u32string_view text) {
  std::string bytes;
  for (const char32_t c : text) {
    if (c < 0x80) {
      bytes.push_back(static_cast<char>(c));
      continue;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    bytes.push_back(static_cast<char>((0xFF00 >> (more + 1)) | (c >> (6 * more))));
    for (int shift = 6 * (more - 1); shift >= 0; shift -= 6) {
      bytes.push_back(static_cast<char>(0x80 | (c >> shift & 0x3F)));
    }
  }
  return bytes;
}

bool IsIdeograph(char32_t c) {
  return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
         (c >= 0xAC00 && c <= 0xD7AF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF);
}

std::vector<std::u32string> WordsOf(std::u32string_view folded) {
  std::vector<std::u32string> words;
  const auto add = [&](std::u32string_view word) {
    if (words.size() < kWordsMax && std::find(words.begin(), words.end(), word) == words.end()) {
      words.emplace_back(word);
    }
  };
  for (size_t begin = 0; begin < folded.size();) {
    if (!IsWordCharacter(folded[begin])) {
      ++begin;
      continue;
    }
    const bool ideographs = IsIdeograph(folded[begin]);
    size_t end = begin;
    while (end < folded.size() && IsWordCharacter(folded[end]) &&
           IsIdeograph(folded[end]) == ideographs)
      ++end;
    if (!ideographs || end - begin == 1) {
      add(folded.substr(begin, end - begin));
    } else {
      for (size_t i = begin; i + 1 < end; ++i) add(folded.substr(i, 2));
    }
    begin = end;
  }
  return words;
}

}  // namespace crm::customer
