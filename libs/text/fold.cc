#include "libs/text/fold.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "libs/text/data.h"
#include "libs/text/lines.h"
#include "libs/text/utf32.h"

namespace crm::text {
namespace {

// What a character is compared as, by character.
using Folds = std::vector<std::pair<char32_t, std::u32string>>;

Folds MakeFolds() {
  Folds folds;
  ForEachLine(kFoldsData, [&](std::string_view value, std::string_view characters) {
    std::u32string target = ToUtf32(value);
    std::replace(target.begin(), target.end(), U'_', U' ');
    for (const char32_t c : ToUtf32(characters)) folds.emplace_back(c, target);
  });
  std::sort(folds.begin(), folds.end());
  return folds;
}

// Marks on letters, and what has no width.
bool IsDropped(char32_t c) {
  constexpr std::pair<char32_t, char32_t> kRanges[] = {
      {0xAD, 0xAD},     {0x300, 0x36F},   {0x180B, 0x180D}, {0x200B, 0x200F},  {0x202A, 0x202E},
      {0x2060, 0x2064}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF}};
  return std::any_of(std::begin(kRanges), std::end(kRanges),
                     [c](const auto& range) { return c >= range.first && c <= range.second; });
}

const std::u32string* FoldOf(char32_t c) {
  static const Folds folds = MakeFolds();
  const auto at = std::lower_bound(folds.begin(), folds.end(), c,
                                   [](const auto& fold, char32_t of) { return fold.first < of; });
  return at != folds.end() && at->first == c ? &at->second : nullptr;
}

}  // namespace

std::u32string Fold(std::string_view utf8) {
  std::u32string folded;
  folded.reserve(utf8.size());
  for (char32_t c; TakeCharacter(utf8, c);) {
    if (c < 0x80) {
      folded.push_back(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    } else if (const std::u32string* fold = FoldOf(c); fold != nullptr) {
      folded += *fold;
    } else if (!IsDropped(c)) {
      folded.push_back(c);
    }
  }
  return folded;
}

bool IsIdeograph(char32_t c) {
  return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
         (c >= 0xAC00 && c <= 0xD7AF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF);
}

bool IsWordCharacter(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  if (c < 0xC0) return false;
  return c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF) && !(c >= 0x3000 && c <= 0x303F) &&
         c != 0x30FB && !(c >= 0xFE30 && c <= 0xFE4F) && !(c >= 0xFF00 && c <= 0xFF65);
}

}  // namespace crm::text
