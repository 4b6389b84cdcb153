#include "services/customer/domain/checks.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/external_id.h"
#include "libs/base/money.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace crm::customer {
namespace {

constexpr int kFamilySizeMax = 50;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLetter(char c) { return IsCapital(c) || (c >= 'a' && c <= 'z'); }

std::string At(std::string_view field, int index) {
  return absl::StrCat(std::string(field), "[", index, "]");
}

// Each value once and as `valid` says.
template <class Repeated, class Valid>
absl::Status CheckEach(std::string_view field, const Repeated& values, const Valid& valid,
                       std::string_view rule) {
  std::set<std::string> seen;
  for (int i = 0; i < values.size(); ++i) {
    if (!valid(values[i])) return base::Invalid(At(field, i), rule);
    if (!seen.insert(values[i]).second)
      return base::Invalid(At(field, i), "must not be there twice");
  }
  return absl::OkStatus();
}

// What only a person has.
absl::Status CheckPerson(const v1::CustomerPersonal& personal, bool person) {
  constexpr char kOnlyPersons[] = "must be one of the list, and only a person has one";
  if (personal.has_birth_date() && (!person || !IsYearlyDay(personal.birth_date()))) {
    return base::Invalid("customer.personal.birth_date",
                         "must be a day, and only a person has one");
  }
  const auto listed = [&](bool valid, bool given) { return valid && (person || !given); };
  if (!listed(v1::Gender_IsValid(personal.gender()), personal.gender() != 0))
    return base::Invalid("customer.personal.gender", kOnlyPersons);
  if (!listed(v1::IncomeBand_IsValid(personal.income_band()), personal.income_band() != 0))
    return base::Invalid("customer.personal.income_band", kOnlyPersons);
  if (!listed(v1::CreditBand_IsValid(personal.credit_band()), personal.credit_band() != 0))
    return base::Invalid("customer.personal.credit_band", kOnlyPersons);
  const bool in_range = personal.family_size() >= 0 && personal.family_size() <= kFamilySizeMax;
  if (!listed(in_range, personal.family_size() != 0))
    return base::Invalid("customer.personal.family_size", "must be 1 to 50, and of a person");
  constexpr char kTexts[] = "must be of a person";
  if (!person && !personal.values().empty())
    return base::Invalid("customer.personal.values", kTexts);
  if (!person && !personal.personality().empty())
    return base::Invalid("customer.personal.personality", kTexts);
  if (!person && !personal.hobbies().empty())
    return base::Invalid("customer.personal.hobbies", kTexts);
  return CheckEach(
      "customer.personal.hobbies", personal.hobbies(),
      [](const std::string& hobby) { return !base::IsBlank(hobby); }, "must not be empty");
}

absl::Status CheckPersonal(const v1::Customer& customer) {
  const v1::CustomerPersonal& personal = customer.personal();
  if (absl::Status s = CheckEach("customer.personal.phones", personal.phones(), IsPhone,
                                 "must be a telephone number, with its country or of ours");
      !s.ok()) {
    return s;
  }
  if (absl::Status s = CheckEach("customer.personal.emails", personal.emails(), IsEmail,
                                 "must be an e-mail address");
      !s.ok()) {
    return s;
  }
  for (int i = 0; i < personal.addresses_size(); ++i) {
    const std::string field = At("customer.personal.addresses", i);
    if (!IsCountryCode(personal.addresses(i).country_code())) {
      return base::Invalid(field + ".country_code", "must be two capital letters");
    }
    if (!v1::AddressUse_IsValid(personal.addresses(i).use())) {
      return base::Invalid(field + ".use", "must be one of the list");
    }
  }
  return CheckPerson(personal, customer.kind() == v1::CUSTOMER_KIND_PERSON);
}

// Until there are dated rates, everything that is added up is in one currency.
absl::Status CheckMoneyFields(const v1::Customer& customer, std::string_view reporting_currency) {
  constexpr char kOther[] = "must be the company's reporting currency";
  if (!customer.currency_code().empty() && customer.currency_code() != reporting_currency)
    return base::Invalid("customer.currency_code", kOther);
  if (customer.has_credit_limit()) {
    if (absl::Status s = base::CheckNotNegative("customer.credit_limit", customer.credit_limit());
        !s.ok())
      return s;
    if (customer.credit_limit().currency_code() != reporting_currency)
      return base::Invalid("customer.credit_limit.currency_code", kOther);
  }
  if (customer.has_annual_revenue()) {
    return base::CheckNotNegative("customer.annual_revenue", customer.annual_revenue());
  }
  return absl::OkStatus();
}

absl::Status CheckExternalIds(const v1::Customer& customer) {
  std::set<std::pair<std::string, std::string>> seen;
  for (int i = 0; i < customer.external_ids_size(); ++i) {
    const auto& external_id = customer.external_ids(i);
    const std::string field = At("customer.external_ids", i);
    if (absl::Status s = base::CheckExternalId(field, external_id); !s.ok()) return s;
    if (!seen.emplace(external_id.system(), external_id.id()).second) {
      return base::Invalid(field, "must not be there twice");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLists(const v1::Customer& customer) {
  if (absl::Status s = CheckEach(
          "customer.tags", customer.tags(),
          [](const std::string& tag) { return !base::IsBlank(tag); }, "must not be empty");
      !s.ok()) {
    return s;
  }
  if (absl::Status s = CheckEach(
          "customer.collaborators", customer.collaborators(),
          [](const std::string& staff) { return base::IsResourceId(staff); },
          "must be an id of staff");
      !s.ok()) {
    return s;
  }
  std::set<int> relations;
  for (int i = 0; i < customer.relations_size(); ++i) {
    const auto relation = customer.relations(i);
    if (!v1::CustomerRelation_IsValid(relation) || relation == v1::CUSTOMER_RELATION_UNSPECIFIED ||
        !relations.insert(relation).second) {
      return base::Invalid(At("customer.relations", i), "must be one of the list, none twice");
    }
  }
  return CheckExternalIds(customer);
}

}  // namespace

bool IsPhone(std::string_view text) {
  return text.size() >= 9 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         std::all_of(text.begin() + 1, text.end(), IsDigit);
}

bool IsEmail(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.find('@', at + 1) != std::string_view::npos)
    return false;
  const std::string_view domain = text.substr(at + 1);
  const size_t dot = domain.rfind('.');
  return text.find_first_of(" \t\r\n,;<>") == std::string_view::npos &&
         dot != std::string_view::npos && dot > 0 && dot + 1 < domain.size() &&
         domain.front() != '.' && domain.find("..") == std::string_view::npos;
}

bool IsCountryCode(std::string_view text) {
  return text.size() == 2 && IsCapital(text[0]) && IsCapital(text[1]);
}

bool IsLanguageCode(std::string_view text) {
  const size_t dash = std::min(text.find('-'), text.size());
  const std::string_view primary = text.substr(0, dash);
  return primary.size() >= 2 && primary.size() <= 8 &&
         std::all_of(primary.begin(), primary.end(), IsLetter) && text.back() != '-' &&
         text.find("--") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsLetter(c) || IsDigit(c) || c == '-'; });
}

bool IsYearlyDay(google::type::Date date) {
  if (date.year() == 0) date.set_year(2000);  // Any leap year stands in for it.
  return base::CheckDate("", date).ok();
}

absl::Status CheckNotErased(v1::CustomerStatus status) {
  if (status != v1::CUSTOMER_STATUS_ERASED) return absl::OkStatus();
  return base::Refused(v1::REASON_CUSTOMER_ERASED, "the customer has been erased");
}

absl::Status CheckCustomer(const v1::Customer& customer, std::string_view reporting_currency) {
  if (customer.kind() == v1::CUSTOMER_KIND_UNSPECIFIED ||
      !v1::CustomerKind_IsValid(customer.kind())) {
    return base::Invalid("customer.kind", "must be one of the list");
  }
  if (base::IsBlank(customer.display_name()))
    return base::Invalid("customer.display_name", "must not be empty");
  if (!v1::SizeBand_IsValid(customer.size_band()))
    return base::Invalid("customer.size_band", "must be one of the list");
  if (!v1::CustomerSource_IsValid(customer.source()))
    return base::Invalid("customer.source", "must be one of the list");
  if (customer.employees() < 0) return base::Invalid("customer.employees", "must not be negative");
  if (!customer.language_code().empty() && !IsLanguageCode(customer.language_code())) {
    return base::Invalid("customer.language_code", "must be a BCP 47 language");
  }
  if (absl::Status s = CheckPersonal(customer); !s.ok()) return s;
  if (absl::Status s = CheckMoneyFields(customer, reporting_currency); !s.ok()) return s;
  return CheckLists(customer);
}

}  // namespace crm::customer
