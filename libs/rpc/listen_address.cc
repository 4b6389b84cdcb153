#include "libs/rpc/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string>

#include "libs/base/status.h"

namespace crm::rpc {
namespace {

// Only literal addresses count, so that no name and no resolver can widen them.
bool IsLoopback(std::string_view host) {
  if (host == "localhost") return true;
  if (host.starts_with('[') && host.ends_with(']')) {
    in6_addr address;
    const std::string text(host.substr(1, host.size() - 2));
    return inet_pton(AF_INET6, text.c_str(), &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address);
  }
  in_addr address;
  return inet_pton(AF_INET, std::string(host).c_str(), &address) == 1 &&
         (ntohl(address.s_addr) >> 24) == 127;
}

}  // namespace

absl::Status CheckListenAddress(std::string_view address, bool insecure_listen) {
  if (insecure_listen || address.starts_with("unix:")) return absl::OkStatus();
  const size_t colon = address.rfind(':');
  if (colon != std::string_view::npos && IsLoopback(address.substr(0, colon))) {
    return absl::OkStatus();
  }
  return base::Failed(absl::StatusCode::kPermissionDenied, "INSECURE_LISTEN",
                      "listening beyond loopback, unencrypted and for anybody, must be asked for",
                      {{"address", address}});
}

}  // namespace crm::rpc
