// Calls between replicas over a real server: what arrives, and what is made of what does not.
#include "libs/app/peers.h"

#include <gtest/gtest.h>

#include <future>

#include "libs/app/handlers.h"
#include "libs/base/status.h"
#include "libs/rpc/server.h"

namespace crm::app {
namespace {

namespace v1 = engine::v1;

// What a replica answers, or nullopt: as it really would.
using Answer = std::function<std::optional<absl::Status>(const rpc::Call&)>;

absl::StatusOr<v1::SubmitCommandResponse> Forward(Answer answer, v1::SubmitCommandRequest request) {
  std::vector<rpc::Method> methods = EngineMethods({});
  for (rpc::Method& method : methods) {
    method.handler = [answer, handler = method.handler](std::shared_ptr<rpc::Call> call) {
      const std::optional<absl::Status> status = answer(*call);
      status.has_value() ? call->Finish(*status) : handler(std::move(call));
    };
  }
  const auto server = *rpc::Server::Start({.address = "127.0.0.1:0"}, std::move(methods));
  PeerNetwork network({server->address(), nullptr, "service:test"});
  std::promise<absl::StatusOr<v1::SubmitCommandResponse>> done;
  network.Peers().forward("two", std::move(request), absl::InfiniteDuration(),
                          [&done](auto response) { done.set_value(std::move(response)); });
  return done.get_future().get();
}

TEST(Peers, WhatTheTransportSaysIsUnavailableWithATimeToWait) {
  for (const absl::StatusCode code : {absl::StatusCode::kCancelled, absl::StatusCode::kInternal,
                                      absl::StatusCode::kUnknown, absl::StatusCode::kUnavailable}) {
    const absl::Status told = OfPeer(absl::Status(code, "ipv4:10.0.0.1: cut"));
    EXPECT_TRUE(absl::IsUnavailable(told)) << told;
    EXPECT_EQ(base::ReasonOf(told), "OWNER_UNREACHABLE");
    EXPECT_TRUE(told.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value());
  }
}

TEST(Peers, AnOwnerThatIsGoneIsNotToldByItsAddress) {
  std::string gone;
  {
    const auto server = *rpc::Server::Start({.address = "127.0.0.1:0"}, EngineMethods({}));
    gone = server->address();
  }
  PeerNetwork network({gone, nullptr, "service:test"});
  std::promise<absl::Status> done;
  network.Peers().forward("two", {}, absl::InfiniteDuration(),
                          [&done](auto response) { done.set_value(response.status()); });
  const absl::Status told = done.get_future().get();
  EXPECT_TRUE(absl::IsUnavailable(told)) << told;
  EXPECT_EQ(base::ReasonOf(told), "OWNER_UNREACHABLE");
  EXPECT_EQ(told.message().find(gone), absl::string_view::npos) << told;
}

TEST(Peers, WhatTheOwnerSaysPassesUnchanged) {
  const absl::Status bug = base::Failed(absl::StatusCode::kInternal, "A_BUG", "ours");
  EXPECT_EQ(Forward([&](const rpc::Call&) { return bug; }, {}).status(), bug);
}

TEST(Peers, ACommandAsLongAsARequestMayBeCanBeForwarded) {
  v1::SubmitCommandRequest request;
  request.set_topic("none");
  request.set_command(std::string(rpc::kRequestBytesMax, 'x'));
  const auto response = Forward([](const rpc::Call&) { return std::nullopt; }, std::move(request));
  EXPECT_EQ(response.status().code(), absl::StatusCode::kNotFound) << response.status();
}

}  // namespace
}  // namespace crm::app
