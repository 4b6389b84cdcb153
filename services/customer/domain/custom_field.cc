#include "services/customer/domain/custom_field.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/read/custom_field_tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = CustomFieldModel::Event;

constexpr size_t kIdBytesMax = 63;

bool IsChoiceId(std::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

absl::Status CheckChoices(const v1::CustomField& field) {
  const bool is_choice = field.type() == v1::CUSTOM_FIELD_TYPE_CHOICE;
  if (is_choice == field.choices().empty())
    return Invalid("custom_field.choices", "must be given of a CHOICE, and of nothing else");
  std::set<std::string> seen;
  for (int i = 0; i < field.choices_size(); ++i) {
    const v1::CustomFieldChoice& choice = field.choices(i);
    const std::string at = absl::StrCat("custom_field.choices[", i, "]");
    if (!IsChoiceId(choice.id()))
      return Invalid(at + ".id", "must be 1 to 63 characters of [a-z0-9-]");
    if (!seen.insert(choice.id()).second) return Invalid(at + ".id", "must not be there twice");
    if (base::IsBlank(choice.label().en())) return Invalid(at + ".label.en", "must be given");
  }
  return absl::OkStatus();
}

// What every field must be, new or changed.
absl::Status CheckField(const v1::CustomField& field) {
  if (base::IsBlank(field.label().en())) return Invalid("custom_field.label.en", "must be given");
  return CheckChoices(field);
}

bool Contains(const v1::CustomField& field, const v1::CustomFieldChoice& choice) {
  return std::any_of(field.choices().begin(), field.choices().end(),
                     [&](const auto& other) { return other.id() == choice.id(); });
}

}  // namespace

DeclareFacts CustomFieldModel::Gather(const v1::DeclareCustomFieldRequest& declare,
                                      const engine::Context&, const engine::Snapshot& snapshot) {
  DeclareFacts facts;
  snapshot.Scan(
      kCustomFields, "by_target",
      [&](const v1::CustomField&) { return ++facts.active < kCustomFieldsMax; },
      declare.custom_field().target(), v1::CUSTOM_FIELD_STATE_ACTIVE);
  return facts;
}

engine::Decision<CustomFieldModel> CustomFieldModel::Decide(
    const State&, const v1::DeclareCustomFieldRequest& declare, const engine::Context& context,
    const DeclareFacts& facts) {
  const std::string& id = declare.custom_field_id();
  if (id.empty() || id[0] < 'a' || id[0] > 'z')
    return Invalid("custom_field_id", "must be given, and begin with a letter");
  const v1::CustomField& field = declare.custom_field();
  if (!v1::CustomFieldTarget_IsValid(field.target()) ||
      field.target() == v1::CUSTOM_FIELD_TARGET_UNSPECIFIED)
    return Invalid("custom_field.target", "must be one of the list");
  if (!v1::CustomFieldType_IsValid(field.type()) ||
      field.type() == v1::CUSTOM_FIELD_TYPE_UNSPECIFIED)
    return Invalid("custom_field.type", "must be one of the list");
  if (absl::Status s = CheckField(field); !s.ok()) return s;
  if (facts.active >= kCustomFieldsMax) {
    return base::Refused(v1::REASON_CUSTOM_FIELDS_FULL, "as many are declared as there can be",
                         {{"limit", absl::StrCat(kCustomFieldsMax)}});
  }
  Event event;
  v1::CustomField& declared = *event.mutable_declared()->mutable_custom_field();
  declared = field;
  declared.set_state(v1::CUSTOM_FIELD_STATE_ACTIVE);
  const std::string_view own_id = base::KeyOf(context.name);
  declared.set_path(absl::StrCat(field.personal() ? "personal." : "", "custom_fields.",
                                 absl::string_view(own_id.data(), own_id.size())));
  return event;
}

engine::Decision<CustomFieldModel> CustomFieldModel::Decide(
    const State& field, const v1::UpdateCustomFieldRequest& update, const engine::Context&) {
  const v1::CustomField& values = update.custom_field();
  const auto changed = engine::ChangedFields(values, update.update_mask(), field);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  if (field.state() == v1::CUSTOM_FIELD_STATE_RETIRED)
    return base::Refused(v1::REASON_CUSTOM_FIELD_RETIRED, "the custom field was retired");
  v1::CustomField next = field;
  base::ApplyMask(*changed, values, next);
  if (absl::Status s = CheckField(next); !s.ok()) return s;
  for (const v1::CustomFieldChoice& choice : field.choices()) {
    if (Contains(next, choice)) continue;
    return base::Refused(v1::REASON_CUSTOM_FIELD_CHOICE_KEPT, "a choice is missing",
                         {{"choice", choice.id()}});
  }
  Event event;
  *event.mutable_updated()->mutable_changed() = *changed;
  base::ApplyMask(*changed, values, *event.mutable_updated()->mutable_custom_field());
  return event;
}

engine::Decision<CustomFieldModel> CustomFieldModel::Decide(const State& field,
                                                            const v1::RetireCustomFieldRequest&,
                                                            const engine::Context& context) {
  if (field.state() == v1::CUSTOM_FIELD_STATE_RETIRED) return std::nullopt;
  Event event;
  *event.mutable_retired()->mutable_retire_time() = base::TimestampOf(context.time);
  return event;
}

void CustomFieldModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kDeclared:
      state = event.declared().custom_field();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().custom_field(), state);
      return;
    case Event::kRetired:
      state.set_state(v1::CUSTOM_FIELD_STATE_RETIRED);
      *state.mutable_retire_time() = event.retired().retire_time();
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
