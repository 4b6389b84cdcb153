// What people type.
#pragma once

#include <string>
#include <string_view>

namespace crm::base {

// Nothing to read: empty, or only white space of Unicode and characters without width.
bool IsBlank(std::string_view text);

// Has characters that change how a terminal or a page shows the rest: control characters other than
// tab and line breaks, or the embeddings, overrides and isolates of text direction. UTF-8 is given.
bool HasControls(std::string_view text);

// With each of these replaced by '?'.
std::string WithoutControls(std::string_view text);

}  // namespace crm::base
