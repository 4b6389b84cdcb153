// Intake: takes a call off gRPC, checks what can be checked without its meaning, hands it to its
// handler, and brings the answer back.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "libs/rpc/live_calls.h"
#include "libs/rpc/metrics.h"
#include "libs/rpc/server.h"

namespace crm::rpc {

// A method as it is served.
struct ServedMethod {
  Method method;
  std::string path;
  std::string permission;
  std::unique_ptr<MethodMetrics> metrics;
};

// Outlives every call it took. Thread-safe.
class Intake {
 public:
  // `options` with clock and resolver filled in.
  Intake(const Server::Options& options, Metrics& metrics);

  // What gRPC calls for each request. The reactor belongs to itself and goes when gRPC lets it go.
  grpc::ServerUnaryReactor* Take(const ServedMethod& served, grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* request, grpc::ByteBuffer* reply) noexcept;

  // The same for a method that streams its responses.
  grpc::ServerWriteReactor<grpc::ByteBuffer>* TakeStream(const ServedMethod& served,
                                                         grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request) noexcept;

  LiveCalls& live_calls() { return live_calls_; }
  const LiveCalls& live_calls() const { return live_calls_; }

 private:
  class Reactor;
  class Stream;

  absl::StatusOr<CallParts> Admit(const ServedMethod& served,
                                  const grpc::CallbackServerContext& context,
                                  const grpc::ByteBuffer& request) const;
  absl::StatusOr<std::string> ResolveCaller(const grpc::CallbackServerContext& context,
                                            const MetadataList& metadata) const;

  // Before the call is finished.
  static void SendTrailers(const ServedMethod& served, const CallResult& result,
                           grpc::CallbackServerContext& context);

  const Server::Options options_;
  prometheus::Gauge& in_flight_;
  LiveCalls live_calls_;
};

}  // namespace crm::rpc
