#include "tools/crmctl/connection.h"

#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/status.h"

namespace crm::crmctl {

std::string RandomId() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 4; ++i) {
    absl::StrAppend(&id, absl::Hex(static_cast<uint32_t>(random()), absl::kZeroPad8));
  }
  return id;
}

void FillRequestId(google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr || field->type() != google::protobuf::FieldDescriptor::TYPE_STRING) return;
  const auto& reflection = *request.GetReflection();
  if (reflection.GetString(request, field).empty()) {
    reflection.SetString(&request, field, RandomId());
  }
}

Connection::Connection(ConnectionOptions options)
    : options_(std::move(options)), channel_({.target = options_.server, .user_agent = "crmctl"}) {}

rpc::CallOptions Connection::CallOptions() const {
  rpc::CallOptions call;
  call.deadline = absl::Now() + options_.timeout;
  if (!options_.actor.empty()) call.metadata.emplace_back("crm-actor", options_.actor);
  if (!options_.read_after.empty()) {
    call.metadata.emplace_back("crm-read-after", options_.read_after);
  }
  if (options_.read_barrier) call.metadata.emplace_back("crm-read-barrier", "true");
  return call;
}

absl::StatusOr<MessagePtr> Connection::Call(const google::protobuf::MethodDescriptor& method,
                                            const google::protobuf::Message& request) {
  MessagePtr reply = NewMessage(*method.output_type());
  rpc::MetadataList trailers;
  const absl::Status status = channel_.Call(method, request, *reply, CallOptions(), &trailers);
  position_ = std::string(rpc::FindMetadata(trailers, "crm-position").value_or(""));
  if (!status.ok()) return status;
  return reply;
}

std::unique_ptr<rpc::IncomingStream> Connection::Open(
    const google::protobuf::MethodDescriptor& method, const google::protobuf::Message& request) {
  rpc::CallOptions call = CallOptions();
  call.deadline = absl::InfiniteFuture();
  return std::make_unique<rpc::IncomingStream>(options_.server, rpc::PathOf(method),
                                               request.SerializeAsString(), std::move(call));
}

void Connection::Start(const google::protobuf::MethodDescriptor& method, std::string request,
                       std::function<void(rpc::CallReply)> done) {
  channel_.Start(method, std::move(request), CallOptions(), std::move(done));
}

}  // namespace crm::crmctl
