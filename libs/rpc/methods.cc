#include "libs/rpc/methods.h"

#include <map>
#include <utility>

#include "absl/strings/str_join.h"
#include "crm/common/v1/options.pb.h"
#include "libs/base/status.h"

namespace crm::rpc {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

absl::Status Refuse(std::string_view reason, std::string_view text,
                    const std::vector<std::string>& names) {
  const std::string joined = absl::StrJoin(names, ", ");
  absl::Status status = base::Failed(absl::StatusCode::kInvalidArgument, reason,
                                     std::string(text) + ": " + joined, {{"methods", joined}});
  return status;
}

}  // namespace

std::string PermissionOf(const MethodDescriptor& method) {
  // Google's protos cannot have our option.
  if (method.file()->package() == "google.longrunning")
    return "longrunning.operations." + method.name();
  return method.options().GetExtension(common::v1::permission).name();
}

absl::StatusOr<std::vector<Method>> InOrder(std::vector<Method> methods) {
  std::map<std::string, const ServiceDescriptor*> services;
  std::map<const MethodDescriptor*, Method> handled;
  std::vector<std::string> twice, streaming, open, unhandled;
  for (Method& method : methods) {
    const MethodDescriptor& descriptor = *method.descriptor;
    services[descriptor.service()->full_name()] = descriptor.service();
    if (method.handler == nullptr) continue;  // Found again below, as missing.
    if (!handled.emplace(&descriptor, std::move(method)).second) {
      twice.push_back(descriptor.full_name());
    }
  }
  std::vector<Method> ordered;
  for (const auto& [name, service] : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      if (method.client_streaming()) {
        streaming.push_back(method.full_name());
      } else if (PermissionOf(method).empty()) {
        open.push_back(method.full_name());
      }
      const auto found = handled.find(&method);
      if (found == handled.end()) {
        unhandled.push_back(method.full_name());
      } else {
        ordered.push_back(std::move(found->second));
      }
    }
  }
  if (!twice.empty()) return Refuse("METHOD_TWICE", "handlers given twice", twice);
  if (!streaming.empty())
    return Refuse("METHOD_STREAMING", "only responses are streamed", streaming);
  if (!open.empty()) return Refuse("METHOD_WITHOUT_PERMISSION", "no permission option", open);
  if (!unhandled.empty()) return Refuse("METHOD_WITHOUT_HANDLER", "no handler", unhandled);
  return ordered;
}

}  // namespace crm::rpc
