#include "libs/app/peers.h"

#include <shared_mutex>
#include <utility>

#include "absl/strings/str_replace.h"
#include "libs/app/handlers.h"
#include "libs/app/limits.h"
#include "libs/base/status.h"
#include "libs/engine/limits.h"

namespace crm::app {
namespace {

namespace v1 = engine::v1;

const google::protobuf::MethodDescriptor& EngineMethod(const char* name) {
  return *v1::SubmitCommandRequest::descriptor()
              ->file()
              ->FindServiceByName("EngineService")
              ->FindMethodByName(name);
}

template <class Response>
std::function<void(rpc::CallReply)> Parsed(std::function<void(absl::StatusOr<Response>)> done) {
  return [done = std::move(done)](rpc::CallReply reply) {
    if (!reply.status.ok()) return done(OfPeer(std::move(reply.status)));
    Response response;
    if (!response.ParseFromString(reply.reply))
      return done(OfPeer(absl::InternalError("the reply cannot be parsed")));
    done(std::move(response));
  };
}

}  // namespace

absl::Status OfPeer(absl::Status status) {
  const bool transport = absl::IsUnavailable(status) || absl::IsCancelled(status) ||
                         absl::IsInternal(status) || absl::IsUnknown(status);
  // Who has no reason to give is given the name of the code by who reads it.
  const std::string reason = base::ReasonOf(status);
  const bool ours = !reason.empty() && reason != absl::StatusCodeToString(status.code());
  if (!transport || ours) return status;
  return base::Unavailable("OWNER_UNREACHABLE",
                           "the replica that owns this key cannot be reached; another takes over",
                           kPeerGoneRetryAfter);
}

// Calls under way outlive their channel and their sender: an answer passes only while the gate is
// open.
struct PeerNetwork::Gate {
  std::shared_mutex mutex;
  bool closed = false;
};

PeerNetwork::PeerNetwork(PeerAddresses addresses)
    : addresses_(std::move(addresses)), gate_(std::make_shared<Gate>()) {}

void PeerNetwork::Close() {
  std::unique_lock lock(gate_->mutex);
  gate_->closed = true;
}

std::function<void(rpc::CallReply)> PeerNetwork::Gated(
    std::function<void(rpc::CallReply)> done) const {
  return [gate = gate_, done = std::move(done)](rpc::CallReply reply) {
    std::shared_lock lock(gate->mutex);
    if (!gate->closed) done(std::move(reply));
  };
}

rpc::Channel& PeerNetwork::ChannelTo(const std::string& target, bool retries) {
  std::lock_guard lock(mutex_);
  std::unique_ptr<rpc::Channel>& channel = channels_[target + (retries ? "" : "#once")];
  if (channel == nullptr) {
    rpc::Channel::Options options;
    options.target = target;
    options.user_agent = "crm-peer";
    // A forwarded command is sent once: whether to send it again is for the first sender to say.
    if (!retries) options.service_config.clear();
    channel = std::make_unique<rpc::Channel>(std::move(options));
  }
  return *channel;
}

std::string PeerNetwork::ReplicaAddress(const std::string& instance) const {
  return absl::StrReplaceAll(addresses_.replica_pattern, {{"{instance}", instance}});
}

rpc::CallOptions PeerNetwork::OptionsFor(absl::Duration deadline) const {
  rpc::CallOptions options;
  options.metadata.emplace_back("crm-actor", addresses_.identity);
  if (deadline < absl::InfiniteDuration())
    options.deadline = clock_.Now() + (deadline - clock_.SinceBoot());
  return options;
}

engine::Peers PeerNetwork::Peers() {
  engine::Peers peers;
  if (!addresses_.replica_pattern.empty()) {
    peers.forward = [this](const std::string& instance, v1::SubmitCommandRequest request,
                           absl::Duration deadline,
                           std::function<void(absl::StatusOr<v1::SubmitCommandResponse>)> done) {
      ChannelTo(ReplicaAddress(instance), false)
          .Start(EngineMethod("SubmitCommand"), request.SerializeAsString(), OptionsFor(deadline),
                 Gated(Parsed(std::move(done))));
    };
    peers.barrier = [this](const std::string& instance, v1::CreateBarrierRequest request,
                           absl::Duration deadline,
                           std::function<void(absl::StatusOr<v1::CreateBarrierResponse>)> done) {
      ChannelTo(ReplicaAddress(instance), false)
          .Start(EngineMethod("CreateBarrier"), request.SerializeAsString(), OptionsFor(deadline),
                 Gated(Parsed(std::move(done))));
    };
  }
  peers.ask = [this](const google::protobuf::MethodDescriptor& method, const std::string& name,
                     absl::Duration deadline,
                     std::function<void(absl::StatusOr<engine::MessagePtr>)> done) {
    const std::string address = addresses_.service(method.file()->package());
    if (address.empty()) {
      return done(base::Unavailable("NO_ADDRESS", "the address of another service is not set",
                                    engine::kRetryAfter));
    }
    auto* factory = google::protobuf::MessageFactory::generated_factory();
    engine::MessagePtr request = engine::NewOf(*factory->GetPrototype(method.input_type()));
    request->GetReflection()->SetString(request.get(),
                                        request->GetDescriptor()->FindFieldByName("name"), name);
    rpc::CallOptions options = OptionsFor(deadline);
    options.metadata.emplace_back(kReadBarrier, "true");
    const auto* response = factory->GetPrototype(method.output_type());
    ChannelTo(address, true)
        .Start(method, request->SerializeAsString(), std::move(options),
               Gated([response, done = std::move(done)](rpc::CallReply reply) {
                 if (!reply.status.ok()) return done(reply.status);
                 engine::MessagePtr message = engine::NewOf(*response);
                 if (!message->ParseFromString(reply.reply)) {
                   return done(absl::InternalError("the reply cannot be parsed"));
                 }
                 done(std::move(message));
               }));
  };
  return peers;
}

}  // namespace crm::app
