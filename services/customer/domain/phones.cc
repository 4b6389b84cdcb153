#include "services/customer/domain/phones.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "libs/files/phone.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/data_exchange.h"

namespace crm::customer {
namespace {

void Read(std::string_view country, std::string& number) {
  if (auto read = ReadPhone(number, country); read.has_value()) number = *std::move(read);
}

// What separates digits does not count.
std::string DigitsOf(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (std::string_view(" -./()").find(c) == std::string_view::npos) digits.push_back(c);
  }
  return digits;
}

std::string CountryOf(const google::protobuf::RepeatedPtrField<std::string>& phones,
                      const engine::Snapshot& snapshot) {
  const bool read = std::all_of(phones.begin(), phones.end(), IsPhone);
  return read ? std::string() : PhoneCountry(snapshot);
}

}  // namespace

std::string PhoneCountry(const engine::Snapshot& snapshot) {
  return GatherDataExchange(snapshot).policy.phone_country_code();
}

std::string PhoneCountry(const v1::CustomerPersonal& personal, const engine::Snapshot& snapshot) {
  return CountryOf(personal.phones(), snapshot);
}

std::string PhoneCountry(const v1::StaffPersonal& personal, const engine::Snapshot& snapshot) {
  return CountryOf(personal.phones(), snapshot);
}

std::string PhoneCountry(const v1::ContactPersonal& personal, const engine::Snapshot& snapshot) {
  const auto& phones = personal.phones();
  const bool read = std::all_of(phones.begin(), phones.end(),
                                [](const auto& phone) { return IsPhone(phone.number()); });
  return read ? std::string() : PhoneCountry(snapshot);
}

std::optional<std::string> ReadPhone(std::string_view text, std::string_view country) {
  if (IsPhone(text)) return std::string(text);
  std::string written(text);
  absl::StripAsciiWhitespace(&written);
  if (written.starts_with("00")) written.replace(0, 2, "+");
  const bool international = written.starts_with('+');
  files::Phone phone = files::ParsePhone(written, country);
  if (IsPhone(phone.e164) && (international || phone.valid)) return std::move(phone.e164);
  std::string digits = DigitsOf(written);
  return IsPhone(digits) ? std::optional(std::move(digits)) : std::nullopt;
}

void ReadPhones(std::string_view country, v1::CustomerPersonal& personal) {
  for (std::string& number : *personal.mutable_phones()) Read(country, number);
}

void ReadPhones(std::string_view country, v1::StaffPersonal& personal) {
  for (std::string& number : *personal.mutable_phones()) Read(country, number);
}

void ReadPhones(std::string_view country, v1::ContactPersonal& personal) {
  for (v1::ContactPhone& phone : *personal.mutable_phones()) Read(country, *phone.mutable_number());
}

}  // namespace crm::customer
