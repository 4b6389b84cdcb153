#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/util/field_mask_util.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/api/field_behavior.pb.h"
#include "libs/base/hash.h"
#include "libs/base/status.h"
#include "libs/engine/command.h"
#include "libs/engine/limits.h"

namespace crm::engine {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool Has(const FieldDescriptor& field, google::api::FieldBehavior behavior) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) return true;
  }
  return false;
}

// Output-only fields of a resource, nested ones included, name and etag of the resource itself not.
void ClearOutputOnly(Message& message, bool top) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool engines = top && (field->name() == "name" || field->name() == "etag");
    if (!engines && Has(*field, google::api::OUTPUT_ONLY)) {
      reflection.ClearField(&message, field);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_map()) {
      if (!field->is_repeated()) {
        ClearOutputOnly(*reflection.MutableMessage(&message, field), false);
        continue;
      }
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        ClearOutputOnly(*reflection.MutableRepeatedMessage(&message, field, i), false);
      }
    }
  }
}

// Refuses paths nobody may write. An empty mask stays empty: what it means depends on the state,
// and ChangedFields says it.
absl::Status CheckMask(const Message& resource, const google::protobuf::FieldMask& mask) {
  const Descriptor& type = *resource.GetDescriptor();
  if (mask.paths_size() == 1 && mask.paths(0) == "*")
    return absl::OkStatus();  // AIP-134: all of it.
  for (const std::string& path : mask.paths()) {
    std::vector<const FieldDescriptor*> fields;
    // The library passes over empty segments, and a path is kept in the event as it was written.
    const size_t segments = 1 + std::count(path.begin(), path.end(), '.');
    if (!google::protobuf::util::FieldMaskUtil::GetFieldDescriptors(&type, path, &fields) ||
        fields.size() != segments) {
      return base::Invalid("update_mask",
                           absl::StrCat("\"", path, "\" names no field of the resource"));
    }
    for (const FieldDescriptor* field : fields) {
      if (Has(*field, google::api::OUTPUT_ONLY) || Has(*field, google::api::IMMUTABLE) ||
          (field == fields.front() && (field->name() == "name" || field->name() == "etag"))) {
        return base::Invalid("update_mask",
                             absl::StrCat("\"", path, "\" names a field that cannot be changed"));
      }
    }
  }
  return absl::OkStatus();
}

std::string TakeString(Message& message, const FieldDescriptor* field) {
  if (field == nullptr) return "";
  std::string value = message.GetReflection()->GetString(message, field);
  message.GetReflection()->ClearField(&message, field);
  return value;
}

std::string_view MethodName(const CommandDef& def) {
  return def.method != nullptr ? std::string_view(def.method->full_name())
                               : std::string_view(def.type);
}

absl::StatusOr<std::string> NewName(const CommandDef& def, Message& request,
                                    const Command& command) {
  const RequestShape& shape = def.shape;
  const auto& reflection = *request.GetReflection();
  const base::NamePattern& pattern = def.aggregate->pattern;
  const std::string parent =
      shape.parent != nullptr ? reflection.GetString(request, shape.parent) : "";
  if (!pattern.MatchesParent(parent)) {
    return base::Invalid("parent", "must be the name of the resource that this one belongs to");
  }
  std::string id = shape.id != nullptr ? reflection.GetString(request, shape.id) : "";
  if (id.empty()) {
    id = base::DeriveId({command.actor, MethodName(def), command.request_id});
  } else if (!base::IsResourceId(id)) {
    return base::Invalid(shape.id->name(), "must be 1 to 63 characters of a-z, 0-9 and -");
  }
  return pattern.Format(parent, id);
}

absl::Status FindName(const CommandDef& def, Message& request, Command& command) {
  const RequestShape& shape = def.shape;
  const auto& reflection = *request.GetReflection();
  const base::NamePattern& pattern = def.aggregate->pattern;
  Message* resource = shape.resource != nullptr && reflection.HasField(request, shape.resource)
                          ? reflection.MutableMessage(&request, shape.resource)
                          : nullptr;
  if (resource != nullptr) ClearOutputOnly(*resource, true);
  switch (shape.kind) {
    case RequestShape::Kind::kCreate: {
      if (resource != nullptr) {
        TakeString(*resource, def.aggregate->shape.name);
        TakeString(*resource, def.aggregate->shape.etag);
      }
      absl::StatusOr<std::string> name = NewName(def, request, command);
      if (!name.ok()) return name.status();
      command.name = *std::move(name);
      return absl::OkStatus();
    }
    case RequestShape::Kind::kOnName:
      command.name = reflection.GetString(request, shape.name);
      command.etag = TakeString(request, shape.etag);
      if (!pattern.Matches(command.name))
        return base::Invalid("name", "is not a name of this resource");
      return absl::OkStatus();
    case RequestShape::Kind::kUpdate: {
      if (resource == nullptr) return base::Invalid(shape.resource->name(), "must be given");
      command.name = resource->GetReflection()->GetString(*resource, def.aggregate->shape.name);
      command.etag = TakeString(*resource, def.aggregate->shape.etag);
      if (!pattern.Matches(command.name)) {
        return base::Invalid(absl::StrCat(shape.resource->name(), ".name"),
                             "is not a name of this resource");
      }
      return CheckMask(*resource, static_cast<const google::protobuf::FieldMask&>(
                                      reflection.GetMessage(request, shape.update_mask)));
    }
  }
  return absl::OkStatus();
}

// As W3C Trace Context has it: version, trace, parent and flags, in lower-case hexadecimal.
bool IsTraceparent(std::string_view text) {
  constexpr std::string_view kForm = "00-00000000000000000000000000000000-0000000000000000-00";
  if (text.size() != kForm.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (kForm[i] == '0' ? !hex : text[i] != '-') return false;
  }
  return true;
}

}  // namespace

absl::Status CheckRequestId(std::string_view request_id) {
  if (request_id.empty()) return base::Invalid("request_id", "must be given");
  if (request_id.size() > kRequestIdBytesMax) {
    return base::Invalid("request_id", "is longer than 128 bytes");
  }
  const bool printable = std::all_of(request_id.begin(), request_id.end(),
                                     [](char c) { return c > ' ' && c < '\x7f'; });
  if (!printable) return base::Invalid("request_id", "must be printable ASCII without spaces");
  return absl::OkStatus();
}

absl::StatusOr<Command> Prepare(const CommandDef& def, MessagePtr request, const Caller& caller,
                                int partitions) {
  Command command;
  command.def = &def;
  command.actor = caller.actor;
  // Of no consequence to the command: what is none is left out rather than refused.
  if (IsTraceparent(caller.traceparent)) command.traceparent = caller.traceparent;
  command.request_id = TakeString(*request, def.shape.request_id);
  if (absl::Status s = CheckRequestId(command.request_id); !s.ok()) return s;
  if (def.shape.validate_only != nullptr) {
    command.validate_only = request->GetReflection()->GetBool(*request, def.shape.validate_only);
    request->GetReflection()->ClearField(request.get(), def.shape.validate_only);
  }
  if (absl::Status s = FindName(def, *request, command); !s.ok()) return s;
  command.partition = base::PartitionOf(command.key(), partitions);
  const std::string hash =
      base::Sha256({MethodName(def), command.actor, request->SerializeAsString()});
  command.request_hash = absl::BytesToHexString(absl::string_view(hash.data(), 16));
  command.request = std::move(request);
  return command;
}

}  // namespace crm::engine
