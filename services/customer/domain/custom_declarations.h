// Custom fields as an import or export keeps them from its beginning: all its rows are read by the
// same declarations, whatever becomes of these meanwhile, and by every replica.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/customer/v1/custom_field.pb.h"
#include "libs/engine/model.h"
#include "libs/table/filter.h"

namespace crm::customer {

// Most declarations that are kept, and their bytes: they are part of an event.
inline constexpr int kDeclarationsMax = 1'000;
inline constexpr size_t kDeclarationsBytesMax = 512 << 10;

using CustomFields = google::protobuf::RepeatedPtrField<v1::CustomField>;

// What "custom_fields.colour" and "personal.custom_fields.colour" lead to.
struct CustomFieldPath {
  bool personal = false;
  std::string id;
};
// Nothing: the path is none to a custom field.
std::optional<CustomFieldPath> ReadCustomFieldPath(std::string_view path);

// The declaration with this id; nullptr: it is not among them.
const v1::CustomField* FindDeclaration(const CustomFields& declared, std::string_view id);

// Keeps what reading needs of it: without names for people, but of choices, and without choices
// that are not taken any more. Nothing more when it is kept already. False: it would be too many or
// too much, and is not kept.
bool KeepDeclaration(const v1::CustomField& field, CustomFields& kept);

// What paths name of the custom fields of a target.
struct NamedDeclarations {
  CustomFields kept;
  bool too_many = false;       // Or too much: not all of them are kept.
  std::optional<int> unknown;  // The first path, from 0, to one that is not known here.
};
// Paths that are none to a custom field are passed by. Cost: a row for each of the others.
NamedDeclarations DeclarationsOf(const std::vector<std::string>& paths,
                                 v1::CustomFieldTarget target, const engine::Snapshot& snapshot);

// KeyTypesOf (custom_values.h) by these alone. `declared` must outlive it.
table::KeyTypes KeyTypesOf(const CustomFields& declared);

}  // namespace crm::customer
