// UTF-8 to code points and back, for text that was checked where it came in.
#pragma once

#include <string>
#include <string_view>

namespace crm::text {

// Takes the character that `bytes` begins with off its front. Bytes that are no UTF-8 are left out:
// false when nothing was there but such.
bool TakeCharacter(std::string_view& bytes, char32_t& c);

std::u32string ToUtf32(std::string_view bytes);
std::string ToUtf8(std::u32string_view text);

}  // namespace crm::text
