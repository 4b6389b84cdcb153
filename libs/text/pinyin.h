// How Chinese characters are spoken, in the letters that people type.
#pragma once

#include <string_view>
#include <vector>

namespace crm::text {

// Syllables without tones, the commonest first: {"xing", "hang"} for 行. They live for ever.
using Readings = std::vector<std::string_view>;

// Of a character as Fold gives it; empty for what is no Chinese character, or one that few know.
// ü is v and also u: {"lv", "lu"}. From any thread.
const Readings& ReadingsOf(char32_t c);

// The readings of each character of a folded name, in their order. At its beginning those of
// surnames come after the others: 仇 is {"chou", "qiu"} there.
std::vector<Readings> ReadingsOfName(std::u32string_view name);

}  // namespace crm::text
