#include "services/customer/react/vcard_rows.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "google/type/date.pb.h"
#include "libs/base/hash.h"
#include "services/customer/domain/import.h"

namespace crm::customer {
namespace {

using files::SplitEscaped;
using files::Unescape;
using files::VcardProperty;

constexpr char kSystem[] = "vcard";
constexpr size_t kExternalIdBytesMax = 100;

std::string Part(const std::vector<std::string>& parts, size_t i) {
  return i < parts.size() ? std::string(absl::StripAsciiWhitespace(Unescape(parts[i]))) : "";
}

// "tel:+43-1-58858;ext=1" of version 4 as a number.
std::string NumberOf(const VcardProperty& property) {
  std::string text = Unescape(property.value);
  absl::string_view view = text;
  if (!absl::ConsumePrefix(&view, "tel:")) return text;
  return std::string(view.substr(0, view.find(';')));
}

bool IsPreferred(const VcardProperty& property) {
  return property.HasType("pref") ||
         std::any_of(property.params.begin(), property.params.end(), [](const auto& param) {
           return param.first == "PREF" && param.second == "1";
         });
}

// "19980630", "1998-06-30", "--0630", with or without a time behind it.
std::optional<google::type::Date> DayOf(std::string text) {
  text = text.substr(0, text.find('T'));
  const bool yearless = text.starts_with("--");
  std::string digits;
  for (const char c : text) {
    if (absl::ascii_isdigit(c)) {
      digits += c;
    } else if (c != '-') {
      return std::nullopt;
    }
  }
  if (digits.size() != (yearless ? 4u : 8u)) return std::nullopt;
  int number = 0;
  if (!absl::SimpleAtoi(digits, &number)) return std::nullopt;
  google::type::Date day;
  day.set_year(number / 10'000);
  day.set_month(number / 100 % 100);
  day.set_day(number % 100);
  return day;
}

// Longer ids are hashed: they only have to be the same again.
void AddUid(const VcardProperty& property,
            google::protobuf::RepeatedPtrField<common::v1::ExternalId>& external_ids) {
  const std::string uid(absl::StripAsciiWhitespace(Unescape(property.value)));
  if (uid.empty() || !external_ids.empty()) return;
  common::v1::ExternalId& id = *external_ids.Add();
  id.set_system(kSystem);
  id.set_id(uid.size() <= kExternalIdBytesMax ? uid : base::Sha256Hex(uid));
}

template <class Tags>
void AddTags(const VcardProperty& property, Tags& tags) {
  for (const std::string& one : SplitEscaped(property.value, ',')) {
    const std::string tag(absl::StripAsciiWhitespace(Unescape(one)));
    if (!tag.empty() && std::find(tags.begin(), tags.end(), tag) == tags.end()) *tags.Add() = tag;
  }
}

void Warn(const VcardProperty& property, const char* detail, ImportRow& row) {
  ImportFinding finding =
      Finding(property.line, v1::IMPORT_SEVERITY_WARNING, v1::REASON_ROW_VALUE_INVALID, detail);
  finding.fault.set_column(property.name);
  finding.value = Cut(property.value, kImportValueBytesMax);
  row.findings.push_back(std::move(finding));
}

void ReadDay(const VcardProperty& property, v1::Contact& contact, ImportRow& row) {
  const auto day = DayOf(property.value);
  if (!day.has_value()) return Warn(property, "is no day that can be kept, and is left out", row);
  if (property.name == "BDAY") {
    *contact.mutable_personal()->mutable_birthday()->mutable_date() = *day;
    return;
  }
  v1::Anniversary& anniversary = *contact.mutable_personal()->add_anniversaries();
  anniversary.set_label("wedding");
  *anniversary.mutable_date() = *day;
}

void ReadContact(const files::VcardRecord& card, v1::Contact& contact, ImportRow& row) {
  v1::ContactPersonal& personal = *contact.mutable_personal();
  std::string formatted;
  bool phone_primary = false, email_primary = false;
  for (const VcardProperty& property : card.properties) {
    const std::string& name = property.name;
    if (name == "N") {
      const std::vector<std::string> parts = SplitEscaped(property.value, ';');
      personal.set_family_name(Part(parts, 0));
      personal.set_given_name(
          absl::StrJoin({Part(parts, 1), Part(parts, 2)}, Part(parts, 2).empty() ? "" : " "));
      personal.set_salutation(Part(parts, 3));
    } else if (name == "FN") {
      formatted = std::string(absl::StripAsciiWhitespace(Unescape(property.value)));
    } else if (name == "TEL") {
      v1::ContactPhone& phone = *personal.add_phones();
      phone.set_number(NumberOf(property));
      phone.set_primary(IsPreferred(property) && !phone_primary);
      phone_primary = phone_primary || phone.primary();
    } else if (name == "EMAIL") {
      v1::ContactEmail& email = *personal.add_emails();
      email.set_address(std::string(absl::StripAsciiWhitespace(Unescape(property.value))));
      email.set_primary(IsPreferred(property) && !email_primary);
      email_primary = email_primary || email.primary();
    } else if (name == "BDAY" || name == "ANNIVERSARY") {
      ReadDay(property, contact, row);
    } else if (name == "CATEGORIES") {
      AddTags(property, *contact.mutable_tags());
    } else if (name == "LANG") {
      contact.set_language_code(property.value);
    } else if (name == "UID") {
      AddUid(property, *contact.mutable_external_ids());
    }
  }
  if (personal.family_name().empty() && personal.given_name().empty())
    personal.set_family_name(formatted);
}

void ReadAddress(const VcardProperty& property, v1::Customer& customer) {
  const std::vector<std::string> parts = SplitEscaped(property.value, ';');
  const std::string country = Part(parts, 6);
  // An address needs its country's code; a name of a country is not one.
  if (country.size() != 2) return;
  v1::PostalAddress& address = *customer.mutable_personal()->add_addresses();
  address.set_country_code(absl::AsciiStrToUpper(country));
  address.set_administrative_area(Part(parts, 4));
  address.set_locality(Part(parts, 3));
  address.set_postal_code(Part(parts, 5));
  for (const size_t i : {0, 1, 2}) {
    if (!Part(parts, i).empty()) address.add_lines(Part(parts, i));
  }
}

void ReadCustomer(const files::VcardRecord& card, v1::Customer& customer, ImportRow& row) {
  v1::CustomerPersonal& personal = *customer.mutable_personal();
  std::string formatted, organization;
  for (const VcardProperty& property : card.properties) {
    const std::string& name = property.name;
    if (name == "FN") {
      formatted = std::string(absl::StripAsciiWhitespace(Unescape(property.value)));
    } else if (name == "ORG") {
      organization = Part(SplitEscaped(property.value, ';'), 0);
    } else if (name == "TEL") {
      personal.add_phones(NumberOf(property));
    } else if (name == "EMAIL") {
      personal.add_emails(std::string(absl::StripAsciiWhitespace(Unescape(property.value))));
    } else if (name == "ADR") {
      const int before = personal.addresses_size();
      ReadAddress(property, customer);
      if (personal.addresses_size() == before)
        Warn(property, "has no country code of two letters, and is left out", row);
    } else if (name == "URL") {
      customer.set_website(Unescape(property.value));
    } else if (name == "CATEGORIES") {
      AddTags(property, *customer.mutable_tags());
    } else if (name == "LANG") {
      customer.set_language_code(property.value);
    } else if (name == "UID") {
      AddUid(property, *customer.mutable_external_ids());
    }
  }
  customer.set_kind(organization.empty() ? v1::CUSTOMER_KIND_PERSON : v1::CUSTOMER_KIND_COMPANY);
  customer.set_display_name(organization.empty() ? formatted : organization);
}

}  // namespace

void ReadVcard(const files::VcardRecord& card, ImportRow& row) {
  if (row.resource->GetDescriptor() == v1::Contact::descriptor()) {
    ReadContact(card, static_cast<v1::Contact&>(*row.resource), row);
  } else {
    ReadCustomer(card, static_cast<v1::Customer&>(*row.resource), row);
  }
}

}  // namespace crm::customer
