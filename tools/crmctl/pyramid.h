// The value pyramid as a picture in text.
#pragma once

#include <string>

#include "crm/customer/v1/value.pb.h"

namespace crm::crmctl {

// `unicode`: with block characters, else in ASCII.
std::string PyramidText(const customer::v1::GetPyramidResponse& pyramid, bool unicode);

// Whether the terminal's locale is UTF-8, by LC_ALL, LC_CTYPE, LANG; none of them: no.
bool IsUnicodeEnvironment();

}  // namespace crm::crmctl
