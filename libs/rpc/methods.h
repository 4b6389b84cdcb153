// The methods a server is given, checked and put in order.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/rpc/server.h"

namespace crm::rpc {

// Value of the permission option; empty when the method has none.
std::string PermissionOf(const google::protobuf::MethodDescriptor& method);

// The methods ordered by service and by their place in it. INVALID_ARGUMENT as Server::Start says.
absl::StatusOr<std::vector<Method>> InOrder(std::vector<Method> methods);

}  // namespace crm::rpc
