#include "services/customer/read/linkage_record.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/date.h"
#include "libs/calendar/lunar.h"
#include "libs/linkage/model.h"
#include "libs/text/fold.h"
#include "libs/text/utf32.h"
#include "services/customer/read/full_name.h"
#include "services/customer/read/search_name.h"

namespace crm::customer {
namespace {

constexpr size_t kTermCharactersMax = 64;
// Of a name as it begins and ends: ideographs say more than letters.
constexpr size_t kIdeographsOfEnd = 4;
constexpr size_t kLettersOfEnd = 5;
constexpr size_t kDigitsOfPhoneEnd = 7;

// What names of companies end with, folded, the longer before what they end with.
constexpr std::u32string_view kLegalForms[] = {U"股份有限公司", U"有限责任公司", U"有限合伙企业",
                                               U"集团有限公司", U"有限公司",     U"分公司",
                                               U"公司",         U"集团"};
constexpr std::u32string_view kLegalWords[] = {
    U"ag",   U"as",  U"bv",           U"co",  U"company", U"corp",    U"corporation",
    U"gmbh", U"inc", U"incorporated", U"kg",  U"kgaa",    U"limited", U"llc",
    U"llp",  U"lp",  U"ltd",          U"mbh", U"nv",      U"ohg",     U"oy",
    U"plc",  U"pte", U"pty",          U"sa",  U"sarl",    U"sas",     U"se",
    U"spa",  U"srl", U"ug",           U"und", U"and"};

struct Name {
  std::u32string text;     // Its words, without legal form, one space between them.
  std::u32string letters;  // The same without spaces.
  std::u32string spoken;   // Its words and syllables in the order of the alphabet.
  bool ideographs = false;
};

// Where the words end that are no legal form. At least one word stays.
size_t WordsToKeep(const std::vector<Word>& words) {
  size_t keep = words.size();
  while (keep > 1 && std::find(std::begin(kLegalWords), std::end(kLegalWords),
                               words[keep - 1].text) != std::end(kLegalWords))
    --keep;
  return keep;
}

void CutLegalForm(std::u32string& word) {
  for (const std::u32string_view form : kLegalForms) {
    if (!word.ends_with(form)) continue;
    if (word.size() < form.size() + 2) return;
    word.resize(word.size() - form.size());
    return;
  }
}

// The syllables of a run of ideographs, as most people read them.
void AddSyllables(std::u32string_view ideographs, std::vector<std::u32string>& spoken) {
  for (const text::Readings& readings : text::ReadingsOfName(ideographs)) {
    if (!readings.empty()) spoken.push_back(text::ToUtf32(readings.front()));
  }
}

// People have no legal form, whatever their name ends with.
enum class Bearer { kCustomer, kPerson };

Name NameOf(std::string_view display_name, Bearer bearer) {
  Name name;
  std::vector<Word> words = WordsOf(Comparable(display_name));
  if (bearer == Bearer::kCustomer) {
    words.resize(WordsToKeep(words));
    if (!words.empty() && words.back().ideographs) CutLegalForm(words.back().text);
  }
  std::vector<std::u32string> spoken;
  for (const Word& word : words) {
    if (!name.text.empty()) name.text += U' ';
    name.text += word.text;
    name.letters += word.text;
    name.ideographs = name.ideographs || word.ideographs;
    if (word.ideographs) {
      AddSyllables(word.text, spoken);
    } else {
      spoken.push_back(word.text);
    }
  }
  std::sort(spoken.begin(), spoken.end());
  for (const std::u32string& word : spoken) name.spoken += word;
  return name;
}

// Letters and digits only, spaces left out.
std::u32string Bare(std::string_view text) {
  std::u32string bare = text::Fold(text);
  std::erase_if(bare, [](char32_t c) { return !text::IsWordCharacter(c); });
  return bare;
}

std::u32string Email(std::string_view text) {
  std::u32string email = text::Fold(text);
  std::erase(email, U' ');
  return email;
}

std::u32string WebHost(std::string_view website) {
  const size_t scheme = website.find("://");
  if (scheme != std::string_view::npos) website.remove_prefix(scheme + 3);
  std::u32string host = text::Fold(website.substr(0, website.find_first_of("/?#:")));
  if (host.starts_with(U"www.")) host.erase(0, 4);
  return host;
}

// Nullopt: the year is not known, or there was no such day.
std::optional<absl::CivilDay> SolarDayOf(const google::type::Date& date) {
  if (date.year() <= 0 || date.month() <= 0 || date.day() <= 0) return std::nullopt;
  const absl::CivilDay day = base::DayOf(date);
  if (day.year() != date.year() || day.month() != date.month()) return std::nullopt;
  return day;
}

std::optional<absl::CivilDay> SolarDayOf(const v1::Birthday& birthday) {
  const google::type::Date& date = birthday.date();
  if (birthday.calendar() != v1::CALENDAR_LUNAR) return SolarDayOf(date);
  if (date.year() <= 0 || date.month() < 1 || date.month() > 12) return std::nullopt;
  // A lunar year begins between 21 January and 20 February, and a month has 29 or 30 days.
  constexpr int kDaysOfMonth = 29, kDaysToLookAt = 80;
  absl::CivilDay day =
      absl::CivilDay(date.year(), 1, 21) + kDaysOfMonth * (date.month() - 1) + date.day() - 1;
  for (int i = 0; i < kDaysToLookAt; ++i, ++day) {
    const auto lunar = calendar::LunarDayOf(day);
    if (lunar.has_value() && lunar->year == date.year() && lunar->month == date.month() &&
        lunar->day == date.day() && lunar->leap_month == birthday.leap_month())
      return day;
  }
  return std::nullopt;
}

class Maker {
 public:
  Maker(std::string_view name, Bearer bearer) : name_(NameOf(name, bearer)) { AddName(); }

  void AddTaxId(std::string_view tax_id) {
    const std::u32string bare = Bare(tax_id);
    AddValue(v1::LINKAGE_ATTRIBUTE_TAX_ID, bare);
    AddKey(v1::LINKAGE_KEY_KIND_TAX_ID, bare);
  }

  void AddPhone(std::string_view phone) {
    const std::u32string digits = Bare(phone);
    AddValue(v1::LINKAGE_ATTRIBUTE_PHONE, digits);
    AddKey(v1::LINKAGE_KEY_KIND_PHONE, digits);
    if (digits.size() > kDigitsOfPhoneEnd)
      AddKey(v1::LINKAGE_KEY_KIND_PHONE_END, digits.substr(digits.size() - kDigitsOfPhoneEnd));
  }

  void AddEmail(std::string_view address) {
    const std::u32string email = Email(address);
    AddValue(v1::LINKAGE_ATTRIBUTE_EMAIL, email);
    AddKey(v1::LINKAGE_KEY_KIND_EMAIL, email);
    AddKey(v1::LINKAGE_KEY_KIND_EMAIL_LOCAL, email.substr(0, email.find_first_of(U"+@")));
  }

  void AddAddress(const v1::PostalAddress& address) {
    std::u32string street;
    for (const std::string& line : address.lines()) street += Bare(line);
    const std::u32string places[] = {Bare(address.locality()), Bare(address.postal_code())};
    if (!street.empty()) AddValue(v1::LINKAGE_ATTRIBUTE_ADDRESS, street + places[0]);
    AddValue(v1::LINKAGE_ATTRIBUTE_LOCALITY, places[0]);
    AddValue(v1::LINKAGE_ATTRIBUTE_POSTAL_CODE, places[1]);
    if (!street.empty() && !name_.letters.empty())
      AddKey(v1::LINKAGE_KEY_KIND_NAME_ADDRESS, name_.letters + U'\n' + street);
    const size_t end = name_.ideographs ? kIdeographsOfEnd : kLettersOfEnd;
    const std::u32string& letters = name_.letters;
    for (const std::u32string& place : places) {
      if (place.empty()) continue;
      if (!street.empty()) AddKey(v1::LINKAGE_KEY_KIND_ADDRESS, street + U'\n' + place);
      if (letters.empty()) continue;
      AddKey(v1::LINKAGE_KEY_KIND_NAME_START, letters.substr(0, end) + U'\n' + place);
      AddKey(v1::LINKAGE_KEY_KIND_NAME_END,
             letters.substr(letters.size() - std::min(letters.size(), end)) + U'\n' + place);
    }
  }

  void AddBirthDate(absl::CivilDay day) {
    const std::u32string digits = Bare(absl::StrCat(absl::Dec(day.year(), absl::kZeroPad4),
                                                    absl::Dec(day.month(), absl::kZeroPad2),
                                                    absl::Dec(day.day(), absl::kZeroPad2)));
    AddValue(v1::LINKAGE_ATTRIBUTE_BIRTH_DATE, digits);
    AddKey(v1::LINKAGE_KEY_KIND_BIRTH_DATE, digits + name_.spoken.substr(0, 1));
  }

  void AddWebHost(std::string_view website) {
    AddValue(v1::LINKAGE_ATTRIBUTE_WEB_HOST, WebHost(website));
  }

  void AddEmployer(const Employer& employer) {
    AddValue(v1::LINKAGE_ATTRIBUTE_EMPLOYER, text::ToUtf32(employer.id));
    for (const std::string& id : employer.ids)
      AddKey(v1::LINKAGE_KEY_KIND_EMPLOYER, text::ToUtf32(id));
  }

  LinkageRecord Take(int group) {
    record_.group = group;
    return std::move(record_);
  }

 private:
  void AddValue(v1::LinkageAttribute attribute, std::u32string text, std::u32string spoken = {}) {
    linkage::Values& values = record_.values[attribute];
    linkage::Value value{std::move(text), std::move(spoken)};
    if (value.text.empty() || std::find(values.begin(), values.end(), value) != values.end())
      return;
    values.push_back(std::move(value));
  }

  void AddKey(v1::LinkageKeyKind kind, std::u32string_view term) {
    if (!term.empty()) record_.keys.emplace(kind, text::ToUtf8(term.substr(0, kTermCharactersMax)));
  }

  void AddName() {
    record_.ideographs = name_.ideographs;
    AddValue(v1::LINKAGE_ATTRIBUTE_NAME, name_.text, name_.spoken);
    AddKey(v1::LINKAGE_KEY_KIND_NAME, name_.letters);
    AddKey(v1::LINKAGE_KEY_KIND_SPOKEN_NAME, name_.spoken);
  }

  const Name name_;
  LinkageRecord record_;
};

}  // namespace

LinkageRecord LinkageRecordOf(const v1::Customer& customer) {
  Maker maker(customer.display_name(), Bearer::kCustomer);
  const v1::CustomerPersonal& personal = customer.personal();
  maker.AddTaxId(personal.tax_id());
  for (const std::string& phone : personal.phones()) maker.AddPhone(phone);
  for (const std::string& email : personal.emails()) maker.AddEmail(email);
  for (const v1::PostalAddress& address : personal.addresses()) maker.AddAddress(address);
  if (const auto born = SolarDayOf(personal.birth_date()); born.has_value())
    maker.AddBirthDate(*born);
  maker.AddWebHost(customer.website());
  return maker.Take(customer.kind());
}

LinkageRecord LinkageRecordOf(const v1::Contact& contact, const std::vector<Employer>& employers) {
  const v1::ContactPersonal& personal = contact.personal();
  Maker maker(FullNameOf(personal), Bearer::kPerson);
  for (const v1::ContactPhone& phone : personal.phones()) maker.AddPhone(phone.number());
  for (const v1::ContactEmail& email : personal.emails()) maker.AddEmail(email.address());
  if (const auto born = SolarDayOf(personal.birthday()); born.has_value())
    maker.AddBirthDate(*born);
  for (const Employer& employer : employers) maker.AddEmployer(employer);
  return maker.Take(0);
}

bool IsExactKey(v1::LinkageKeyKind kind) {
  return kind >= v1::LINKAGE_KEY_KIND_TAX_ID && kind <= v1::LINKAGE_KEY_KIND_NAME_ADDRESS;
}

std::set<v1::LinkageAttribute> AttributesOf(v1::LinkageKeyKind kind) {
  switch (kind) {
    case v1::LINKAGE_KEY_KIND_TAX_ID:
      return {v1::LINKAGE_ATTRIBUTE_TAX_ID};
    case v1::LINKAGE_KEY_KIND_PHONE:
    case v1::LINKAGE_KEY_KIND_PHONE_END:
      return {v1::LINKAGE_ATTRIBUTE_PHONE};
    case v1::LINKAGE_KEY_KIND_EMAIL:
    case v1::LINKAGE_KEY_KIND_EMAIL_LOCAL:
      return {v1::LINKAGE_ATTRIBUTE_EMAIL};
    case v1::LINKAGE_KEY_KIND_NAME_ADDRESS:
      return {v1::LINKAGE_ATTRIBUTE_NAME, v1::LINKAGE_ATTRIBUTE_ADDRESS,
              v1::LINKAGE_ATTRIBUTE_LOCALITY, v1::LINKAGE_ATTRIBUTE_POSTAL_CODE};
    case v1::LINKAGE_KEY_KIND_NAME:
    case v1::LINKAGE_KEY_KIND_SPOKEN_NAME:
      return {v1::LINKAGE_ATTRIBUTE_NAME};
    case v1::LINKAGE_KEY_KIND_NAME_START:
    case v1::LINKAGE_KEY_KIND_NAME_END:
      return {v1::LINKAGE_ATTRIBUTE_NAME, v1::LINKAGE_ATTRIBUTE_LOCALITY,
              v1::LINKAGE_ATTRIBUTE_POSTAL_CODE};
    case v1::LINKAGE_KEY_KIND_ADDRESS:
      return {v1::LINKAGE_ATTRIBUTE_ADDRESS, v1::LINKAGE_ATTRIBUTE_LOCALITY,
              v1::LINKAGE_ATTRIBUTE_POSTAL_CODE};
    case v1::LINKAGE_KEY_KIND_BIRTH_DATE:
      return {v1::LINKAGE_ATTRIBUTE_BIRTH_DATE, v1::LINKAGE_ATTRIBUTE_NAME};
    case v1::LINKAGE_KEY_KIND_EMPLOYER:
      return {v1::LINKAGE_ATTRIBUTE_EMPLOYER};
    default:
      return {};
  }
}

}  // namespace crm::customer
