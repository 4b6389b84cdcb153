// Server: a gRPC server for methods found in descriptors, with raw bytes in and out. It brings
// permissions, deadlines, limits, error details, health, reflection, metrics and a graceful end.
#pragma once

#include <google/protobuf/descriptor.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/rpc/call.h"
#include "libs/rpc/limits.h"

namespace prometheus {
class Registry;
}  // namespace prometheus

namespace crm::rpc {

struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  Handler handler;
  // Taken on top of the server's request_bytes_max: for requests that carry another one.
  int64_t request_bytes_extra = 0;
};

// What is known about a caller before his request is looked at.
struct Credentials {
  // Request metadata, as it was sent: believe it only from somebody who was authenticated.
  const MetadataList& metadata;
  // Where the connection comes from: "ipv4:127.0.0.1:51234".
  std::string peer;
  // What TLS proved about the peer (subject alternative names); empty without TLS.
  std::vector<std::string> proven_names;
};

// Who asks, at most kCallerBytesMax printable ASCII characters; or why he is not believed
// (UNAUTHENTICATED). Runs on gRPC threads, concurrently.
using CallerResolver = std::function<absl::StatusOr<std::string>(const Credentials&)>;

// May `caller` use the method, whose permission option is `permission`? OK or PERMISSION_DENIED.
// Asked before anything else is looked at. Runs on gRPC threads, concurrently.
using Authorizer = std::function<absl::Status(std::string_view caller, std::string_view permission,
                                              const google::protobuf::MethodDescriptor& method)>;

// For development: believes the metadata "crm-actor"; without it "user:dev". INVALID_ARGUMENT when
// the value is too long or holds anything but printable ASCII.
absl::StatusOr<std::string> ResolveDevelopmentCaller(const Credentials& credentials);

class Server {
 public:
  struct Options {
    // Host and port, or "unix:/path". Port 0: any free one.
    std::string address = "127.0.0.1:50051";
    // Listens beyond loopback although nothing is encrypted and nobody authenticated.
    bool insecure_listen = false;

    int64_t request_bytes_max = kRequestBytesMax;
    int calls_max = kCallsMax;
    absl::Duration deadline_default = kDeadlineDefault;
    absl::Duration deadline_max = kDeadlineMax;

    // Replies that callers do not take: for how long after the deadline, and bytes of all together.
    absl::Duration unsent_max = kUnsentMax;
    // Streams at once, bytes that wait in each, and for how long the first of them may.
    int streams_max = kStreamsMax;
    size_t stream_bytes_max = kStreamBytesMax;
    absl::Duration stream_stall_max = kStreamStallMax;
    int64_t unsent_bytes_max = kUnsentBytesMax;

    // Default: ResolveDevelopmentCaller.
    CallerResolver resolve_caller;
    // Default: everybody may.
    Authorizer authorize;

    // Where the metrics go; none when null. Must outlive the server.
    prometheus::Registry* metrics = nullptr;
    // Default: the machine's. Must outlive the server.
    const base::Clock* clock = nullptr;
  };

  // Serves `methods` once it returns. All services of these methods must be complete.
  // Errors:
  //   INVALID_ARGUMENT    a service has a method without handler (all are named), a method twice,
  //                       one whose requests are streamed, or one without permission option
  //   PERMISSION_DENIED   the address is not loopback and insecure_listen is off
  //   UNAVAILABLE         the address cannot be listened on, for example because it is in use
  static absl::StatusOr<std::unique_ptr<Server>> Start(Options options,
                                                       std::vector<Method> methods);

  // Drains without grace, if Drain was not called.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The port listened on; 0 for a unix socket.
  int port() const;
  // Host and port to connect to.
  const std::string& address() const;

  // grpc.health.v1: says whether `service` (full name, one of the methods' services) serves. All
  // start as NOT_SERVING. The server as a whole ("") serves when all its services do. Thread-safe.
  void SetServing(std::string_view service, bool serving);
  // The same for every service.
  void SetAllServing(bool serving);

  // Ends serving: says NOT_SERVING, refuses new calls, closes the connections when their users have
  // heard of it (at most kDrainQuietMax of the grace), ends streams, waits at most `grace` for the
  // running calls and answers what is left with UNAVAILABLE. Handlers may still hold Calls
  // afterwards; their answers are dropped. Blocks; later calls of it return at once. Thread-safe,
  // but never from a handler.
  void Drain(absl::Duration grace);

  // Calls taken and not yet answered. Thread-safe.
  int calls_in_flight() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace crm::rpc
