// Call: one RPC on its way through the process. Nothing of gRPC is seen here.
#pragma once

#include <google/protobuf/descriptor.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/rpc/outbox.h"

namespace crm::rpc {

// Names (lower case) and values, in the order they came. Names ending in "-bin" hold any bytes.
using MetadataList = std::vector<std::pair<std::string, std::string>>;

// First value of `name`; nullopt when there is none.
std::optional<std::string_view> FindMetadata(const MetadataList& metadata, std::string_view name);

// What a call is answered with.
struct CallResult {
  absl::Status status;
  // The serialized reply; meaningless unless status is OK.
  std::string reply;
  // Trailing metadata, sent with replies and refusals alike.
  MetadataList trailers;
};

// What a call came with.
struct CallParts {
  const google::protobuf::MethodDescriptor* method = nullptr;
  // The serialized request, contiguous; must stay readable for as long as the Call lives.
  std::string_view request;
  absl::Time deadline = absl::InfiniteFuture();
  std::string caller;
  MetadataList metadata;
  // Of a method that streams its responses; nullptr of any other. Shared with the server.
  std::shared_ptr<Outbox> outbox;
};

// A handler keeps the Call for as long as it works on it, and finishes it once, on any thread. The
// server may have finished it before (deadline, shutting down): then the handler's answer is
// dropped. Dropping the last reference to an unfinished Call answers INTERNAL and logs it.
//
// Thread-safe, except that AddTrailer and Finish belong to one thread at a time. Everything
// returned by view stays valid as long as the Call, also after Finish.
class Call {
 public:
  using Sink = std::function<void(CallResult)>;

  // `sink` is called exactly once.
  Call(CallParts parts, Sink sink);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const google::protobuf::MethodDescriptor& method() const { return *parts_.method; }
  std::string_view request() const { return parts_.request; }
  // Never infinite on a server, but of streams: default and maximum are in limits.h. After it the
  // server answers DEADLINE_EXCEEDED by itself.
  absl::Time deadline() const { return parts_.deadline; }
  // Who asks: "user:ann", "service:sales-pipeline".
  const std::string& caller() const { return parts_.caller; }
  // First value of a piece of request metadata: "crm-read-after", "traceparent". `name` in lower
  // case.
  std::optional<std::string_view> Metadata(std::string_view name) const {
    return FindMetadata(parts_.metadata, name);
  }
  const MetadataList& metadata() const { return parts_.metadata; }
  // How often gRPC of the caller has sent this call before, by its retry policy.
  int PreviousAttempts() const;

  // True once nobody waits for the answer any more, or it was given. Working on is allowed but
  // useless.
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

  // Trailing metadata, for example "crm-position". Names in lower case. Before Finish, or it is
  // dropped.
  void AddTrailer(std::string name, std::string value);

  // Of a stream: sends one message. False: there is no room, or nobody waits any more; then it was
  // not sent. The messages that have no room yet are few (limits.h).
  bool Send(std::string message);
  // Of a stream, before the first Send: `wake` is called, on any thread, when there is room after a
  // Send that found none, and when the call ends; not with a lock of ours held.
  void OnRoom(std::function<void()> wake);

  // Answers with a refusal. A bug when `status` is OK.
  void Finish(absl::Status status);
  // Answers with the serialized reply, moved and not copied when it is long. Ends a stream, whose
  // last message it is unless it is empty.
  void Finish(std::string reply);

  // For the server: marks the call as not waited for.
  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  // For the server: answers over the handler's head, from any thread, without its trailers. False
  // when the call was finished already.
  bool Override(absl::Status status);

 private:
  bool TakeTurn();

  const CallParts parts_;
  const Sink sink_;
  MetadataList trailers_;
  std::atomic<bool> finished_{false};
  std::atomic<bool> cancelled_{false};
};

// Runs on a gRPC thread: it must not wait, only queue the call or do what can be done at once.
using Handler = std::function<void(std::shared_ptr<Call>)>;

// "/crm.customer.v1.CustomerService/GetCustomer".
std::string PathOf(const google::protobuf::MethodDescriptor& method);

}  // namespace crm::rpc
