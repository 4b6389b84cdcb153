// Streams of a server: their messages, ends, limits and readers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/rpc/client_stream.h"
#include "libs/rpc/echo_server.h"
#include "libs/rpc/stuck_reader.h"

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(20);

const google::protobuf::MethodDescriptor& StreamMethod() { return *Service(3).method(0); }

struct StreamServer {
  explicit StreamServer(Handler handler, Server::Options options = {}) {
    options.address = "127.0.0.1:0";
    auto started = Server::Start(std::move(options), {{&StreamMethod(), std::move(handler)}});
    base::Check(started.ok(), started.status().ToString());
    server = *std::move(started);
    server->SetAllServing(true);
  }
  IncomingStream Open(CallOptions options = {}) const {
    return IncomingStream(server->address(), PathOf(StreamMethod()), "", std::move(options));
  }

  HeldCalls held;
  std::unique_ptr<Server> server;
};

struct HoldingServer : StreamServer {
  explicit HoldingServer(Server::Options options = {})
      : StreamServer([this](auto call) { held.Put(std::move(call)); }, std::move(options)) {}
};

bool Becomes(const std::function<bool()>& so) {
  const absl::Time latest = absl::Now() + kPatience;
  while (!so() && absl::Now() < latest) std::this_thread::yield();
  return so();
}

std::vector<std::string> ReadAll(IncomingStream& stream) {
  std::vector<std::string> messages;
  while (auto message = stream.Next(kPatience)) messages.push_back(*std::move(message));
  EXPECT_TRUE(stream.ended());
  return messages;
}

// Sends numbers while there is room, and goes on when there is again.
struct Counter : std::enable_shared_from_this<Counter> {
  Counter(std::shared_ptr<Call> call_, int numbers_, size_t bytes_)
      : call(std::move(call_)), numbers(numbers_), bytes(bytes_) {}

  static void Start(std::shared_ptr<Call> call, int numbers, size_t bytes) {
    auto counter = std::make_shared<Counter>(std::move(call), numbers, bytes);
    counter->call->OnRoom([counter] { counter->Go(); });
    counter->Go();
  }
  // The end of the call wakes it, too.
  void Go() {
    {
      const std::lock_guard lock(mutex);
      for (; next < numbers; ++next) {
        std::string message = std::to_string(next);
        message.resize(std::max(bytes, message.size()), ' ');
        if (!call->Send(std::move(message))) return;
      }
    }
    call->Finish(std::string());
  }

  std::mutex mutex;
  const std::shared_ptr<Call> call;
  const int numbers;
  const size_t bytes;
  int next = 0;
};

TEST(Stream, BringsItsMessagesInOrderThenItsStatus) {
  StreamServer server([](std::shared_ptr<Call> call) {
    call->Send("a");
    call->Send("");
    call->Send("c");
    call->Finish(std::string("last"));
  });
  IncomingStream stream = server.Open();
  EXPECT_THAT(ReadAll(stream), ElementsAre("a", "", "c", "last"));
  EXPECT_TRUE(stream.status().ok()) << stream.status();
}

TEST(Stream, EndsWithItsRefusalAndDetails) {
  StreamServer server([](std::shared_ptr<Call> call) {
    call->Finish(base::Refused(v1::REASON_SHOP_CLOSED, "come again"));
  });
  IncomingStream stream = server.Open();
  EXPECT_TRUE(ReadAll(stream).empty());
  EXPECT_EQ(base::ReasonOf(stream.status()), "SHOP_CLOSED");
}

TEST(Stream, EndsWithItsTrailersAndThePushbackOfARefusal) {
  HoldingServer server;
  IncomingStream told = server.Open();
  const std::shared_ptr<Call> telling = server.held.Take();
  EXPECT_TRUE(telling->Send("a"));
  telling->AddTrailer("crm-position", "3:17");
  telling->Finish(std::string());
  EXPECT_THAT(ReadAll(told), ElementsAre("a"));
  EXPECT_EQ(FindMetadata(told.trailers(), "crm-position"), "3:17");
  EXPECT_FALSE(FindMetadata(told.trailers(), "grpc-retry-pushback-ms").has_value());

  IncomingStream refused = server.Open();
  server.held.Take()->Finish(base::Unavailable("AWAY", "come back later", kPushbackMin));
  EXPECT_TRUE(ReadAll(refused).empty());
  EXPECT_EQ(FindMetadata(refused.trailers(), "grpc-retry-pushback-ms"),
            absl::StrCat(absl::ToInt64Milliseconds(kPushbackMin)));
}

TEST(Stream, ThatItsHandlerDropsIsInternal) {
  StreamServer server([](std::shared_ptr<Call>) {});
  IncomingStream stream = server.Open();
  EXPECT_TRUE(ReadAll(stream).empty());
  EXPECT_EQ(base::ReasonOf(stream.status()), "CALL_DROPPED");
}

TEST(Stream, IsRefusedWithDetailsBeforeItsHandlerSeesIt) {
  StreamServer server([](std::shared_ptr<Call>) { ADD_FAILURE() << "the handler must not run"; },
                      {.authorize = [](auto, auto, const auto&) {
                        return base::Failed(absl::StatusCode::kPermissionDenied, "NO", "no");
                      }});
  IncomingStream stream = server.Open();
  EXPECT_TRUE(ReadAll(stream).empty());
  EXPECT_EQ(base::ReasonOf(stream.status()), "NO");
}

TEST(Stream, IsLongerThanWhatIsHeldForItAndWaitsForItsReader) {
  constexpr int kNumbers = 2'000;
  constexpr size_t kBytes = 4 << 10;
  StreamServer server([](auto call) { Counter::Start(std::move(call), kNumbers, kBytes); },
                      {.stream_bytes_max = 16 << 10});
  IncomingStream stream = server.Open();
  for (int i = 0; i < kNumbers; ++i) {
    const auto message = stream.Next(kPatience);
    ASSERT_TRUE(message.has_value()) << i << ": " << stream.status();
    ASSERT_EQ(std::stoi(*message), i);
  }
  EXPECT_FALSE(stream.Next(kPatience).has_value());
  EXPECT_TRUE(stream.status().ok()) << stream.status();
}

TEST(Stream, ItsHandlerHearsThatTheCallerHasGone) {
  HoldingServer server;
  IncomingStream stream = server.Open();
  const std::shared_ptr<Call> held = server.held.Take();
  std::atomic<bool> woken{false};
  held->OnRoom([&] { woken = true; });
  stream.Cancel();
  EXPECT_TRUE(Becomes([&] { return woken.load() && held->cancelled(); }));
  EXPECT_FALSE(held->Send("nobody listens"));
  EXPECT_TRUE(Becomes([&] { return server.server->calls_in_flight() == 0; }));
}

TEST(Stream, OfWhoDoesNotReadEndsAndSaysSo) {
  HoldingServer server({.stream_bytes_max = 64 << 10, .stream_stall_max = absl::Milliseconds(200)});
  IncomingStream stream = server.Open();
  const std::shared_ptr<Call> held = server.held.Take();
  // What gRPC and the kernel take of a connection that is not read, and what is held for it.
  constexpr size_t kTakenMax = 64 << 20;
  size_t taken = 0;
  const std::string message(32 << 10, 'x');
  EXPECT_TRUE(Becomes([&] {
    while (taken < kTakenMax && held->Send(message)) taken += message.size();
    return held->cancelled();
  }));
  EXPECT_LT(taken, kTakenMax);
  // Those that were on their way come, then why there are no more.
  size_t come = 0;
  while (auto next = stream.Next(kPatience)) come += next->size();
  EXPECT_LE(come, taken);
  EXPECT_TRUE(absl::IsAborted(stream.status())) << stream.status();
  EXPECT_EQ(base::ReasonOf(stream.status()), "READER_TOO_SLOW");
}

TEST(Stream, OfWhoNeverReadsIsCutOff) {
  prometheus::Registry registry;
  StreamServer server([](auto call) { Counter::Start(std::move(call), 1'000, 1 << 20); },
                      {.unsent_max = absl::Milliseconds(100),
                       .stream_stall_max = absl::Milliseconds(100),
                       .metrics = &registry});
  const StuckReader reader(server.server->port(), PathOf(StreamMethod()));
  ASSERT_TRUE(Becomes([&] { return server.server->calls_in_flight() == 1; }));
  EXPECT_TRUE(Becomes([&] { return server.server->calls_in_flight() == 0; }));
  EXPECT_THAT(prometheus::TextSerializer().Serialize(registry.Collect()),
              HasSubstr("crm_rpc_replies_cut_total 1"));
}

TEST(Stream, HasNoDeadlineButItsCallers) {
  HoldingServer server(
      {.deadline_default = absl::Milliseconds(50), .deadline_max = absl::Milliseconds(50)});
  IncomingStream without = server.Open();
  const std::shared_ptr<Call> held = server.held.Take();
  EXPECT_EQ(held->deadline(), absl::InfiniteFuture());
  IncomingStream with = server.Open({.deadline = absl::Now() + absl::Milliseconds(300)});
  const std::shared_ptr<Call> until = server.held.Take();
  EXPECT_TRUE(ReadAll(with).empty());
  EXPECT_TRUE(absl::IsDeadlineExceeded(with.status())) << with.status();
  EXPECT_TRUE(Becomes([&] { return until->cancelled(); }));
  EXPECT_FALSE(held->cancelled());
  EXPECT_TRUE(held->Send("still here"));
  EXPECT_EQ(without.Next(kPatience), "still here");
}

TEST(Stream, NoMoreThanTheLimitAndOthersAreServed) {
  HoldingServer server({.streams_max = 2});
  IncomingStream first = server.Open(), second = server.Open();
  const std::shared_ptr<Call> a = server.held.Take(), b = server.held.Take();
  IncomingStream third = server.Open();
  EXPECT_TRUE(ReadAll(third).empty());
  EXPECT_EQ(base::ReasonOf(third.status()), "TOO_MANY_STREAMS");
  first.Cancel();
  EXPECT_TRUE(Becomes([&] { return server.server->calls_in_flight() == 1; }));
  IncomingStream fourth = server.Open();
  server.held.Take()->Finish(std::string("in"));
  EXPECT_THAT(ReadAll(fourth), ElementsAre("in"));
}

TEST(Stream, IsEndedByADrainAtItsBeginning) {
  HoldingServer server;
  IncomingStream stream = server.Open();
  const std::shared_ptr<Call> held = server.held.Take();
  EXPECT_TRUE(held->Send("before"));
  EXPECT_EQ(stream.Next(kPatience), "before");
  const absl::Time before = absl::Now();
  std::thread drain([&] { server.server->Drain(absl::Seconds(30)); });
  EXPECT_TRUE(ReadAll(stream).empty());
  EXPECT_TRUE(absl::IsUnavailable(stream.status())) << stream.status();
  EXPECT_EQ(base::ReasonOf(stream.status()), "SHUTTING_DOWN");
  drain.join();
  EXPECT_LT(absl::Now() - before, absl::Seconds(10));
}

TEST(Stream, ManyAreToldAtOnceByAnotherThread) {
  constexpr int kStreams = 200, kMessages = 20;
  HoldingServer server;
  std::vector<std::unique_ptr<IncomingStream>> streams;
  std::vector<std::shared_ptr<Call>> held;
  for (int i = 0; i < kStreams; ++i) {
    streams.push_back(
        std::make_unique<IncomingStream>(server.server->address(), PathOf(StreamMethod()), ""));
    held.push_back(server.held.Take());
  }
  std::thread teller([&] {
    for (int message = 0; message < kMessages; ++message) {
      for (const auto& call : held) EXPECT_TRUE(call->Send(std::to_string(message)));
    }
    for (const auto& call : held) call->Finish(std::string());
  });
  for (const auto& stream : streams) {
    EXPECT_EQ(ReadAll(*stream).size(), static_cast<size_t>(kMessages));
    EXPECT_TRUE(stream->status().ok()) << stream->status();
  }
  teller.join();
}

TEST(Stream, EndsForItsReaderWhenTheServerGoesAway) {
  auto server = std::make_unique<HoldingServer>();
  IncomingStream stream = server->Open();
  server->held.Take();  // Dropped: the status comes, and the server may go.
  EXPECT_TRUE(ReadAll(stream).empty());
  EXPECT_FALSE(stream.status().ok());
  server.reset();
  IncomingStream nobody("127.0.0.1:1", PathOf(StreamMethod()), "");
  EXPECT_TRUE(ReadAll(nobody).empty());
  EXPECT_TRUE(absl::IsUnavailable(nobody.status())) << nobody.status();
}

}  // namespace
}  // namespace crm::rpc
