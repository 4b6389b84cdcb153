// The fields of a resource that a merge moves, whatever the resource is: those that people fill in,
// of its own and of its "personal" data, found by reflection. Pure.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "crm/customer/v1/customer_merge.pb.h"
#include "libs/base/field_mask.h"

namespace crm::customer {

inline constexpr char kPersonalField[] = "personal";

// A field that rules are given for.
struct MergeField {
  using Message = google::protobuf::Message;

  std::string path;                                // "industry", "personal.phones".
  const google::protobuf::FieldDescriptor* outer;  // nullptr: a field of the resource itself.
  const google::protobuf::FieldDescriptor* field;

  bool IsList() const { return field->is_repeated(); }
  bool IsSet(const Message& resource) const;
  // Gives the survivor the value that the rule says. Without a rule: a list what either has,
  // anything else that of the one that was verified last.
  void Merge(v1::MergeRule rule, const Message& absorbed, bool absorbed_verified_later,
             Message& survivor) const;
  // Takes out of the list what made `after` of `before`. Nothing when that did not only add.
  void TakeOut(const Message& before, const Message& after, Message& resource) const;
};

class MergeFields {
 public:
  // All but those that are computed or cannot change, and `left_alone`.
  MergeFields(const google::protobuf::Descriptor& resource,
              std::span<const std::string_view> left_alone);

  const std::vector<MergeField>& all() const { return fields_; }
  // nullptr: a merge does not touch it.
  const MergeField* Find(std::string_view path) const;

 private:
  std::vector<MergeField> fields_;
};

// INVALID_ARGUMENT, naming "<field>.rule", without a rule of the list.
absl::Status CheckMergeRuleKind(const std::string& field, const v1::MergeFieldRule& rule);

google::protobuf::FieldMask MaskOf(std::string_view path);
// Both of one type.
bool SameAt(std::string_view path, const google::protobuf::Message& a,
            const google::protobuf::Message& b);

// A mask leaves an empty message where there was none.
template <class Resource>
void ClearIfEmptied(const google::protobuf::FieldMask& changed, Resource& resource) {
  if (base::MaskTouches(changed, kPersonalField) && resource.personal().ByteSizeLong() == 0)
    resource.clear_personal();
}

// The values of these fields alone. Unlike with a mask alone, no personal data where `from` has
// none.
template <class Resource>
Resource Only(const google::protobuf::FieldMask& fields, const Resource& from) {
  Resource only;
  base::ApplyMask(fields, from, only);
  if (!from.has_personal()) only.clear_personal();
  return only;
}

// Makes these fields of `to` what they are in `from`, likewise.
template <class Resource>
void TakeFields(const google::protobuf::FieldMask& fields, const Resource& from, Resource& to) {
  base::ApplyMask(fields, from, to);
  if (!from.has_personal()) ClearIfEmptied(fields, to);
}

}  // namespace crm::customer
