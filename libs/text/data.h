// The tables of data/, as they were written.
#pragma once

#include <string_view>

namespace crm::text {

// Lines "value characters": each of the characters has the value. No value has a space; '_' stands
// for one.
extern const std::string_view kFoldsData;
extern const std::string_view kReadingsData;
extern const std::string_view kFurtherReadingsData;
// Lines "surname syllables": one for each character.
extern const std::string_view kSurnamesData;

}  // namespace crm::text
