#include "services/customer/domain/contact_person.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
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

constexpr size_t kNamePartBytesMax = 100;
// Most numbers, and most addresses, of a contact.
constexpr int kWaysMax = 20;

constexpr std::string_view kName = "display_name", kLanguage = "language_code",
                           kPhones = "personal.phones", kEmails = "personal.emails",
                           kBirthDate = "personal.birth_date";

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

void FollowPerson(const v1::FollowPersonRequest& follow, v1::Contact& contact) {
  const FieldMask& changed = follow.changed();
  const v1::CustomerPersonal& former = follow.former().personal();
  const v1::CustomerPersonal& now = follow.person().personal();
  v1::ContactPersonal& personal = *contact.mutable_personal();
  if (Means(changed, kName)) SetPersonName(follow.person().display_name(), personal);
  if (Means(changed, kLanguage)) contact.set_language_code(follow.person().language_code());
  if (Means(changed, kPhones))
    FollowWays(former.phones(), now.phones(), *personal.mutable_phones());
  if (Means(changed, kEmails))
    FollowWays(former.emails(), now.emails(), *personal.mutable_emails());
  if (Means(changed, kBirthDate)) FollowBirthday(former, now, personal);
}

engine::Decision<ContactModel> ContactModel::Decide(const State& contact,
                                                    const v1::FollowPersonRequest& follow,
                                                    const engine::Context& context) {
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
  return event;
}

}  // namespace crm::customer
