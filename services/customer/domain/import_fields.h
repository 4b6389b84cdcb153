// Which field of a customer or contact a column of a file is for, and how its text gets there.
#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/customer/v1/custom_field.pb.h"
#include "crm/customer/v1/import.pb.h"
#include "services/customer/domain/custom_declarations.h"

namespace crm::customer {

struct ImportField {
  struct Step {
    const google::protobuf::FieldDescriptor* field = nullptr;
    int element = -1;  // Of a repeated message: which, from 0.
  };
  enum class As {
    kValue,    // One value.
    kList,     // Several, as files::SplitCell takes them.
    kElement,  // The same, each a message of its own: a telephone number of a contact.
    kCustom,   // The value of a custom field.
  };
  std::string path;  // "personal.addresses[0].locality".
  std::vector<Step> steps;
  As as = As::kValue;
  bool of_position = false;  // "position.title": of ImportedPosition, not of the resource.
  std::string custom_field;  // Of kCustom: its id.
  std::optional<v1::CustomField> declaration;  // Of kCustom.
};

// The resource that rows of this kind are: Customer or Contact.
const google::protobuf::Message& ImportedResource(v1::ImportKind kind);

// Of the custom fields that they have.
v1::CustomFieldTarget CustomFieldTargetOf(v1::ImportKind kind);

// The names of fields as the file has them: of its mappings, else of its heading, which stands in
// the first part. None when that cannot be read.
std::vector<std::string> FieldNamesOf(const v1::Import& import, std::string_view first_part);

// What the field is a field of: the resource, or ImportedPosition.
const google::protobuf::Message& OwnerOf(v1::ImportKind kind, const ImportField& field);

// By a path, by one without "personal.", or by a name that crmctl's files use; of contacts also
// "position.title". A custom field is what its declaration says, and its values stand where that
// says. kInvalidArgument: it leads to nothing, to something that has no text, to what only the
// server sets, or to a custom field that is not among the declared ones, or is retired.
absl::StatusOr<ImportField> FindImportField(v1::ImportKind kind, std::string_view name,
                                            const CustomFields& declared);

// Sets the field; elements on the way are made. kInvalidArgument says what the text is not. A day
// may also be written 1998/6/30, 1998.6.30 or 19980630.
absl::Status SetImportField(google::protobuf::Message& resource, const ImportField& field,
                            std::string_view text);

// Whether `field`, as a refusal names it ("customer.custom_fields[2].text"), is the value of this
// custom field.
bool IsValueAt(const google::protobuf::Message& resource, const ImportField& field,
               std::string_view refused);

// The field as text; empty where nothing is. Several values have ", " between.
std::string TextOf(const google::protobuf::Message& resource, const ImportField& field);

}  // namespace crm::customer
