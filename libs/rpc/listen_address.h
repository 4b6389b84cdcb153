// What may be listened on without saying that it is insecure.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace crm::rpc {

// OK for "localhost:<port>", "127.x.y.z:<port>", "[::1]:<port>" and "unix:...", spelled out; and
// for anything when `insecure_listen`. Else PERMISSION_DENIED {reason INSECURE_LISTEN}.
absl::Status CheckListenAddress(std::string_view address, bool insecure_listen);

}  // namespace crm::rpc
