// Callers who send a call and never take the reply.
#include "libs/rpc/stuck_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/rpc/echo_server.h"

namespace crm::rpc {
namespace {

using ::testing::HasSubstr;

constexpr size_t kReplyBytes = 1 << 20;

void AnswerAtLength(std::shared_ptr<Call> call) { call->Finish(std::string(kReplyBytes, 'x')); }

// Within a generous time.
bool Becomes(const std::function<bool()>& so) {
  const absl::Time latest = absl::Now() + absl::Seconds(20);
  while (!so() && absl::Now() < latest) std::this_thread::yield();
  return so();
}

std::string TextOf(const prometheus::Registry& registry) {
  return prometheus::TextSerializer().Serialize(registry.Collect());
}

TEST(StuckReader, IsCutOffSomeTimeAfterItsDeadline) {
  prometheus::Registry registry;
  EchoServer echo({.deadline_default = absl::Milliseconds(100),
                   .unsent_max = absl::Milliseconds(100),
                   .metrics = &registry},
                  AnswerAtLength);
  const StuckReader reader(echo.server->port(), PathOf(EchoMethod()));
  ASSERT_TRUE(Becomes([&] { return echo.server->calls_in_flight() == 1; }));
  EXPECT_TRUE(Becomes([&] { return echo.server->calls_in_flight() == 0; }));
  EXPECT_THAT(TextOf(registry), HasSubstr("crm_rpc_replies_cut_total 1"));
}

TEST(StuckReader, ManyHoldNoMoreThanTheLimitAndOthersAreServed) {
  constexpr int kReaders = 20, kHeldMax = 5;
  prometheus::Registry registry;
  EchoServer echo({.unsent_max = absl::Hours(1),
                   .unsent_bytes_max = kHeldMax * kReplyBytes,
                   .metrics = &registry},
                  AnswerAtLength);
  std::vector<std::unique_ptr<StuckReader>> readers;
  for (int i = 1; i <= kReaders; ++i) {
    readers.push_back(std::make_unique<StuckReader>(echo.server->port(), PathOf(EchoMethod())));
    const std::string cut =
        absl::StrCat("crm_rpc_replies_cut_total ", std::max(0, i - kHeldMax), "\n");
    ASSERT_TRUE(Becomes([&] {
      return echo.server->calls_in_flight() == std::min(i, kHeldMax) &&
             TextOf(registry).find(cut) != std::string::npos;
    })) << i;
  }
  Channel channel = echo.Connect();
  const CallReply reply = channel.Call(PathOf(EchoMethod()), "");
  EXPECT_TRUE(reply.status.ok()) << reply.status;
  EXPECT_EQ(reply.reply.size(), kReplyBytes);
}

}  // namespace
}  // namespace crm::rpc
