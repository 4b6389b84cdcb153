#include "libs/engine/update.h"

#include <google/api/field_behavior.pb.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/message_differencer.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/check.h"
#include "libs/base/status.h"

namespace crm::engine {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;

bool Behaves(const FieldDescriptor& field, google::api::FieldBehavior behavior) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) return true;
  }
  return false;
}

// Money and dates change as a whole; a message of the resource's own package only groups fields.
bool IsGroup(const FieldDescriptor& field) {
  return !field.is_repeated() && field.message_type() != nullptr &&
         field.message_type()->file()->package() == field.file()->package();
}

void CollectAll(const Message& resource, const std::string& prefix, bool only_set,
                std::vector<std::string>& paths) {
  const auto& reflection = *resource.GetReflection();
  for (int i = 0; i < resource.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *resource.GetDescriptor()->field(i);
    if (Behaves(field, google::api::OUTPUT_ONLY)) continue;
    const bool set = field.is_repeated() ? reflection.FieldSize(resource, &field) > 0
                                         : reflection.HasField(resource, &field);
    if (only_set && !set) continue;
    const std::string path = prefix + field.name();
    if (IsGroup(field)) {
      CollectAll(reflection.GetMessage(resource, &field), path + ".", only_set, paths);
    } else {
      paths.push_back(path);
    }
  }
}

bool IsImmutable(const Message& resource, const std::string& path) {
  const google::protobuf::Descriptor* message = resource.GetDescriptor();
  for (size_t start = 0; message != nullptr && start <= path.size();) {
    const size_t dot = std::min(path.find('.', start), path.size());
    const FieldDescriptor* field = message->FindFieldByName(path.substr(start, dot - start));
    if (field == nullptr) return false;
    if (Behaves(*field, google::api::IMMUTABLE)) return true;
    message = field->message_type();
    start = dot + 1;
  }
  return false;
}

std::vector<const FieldDescriptor*> IfSet(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  const bool set = field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                                       : reflection.HasField(message, &field);
  return set ? std::vector<const FieldDescriptor*>{&field} : std::vector<const FieldDescriptor*>{};
}

// Whether two messages of one type hold the same at a path, which is one of their type.
bool SameAt(const Message& a, const Message& b, std::string_view path) {
  const size_t dot = path.find('.');
  const FieldDescriptor* field =
      a.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  base::Check(field != nullptr, "the paths of a mask are looked at before");
  if (dot != std::string_view::npos) {
    return SameAt(a.GetReflection()->GetMessage(a, field), b.GetReflection()->GetMessage(b, field),
                  path.substr(dot + 1));
  }
  return google::protobuf::util::MessageDifferencer().CompareWithFields(a, b, IfSet(a, *field),
                                                                        IfSet(b, *field));
}

}  // namespace

absl::StatusOr<FieldMask> ChangedFields(const Message& resource, const FieldMask& mask,
                                        const Message& state) {
  std::vector<std::string> paths(mask.paths().begin(), mask.paths().end());
  const bool all = paths.size() == 1 && paths[0] == "*";
  if (all || paths.empty()) {
    const bool only_set = paths.empty();
    paths.clear();
    CollectAll(resource, "", only_set, paths);
  }
  FieldMask changed;
  std::set<std::string> seen;
  for (const std::string& path : paths) {
    if (!seen.insert(path).second || SameAt(resource, state, path)) continue;
    if (IsImmutable(resource, path)) return base::Invalid(path, "cannot change");
    changed.add_paths(path);
  }
  return changed;
}

std::string EtagOf(int64_t revision) { return "r" + std::to_string(revision); }

void ClearStamps(Message& state) {
  for (const char* name : {"name", "etag", "create_time", "update_time"}) {
    const FieldDescriptor* field = state.GetDescriptor()->FindFieldByName(name);
    base::Check(field != nullptr, "a state has the fields that the engine stamps");
    state.GetReflection()->ClearField(&state, field);
  }
}

}  // namespace crm::engine
