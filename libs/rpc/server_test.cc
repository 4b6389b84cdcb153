#include "libs/rpc/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "libs/rpc/echo_server.h"

namespace crm::rpc {
namespace {

using ::testing::HasSubstr;

absl::Status Say(Channel& channel, const std::string& text, std::string* heard = nullptr,
                 CallOptions options = {}, MetadataList* trailers = nullptr) {
  v1::EchoRequest request;
  request.set_text(text);
  v1::EchoResponse response;
  absl::Status status = channel.Call(EchoMethod(), request, response, std::move(options), trailers);
  if (heard != nullptr) *heard = response.text();
  return status;
}

TEST(Server, Echoes) {
  EchoServer echo;
  Channel channel = echo.Connect();
  for (const std::string& text :
       {std::string(), std::string("bad trailer"), std::string(3'000'000, 'x')}) {
    std::string heard;
    MetadataList trailers;
    ASSERT_TRUE(Say(channel, text, &heard, {}, &trailers).ok());
    EXPECT_EQ(heard, text);
    EXPECT_EQ(FindMetadata(trailers, "crm-position"), "3:17");
  }
}

TEST(Server, RefusalsArriveWithTheirDetails) {
  EchoServer echo;
  Channel channel = echo.Connect();
  EXPECT_EQ(Say(channel, "refuse"),
            base::Refused(v1::REASON_SHOP_CLOSED, "come again", {{"opens", "9:00"}}));
}

TEST(Server, ADroppedCallIsInternal) {
  EchoServer echo;
  Channel channel = echo.Connect();
  const absl::Status status = Say(channel, "drop");
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(base::ReasonOf(status), "CALL_DROPPED");
  EXPECT_TRUE(Say(channel, "hello").ok());
}

TEST(Server, TooLongIsRefusedWithDetails) {
  EchoServer echo({.request_bytes_max = 1'000});
  Channel channel = echo.Connect();
  EXPECT_TRUE(Say(channel, std::string(900, 'x')).ok());
  absl::Status status = Say(channel, std::string(1'001, 'x'));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(base::ReasonOf(status), "REQUEST_TOO_LARGE");
  status = Say(channel, "huge");
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(base::ReasonOf(status), "REPLY_TOO_LARGE");
  // Beyond what gRPC reads, the refusal is its own, without our reason.
  status = Say(channel, std::string(kReceiveBytesMax + 1, 'x'));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(Say(channel, "hello").ok());
}

TEST(Server, UnparsableBytesAreTheHandlersToRefuse) {
  EchoServer echo;
  Channel channel = echo.Connect();
  const CallReply reply = channel.Call(PathOf(EchoMethod()), "\xFF\xFF\xFF");
  EXPECT_EQ(reply.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::ReasonOf(reply.status), "MALFORMED_REQUEST");
}

TEST(Server, HostileBytesChangeNothing) {
  EchoServer echo;
  Channel channel = echo.Connect();
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    std::string bytes(random() % 300, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const CallReply reply = channel.Call(PathOf(EchoMethod()), bytes);
    if (reply.status.ok()) continue;
    EXPECT_EQ(reply.status.code(), absl::StatusCode::kInvalidArgument) << reply.status;
    EXPECT_EQ(base::ReasonOf(reply.status), "MALFORMED_REQUEST");
  }
  EXPECT_TRUE(Say(channel, "hello").ok());
}

TEST(Server, UnknownMethodsAreUnimplementedWithDetails) {
  EchoServer echo;
  Channel channel = echo.Connect();
  for (const char* path : {"/crm.rpctest.v1.EchoService/Nothing", "/nothing/at/all", "/"}) {
    const CallReply reply = channel.Call(path, "");
    EXPECT_EQ(reply.status.code(), absl::StatusCode::kUnimplemented) << path;
    EXPECT_EQ(base::ReasonOf(reply.status), "UNKNOWN_METHOD") << path;
  }
}

TEST(Server, KnowsTheDevelopmentCaller) {
  EchoServer echo;
  Channel channel = echo.Connect();
  std::string heard;
  ASSERT_TRUE(Say(channel, "caller", &heard).ok());
  EXPECT_EQ(heard, "user:dev");
  ASSERT_TRUE(Say(channel, "caller", &heard, {.metadata = {{"crm-actor", "user:ann"}}}).ok());
  EXPECT_EQ(heard, "user:ann");
  for (const std::string& actor : {std::string(kCallerBytesMax + 1, 'x'), std::string("a b")}) {
    const absl::Status status =
        Say(channel, "caller", &heard, {.metadata = {{"crm-actor", actor}}});
    EXPECT_EQ(base::ReasonOf(status), "BAD_CALLER");
  }
}

TEST(Server, AsksForPermissionBeforeAnythingElse) {
  EchoServer echo({.request_bytes_max = 10,
                   .resolve_caller =
                       [](const Credentials& credentials) {
                         EXPECT_THAT(credentials.peer, HasSubstr("127.0.0.1"));
                         return absl::StatusOr<std::string>("user:bob");
                       },
                   .authorize =
                       [](std::string_view caller, std::string_view permission,
                          const google::protobuf::MethodDescriptor& method) {
                         return caller == "user:bob" && permission == "rpctest.other.call"
                                    ? absl::OkStatus()
                                    : absl::PermissionDeniedError(method.name());
                       }});
  Channel channel = echo.Connect();
  // Too long as well, but that is looked at later.
  EXPECT_EQ(Say(channel, "a text of more than ten bytes").code(),
            absl::StatusCode::kPermissionDenied);
  v1::EchoResponse response;
  EXPECT_TRUE(channel.Call(OtherMethod(), v1::OtherRequest(), response).ok());
}

TEST(Server, TakesNoMoreCallsThanItsLimit) {
  EchoServer echo({.calls_max = 1});
  Channel channel = echo.Connect();
  absl::Notification done;
  channel.Start(HoldMethod(), "", {}, [&](CallReply reply) {
    EXPECT_TRUE(reply.status.ok()) << reply.status;
    done.Notify();
  });
  const std::shared_ptr<Call> held = echo.held.Take();
  const absl::Status status = Say(channel, "hello");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(base::ReasonOf(status), "TOO_MANY_CALLS");
  held->Finish(std::string());
  done.WaitForNotification();
}

// One refusal of Server::Start a row.
struct Refusal {
  std::vector<Method> methods;
  const char* reason;
  const char* named;
};

TEST(Server, DoesNotStartWithIncompleteServices) {
  const auto& open = *Service(2).method(0);
  const auto& upload = *Service(4).method(0);
  const Refusal kRefusals[] = {
      {{{&EchoMethod(), Echo}}, "METHOD_WITHOUT_HANDLER", "crm.rpctest.v1.EchoService.Hold"},
      {{{&EchoMethod(), Echo}, {&HoldMethod(), nullptr}},
       "METHOD_WITHOUT_HANDLER",
       "crm.rpctest.v1.EchoService.Hold"},
      {{{&OtherMethod(), Echo}, {&OtherMethod(), Echo}},
       "METHOD_TWICE",
       "crm.rpctest.v1.OtherService.Other"},
      {{{&open, Echo}}, "METHOD_WITHOUT_PERMISSION", "crm.rpctest.v1.OpenService.Open"},
      {{{&upload, Echo}}, "METHOD_STREAMING", "crm.rpctest.v1.UploadService.Upload"},
  };
  for (const Refusal& refusal : kRefusals) {
    const auto server = Server::Start({.address = "127.0.0.1:0"}, refusal.methods);
    EXPECT_EQ(server.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(base::ReasonOf(server.status()), refusal.reason);
    EXPECT_THAT(std::string(server.status().message()), HasSubstr(refusal.named));
  }
}

TEST(Server, DoesNotStartWhereItMustNotListen) {
  const auto beyond = Server::Start({.address = "0.0.0.0:0"}, {{&OtherMethod(), Echo}});
  EXPECT_EQ(beyond.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(
      Server::Start({.address = "0.0.0.0:0", .insecure_listen = true}, {{&OtherMethod(), Echo}})
          .ok());
  EchoServer echo;
  const auto taken = Server::Start({.address = echo.server->address()}, {{&OtherMethod(), Echo}});
  EXPECT_EQ(taken.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(base::ReasonOf(taken.status()), "CANNOT_LISTEN");
}

}  // namespace
}  // namespace crm::rpc
