// UTF-8, as the Unicode standard has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <string>
#include <string_view>

namespace crm::base {

bool IsUtf8(std::string_view text);

// At most `bytes_max` bytes of `text`, cut between characters, each byte that belongs to no
// character replaced by '?'. Always UTF-8.
std::string ToUtf8(std::string_view text, size_t bytes_max);

}  // namespace crm::base
