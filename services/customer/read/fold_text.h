// Text as it is compared when people look for something.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crm::customer {

// Lower case (ASCII), half width for full-width forms, the ideographic space as a space. Bytes that
// are no UTF-8 are left out.
std::u32string FoldText(std::string_view text);
std::string ToUtf8(std::u32string_view text);

// A character of Chinese, Japanese or Korean writing: words of it are not set apart by spaces.
bool IsIdeograph(char32_t c);

// The words of a folded text: runs of letters and digits; of ideographs every two neighbours, or
// the one that stands alone. In their order, none twice. At most 50.
std::vector<std::u32string> WordsOf(std::u32string_view folded);

}  // namespace crm::customer
