// Values of custom fields, on customers and contacts alike: what they have to be by the
// declarations, and how they are read and written as text.
//
// Declarations live on other keys: they are read from the local table, which may be behind. An
// event records the values alone; whoever was let through by an older declaration stays as it is.
// Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/custom_field.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "libs/engine/model.h"
#include "libs/table/filter.h"

namespace crm::customer {

// What values rest on: by id, the declarations of what they name, and of all that is required.
struct CustomFieldFacts {
  std::map<std::string, v1::CustomField, std::less<>> declared;
  // What is required has to be there. Reactions of services may do without.
  bool complete = true;
};

// For what a resource has. Cost: a row for each value and each required field.
CustomFieldFacts LookUpCustomFields(const v1::Customer&, const engine::Context&,
                                    const engine::Snapshot&);
CustomFieldFacts LookUpCustomFields(const v1::Contact&, const engine::Context&,
                                    const engine::Snapshot&);

// The same for a change of the fields of `mask` (empty: those set); nothing when it names none.
CustomFieldFacts LookUpCustomFields(const v1::Customer& values,
                                    const google::protobuf::FieldMask& mask, const engine::Context&,
                                    const engine::Snapshot&);
CustomFieldFacts LookUpCustomFields(const v1::Contact& values,
                                    const google::protobuf::FieldMask& mask, const engine::Context&,
                                    const engine::Snapshot&);

// What the custom fields of a resource must be that becomes `next`; `before` has the default values
// when it is new. INVALID_ARGUMENT naming "customer.custom_fields[2]" for a value that is new or
// changed and is of a field that is not declared for it, or retired, or personal where it is not,
// has another type, or is not a choice; naming the list when a required one is missing. What is
// said of a value has the custom field's id in its metadata, under kRefusedCustomField: in a
// command that adds to what is there, the place in the list is not the caller's.
inline constexpr char kRefusedCustomField[] = "custom_field";
absl::Status CheckCustomFields(const v1::Customer& before, const v1::Customer& next,
                               const CustomFieldFacts& facts);
absl::Status CheckCustomFields(const v1::Contact& before, const v1::Contact& next,
                               const CustomFieldFacts& facts);

// Whether a change of these fields changes custom ones.
bool TouchesCustomFields(const google::protobuf::FieldMask& changed);

// Makes the custom fields of `more` those of `there` with its own in their place or behind them: a
// row of an import has only some. Lists that are empty in `more` stay so.
void AddCustomFields(const v1::Customer& there, v1::Customer& more);
void AddCustomFields(const v1::Contact& there, v1::Contact& more);

// The declaration of the id for this kind of resource. kInvalidArgument says that there is none.
absl::StatusOr<v1::CustomField> FindCustomField(v1::CustomFieldTarget target, std::string_view id,
                                                const engine::Snapshot& snapshot);

// What filters compare with in the lists of customers and contacts (libs/table/filter.h): the field
// of CustomFieldValue that values with this id have. kInvalidArgument: there is no such field, or
// it stands elsewhere.
absl::StatusOr<const google::protobuf::FieldDescriptor*> TypeOfCustomField(
    const google::protobuf::FieldDescriptor& map, std::string_view id,
    const engine::Snapshot& snapshot);

// The same of a field whose declaration is known.
absl::StatusOr<const google::protobuf::FieldDescriptor*> TypeOfDeclared(
    const google::protobuf::FieldDescriptor& map, const v1::CustomField& field);

// The same as what a filter takes. `snapshot` must outlive it.
table::KeyTypes KeyTypesOf(const engine::Snapshot& snapshot);

// Sets the value from what people write: a number "-12.5", a day "2024-02-29", yes or no, a
// choice's id or one of its labels. kInvalidArgument says what it is not.
absl::Status SetCustomValue(const v1::CustomField& field, std::string_view text,
                            v1::CustomFieldValue& value);
// As SetCustomValue takes it, a choice by its id.
std::string CustomValueText(const v1::CustomFieldValue& value);

}  // namespace crm::customer
