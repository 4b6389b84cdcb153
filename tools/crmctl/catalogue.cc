#include "tools/crmctl/catalogue.h"

#include <google/protobuf/descriptor_database.h>

#include <algorithm>
#include <cctype>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "google/api/resource.pb.h"

namespace crm::crmctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

bool IsUpper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }

// "customers" gives "Customers".
std::string Capital(std::string text) {
  if (!text.empty()) text[0] = absl::ascii_toupper(text[0]);
  return text;
}

// What is left of a method's name without the resource it ends with; empty: it does not.
std::string WithoutSuffix(std::string_view method, const google::api::ResourceDescriptor& resource,
                          const Descriptor& message) {
  for (const std::string& suffix :
       {Capital(resource.plural()), Capital(resource.singular()), message.name()}) {
    if (!suffix.empty() && method.size() > suffix.size() &&
        absl::EndsWith(absl::string_view(method.data(), method.size()), suffix)) {
      return std::string(method.substr(0, method.size() - suffix.size()));
    }
  }
  return "";
}

const google::api::ResourceDescriptor& ResourceOf(const Descriptor& message) {
  return message.options().GetExtension(google::api::resource);
}

bool Named(const MethodDescriptor& method, std::string_view name) {
  const std::string& full = method.full_name();  // "crm.customer.v1.CustomerService.GetCustomer"
  if (full.size() == name.size()) return full == name;
  return full.size() > name.size() && full[full.size() - name.size() - 1] == '.' &&
         std::string_view(full).substr(full.size() - name.size()) == name;
}

std::string PathOf(const MethodDescriptor& method) {
  return absl::StrCat(method.service()->full_name(), "/", method.name());
}

}  // namespace

std::string KebabOf(std::string_view name) {
  std::string kebab;
  for (size_t i = 0; i < name.size(); ++i) {
    if (IsUpper(name[i]) && i > 0 && name[i - 1] != '_') kebab += '-';
    kebab += name[i] == '_' ? '-' : absl::ascii_tolower(static_cast<unsigned char>(name[i]));
  }
  return kebab;
}

Catalogue::Catalogue(const std::vector<const FileDescriptor*>& files) {
  for (const FileDescriptor* file : files) AddCollections(*file);
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->service_count(); ++i) {
      services_.push_back(file->service(i));
      AddVerbs(*file->service(i));
    }
  }
  std::erase_if(collections_, [](const Collection& c) { return c.verbs.empty(); });
}

void Catalogue::AddCollections(const FileDescriptor& file) {
  for (int i = 0; i < file.message_type_count(); ++i) {
    const Descriptor* message = file.message_type(i);
    const google::api::ResourceDescriptor& resource = ResourceOf(*message);
    if (resource.plural().empty() || resource.pattern_size() == 0) continue;
    collections_.push_back({KebabOf(resource.plural()), message, resource.pattern(0), {}});
  }
}

// A method belongs to the resource it returns, or whose name ends its own: WinOpportunity is "win",
// MoveStage, which returns an opportunity, "move-stage".
void Catalogue::AddVerbs(const ServiceDescriptor& service) {
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor* method = service.method(i);
    Collection* home = nullptr;
    std::string verb;
    for (Collection& collection : collections_) {
      if (collection.resource->file()->package() != service.file()->package()) continue;
      std::string rest =
          WithoutSuffix(method->name(), ResourceOf(*collection.resource), *collection.resource);
      const bool returns = method->output_type() == collection.resource;
      // Of "CreateOrphanOrder" the rest for orphan orders is the shorter one, and right.
      if (!returns && (rest.empty() || (home != nullptr && rest.size() >= verb.size()))) continue;
      home = &collection;
      verb = rest.empty() ? method->name() : rest;
      if (returns) break;
    }
    if (home == nullptr) continue;
    const std::string name = KebabOf(verb);
    const bool taken = std::any_of(home->verbs.begin(), home->verbs.end(),
                                   [&](const Verb& other) { return other.name == name; });
    home->verbs.push_back({taken ? KebabOf(method->name()) : name, method});
  }
}

absl::StatusOr<const MethodDescriptor*> Catalogue::FindMethod(std::string_view name) const {
  std::string dotted(absl::StripPrefix(absl::string_view(name.data(), name.size()), "/"));
  std::replace(dotted.begin(), dotted.end(), '/', '.');
  std::vector<const MethodDescriptor*> found;
  std::vector<std::string> like;
  const std::string wanted = absl::AsciiStrToLower(dotted.substr(dotted.rfind('.') + 1));
  for (const ServiceDescriptor* service : services_) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor* method = service->method(i);
      if (Named(*method, dotted)) found.push_back(method);
      if (absl::StrContains(absl::AsciiStrToLower(method->name()), wanted)) {
        like.push_back(PathOf(*method));
      }
    }
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no method is called ", dotted,
                     like.empty() ? "; crmctl methods lists them" : "; did you mean ",
                     absl::StrJoin(like, ", ")));
  }
  std::vector<std::string> paths;
  for (const MethodDescriptor* method : found) paths.push_back(PathOf(*method));
  return absl::InvalidArgumentError(
      absl::StrCat(dotted, " could be ", absl::StrJoin(paths, " or ")));
}

std::vector<const FileDescriptor*> LinkedFiles() {
  std::vector<std::string> names;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&names);
  std::sort(names.begin(), names.end());
  std::vector<const FileDescriptor*> files;
  for (const std::string& name : names) {
    if (absl::StartsWith(name, "crm/") || name == "google/longrunning/operations.proto") {
      files.push_back(DescriptorPool::generated_pool()->FindFileByName(name));
    }
  }
  return files;
}

}  // namespace crm::crmctl
