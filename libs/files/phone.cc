#include "libs/files/phone.h"

#include <phonenumbers/phonenumberutil.h>

namespace crm::files {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

Phone ParsePhone(std::string_view text, std::string_view country) {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  Phone phone;
  if (util.Parse(std::string(text), std::string(country), &number) !=
      PhoneNumberUtil::NO_PARSING_ERROR)
    return phone;
  util.Format(number, PhoneNumberUtil::E164, &phone.e164);
  phone.valid = util.IsValidNumber(number);
  return phone;
}

}  // namespace crm::files
