#include "services/customer/domain/custom_values.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/date.h"
#include "libs/base/decimal.h"
#include "libs/base/field_mask.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/files/fields.h"
#include "services/customer/read/custom_field_tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Values = google::protobuf::RepeatedPtrField<v1::CustomFieldValue>;
using google::protobuf::util::MessageDifferencer;

constexpr char kList[] = "custom_fields";
constexpr char kPersonalList[] = "personal.custom_fields";
constexpr std::string_view kYes[] = {"true", "yes", "1", "\xe6\x98\xaf"};
constexpr std::string_view kNo[] = {"false", "no", "0", "\xe5\x90\xa6"};

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

const v1::CustomFieldValue* Find(const Values& values, const std::string& field) {
  const auto found = std::find_if(values.begin(), values.end(),
                                  [&](const auto& value) { return value.field() == field; });
  return found == values.end() ? nullptr : &*found;
}

template <class Resource>
CustomFieldFacts LookUp(v1::CustomFieldTarget target, const Resource& resource,
                        const engine::Context& context, const engine::Snapshot& snapshot) {
  CustomFieldFacts facts;
  facts.complete = !absl::StartsWith(context.actor, "service:");
  const auto note = [&](const v1::CustomField& field) {
    facts.declared.emplace(base::KeyOf(field.name()), field);
    return true;
  };
  for (const Values* values : {&resource.custom_fields(), &resource.personal().custom_fields()}) {
    for (const v1::CustomFieldValue& value : *values) {
      const auto field = FindCustomField(target, value.field(), snapshot);
      if (field.ok()) note(*field);
    }
  }
  if (facts.complete) {
    snapshot.Scan(kCustomFields, "by_target", note, target, v1::CUSTOM_FIELD_STATE_ACTIVE, true);
  }
  return facts;
}

template <class Resource>
bool MayTouch(const Resource& values, const google::protobuf::FieldMask& mask) {
  if (!values.custom_fields().empty() || !values.personal().custom_fields().empty()) return true;
  const auto& paths = mask.paths();
  return TouchesCustomFields(mask) || std::find(paths.begin(), paths.end(), "*") != paths.end();
}

absl::Status CheckChoice(const std::string& at, const v1::CustomField& field,
                         const std::string& id) {
  for (const v1::CustomFieldChoice& choice : field.choices()) {
    if (choice.id() != id) continue;
    return choice.retired() ? Invalid(at, "must be a choice that is not retired")
                            : absl::OkStatus();
  }
  return Invalid(at, "must be one of the field's choices");
}

absl::Status CheckType(const std::string& at, const v1::CustomField& field,
                       const v1::CustomFieldValue& value) {
  switch (field.type()) {
    case v1::CUSTOM_FIELD_TYPE_TEXT:
      if (value.has_text() && !base::IsBlank(value.text())) return absl::OkStatus();
      return Invalid(at, "must be a text, and not blank");
    case v1::CUSTOM_FIELD_TYPE_NUMBER:
      if (!value.has_number()) return Invalid(at, "must be a number");
      return base::CheckDecimal(at + ".number", value.number());
    case v1::CUSTOM_FIELD_TYPE_DATE:
      if (!value.has_date()) return Invalid(at, "must be a date");
      return base::CheckDate(at + ".date", value.date());
    case v1::CUSTOM_FIELD_TYPE_BOOL:
      return value.has_flag() ? absl::OkStatus() : Invalid(at, "must be true or false");
    case v1::CUSTOM_FIELD_TYPE_CHOICE:
      if (!value.has_choice()) return Invalid(at, "must be a choice");
      return CheckChoice(at, field, value.choice());
    default:
      return Invalid(at, "must be of a type that is known here");
  }
}

// One of the two lists of a resource.
struct List {
  std::string at;  // "customer.personal.custom_fields".
  bool personal;
  const Values& before;
  const Values& next;
};

absl::Status CheckValue(const List& list, const std::string& at, const v1::CustomFieldValue& value,
                        const CustomFieldFacts& facts) {
  const auto field = facts.declared.find(value.field());
  if (field == facts.declared.end()) return Invalid(at, "must be of a custom field of its kind");
  if (field->second.personal() != list.personal)
    return Invalid(at, "must stand where the custom field's path says");
  if (field->second.state() == v1::CUSTOM_FIELD_STATE_RETIRED)
    return Invalid(at, "must be of a custom field that is not retired");
  return CheckType(at, field->second, value);
}

absl::Status CheckList(const List& list, const CustomFieldFacts& facts) {
  std::set<std::string> seen;
  for (int i = 0; i < list.next.size(); ++i) {
    const v1::CustomFieldValue& value = list.next[i];
    const std::string at = absl::StrCat(list.at, "[", i, "]");
    const v1::CustomFieldValue* before = Find(list.before, value.field());
    const bool twice = !seen.insert(value.field()).second;
    if (!twice && before != nullptr && MessageDifferencer::Equals(*before, value)) continue;
    absl::Status s =
        twice ? Invalid(at, "must not be there twice") : CheckValue(list, at, value, facts);
    if (!s.ok()) return base::WithMetadata(std::move(s), {{kRefusedCustomField, value.field()}});
  }
  if (!facts.complete) return absl::OkStatus();
  for (const auto& [id, field] : facts.declared) {
    const bool asked = field.required() && field.personal() == list.personal &&
                       field.state() == v1::CUSTOM_FIELD_STATE_ACTIVE;
    if (asked && Find(list.next, id) == nullptr)
      return Invalid(list.at, absl::StrCat("must have ", id, ", which is required"));
  }
  return absl::OkStatus();
}

template <class Resource>
absl::Status Check(const std::string& name, const Resource& before, const Resource& next,
                   const CustomFieldFacts& facts) {
  const List list{absl::StrCat(name, ".", kList), false, before.custom_fields(),
                  next.custom_fields()};
  if (absl::Status s = CheckList(list, facts); !s.ok()) return s;
  return CheckList({absl::StrCat(name, ".", kPersonalList), true, before.personal().custom_fields(),
                    next.personal().custom_fields()},
                   facts);
}

Values With(const Values& there, const Values& more) {
  Values all = there;
  for (const v1::CustomFieldValue& value : more) {
    const auto same = std::find_if(
        all.begin(), all.end(), [&](const auto& other) { return other.field() == value.field(); });
    *(same == all.end() ? all.Add() : &*same) = value;
  }
  return all;
}

template <class Resource>
void Add(const Resource& there, Resource& more) {
  if (!more.custom_fields().empty())
    *more.mutable_custom_fields() = With(there.custom_fields(), more.custom_fields());
  if (!more.personal().custom_fields().empty()) {
    auto& personal = *more.mutable_personal()->mutable_custom_fields();
    personal = With(there.personal().custom_fields(), personal);
  }
}

bool IsOneOf(std::string_view text, const std::string_view (&words)[4]) {
  return std::any_of(std::begin(words), std::end(words), [&](std::string_view word) {
    return absl::EqualsIgnoreCase(View(text), View(word));
  });
}

// The choice with this id, else with this label. nullptr: there is none, or it is retired.
const v1::CustomFieldChoice* ChoiceOf(const v1::CustomField& field, std::string_view text) {
  const v1::CustomFieldChoice* labelled = nullptr;
  for (const v1::CustomFieldChoice& choice : field.choices()) {
    if (choice.retired()) continue;
    if (choice.id() == text) return &choice;
    const bool reads =
        absl::EqualsIgnoreCase(choice.label().en(), View(text)) || choice.label().zh_cn() == text;
    if (labelled == nullptr && reads) labelled = &choice;
  }
  return labelled;
}

}  // namespace

CustomFieldFacts LookUpCustomFields(const v1::Customer& customer, const engine::Context& context,
                                    const engine::Snapshot& snapshot) {
  return LookUp(v1::CUSTOM_FIELD_TARGET_CUSTOMER, customer, context, snapshot);
}

CustomFieldFacts LookUpCustomFields(const v1::Contact& contact, const engine::Context& context,
                                    const engine::Snapshot& snapshot) {
  return LookUp(v1::CUSTOM_FIELD_TARGET_CONTACT, contact, context, snapshot);
}

CustomFieldFacts LookUpCustomFields(const v1::Customer& values,
                                    const google::protobuf::FieldMask& mask,
                                    const engine::Context& context,
                                    const engine::Snapshot& snapshot) {
  return MayTouch(values, mask) ? LookUpCustomFields(values, context, snapshot)
                                : CustomFieldFacts();
}

CustomFieldFacts LookUpCustomFields(const v1::Contact& values,
                                    const google::protobuf::FieldMask& mask,
                                    const engine::Context& context,
                                    const engine::Snapshot& snapshot) {
  return MayTouch(values, mask) ? LookUpCustomFields(values, context, snapshot)
                                : CustomFieldFacts();
}

absl::Status CheckCustomFields(const v1::Customer& before, const v1::Customer& next,
                               const CustomFieldFacts& facts) {
  return Check("customer", before, next, facts);
}

absl::Status CheckCustomFields(const v1::Contact& before, const v1::Contact& next,
                               const CustomFieldFacts& facts) {
  return Check("contact", before, next, facts);
}

bool TouchesCustomFields(const google::protobuf::FieldMask& changed) {
  return base::MaskTouches(changed, kList) || base::MaskTouches(changed, kPersonalList);
}

void AddCustomFields(const v1::Customer& there, v1::Customer& more) { Add(there, more); }

void AddCustomFields(const v1::Contact& there, v1::Contact& more) { Add(there, more); }

absl::StatusOr<v1::CustomField> FindCustomField(v1::CustomFieldTarget target, std::string_view id,
                                                const engine::Snapshot& snapshot) {
  auto field = snapshot.Get(kCustomFields, absl::StrCat("customFields/", View(id)));
  if (field.has_value() && field->target() == target) return *std::move(field);
  const bool of_contacts = target == v1::CUSTOM_FIELD_TARGET_CONTACT;
  return absl::InvalidArgumentError(absl::StrCat("no custom field \"", View(id), "\" of ",
                                                 of_contacts ? "contacts" : "customers"));
}

absl::StatusOr<const google::protobuf::FieldDescriptor*> TypeOfCustomField(
    const google::protobuf::FieldDescriptor& map, std::string_view id,
    const engine::Snapshot& snapshot) {
  if (map.message_type() != v1::CustomFieldValue::descriptor()) return nullptr;
  const auto* holder = map.containing_type();
  const bool of_contact =
      holder == v1::Contact::descriptor() || holder == v1::ContactPersonal::descriptor();
  const auto field = FindCustomField(
      of_contact ? v1::CUSTOM_FIELD_TARGET_CONTACT : v1::CUSTOM_FIELD_TARGET_CUSTOMER, id,
      snapshot);
  if (!field.ok()) return field.status();
  return TypeOfDeclared(map, *field);
}

absl::StatusOr<const google::protobuf::FieldDescriptor*> TypeOfDeclared(
    const google::protobuf::FieldDescriptor& map, const v1::CustomField& field) {
  const auto* holder = map.containing_type();
  const bool personal =
      holder == v1::CustomerPersonal::descriptor() || holder == v1::ContactPersonal::descriptor();
  if (field.personal() != personal)
    return absl::InvalidArgumentError(absl::StrCat("must be written ", field.path()));
  switch (field.type()) {
    case v1::CUSTOM_FIELD_TYPE_TEXT:
      return map.message_type()->FindFieldByName("text");
    case v1::CUSTOM_FIELD_TYPE_NUMBER:
      return map.message_type()->FindFieldByName("number");
    case v1::CUSTOM_FIELD_TYPE_DATE:
      return map.message_type()->FindFieldByName("date");
    case v1::CUSTOM_FIELD_TYPE_BOOL:
      return map.message_type()->FindFieldByName("flag");
    case v1::CUSTOM_FIELD_TYPE_CHOICE:
      return map.message_type()->FindFieldByName("choice");
    default:
      return nullptr;
  }
}

table::KeyTypes KeyTypesOf(const engine::Snapshot& snapshot) {
  return [&snapshot](const google::protobuf::FieldDescriptor& map, std::string_view id) {
    return TypeOfCustomField(map, id, snapshot);
  };
}

absl::Status SetCustomValue(const v1::CustomField& field, std::string_view text,
                            v1::CustomFieldValue& value) {
  value.set_field(std::string(base::KeyOf(field.name())));
  switch (field.type()) {
    case v1::CUSTOM_FIELD_TYPE_NUMBER: {
      const auto number = base::ParseDecimal(text);
      if (!number.has_value()) return absl::InvalidArgumentError("must be a number such as -12.5");
      *value.mutable_number() = *number;
      return absl::OkStatus();
    }
    case v1::CUSTOM_FIELD_TYPE_DATE:
      return files::ParseDate(text, *value.mutable_date());
    case v1::CUSTOM_FIELD_TYPE_BOOL: {
      const bool yes = IsOneOf(text, kYes);
      if (!yes && !IsOneOf(text, kNo)) return absl::InvalidArgumentError("must be true or false");
      value.set_flag(yes);
      return absl::OkStatus();
    }
    case v1::CUSTOM_FIELD_TYPE_CHOICE: {
      const v1::CustomFieldChoice* choice = ChoiceOf(field, text);
      if (choice == nullptr)
        return absl::InvalidArgumentError("must be one of the field's choices");
      value.set_choice(choice->id());
      return absl::OkStatus();
    }
    default:
      value.set_text(std::string(text));
      return absl::OkStatus();
  }
}

std::string CustomValueText(const v1::CustomFieldValue& value) {
  switch (value.value_case()) {
    case v1::CustomFieldValue::kText:
      return value.text();
    case v1::CustomFieldValue::kNumber:
      return base::DecimalText(value.number());
    case v1::CustomFieldValue::kDate:
      return files::DateText(value.date());
    case v1::CustomFieldValue::kFlag:
      return value.flag() ? "true" : "false";
    case v1::CustomFieldValue::kChoice:
      return value.choice();
    case v1::CustomFieldValue::VALUE_NOT_SET:
      return "";
  }
  return "";
}

}  // namespace crm::customer
