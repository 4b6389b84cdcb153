#include "services/customer/domain/contact_person.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/text.h"
#include "libs/base/utf8.h"
#include "libs/engine/update.h"
#include "services/customer/domain/contact.h"
#include "services/customer/domain/contact_checks.h"
#include "services/customer/domain/contact_merge.h"

namespace crm::customer {
namespace {

using google::protobuf::FieldMask;

constexpr size_t kNamePartBytesMax = 100, kNameBytesMax = 200;
// Most numbers, and most addresses, of a contact.
constexpr int kWaysMax = 20;

constexpr std::string_view kName = "display_name", kLanguage = "language_code",
                           kPhones = "personal.phones", kEmails = "personal.emails",
                           kBirthDate = "personal.birth_date";
// Of a contact; the others are called the same there.
constexpr std::string_view kGivenName = "personal.given_name", kFamilyName = "personal.family_name",
                           kBirthday = "personal.birthday";

// Whether the change is of the field, by itself or with the message that it is in.
bool Means(const FieldMask& changed, std::string_view field) {
  const auto& paths = changed.paths();
  return base::MaskTouches(changed, field) ||
         std::any_of(paths.begin(), paths.end(),
                     [&](const std::string& path) { return field.starts_with(path + "."); });
}

const std::string& ValueOf(const v1::ContactPhone& phone) { return phone.number(); }
const std::string& ValueOf(const v1::ContactEmail& email) { return email.address(); }
void SetValue(const std::string& value, v1::ContactPhone& phone) { phone.set_number(value); }
void SetValue(const std::string& value, v1::ContactEmail& email) { email.set_address(value); }

using Values = google::protobuf::RepeatedPtrField<std::string>;

bool Has(const Values& values, const std::string& value) {
  return std::any_of(values.begin(), values.end(), [&](const std::string& other) {
    return absl::EqualsIgnoreCase(other, value);
  });
}

template <class Way>
void FollowWays(const Values& former, const Values& now,
                google::protobuf::RepeatedPtrField<Way>& ways) {
  for (int i = ways.size() - 1; i >= 0; --i) {
    const std::string& value = ValueOf(ways[i]);
    if (!ways[i].opted_out() && Has(former, value) && !Has(now, value)) ways.DeleteSubrange(i, 1);
  }
  for (const std::string& value : now) {
    const bool there = std::any_of(ways.begin(), ways.end(), [&](const Way& way) {
      return absl::EqualsIgnoreCase(ValueOf(way), value);
    });
    if (!there && ways.size() < kWaysMax) SetValue(value, *ways.Add());
  }
  if (std::any_of(ways.begin(), ways.end(), [](const Way& way) { return way.primary(); })) return;
  const auto first = std::find_if(
      ways.begin(), ways.end(), [](const Way& way) { return !way.opted_out() && !way.invalid(); });
  if (first != ways.end()) first->set_primary(true);
}

void FollowBirthday(const v1::CustomerPersonal& former, const v1::CustomerPersonal& now,
                    v1::ContactPersonal& personal) {
  const bool theirs = personal.has_birthday() &&
                      personal.birthday().calendar() != v1::CALENDAR_LUNAR &&
                      former.has_birth_date() &&
                      google::protobuf::util::MessageDifferencer::Equals(personal.birthday().date(),
                                                                         former.birth_date());
  if (!theirs) return;
  if (now.has_birth_date()) {
    *personal.mutable_birthday()->mutable_date() = now.birth_date();
  } else {
    personal.clear_birthday();
  }
}

// Its name in one piece, of which SetPersonName makes the same again.
std::string NameOf(const v1::ContactPersonal& personal) {
  if (personal.given_name().empty()) return personal.family_name();
  return base::ToUtf8(absl::StrCat(personal.given_name(), " ", personal.family_name()),
                      kNameBytesMax);
}

template <class Way>
bool HasWay(const google::protobuf::RepeatedPtrField<Way>& ways, const Way& way) {
  return std::any_of(ways.begin(), ways.end(), [&](const Way& other) {
    return absl::EqualsIgnoreCase(ValueOf(other), ValueOf(way));
  });
}

// Of `ways` those that are not among `others`.
template <class Way>
void AddMissing(const google::protobuf::RepeatedPtrField<Way>& ways,
                const google::protobuf::RepeatedPtrField<Way>& others, Values& values) {
  for (const Way& way : ways) {
    if (!HasWay(others, way)) *values.Add() = ValueOf(way);
  }
}

// The contact as the person that it is, compared with `other`, what it was or what it became.
v1::Customer PersonOf(const v1::Contact& contact, const v1::Contact& other) {
  v1::Customer person;
  const v1::ContactPersonal& personal = contact.personal();
  person.set_display_name(NameOf(personal));
  person.set_language_code(contact.language_code());
  AddMissing(personal.phones(), other.personal().phones(),
             *person.mutable_personal()->mutable_phones());
  AddMissing(personal.emails(), other.personal().emails(),
             *person.mutable_personal()->mutable_emails());
  if (personal.has_birthday() && personal.birthday().calendar() != v1::CALENDAR_LUNAR)
    *person.mutable_personal()->mutable_birth_date() = personal.birthday().date();
  return person;
}

bool Absorbed(const v1::Contact& contact, const std::string& other) {
  const auto& names = contact.absorbed_contacts();
  return std::find(names.begin(), names.end(), other) != names.end();
}

// What the one that absorbed it needs to follow.
void TellSurvivor(const v1::Contact& before, v1::ContactUpdated& updated) {
  updated.set_survivor(before.merged_into());
  const FieldMask& changed = updated.changed();
  const v1::ContactPersonal& personal = before.personal();
  v1::ContactPersonal& former = *updated.mutable_former();
  if (base::MaskTouches(changed, "language_code"))
    updated.set_former_language_code(before.language_code());
  if (base::MaskTouches(changed, kGivenName) || base::MaskTouches(changed, kFamilyName)) {
    former.set_given_name(personal.given_name());
    former.set_family_name(personal.family_name());
  }
  if (base::MaskTouches(changed, kPhones)) *former.mutable_phones() = personal.phones();
  if (base::MaskTouches(changed, kEmails)) *former.mutable_emails() = personal.emails();
  if (base::MaskTouches(changed, kBirthday) && personal.has_birthday())
    *former.mutable_birthday() = personal.birthday();
}

}  // namespace

void SetPersonName(std::string_view display_name, v1::ContactPersonal& personal) {
  const size_t space = display_name.rfind(' ');
  const bool parts = space != std::string_view::npos &&
                     !base::IsBlank(display_name.substr(0, space)) &&
                     !base::IsBlank(display_name.substr(space));
  personal.clear_given_name();
  if (parts)
    personal.set_given_name(base::ToUtf8(display_name.substr(0, space), kNamePartBytesMax));
  personal.set_family_name(
      base::ToUtf8(parts ? display_name.substr(space + 1) : display_name, kNamePartBytesMax));
}

bool TouchesPerson(const FieldMask& changed) {
  const auto fields = {kName, kLanguage, kPhones, kEmails, kBirthDate};
  return std::any_of(fields.begin(), fields.end(),
                     [&](std::string_view field) { return Means(changed, field); });
}

bool ChangesWays(const FieldMask& changed, const v1::Customer& before) {
  return before.kind() == v1::CUSTOMER_KIND_PERSON &&
         (Means(changed, kPhones) || Means(changed, kEmails) || Means(changed, kBirthDate));
}

v1::PersonalFacts FormerWays(const FieldMask& changed, const v1::Customer& before) {
  v1::PersonalFacts facts;
  v1::CustomerPersonal& former = *facts.mutable_personal();
  if (Means(changed, kPhones)) *former.mutable_phones() = before.personal().phones();
  if (Means(changed, kEmails)) *former.mutable_emails() = before.personal().emails();
  if (Means(changed, kBirthDate) && before.personal().has_birth_date())
    *former.mutable_birth_date() = before.personal().birth_date();
  return facts;
}

void FollowPerson(const v1::FollowPersonRequest& follow, v1::Contact& contact) {
  const FieldMask& changed = follow.changed();
  const v1::CustomerPersonal& former = follow.former().personal();
  const v1::CustomerPersonal& now = follow.person().personal();
  v1::ContactPersonal& personal = *contact.mutable_personal();
  const bool own = follow.contact().empty();
  const bool same_name = NameOf(personal) == follow.former().display_name();
  const bool same_language = contact.language_code() == follow.former().language_code();
  if (Means(changed, kName) && (own || same_name))
    SetPersonName(follow.person().display_name(), personal);
  if (Means(changed, kLanguage) && (own || same_language))
    contact.set_language_code(follow.person().language_code());
  if (Means(changed, kPhones))
    FollowWays(former.phones(), now.phones(), *personal.mutable_phones());
  if (Means(changed, kEmails))
    FollowWays(former.emails(), now.emails(), *personal.mutable_emails());
  if (Means(changed, kBirthDate)) FollowBirthday(former, now, personal);
}

v1::FollowPersonRequest FollowOfMerged(const std::string& contact,
                                       const v1::ContactUpdated& updated) {
  v1::Contact before;
  before.set_language_code(updated.former_language_code());
  *before.mutable_personal() = updated.former();
  v1::Contact after = before;
  base::ApplyMask(updated.changed(), JoinedContact(updated), after);
  v1::FollowPersonRequest follow;
  follow.set_name(updated.survivor());
  follow.set_contact(contact);
  *follow.mutable_person() = PersonOf(after, before);
  *follow.mutable_former() = PersonOf(before, after);
  const auto add = [&](std::string_view field, std::string_view path) {
    if (base::MaskTouches(updated.changed(), field))
      follow.mutable_changed()->add_paths(std::string(path));
  };
  if (NameOf(before.personal()) != NameOf(after.personal()))
    follow.mutable_changed()->add_paths(std::string(kName));
  add(kLanguage, kLanguage);
  add(kPhones, kPhones);
  add(kEmails, kEmails);
  add(kBirthday, kBirthDate);
  return follow;
}

engine::Decision<ContactModel> ContactModel::Decide(const State& contact,
                                                    const v1::FollowPersonRequest& follow,
                                                    const engine::Context& context) {
  // The merge was declined, or taken back.
  if (!follow.contact().empty() && !Absorbed(contact, follow.contact())) return std::nullopt;
  State next = contact;
  FollowPerson(follow, next);
  FieldMask all;
  for (const char* path : {"language_code", "personal.given_name", "personal.family_name",
                           "personal.phones", "personal.emails", "personal.birthday"})
    all.add_paths(path);
  const auto changed = engine::ChangedFields(next, all, contact);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  if (absl::Status s = CheckContact(next, context.business_date); !s.ok()) return s;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, next, *updated.mutable_contact());
  MoveContactPersonal(updated);
  if (!contact.merged_into().empty()) TellSurvivor(contact, updated);
  return event;
}

}  // namespace crm::customer
