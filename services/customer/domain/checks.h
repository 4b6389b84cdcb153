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
// ISO 3166-1 by its shape: two capital letters.
bool IsCountryCode(std::string_view text);
// BCP 47 by its shape: "zh-CN", "en".
bool IsLanguageCode(std::string_view text);

// A day that comes every year, whose year may be unknown (0).
bool IsYearlyDay(google::type::Date date);

// Refuses CUSTOMER_ERASED: nothing may be recorded for it.
absl::Status CheckNotErased(v1::CustomerStatus status);

// What every customer must be, new or changed, in a company that adds up in `reporting_currency`.
// Lengths and counts are checked before Decide, from the field options. Fields are named as in the
// request: "customer.personal.phones[2]".
absl::Status CheckCustomer(const v1::Customer& customer, std::string_view reporting_currency);

}  // namespace crm::customer
