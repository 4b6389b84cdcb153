// For the tests of this room: a server with the services of testdata/, and raw calls to it.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "crm/rpctest/v1/rpctest.pb.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/rpc/client.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/request.h"
#include "libs/rpc/server.h"
#include "libs/rpc/wire.h"

namespace crm::rpc {

namespace v1 = crm::rpctest::v1;

inline const google::protobuf::ServiceDescriptor& Service(int index) {
  return *v1::EchoRequest::descriptor()->file()->service(index);
}
inline const google::protobuf::MethodDescriptor& EchoMethod() { return *Service(0).method(0); }
inline const google::protobuf::MethodDescriptor& HoldMethod() { return *Service(0).method(1); }
inline const google::protobuf::MethodDescriptor& OtherMethod() { return *Service(1).method(0); }

// Calls that a handler took and left lying.
class HeldCalls {
 public:
  void Put(std::shared_ptr<Call> call) {
    absl::MutexLock lock(&mutex_);
    calls_.push_back(std::move(call));
  }
  // Waits for one.
  std::shared_ptr<Call> Take() {
    absl::MutexLock lock(&mutex_);
    const auto some = [this] { return !calls_.empty(); };
    mutex_.Await(absl::Condition(&some));
    std::shared_ptr<Call> call = std::move(calls_.front());
    calls_.pop_front();
    return call;
  }

 private:
  absl::Mutex mutex_;
  std::deque<std::shared_ptr<Call>> calls_;
};

// Says the text back; some texts mean something else.
inline void Echo(std::shared_ptr<Call> call) {
  v1::EchoRequest request;
  if (absl::Status s = ParseRequest(call->request(), request); !s.ok()) return call->Finish(s);
  if (request.text() == "refuse") {
    return call->Finish(base::Refused(v1::REASON_SHOP_CLOSED, "come again", {{"opens", "9:00"}}));
  }
  if (request.text() == "drop") return;
  v1::EchoResponse response;
  response.set_text(request.text() == "caller" ? call->caller() : request.text());
  if (request.text() == "huge") response.set_text(std::string(kReplyBytesMax, 'x'));
  call->AddTrailer("crm-position", "3:17");
  if (request.text() == "bad trailer") call->AddTrailer("Not Allowed", "left out");
  call->Finish(response.SerializeAsString());
}

struct EchoServer {
  explicit EchoServer(Server::Options options = {}, Handler echo = Echo) {
    options.address = "127.0.0.1:0";
    auto started = Server::Start(std::move(options),
                                 {{&EchoMethod(), std::move(echo)},
                                  {&HoldMethod(), [this](auto call) { held.Put(std::move(call)); }},
                                  {&OtherMethod(), Echo}});
    base::Check(started.ok(), started.status().ToString());
    server = *std::move(started);
    server->SetAllServing(true);
  }

  // One attempt a call, no retries.
  Channel Connect() const { return Channel({.target = server->address(), .service_config = ""}); }

  HeldCalls held;
  std::unique_ptr<Server> server;
};

// A call under way made with nothing of our client.
struct RawCall {
  RawCall(const std::string& target, std::string path_, std::string bytes)
      : channel(grpc::CreateChannel(target, grpc::InsecureChannelCredentials())),
        path(std::move(path_)),
        request(BufferOf(std::move(bytes))) {}

  void Start() {
    grpc::GenericStub(channel).UnaryCall(&context, path, {}, &request, &reply,
                                         [this](grpc::Status s) {
                                           status = std::move(s);
                                           done.Notify();
                                         });
  }
  grpc::Status Wait() {
    done.WaitForNotification();
    return status;
  }

  std::shared_ptr<grpc::Channel> channel;
  std::string path;
  grpc::ClientContext context;
  grpc::ByteBuffer request, reply;
  grpc::Status status;
  absl::Notification done;
};

}  // namespace crm::rpc
