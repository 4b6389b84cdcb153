#include "libs/rpc/client.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/rpc/echo_server.h"

namespace crm::rpc {
namespace {

// Refuses the first `failures` calls with `status`, then echoes.
struct Flaky {
  void operator()(std::shared_ptr<Call> call) {
    EXPECT_EQ(call->PreviousAttempts(), *calls);
    if ((*calls)++ < failures) return call->Finish(status);
    Echo(std::move(call));
  }

  int failures;
  absl::Status status;
  std::shared_ptr<std::atomic<int>> calls = std::make_shared<std::atomic<int>>(0);
};

absl::Status Say(Channel& channel, CallOptions options = {}) {
  v1::EchoResponse response;
  return channel.Call(EchoMethod(), v1::EchoRequest(), response, std::move(options));
}

TEST(ServiceConfig, RetriesWhatIsUnavailable) {
  const Flaky flaky{3, base::Unavailable("NOT_OWNER", "ask again", absl::Milliseconds(1))};
  EchoServer echo({}, flaky);
  Channel channel({.target = echo.server->address()});
  const absl::Status status = Say(channel);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(*flaky.calls, 4);
}

TEST(ServiceConfig, GivesUpAfterSomeAttempts) {
  const Flaky flaky{100, base::Unavailable("NOT_OWNER", "ask again", absl::Milliseconds(1))};
  EchoServer echo({}, flaky);
  Channel channel({.target = echo.server->address()});
  EXPECT_EQ(Say(channel), flaky.status);
  EXPECT_EQ(*flaky.calls, 5);
}

TEST(ServiceConfig, RetriesNothingElse) {
  const Flaky flaky{1, absl::AbortedError("stale etag")};
  EchoServer echo({}, flaky);
  Channel channel({.target = echo.server->address()});
  EXPECT_EQ(Say(channel).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(*flaky.calls, 1);
}

TEST(ServiceConfig, SendsNothingToServersThatDoNotServe) {
  const Flaky flaky{0};
  EchoServer echo({}, flaky);
  echo.server->SetServing(Service(0).full_name(), false);
  Channel channel({.target = echo.server->address()});
  EXPECT_FALSE(Say(channel, {.deadline = absl::Now() + absl::Milliseconds(300)}).ok());
  EXPECT_EQ(*flaky.calls, 0);
  // A call that waits gets through when the server serves.
  absl::Notification done;
  channel.Start(EchoMethod(), "", {.wait_for_ready = true}, [&](CallReply reply) {
    EXPECT_TRUE(reply.status.ok()) << reply.status;
    done.Notify();
  });
  echo.server->SetAllServing(true);
  done.WaitForNotification();
}

TEST(Client, WithoutServiceConfigSendsOnce) {
  const Flaky flaky{1, base::Unavailable("NOT_OWNER", "ask again", absl::Milliseconds(1))};
  EchoServer echo({}, flaky);
  Channel channel = echo.Connect();
  EXPECT_EQ(Say(channel), flaky.status);
  EXPECT_EQ(*flaky.calls, 1);
}

TEST(Client, CarriesMetadataBothWays) {
  std::string position, agent;
  EchoServer echo({}, [&](std::shared_ptr<Call> call) {
    position = call->Metadata("crm-read-after").value_or("none");
    agent = call->Metadata("user-agent").value_or("none");
    call->AddTrailer("crm-position", "4:1");
    call->Finish(absl::NotFoundError("no such thing"));
  });
  Channel channel({.target = echo.server->address(), .user_agent = "test/1"});
  v1::EchoResponse response;
  MetadataList trailers;
  EXPECT_EQ(channel
                .Call(EchoMethod(), v1::EchoRequest(), response,
                      {.metadata = {{"crm-read-after", "3:17"}}}, &trailers)
                .code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(position, "3:17");
  EXPECT_TRUE(agent.starts_with("test/1")) << agent;
  EXPECT_EQ(FindMetadata(trailers, "crm-position"), "4:1");
}

TEST(Client, RefusesMetadataThatGrpcWouldAbortOver) {
  EchoServer echo;
  Channel channel = echo.Connect();
  EXPECT_EQ(base::ReasonOf(Say(channel, {.metadata = {{"Bad Name", "x"}}})), "BAD_METADATA");
  EXPECT_EQ(base::ReasonOf(Say(channel, {.metadata = {{"crm-x", "a\nb"}}})), "BAD_METADATA");
}

TEST(Client, NobodyThereIsUnavailable) {
  std::string address;
  {
    EchoServer echo;
    address = echo.server->address();
  }
  Channel channel({.target = address, .service_config = ""});
  const absl::Status status = Say(channel);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(base::ReasonOf(status), "UNAVAILABLE");
}

TEST(Client, ReplyOfAnotherTypeIsAnError) {
  EchoServer echo({}, [](std::shared_ptr<Call> call) { call->Finish(std::string("\xFF\xFF")); });
  Channel channel = echo.Connect();
  EXPECT_EQ(base::ReasonOf(Say(channel)), "MALFORMED_REPLY");
}

TEST(Client, ItsCallsEndWithIt) {
  EchoServer echo;
  std::shared_ptr<Call> held;
  absl::Status status;
  {
    Channel channel = echo.Connect();
    channel.Start(HoldMethod(), "", {}, [&](CallReply reply) { status = reply.status; });
    held = echo.held.Take();
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
}

// Answers every call as gRPC does for a server that is shutting down.
class Cancelling : public grpc::CallbackGenericService {
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    class Cancelled : public grpc::ServerGenericBidiReactor {
     public:
      Cancelled() { Finish(grpc::Status(grpc::StatusCode::CANCELLED, "Cancelled")); }
      void OnDone() override { delete this; }
    };
    ++calls;
    return new Cancelled;
  }

 public:
  std::atomic<int> calls = 0;
};

TEST(Client, WhatNobodyHereCancelledIsUnavailable) {
  Cancelling service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&service);
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  Channel channel({.target = absl::StrCat("127.0.0.1:", port), .service_config = ""});
  const absl::Status status = Say(channel);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(base::ReasonOf(status), "CONNECTION_CLOSED");
  EXPECT_TRUE(status.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value());
  EXPECT_EQ(service.calls, 1);
}

TEST(Client, EndsCleanlyHoweverOften) {
  // The last channel and the last server of the process end gRPC's threads, here each time anew.
  for (int i = 0; i < 50; ++i) {
    EchoServer echo;
    Channel channel = echo.Connect();
    EXPECT_TRUE(Say(channel).ok());
  }
}

}  // namespace
}  // namespace crm::rpc
