#include "services/customer/domain/custom_declarations.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "libs/base/resource_name.h"
#include "services/customer/domain/custom_values.h"

namespace crm::customer {
namespace {

constexpr std::string_view kList = "custom_fields.", kPersonal = "personal.";

}  // namespace

std::optional<CustomFieldPath> ReadCustomFieldPath(std::string_view path) {
  CustomFieldPath read;
  read.personal = path.starts_with(kPersonal);
  if (read.personal) path.remove_prefix(kPersonal.size());
  if (!path.starts_with(kList)) return std::nullopt;
  path.remove_prefix(kList.size());
  if (path.empty() || path.find('.') != std::string_view::npos) return std::nullopt;
  read.id = std::string(path);
  return read;
}

const v1::CustomField* FindDeclaration(const CustomFields& declared, std::string_view id) {
  const auto found = std::find_if(declared.begin(), declared.end(), [&](const auto& field) {
    return base::KeyOf(field.name()) == id;
  });
  return found == declared.end() ? nullptr : &*found;
}

bool KeepDeclaration(const v1::CustomField& field, CustomFields& kept) {
  if (FindDeclaration(kept, base::KeyOf(field.name())) != nullptr) return true;
  if (kept.size() >= kDeclarationsMax) return false;
  v1::CustomField keep;
  keep.set_name(field.name());
  keep.set_target(field.target());
  keep.set_type(field.type());
  keep.set_personal(field.personal());
  keep.set_state(field.state());
  keep.set_path(field.path());
  for (const v1::CustomFieldChoice& choice : field.choices()) {
    if (!choice.retired()) *keep.add_choices() = choice;
  }
  size_t bytes = keep.ByteSizeLong();
  for (const v1::CustomField& other : kept) bytes += other.ByteSizeLong();
  if (bytes > kDeclarationsBytesMax) return false;
  *kept.Add() = std::move(keep);
  return true;
}

NamedDeclarations DeclarationsOf(const std::vector<std::string>& paths,
                                 v1::CustomFieldTarget target, const engine::Snapshot& snapshot) {
  NamedDeclarations named;
  for (size_t i = 0; i < paths.size(); ++i) {
    const auto path = ReadCustomFieldPath(paths[i]);
    if (!path.has_value()) continue;
    const auto field = FindCustomField(target, path->id, snapshot);
    if (field.ok()) {
      named.too_many = !KeepDeclaration(*field, named.kept) || named.too_many;
    } else if (!named.unknown.has_value()) {
      named.unknown = static_cast<int>(i);
    }
  }
  return named;
}

table::KeyTypes KeyTypesOf(const CustomFields& declared) {
  return
      [&declared](const google::protobuf::FieldDescriptor& map,
                  std::string_view id) -> absl::StatusOr<const google::protobuf::FieldDescriptor*> {
        if (map.message_type() != v1::CustomFieldValue::descriptor()) return nullptr;
        const v1::CustomField* field = FindDeclaration(declared, id);
        if (field == nullptr) return absl::InvalidArgumentError("no such custom field was kept");
        return TypeOfDeclared(map, *field);
      };
}

}  // namespace crm::customer
