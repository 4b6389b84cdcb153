// Which field of a customer or contact a column of a file is for, and how its text gets there.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/customer/v1/import_parts.pb.h"

namespace crm::customer {

struct ImportField {
  struct Step {
    const google::protobuf::FieldDescriptor* field = nullptr;
    int element = -1;  // Of a repeated message: which, from 0.
  };
  enum class As {
    kValue,    // One value.
    kList,     // Several, with ";" between.
    kElement,  // The same, each a message of its own: a telephone number of a contact.
  };
  std::string path;  // "personal.addresses[0].locality".
  std::vector<Step> steps;
  As as = As::kValue;
};

// The resource that rows of this kind are: Customer or Contact.
const google::protobuf::Message& ImportedResource(v1::ImportKind kind);

// By a path, by one without "personal.", or by a name that crmctl's files use. kInvalidArgument: it
// leads to nothing, to something that has no text, or to what only the server sets.
absl::StatusOr<ImportField> FindImportField(v1::ImportKind kind, std::string_view name);

// Sets the field; elements on the way are made. kInvalidArgument says what the text is not. A day
// may also be written 1998/6/30, 1998.6.30 or 19980630.
absl::Status SetImportField(google::protobuf::Message& resource, const ImportField& field,
                            std::string_view text);

// The field as text; empty where nothing is. Several values have ", " between.
std::string TextOf(const google::protobuf::Message& resource, const ImportField& field);

}  // namespace crm::customer
