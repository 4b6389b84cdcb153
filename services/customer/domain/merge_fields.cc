#include "services/customer/domain/merge_fields.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <memory>

#include "crm/common/v1/options.pb.h"
#include "google/api/field_behavior.pb.h"
#include "libs/base/status.h"

namespace crm::customer {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

// As common/v1/options.proto has it where a list says nothing.
constexpr int kItemsMaxDefault = 100;

bool Has(const FieldDescriptor& field, google::api::FieldBehavior wanted) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == wanted) return true;
  }
  return false;
}

const Message& HolderOf(const MergeField& field, const Message& resource) {
  return field.outer == nullptr ? resource
                                : resource.GetReflection()->GetMessage(resource, field.outer);
}

// Lists as the values of a reflection, compared as they are written.
std::vector<std::string> Items(const MergeField& field, const Message& resource) {
  std::vector<std::string> items;
  const Message& holder = HolderOf(field, resource);
  const auto& reflection = *holder.GetReflection();
  for (int i = 0; i < reflection.FieldSize(holder, field.field); ++i) {
    switch (field.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        items.push_back(reflection.GetRepeatedString(holder, field.field, i));
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        items.push_back(std::to_string(reflection.GetRepeatedEnumValue(holder, field.field, i)));
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        items.push_back(reflection.GetRepeatedMessage(holder, field.field, i).SerializeAsString());
        break;
      default:  // No resource that is merged has lists of numbers.
        break;
    }
  }
  return items;
}

// What of each item must not be there twice: all of it, unless the list has a key.
std::vector<std::string> Identities(const MergeField& field, const Message& resource) {
  const std::string& map_key = field.field->options().GetExtension(common::v1::map_key);
  if (map_key.empty()) return Items(field, resource);
  const FieldDescriptor* key = field.field->message_type()->FindFieldByName(map_key);
  const Message& holder = HolderOf(field, resource);
  const auto& reflection = *holder.GetReflection();
  std::vector<std::string> identities;
  for (int i = 0; i < reflection.FieldSize(holder, field.field); ++i) {
    const Message& item = reflection.GetRepeatedMessage(holder, field.field, i);
    identities.push_back(item.GetReflection()->GetString(item, key));
  }
  return identities;
}

bool Contains(const std::vector<std::string>& items, const std::string& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

// Appends the i-th item of the list of `from`.
void Append(const MergeField& field, const Message& from, int i, Message& to) {
  const Message& source = HolderOf(field, from);
  Message& target =
      field.outer == nullptr ? to : *to.GetReflection()->MutableMessage(&to, field.outer);
  const auto& reflection = *source.GetReflection();
  switch (field.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      reflection.AddString(&target, field.field,
                           reflection.GetRepeatedString(source, field.field, i));
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection.AddEnumValue(&target, field.field,
                              reflection.GetRepeatedEnumValue(source, field.field, i));
      return;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      reflection.AddMessage(&target, field.field)
          ->CopyFrom(reflection.GetRepeatedMessage(source, field.field, i));
      return;
    default:
      return;
  }
}

void AddMissing(const MergeField& field, const Message& from, Message& to) {
  const auto limit = static_cast<int>(field.field->options().GetExtension(common::v1::max_items));
  const size_t most = static_cast<size_t>(limit > 0 ? limit : kItemsMaxDefault);
  std::vector<std::string> there = Identities(field, to);
  const std::vector<std::string> more = Identities(field, from);
  for (size_t i = 0; i < more.size() && there.size() < most; ++i) {
    if (Contains(there, more[i])) continue;
    Append(field, from, static_cast<int>(i), to);
    there.push_back(more[i]);
  }
}

}  // namespace

bool MergeField::IsSet(const Message& resource) const {
  const Message& holder = HolderOf(*this, resource);
  return field->is_repeated() ? holder.GetReflection()->FieldSize(holder, field) > 0
                              : holder.GetReflection()->HasField(holder, field);
}

void MergeField::Merge(v1::MergeRule rule, const Message& absorbed, bool absorbed_verified_later,
                       Message& survivor) const {
  const auto take = [&] { base::ApplyMask(MaskOf(path), absorbed, survivor); };
  if (rule == v1::MERGE_RULE_UNSPECIFIED)
    rule = IsList() ? v1::MERGE_RULE_MOST_COMPLETE : v1::MERGE_RULE_MOST_RECENTLY_VERIFIED;
  switch (rule) {
    case v1::MERGE_RULE_ABSORBED:
      if (IsSet(absorbed) || IsSet(survivor)) take();
      return;
    case v1::MERGE_RULE_MOST_COMPLETE:
      if (IsList()) {
        AddMissing(*this, absorbed, survivor);
      } else if (!IsSet(survivor) && IsSet(absorbed)) {
        take();
      }
      return;
    case v1::MERGE_RULE_MOST_RECENTLY_VERIFIED:
      if (IsSet(absorbed) && (absorbed_verified_later || !IsSet(survivor))) take();
      return;
    default:
      return;
  }
}

void MergeField::TakeOut(const Message& before, const Message& after, Message& resource) const {
  const std::vector<std::string> was = Items(*this, before);
  const std::vector<std::string> became = Items(*this, after);
  const bool only_added =
      became.size() >= was.size() && std::equal(was.begin(), was.end(), became.begin());
  if (!only_added) return;
  const std::vector<std::string> now = Items(*this, resource);
  const std::unique_ptr<Message> whole(resource.New()), none(resource.New());
  whole->CopyFrom(resource);
  base::ApplyMask(MaskOf(path), *none, resource);
  for (size_t i = 0; i < now.size(); ++i) {
    if (Contains(became, now[i]) && !Contains(was, now[i])) continue;
    Append(*this, *whole, static_cast<int>(i), resource);
  }
}

MergeFields::MergeFields(const google::protobuf::Descriptor& resource,
                         std::span<const std::string_view> left_alone) {
  for (int i = 0; i < resource.field_count(); ++i) {
    const FieldDescriptor& field = *resource.field(i);
    const bool alone =
        Has(field, google::api::OUTPUT_ONLY) || Has(field, google::api::IMMUTABLE) ||
        std::find(left_alone.begin(), left_alone.end(), field.name()) != left_alone.end();
    if (alone) continue;
    if (field.name() != kPersonalField) {
      fields_.push_back({field.name(), nullptr, &field});
      continue;
    }
    const auto& personal = *field.message_type();
    for (int j = 0; j < personal.field_count(); ++j)
      fields_.push_back(
          {field.name() + "." + personal.field(j)->name(), &field, personal.field(j)});
  }
}

const MergeField* MergeFields::Find(std::string_view path) const {
  const auto found = std::find_if(fields_.begin(), fields_.end(),
                                  [&](const MergeField& field) { return field.path == path; });
  return found == fields_.end() ? nullptr : &*found;
}

absl::Status CheckMergeRuleKind(const std::string& field, const v1::MergeFieldRule& rule) {
  if (v1::MergeRule_IsValid(rule.rule()) && rule.rule() != v1::MERGE_RULE_UNSPECIFIED)
    return absl::OkStatus();
  return base::Invalid(field + ".rule", "must be a rule");
}

FieldMask MaskOf(std::string_view path) {
  FieldMask mask;
  mask.add_paths(std::string(path));
  return mask;
}

bool SameAt(std::string_view path, const Message& a, const Message& b) {
  const std::unique_ptr<Message> in_a(a.New()), in_b(b.New());
  base::ApplyMask(MaskOf(path), a, *in_a);
  base::ApplyMask(MaskOf(path), b, *in_b);
  return MessageDifferencer::Equals(*in_a, *in_b);
}

}  // namespace crm::customer
