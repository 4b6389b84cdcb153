// Deadlines, cancelling, health, reflection, metrics and the end of a server.
#include <gmock/gmock.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/completion_queue.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "libs/rpc/echo_server.h"

namespace crm::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

// Runs an hour ahead of everybody else.
class FastClock : public base::SystemClock {
 public:
  absl::Time Now() const override { return absl::Now() + absl::Hours(1); }
};

CallReply Hold(Channel& channel) { return channel.Call(PathOf(HoldMethod()), ""); }

TEST(Deadline, PassedBeforeTheHandlerSawTheCall) {
  const FastClock clock;
  EchoServer echo({.clock = &clock},
                  [](std::shared_ptr<Call>) { ADD_FAILURE() << "the handler must not run"; });
  RawCall call(echo.server->address(), PathOf(EchoMethod()), "");
  call.context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(30));
  call.Start();
  const absl::Status status = FromGrpc(call.Wait());
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(base::ReasonOf(status), "DEADLINE_PASSED");
}

TEST(Deadline, IsGivenToCallsThatHaveNone) {
  EchoServer echo({.deadline_default = absl::Milliseconds(150)});
  const absl::Time before = absl::Now();
  RawCall call(echo.server->address(), PathOf(HoldMethod()), "");
  call.Start();
  const std::shared_ptr<Call> held = echo.held.Take();
  EXPECT_LE(held->deadline(), absl::Now() + absl::Milliseconds(150));
  EXPECT_GE(held->deadline(), before + absl::Milliseconds(150));
  const absl::Status status = FromGrpc(call.Wait());
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(base::ReasonOf(status), "DEADLINE_EXCEEDED");
  EXPECT_TRUE(held->cancelled());
  held->Finish("too late");
}

TEST(Deadline, IsCutToTheLongestGranted) {
  EchoServer echo({.deadline_max = absl::Milliseconds(150)});
  Channel channel = echo.Connect();
  EXPECT_EQ(Hold(channel).status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_LE(echo.held.Take()->deadline(), absl::Now());
}

TEST(Deadline, OfTheCallerIsCarried) {
  EchoServer echo;
  const absl::Time deadline = absl::Now() + absl::Milliseconds(200);
  Channel channel = echo.Connect();
  EXPECT_EQ(channel.Call(PathOf(HoldMethod()), "", {.deadline = deadline}).status.code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_LT(absl::AbsDuration(echo.held.Take()->deadline() - deadline), absl::Milliseconds(100));
}

TEST(Cancel, IsSeenByTheHandler) {
  EchoServer echo;
  RawCall call(echo.server->address(), PathOf(HoldMethod()), "");
  call.Start();
  const std::shared_ptr<Call> held = echo.held.Take();
  EXPECT_FALSE(held->cancelled());
  call.context.TryCancel();
  EXPECT_EQ(call.Wait().error_code(), grpc::StatusCode::CANCELLED);
  // The server has heard of it once nothing is left to wait for.
  const absl::Time before = absl::Now();
  echo.server->Drain(absl::Seconds(30));
  EXPECT_LT(absl::Now() - before, absl::Seconds(10));
  EXPECT_TRUE(held->cancelled());
  held->Finish(std::string("nobody listens"));
}

TEST(Answer, OnlyALongWaitIsToldInPlaceOfThePolicys) {
  EchoServer echo;
  for (const auto& [wait, told] :
       {std::pair(kPushbackMin - absl::Milliseconds(1), false), std::pair(kPushbackMin, true)}) {
    RawCall call(echo.server->address(), PathOf(HoldMethod()), "");
    call.Start();
    echo.held.Take()->Finish(base::Unavailable("BUSY", "later", wait));
    call.Wait();
    EXPECT_EQ(call.context.GetServerTrailingMetadata().contains("grpc-retry-pushback-ms"), told);
  }
}

TEST(Drain, AnswersWhatIsLeft) {
  EchoServer echo;
  RawCall call(echo.server->address(), PathOf(HoldMethod()), "");
  call.Start();
  const std::shared_ptr<Call> held = echo.held.Take();
  EXPECT_EQ(echo.server->calls_in_flight(), 1);
  const absl::Time before = absl::Now();
  echo.server->Drain(absl::Milliseconds(100));
  EXPECT_LT(absl::Now() - before, absl::Seconds(5));
  const absl::Status status = FromGrpc(call.Wait());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(base::ReasonOf(status), "SHUTTING_DOWN");
  // Said to programs, and left to the policy of clients that send again by themselves.
  EXPECT_TRUE(status.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value());
  EXPECT_FALSE(call.context.GetServerTrailingMetadata().contains("grpc-retry-pushback-ms"));
  EXPECT_EQ(echo.server->calls_in_flight(), 0);
  held->Finish("too late");
  echo.server.reset();
  EXPECT_TRUE(held->cancelled());
}

TEST(Drain, LetsRunningCallsEnd) {
  EchoServer echo;
  // Health is watched on this connection: that must not hold up the end.
  Channel channel({.target = echo.server->address()});
  v1::EchoResponse response;
  ASSERT_TRUE(channel.Call(EchoMethod(), v1::EchoRequest(), response).ok());
  CallReply reply;
  absl::Notification done;
  channel.Start(HoldMethod(), "", {}, [&](CallReply r) {
    reply = std::move(r);
    done.Notify();
  });
  const std::shared_ptr<Call> held = echo.held.Take();
  const absl::Time before = absl::Now();
  std::thread drain([&] { echo.server->Drain(absl::Seconds(30)); });
  held->Finish(std::string());
  drain.join();
  EXPECT_LT(absl::Now() - before, absl::Seconds(10));
  done.WaitForNotification();
  EXPECT_TRUE(reply.status.ok()) << reply.status;
}

TEST(Drain, TellsCallersBeforeItClosesTheirConnections) {
  EchoServer echo;
  constexpr int kWriters = 16;
  absl::BlockingCounter writing(kWriters);
  std::vector<grpc::Status> first_failures(kWriters);
  std::vector<std::thread> writers;
  for (grpc::Status& failure : first_failures) {
    writers.emplace_back([&] {
      // The next call the moment that the last was answered.
      for (int calls = 0; failure.ok(); ++calls) {
        RawCall call(echo.server->address(), PathOf(EchoMethod()), "");
        call.Start();
        failure = call.Wait();
        if (calls == 0) writing.DecrementCount();
      }
    });
  }
  writing.Wait();
  echo.server->Drain(absl::Seconds(30));
  for (std::thread& writer : writers) writer.join();
  for (const grpc::Status& failure : first_failures) {
    const absl::Status status = FromGrpc(failure);
    EXPECT_EQ(base::ReasonOf(status), "SHUTTING_DOWN") << status;
  }
}

// 1: serving, 2: not serving, 0: no such service.
int HealthOf(Channel& channel, const std::string& service) {
  v1::EchoRequest request;  // Looks like HealthCheckRequest on the wire.
  request.set_text(service);
  const CallReply reply = channel.Call("/grpc.health.v1.Health/Check", request.SerializeAsString());
  v1::HealthReply health;
  EXPECT_TRUE(health.ParseFromString(reply.reply));
  return reply.status.ok() ? health.status() : 0;
}

TEST(Health, IsToldByService) {
  auto server =
      Server::Start({.address = "127.0.0.1:0"},
                    {{&EchoMethod(), Echo}, {&HoldMethod(), Echo}, {&OtherMethod(), Echo}});
  ASSERT_TRUE(server.ok());
  Channel channel({.target = (*server)->address(), .service_config = ""});
  const std::string echo = Service(0).full_name();
  const std::string other = Service(1).full_name();
  EXPECT_EQ(HealthOf(channel, echo), 2);
  EXPECT_EQ(HealthOf(channel, ""), 2);
  EXPECT_EQ(HealthOf(channel, "nothing"), 0);
  (*server)->SetServing(echo, true);
  EXPECT_EQ(HealthOf(channel, echo), 1);
  EXPECT_EQ(HealthOf(channel, other), 2);
  EXPECT_EQ(HealthOf(channel, ""), 2);
  (*server)->SetServing(other, true);
  EXPECT_EQ(HealthOf(channel, ""), 1);
  (*server)->SetServing(echo, false);
  EXPECT_EQ(HealthOf(channel, ""), 2);
}

// What `grpcurl list` does: asks the reflection service, over its bidirectional stream.
std::multiset<std::string> ListedServices(const std::string& address) {
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      "grpc.reflection.v1alpha.ServerReflectionRequest");
  base::Check(type != nullptr, "the reflection library is linked");
  auto& factory = *google::protobuf::MessageFactory::generated_factory();
  const std::unique_ptr<google::protobuf::Message> request(factory.GetPrototype(type)->New());
  request->GetReflection()->SetString(request.get(), type->FindFieldByName("list_services"), "");

  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  grpc::GenericStub stub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  const auto await = [&] {
    void* tag;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto stream = stub.PrepareCall(
      &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  stream->StartCall(nullptr);
  EXPECT_TRUE(await());
  stream->Write(BufferOf(request->SerializeAsString()), nullptr);
  EXPECT_TRUE(await());
  grpc::ByteBuffer bytes;
  stream->Read(&bytes, nullptr);
  EXPECT_TRUE(await());
  stream->WritesDone(nullptr);
  EXPECT_TRUE(await());
  grpc::Status status;
  stream->Finish(&status, nullptr);
  EXPECT_TRUE(await());
  EXPECT_TRUE(status.ok()) << status.error_message();

  const auto* reply_type = type->file()->FindMessageTypeByName("ServerReflectionResponse");
  const std::unique_ptr<google::protobuf::Message> reply(factory.GetPrototype(reply_type)->New());
  EXPECT_TRUE(reply->ParseFromString(std::string(ViewOf(Flatten(bytes)))));
  const auto& list = reply->GetReflection()->GetMessage(
      *reply, reply_type->FindFieldByName("list_services_response"));
  const auto* services = list.GetDescriptor()->FindFieldByName("service");
  std::multiset<std::string> names;
  for (int i = 0; i < list.GetReflection()->FieldSize(list, services); ++i) {
    const auto& service = list.GetReflection()->GetRepeatedMessage(list, services, i);
    names.insert(service.GetReflection()->GetString(
        service, service.GetDescriptor()->FindFieldByName("name")));
  }
  return names;
}

TEST(Reflection, ListsOurServices) {
  EchoServer echo;
  EXPECT_THAT(ListedServices(echo.server->address()),
              IsSupersetOf({Service(0).full_name(), Service(1).full_name()}));
}

TEST(Metrics, CountWhatHappened) {
  prometheus::Registry registry;
  EchoServer echo({.metrics = &registry});
  Channel channel = echo.Connect();
  v1::EchoRequest request;
  v1::EchoResponse response;
  ASSERT_TRUE(channel.Call(EchoMethod(), request, response).ok());
  ASSERT_TRUE(channel.Call(EchoMethod(), request, response).ok());
  request.set_text("refuse");
  ASSERT_FALSE(channel.Call(EchoMethod(), request, response).ok());
  channel.Call("/nothing", "");
  const std::string text = prometheus::TextSerializer().Serialize(registry.Collect());
  const std::string echo_label = R"(method="crm.rpctest.v1.EchoService/Echo")";
  EXPECT_THAT(text, HasSubstr("crm_rpc_requests_total{code=\"OK\"," + echo_label + "} 2"));
  EXPECT_THAT(
      text, HasSubstr("crm_rpc_requests_total{code=\"FAILED_PRECONDITION\"," + echo_label + "} 1"));
  EXPECT_THAT(text,
              HasSubstr(R"(crm_rpc_requests_total{code="UNIMPLEMENTED",method="unknown"} 1)"));
  EXPECT_THAT(text, HasSubstr("crm_rpc_request_seconds_count{" + echo_label + "} 3"));
  EXPECT_THAT(text, HasSubstr("crm_rpc_requests_in_flight 0"));
  EXPECT_THAT(text, HasSubstr(R"(crm_rpc_limit{limit="request_bytes"} 4194304)"));
}

}  // namespace
}  // namespace crm::rpc
