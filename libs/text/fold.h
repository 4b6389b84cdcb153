// Text as it is compared when people look for something, whatever keyboard it came from.
#pragma once

#include <string>
#include <string_view>

namespace crm::text {

// Lower case; letters of Latin, Greek and Cyrillic without their marks (é as e, ß as ss, ø as o);
// full and half width, circled and other compatibility forms as the plain ones; traditional Chinese
// characters as the simplified ones; characters without width not at all. Character by character,
// so that a part of a text folds to a part of the folded text. Bytes that are no UTF-8 are left
// out. Linear in the text; from any thread.
std::u32string Fold(std::string_view utf8);

// A character of Chinese, Japanese or Korean writing: words of it are not set apart by spaces.
bool IsIdeograph(char32_t c);
// A letter or digit of a folded text, ideographs too; anything else stands between words.
bool IsWordCharacter(char32_t c);

}  // namespace crm::text
