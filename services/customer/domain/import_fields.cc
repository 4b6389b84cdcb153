#include "services/customer/domain/import_fields.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "google/type/date.pb.h"
#include "libs/base/check.h"
#include "libs/files/cell.h"
#include "libs/files/csv.h"
#include "libs/files/encoding.h"
#include "libs/files/fields.h"
#include "services/customer/domain/custom_values.h"

namespace crm::customer {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using As = ImportField::As;

// As many as any list of a customer or contact takes.
constexpr int kElementMax = 19;
constexpr std::string_view kPositionPrefix = "position.";

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// The field of a message that is one text among marks: the number of a telephone, the address of a
// mailbox.
const FieldDescriptor* LeafOf(const Descriptor& element) {
  for (const char* name : {"number", "address"}) {
    const auto* field = element.FindFieldByName(name);
    if (field != nullptr && field->type() == FieldDescriptor::TYPE_STRING) return field;
  }
  return nullptr;
}

bool ReadStep(absl::string_view segment, const Descriptor& type, ImportField::Step& step) {
  if (absl::ConsumeSuffix(&segment, "]")) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(segment, absl::MaxSplits('[', 1));
    if (!absl::SimpleAtoi(parts.second, &step.element) || step.element < 0 ||
        step.element > kElementMax)
      return false;
    segment = parts.first;
  }
  step.field = type.FindFieldByName(std::string(segment));
  return step.field != nullptr && !files::IsOutputOnly(*step.field);
}

std::optional<ImportField> Resolve(const Descriptor& resource, std::string_view path) {
  ImportField field;
  field.path = std::string(path);
  const Descriptor* type = &resource;
  for (absl::string_view segment : absl::StrSplit(View(path), '.')) {
    if (type == nullptr) return std::nullopt;
    // Through a list only by an element of it.
    if (!field.steps.empty()) {
      const ImportField::Step& before = field.steps.back();
      if (before.field->is_repeated() != (before.element >= 0)) return std::nullopt;
    }
    ImportField::Step step;
    if (!ReadStep(segment, *type, step)) return std::nullopt;
    field.steps.push_back(step);
    type = step.field->message_type();
  }
  const ImportField::Step& last = field.steps.back();
  if (last.element >= 0) return std::nullopt;
  if (last.field->is_repeated()) {
    if (last.field->message_type() != nullptr) {
      if (LeafOf(*last.field->message_type()) == nullptr) return std::nullopt;
      field.as = As::kElement;
    } else {
      field.as = As::kList;
    }
  } else if (!files::IsPlain(*last.field)) {
    return std::nullopt;
  }
  return field;
}

// Where values of a custom field stand.
ImportField PathToCustom(const Descriptor& resource, std::string_view path,
                         const CustomFieldPath& read) {
  ImportField field;
  field.path = std::string(path);
  field.as = As::kCustom;
  field.custom_field = read.id;
  const Descriptor* type = &resource;
  if (read.personal) {
    field.steps.push_back({type->FindFieldByName("personal"), -1});
    type = field.steps.back().field->message_type();
  }
  field.steps.push_back({type->FindFieldByName("custom_fields"), -1});
  return field;
}

absl::StatusOr<ImportField> FindCustom(const Descriptor& resource, const CustomFieldPath& read,
                                       const CustomFields& declared) {
  const v1::CustomField* declaration = FindDeclaration(declared, read.id);
  if (declaration == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("no custom field \"", read.id, "\" of a ", resource.name()));
  }
  if (declaration->state() == v1::CUSTOM_FIELD_STATE_RETIRED) {
    return absl::InvalidArgumentError(
        absl::StrCat("the custom field \"", read.id, "\" was retired"));
  }
  const auto path = ReadCustomFieldPath(declaration->path());
  base::Check(path.has_value(), "a declared field says where it is");
  ImportField field = PathToCustom(resource, declaration->path(), *path);
  field.declaration = *declaration;
  return field;
}

struct Alias {
  std::string_view name, path;
};
constexpr Alias kAliases[] = {
    {"external_system", "external_ids[0].system"},
    {"external_id", "external_ids[0].id"},
    {"phone", "personal.phones"},
    {"email", "personal.emails"},
    {"birthday", "personal.birthday.date"},
};

// "1998/6/30" and the like as "1998-06-30"; any other text as it is.
std::string DayText(std::string_view text) {
  std::vector<std::string> parts =
      absl::StrSplit(absl::StripAsciiWhitespace(View(text)), absl::ByAnyChar("-/."));
  if (parts.size() == 1 && parts[0].size() == 8)
    parts = {parts[0].substr(0, 4), parts[0].substr(4, 2), parts[0].substr(6, 2)};
  int numbers[3];
  if (parts.size() != 3 || parts[0].size() != 4) return std::string(text);
  for (size_t i = 0; i < 3; ++i) {
    if (parts[i].size() > 4 || !absl::SimpleAtoi(parts[i], &numbers[i])) return std::string(text);
  }
  return absl::StrFormat("%04d-%02d-%02d", numbers[0], numbers[1], numbers[2]);
}

Message& LastOwner(Message& resource, const ImportField& field) {
  Message* at = &resource;
  for (size_t i = 0; i + 1 < field.steps.size(); ++i) {
    const ImportField::Step& step = field.steps[i];
    const auto& reflection = *at->GetReflection();
    if (step.element < 0) {
      at = reflection.MutableMessage(at, step.field);
      continue;
    }
    while (reflection.FieldSize(*at, step.field) <= step.element)
      reflection.AddMessage(at, step.field);
    at = reflection.MutableRepeatedMessage(at, step.field, step.element);
  }
  return *at;
}

}  // namespace

const Message& ImportedResource(v1::ImportKind kind) {
  if (kind == v1::IMPORT_KIND_CONTACTS) return v1::Contact::default_instance();
  return v1::Customer::default_instance();
}

v1::CustomFieldTarget CustomFieldTargetOf(v1::ImportKind kind) {
  return kind == v1::IMPORT_KIND_CONTACTS ? v1::CUSTOM_FIELD_TARGET_CONTACT
                                          : v1::CUSTOM_FIELD_TARGET_CUSTOMER;
}

std::vector<std::string> FieldNamesOf(const v1::Import& import, std::string_view first_part) {
  std::vector<std::string> names;
  for (const v1::ImportMapping& mapping : import.mappings()) names.push_back(mapping.field());
  if (!names.empty() || import.format() != v1::IMPORT_FORMAT_CSV) return names;
  const files::Gb18030Decoder decoder;
  const files::Decode decodes[] = {nullptr,
                                   [&](std::string_view bytes) { return decoder.Decode(bytes); }};
  const bool is_gb18030 = import.encoding() == v1::IMPORT_ENCODING_GB18030;
  for (const files::Decode& decode : decodes) {
    if (is_gb18030 && decode == nullptr) continue;
    std::istringstream in{std::string(first_part)};
    files::CsvReader reader(in, import.delimiter().empty() ? ',' : import.delimiter()[0], 1,
                            decode);
    files::CsvRecord heading;
    if (!reader.Next(heading) || !heading.status.ok()) continue;
    for (const std::string& column : heading.fields)
      names.emplace_back(absl::StripAsciiWhitespace(column));
    break;
  }
  return names;
}

const Message& OwnerOf(v1::ImportKind kind, const ImportField& field) {
  return field.of_position ? v1::ImportedPosition::default_instance() : ImportedResource(kind);
}

absl::StatusOr<ImportField> FindImportField(v1::ImportKind kind, std::string_view name,
                                            const CustomFields& declared) {
  const Descriptor& resource = *ImportedResource(kind).GetDescriptor();
  if (const auto custom = ReadCustomFieldPath(name)) return FindCustom(resource, *custom, declared);
  std::optional<ImportField> field;
  if (kind == v1::IMPORT_KIND_CONTACTS && name.starts_with(kPositionPrefix)) {
    field = Resolve(*v1::ImportedPosition::descriptor(), name.substr(kPositionPrefix.size()));
    if (field.has_value()) {
      field->path = std::string(name);
      field->of_position = true;
    }
  }
  for (const Alias& alias : kAliases) {
    if (alias.name == name) field = Resolve(resource, alias.path);
  }
  if (!field.has_value()) field = Resolve(resource, name);
  if (!field.has_value()) field = Resolve(resource, absl::StrCat("personal.", View(name)));
  if (field.has_value()) return *std::move(field);
  return absl::InvalidArgumentError(
      absl::StrCat("must be a field of ", resource.name(), " that a text can set"));
}

bool IsValueAt(const Message& resource, const ImportField& field, std::string_view refused) {
  if (field.as != As::kCustom) return false;
  const std::string list = absl::StrCat(".", field.path.substr(0, field.path.rfind('.')), "[");
  const size_t at = refused.find('.');
  if (at == std::string_view::npos || !refused.substr(at).starts_with(list)) return false;
  const std::string_view element = refused.substr(at + list.size());
  int index = 0;
  if (!absl::SimpleAtoi(View(element.substr(0, element.find(']'))), &index)) return false;
  const Message* holder = &resource;
  for (size_t i = 0; i + 1 < field.steps.size(); ++i)
    holder = &holder->GetReflection()->GetMessage(*holder, field.steps[i].field);
  const FieldDescriptor* values = field.steps.back().field;
  if (index < 0 || index >= holder->GetReflection()->FieldSize(*holder, values)) return false;
  const auto& value = static_cast<const v1::CustomFieldValue&>(
      holder->GetReflection()->GetRepeatedMessage(*holder, values, index));
  return value.field() == field.custom_field;
}

std::string TextOf(const Message& resource, const ImportField& field) {
  const Message* at = &resource;
  for (size_t i = 0; i + 1 < field.steps.size(); ++i) {
    const ImportField::Step& step = field.steps[i];
    const auto& reflection = *at->GetReflection();
    if (step.element >= 0) {
      if (reflection.FieldSize(*at, step.field) <= step.element) return "";
      at = &reflection.GetRepeatedMessage(*at, step.field, step.element);
    } else {
      at = &reflection.GetMessage(*at, step.field);
    }
  }
  const FieldDescriptor& last = *field.steps.back().field;
  if (field.as == As::kCustom) {
    for (int i = 0; i < at->GetReflection()->FieldSize(*at, &last); ++i) {
      const auto& value = static_cast<const v1::CustomFieldValue&>(
          at->GetReflection()->GetRepeatedMessage(*at, &last, i));
      if (value.field() == field.custom_field) return CustomValueText(value);
    }
    return "";
  }
  if (field.as != As::kElement) return files::FieldText(*at, last);
  std::string text;
  for (int i = 0; i < at->GetReflection()->FieldSize(*at, &last); ++i) {
    const Message& element = at->GetReflection()->GetRepeatedMessage(*at, &last, i);
    absl::StrAppend(&text, i > 0 ? ", " : "",
                    files::FieldText(element, *LeafOf(*last.message_type())));
  }
  return text;
}

absl::Status SetImportField(Message& resource, const ImportField& field, std::string_view text) {
  Message& owner = LastOwner(resource, field);
  const FieldDescriptor& last = *field.steps.back().field;
  if (field.as == As::kCustom) {
    base::Check(field.declaration.has_value(), "a custom field is found with its declaration");
    const bool day = field.declaration->type() == v1::CUSTOM_FIELD_TYPE_DATE;
    v1::CustomFieldValue value;
    const absl::Status set =
        SetCustomValue(*field.declaration, day ? DayText(text) : std::string(text), value);
    if (set.ok()) owner.GetReflection()->AddMessage(&owner, &last)->CopyFrom(value);
    return set;
  }
  if (field.as == As::kValue) {
    const bool day = last.message_type() == google::type::Date::descriptor();
    return files::SetField(owner, last.name(), day ? DayText(text) : std::string(text));
  }
  for (const std::string& value : files::SplitCell(text)) {
    if (field.as == As::kList) {
      if (absl::Status s = files::SetField(owner, last.name(), value); !s.ok()) return s;
      continue;
    }
    Message& element = *owner.GetReflection()->AddMessage(&owner, &last);
    const FieldDescriptor& leaf = *LeafOf(*last.message_type());
    if (absl::Status s = files::SetField(element, leaf.name(), value); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace crm::customer
