#include <algorithm>

#include "libs/base/status.h"
#include "libs/rpc/server.h"

namespace crm::rpc {

absl::StatusOr<std::string> ResolveDevelopmentCaller(const Credentials& credentials) {
  const std::string_view actor =
      FindMetadata(credentials.metadata, "crm-actor").value_or("user:dev");
  const bool printable =
      std::all_of(actor.begin(), actor.end(), [](char c) { return c > 0x20 && c <= 0x7E; });
  if (actor.empty() || actor.size() > kCallerBytesMax || !printable) {
    return base::Failed(absl::StatusCode::kInvalidArgument, "BAD_CALLER",
                        "crm-actor is 1 to 100 printable ASCII characters without blanks");
  }
  return std::string(actor);
}

}  // namespace crm::rpc
