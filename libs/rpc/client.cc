#include "libs/rpc/client.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <atomic>
#include <list>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/wire.h"

namespace crm::rpc {
namespace {

int Millis(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

std::shared_ptr<grpc::Channel> Connect(const Channel::Options& options) {
  grpc::ChannelArguments arguments;
  arguments.SetUserAgentPrefix(options.user_agent);
  arguments.SetMaxReceiveMessageSize(static_cast<int>(options.reply_bytes_max));
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Millis(kClientPing));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Millis(kPingTimeout));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, Millis(kReconnectFirst));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, Millis(kReconnectMax));
  // What a resolver says about retries must not overrule what the owner of the channel wants.
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  if (options.service_config.empty()) {
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  } else {
    arguments.SetServiceConfigJSON(options.service_config);
  }
  return grpc::CreateCustomChannel(options.target, grpc::InsecureChannelCredentials(), arguments);
}

// A call under way: what gRPC needs until its end.
struct Pending {
  std::string path;
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer reply;
  std::function<void(CallReply)> done;
};

absl::Status Prepare(grpc::ClientContext& context, const CallOptions& options) {
  for (const auto& [name, value] : options.metadata) {
    if (!IsSendable(name, value)) {
      return base::Failed(absl::StatusCode::kInvalidArgument, "BAD_METADATA",
                          "gRPC does not take this piece of metadata", {{"name", name}});
    }
    context.AddMetadata(name, value);
  }
  const absl::Time deadline = options.deadline == absl::InfiniteFuture()
                                  ? absl::Now() + kDeadlineDefault
                                  : options.deadline;
  context.set_deadline(absl::ToChronoTime(deadline));
  context.set_wait_for_ready(options.wait_for_ready);
  return absl::OkStatus();
}

// Our servers say why, always. Without a word it is what gRPC says of a call whose connection was
// being closed.
absl::Status StatusOf(const grpc::Status& status, bool cancelled_here) {
  if (status.error_code() != grpc::StatusCode::CANCELLED || !status.error_details().empty() ||
      cancelled_here) {
    return FromGrpc(status);
  }
  return base::Unavailable("CONNECTION_CLOSED",
                           "the connection was closed during the call, which may or may not have "
                           "taken effect",
                           kReconnectFirst);
}

void Complete(Pending& pending, const grpc::Status& status, bool cancelled_here) {
  CallReply reply{.status = StatusOf(status, cancelled_here)};
  if (status.ok()) reply.reply = std::string(ViewOf(Flatten(pending.reply)));
  reply.trailers = CopyMetadata(pending.context.GetServerTrailingMetadata());
  pending.done(std::move(reply));
}

}  // namespace

// gRPC runs callbacks on threads that it joins when the last channel and server go: from one of
// these threads, that would be the thread joining itself. So the channel outlives its calls, and
// not the other way round.
class Channel::Impl {
 public:
  explicit Impl(const Options& options) : channel_(Connect(options)), stub_(channel_) {}

  ~Impl() {
    absl::MutexLock lock(&mutex_);
    ending_ = true;
    for (Pending& pending : pending_) pending.context.TryCancel();
    const auto none = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return running_ == 0; };
    mutex_.Await(absl::Condition(&none));
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // `call` holds one element, which moves.
  void Start(std::list<Pending> call) {
    const auto place = call.begin();
    {
      absl::MutexLock lock(&mutex_);
      pending_.splice(pending_.end(), call);
      ++running_;
    }
    stub_.UnaryCall(&place->context, place->path, {}, &place->request, &place->reply,
                    [this, place](const grpc::Status& status) {
                      Complete(*place, status, ending_);
                      End(place);
                    });
  }

 private:
  void End(std::list<Pending>::iterator place) {
    std::list<Pending> ended;
    {
      absl::MutexLock lock(&mutex_);
      ended.splice(ended.end(), pending_, place);
    }
    // Its context holds the channel too, and must let go before the channel's owner may.
    ended.clear();
    absl::MutexLock lock(&mutex_);
    --running_;
  }

  const std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
  std::atomic<bool> ending_{false};
  absl::Mutex mutex_;
  std::list<Pending> pending_ ABSL_GUARDED_BY(mutex_);
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
};

Channel::Channel(Options options) : impl_(std::make_unique<Impl>(options)) {}
Channel::~Channel() = default;
Channel::Channel(Channel&&) noexcept = default;
Channel& Channel::operator=(Channel&&) noexcept = default;

void Channel::Start(std::string_view path, std::string request, CallOptions options,
                    std::function<void(CallReply)> done) {
  std::list<Pending> call(1);
  Pending& pending = call.front();
  if (absl::Status s = Prepare(pending.context, options); !s.ok()) {
    done({.status = std::move(s)});
    return;
  }
  pending.path = std::string(path);
  pending.request = BufferOf(std::move(request));
  pending.done = std::move(done);
  impl_->Start(std::move(call));
}

void Channel::Start(const google::protobuf::MethodDescriptor& method, std::string request,
                    CallOptions options, std::function<void(CallReply)> done) {
  Start(PathOf(method), std::move(request), std::move(options), std::move(done));
}

CallReply Channel::Call(std::string_view path, std::string request, CallOptions options) {
  CallReply result;
  absl::Notification ended;
  Start(path, std::move(request), std::move(options), [&](CallReply reply) {
    result = std::move(reply);
    ended.Notify();
  });
  ended.WaitForNotification();
  return result;
}

absl::Status Channel::Call(const google::protobuf::MethodDescriptor& method,
                           const google::protobuf::Message& request,
                           google::protobuf::Message& reply, CallOptions options,
                           MetadataList* trailers) {
  CallReply result = Call(PathOf(method), request.SerializeAsString(), std::move(options));
  if (trailers != nullptr) *trailers = std::move(result.trailers);
  if (!result.status.ok()) return result.status;
  if (reply.ParseFromString(result.reply)) return absl::OkStatus();
  return base::Failed(absl::StatusCode::kInternal, "MALFORMED_REPLY",
                      "the reply is no message of the method's type",
                      {{"type", reply.GetDescriptor()->full_name()}});
}

}  // namespace crm::rpc
