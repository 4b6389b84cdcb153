#include "tests/contract/protos.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <fstream>

#include "google/api/field_behavior.pb.h"
#include "google/api/resource.pb.h"
#include "libs/base/check.h"

namespace crm::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

void AddMessages(const Descriptor& message, std::vector<const Descriptor*>& out) {
  if (message.options().map_entry()) return;
  out.push_back(&message);
  for (int i = 0; i < message.nested_type_count(); ++i) AddMessages(*message.nested_type(i), out);
}

}  // namespace

Protos::Protos() {
  std::ifstream in(CRM_DESCRIPTOR_SET, std::ios::binary);
  google::protobuf::FileDescriptorSet set;
  base::Check(set.ParseFromIstream(&in), "the descriptor set can be read");
  for (const auto& file : set.file()) {
    const FileDescriptor* built = pool_.BuildFile(file);
    base::Check(built != nullptr, "the files of the set come after those they import");
    if (built->package().rfind("crm.", 0) == 0) files_.push_back(built);
  }
  std::sort(files_.begin(), files_.end(),
            [](const auto* a, const auto* b) { return a->name() < b->name(); });
}

std::vector<const FileDescriptor*> Protos::FilesOf(const std::string& package) const {
  std::vector<const FileDescriptor*> found;
  for (const FileDescriptor* file : files_) {
    if (file->package() == package) found.push_back(file);
  }
  return found;
}

std::vector<const Descriptor*> Protos::Messages() const {
  std::vector<const Descriptor*> found;
  for (const FileDescriptor* file : files_) {
    for (int i = 0; i < file->message_type_count(); ++i) AddMessages(*file->message_type(i), found);
  }
  return found;
}

std::vector<const EnumDescriptor*> Protos::Enums() const {
  std::vector<const EnumDescriptor*> found;
  for (const FileDescriptor* file : files_) {
    for (int i = 0; i < file->enum_type_count(); ++i) found.push_back(file->enum_type(i));
  }
  for (const Descriptor* message : Messages()) {
    for (int i = 0; i < message->enum_type_count(); ++i) found.push_back(message->enum_type(i));
  }
  return found;
}

std::vector<const MethodDescriptor*> Protos::Methods() const {
  std::vector<const MethodDescriptor*> found;
  for (const FileDescriptor* file : files_) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        found.push_back(file->service(s)->method(m));
      }
    }
  }
  return found;
}

std::vector<const MethodDescriptor*> Protos::MethodsOf(const std::string& package) const {
  std::vector<const MethodDescriptor*> found;
  for (const MethodDescriptor* method : Methods()) {
    if (method->file()->package() == package) found.push_back(method);
  }
  return found;
}

bool HasBehavior(const google::protobuf::FieldDescriptor& field, const std::string& behavior) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    const auto value = options.GetExtension(google::api::field_behavior, i);
    if (google::api::FieldBehavior_Name(value) == behavior) return true;
  }
  return false;
}

std::string PatternOf(const Descriptor& message) {
  const auto& resource = message.options().GetExtension(google::api::resource);
  return resource.pattern_size() == 0 ? "" : resource.pattern(0);
}

std::string ResourceTypeOf(const Descriptor& message) {
  return message.options().GetExtension(google::api::resource).type();
}

std::vector<std::string> Exceptions::Unused() const {
  std::vector<std::string> unused;
  for (const auto& [name, reason] : reasons_) {
    if (used_.count(name) == 0) unused.push_back(name);
  }
  return unused;
}

}  // namespace crm::contract
