// Client side: unary calls of any method, with raw bytes or typed messages.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/rpc/call.h"
#include "libs/rpc/client_service_config.h"
#include "libs/rpc/limits.h"

namespace crm::rpc {

struct CallOptions {
  // When the caller gives up: DEADLINE_EXCEEDED. Infinite: kDeadlineDefault from now.
  absl::Time deadline = absl::InfiniteFuture();
  // Request metadata. Names in lower case; a name gRPC does not take (or "grpc-...") is
  // INVALID_ARGUMENT.
  MetadataList metadata;
  // Waits for a connection until the deadline, instead of answering UNAVAILABLE at the first
  // failure.
  bool wait_for_ready = false;
};

// How a call ended: as CallResult on the server, `status` with its google.rpc payloads (errors.h).
using CallReply = CallResult;

// A connection, or several, to one service. Connects when it is used, and again when it was lost.
// Thread-safe. Its destructor cancels the calls under way and waits until their `done` has run.
class Channel {
 public:
  struct Options {
    // "host:port", "dns:///name:port", "unix:/path".
    std::string target;
    // Who we are, for the server's logs: "crmctl/1.0".
    std::string user_agent = "crm";
    // JSON; empty: neither retries nor health checks, and time-outs only by CallOptions.
    // Forwarding, which must be sent once, uses that.
    std::string service_config = std::string(kClientServiceConfig);
    int64_t reply_bytes_max = kReplyBytesMax;
  };

  explicit Channel(Options options);
  ~Channel();
  Channel(Channel&&) noexcept;
  Channel& operator=(Channel&&) noexcept;

  // Starts a call and returns. `done` runs once, on a thread of gRPC (bad metadata: on this one, at
  // once). It must neither block nor destroy the Channel.
  void Start(std::string_view path, std::string request, CallOptions options,
             std::function<void(CallReply)> done);
  void Start(const google::protobuf::MethodDescriptor& method, std::string request,
             CallOptions options, std::function<void(CallReply)> done);

  // The same, blocking. Never on a thread of gRPC.
  CallReply Call(std::string_view path, std::string request, CallOptions options = {});
  // With messages: `reply` is replaced. INTERNAL {reason MALFORMED_REPLY} when the reply is no such
  // message. `trailers`, when given, receives the trailing metadata, of failures too.
  absl::Status Call(const google::protobuf::MethodDescriptor& method,
                    const google::protobuf::Message& request, google::protobuf::Message& reply,
                    CallOptions options = {}, MetadataList* trailers = nullptr);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crm::rpc
