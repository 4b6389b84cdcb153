// The shape of what comes in with a customer: INVALID_ARGUMENT that names the field.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "crm/customer/v1/customer.pb.h"

namespace crm::customer {

// "+" and 8 to 15 digits, not beginning with 0: E.164.
bool IsPhone(std::string_view text);
// One "@" with something without spaces before it and a name with a dot after it. Whether mail
// arrives there only sending tells.
bool IsEmail(std::string_view text);
// ISO 4217 and ISO 3166-1 by their shape: three and two capital letters.
bool IsCurrencyCode(std::string_view text);
bool IsCountryCode(std::string_view text);
// BCP 47 by its shape: "zh-CN", "en".
bool IsLanguageCode(std::string_view text);

// What every customer must be, new or changed. Lengths and counts are checked before Decide, from
// the field options. Fields are named as in the request: "customer.personal.phones[2]".
absl::Status CheckCustomer(const v1::Customer& customer);

}  // namespace crm::customer
