// A host over damaged tables and a damaged log: what is made anew, and what is not.
#include "libs/app/host.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>
#include <vector>

#include "libs/app/handlers.h"
#include "libs/base/status.h"
#include "libs/engine/testdata/account.h"
#include "libs/eventlog/embedded/embedded_log.h"
#include "libs/testing/temp_directory.h"

namespace crm::app {
namespace {

namespace fs = std::filesystem;
namespace tv1 = engine::testdata::tv1;
using eventlog::EmbeddedLog;
using eventlog::EventLog;

constexpr std::chrono::seconds kPatience(30);
constexpr int kAccounts = 2'000;

// The embedded log, whose tails say that it is damaged from some moment on.
class DamagedLog : public EventLog {
 public:
  explicit DamagedLog(EventLog& log) : log_(log) {}

  std::atomic<bool> damaged{true};
  std::atomic<int> said{0};  // How often.

  absl::StatusOr<eventlog::TopicInfo> Describe(const std::string& topic,
                                               absl::Duration timeout) override {
    return log_.Describe(topic, timeout);
  }
  absl::Status CreateTopic(const std::string& topic, int partitions,
                           absl::Duration timeout) override {
    return log_.CreateTopic(topic, partitions, timeout);
  }
  absl::StatusOr<std::unique_ptr<eventlog::Tail>> OpenTail(const std::string& topic,
                                                           std::vector<Start> from,
                                                           eventlog::Waker waker) override {
    auto tail = log_.OpenTail(topic, std::move(from), std::move(waker));
    if (!tail.ok()) return tail.status();
    return std::make_unique<DamagedTail>(*this, *std::move(tail));
  }
  absl::StatusOr<std::unique_ptr<eventlog::Writer>> OpenWriter(const std::string& topic,
                                                               eventlog::Waker waker) override {
    return log_.OpenWriter(topic, std::move(waker));
  }
  absl::StatusOr<std::unique_ptr<eventlog::Ownership>> JoinOwnership(
      const std::string& topic, const std::string& instance, eventlog::Waker waker) override {
    return log_.JoinOwnership(topic, instance, std::move(waker));
  }
  absl::StatusOr<std::unique_ptr<eventlog::GroupReader>> OpenGroup(const std::string& group,
                                                                   std::vector<std::string> topics,
                                                                   eventlog::Waker waker) override {
    return log_.OpenGroup(group, std::move(topics), std::move(waker));
  }

 private:
  class DamagedTail : public eventlog::Tail {
   public:
    DamagedTail(DamagedLog& log, std::unique_ptr<eventlog::Tail> tail)
        : log_(log), tail_(std::move(tail)) {}
    absl::Status Poll(size_t max, eventlog::Records& records) override {
      if (!log_.damaged.load()) return tail_->Poll(max, records);
      log_.said.fetch_add(1);
      return absl::DataLossError("a record does not match its checksum");
    }

   private:
    DamagedLog& log_;
    std::unique_ptr<eventlog::Tail> tail_;
  };

  EventLog& log_;
};

class HostTest : public ::testing::Test {
 protected:
  HostTest() { log_ = *EmbeddedLog::Open({.path = path_ / "log"}); }

  // A host on these tables, and what ends it.
  struct Running {
    std::promise<absl::Status> ended;
    std::atomic<bool> told{false};
    std::unique_ptr<Host> host;
  };
  std::unique_ptr<Running> Start(EventLog& log) {
    auto running = std::make_unique<Running>();
    HostOptions options;
    options.data_dir = path_;
    options.partitions = 1;
    options.workers = 1;
    options.clock = &clock_;
    options.on_failure = [running = running.get()](const std::string&, const absl::Status& status) {
      if (!running->told.exchange(true)) running->ended.set_value(status);
    };
    running->host = std::make_unique<Host>(engine::testdata::MakeAccountService(), options);
    running->host->Start(log);
    return running;
  }
  static bool WaitUntilReady(Host& host) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!host.Ready(nullptr)) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  // Insists until the host owns its partition.
  static absl::Status Create(engine::Engine& engine, int number) {
    absl::Status status = CreateOnce(engine, number);
    while (absl::IsUnavailable(status)) status = CreateOnce(engine, number);
    return status;
  }
  static absl::Status CreateOnce(engine::Engine& engine, int number) {
    auto request = std::make_unique<tv1::CreateAccountRequest>();
    request->set_account_id("a" + std::to_string(number));
    request->set_request_id("create-" + std::to_string(number));
    request->mutable_account()->set_title(std::to_string(number));
    const engine::CommandDef* def = engine.FindCommand(request->GetDescriptor()->full_name());
    auto command = engine::Prepare(*def, std::move(request), {"user:ann", ""}, 1);
    std::promise<absl::Status> done;
    command->done = [&done](engine::CommandResult result) { done.set_value(result.status); };
    engine.Route(*std::move(command));
    return done.get_future().get();
  }
  // Directories of tables, or files in them, whose name holds `like`.
  std::vector<fs::path> Found(const std::string& like) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(path_ / "test")) {
      if (entry.path().filename().string().find(like) != std::string::npos)
        found.push_back(entry.path());
    }
    return found;
  }

  base::SystemClock clock_;
  const crm::testing::TempDirectory directory_{"host-test"};
  const fs::path path_ = directory_.path();
  std::unique_ptr<EmbeddedLog> log_;
};

TEST_F(HostTest, DamageThatAReaderFindsEndsTheHostAndTheTablesAreMadeAnew) {
  {
    const auto running = Start(*log_);
    ASSERT_TRUE(WaitUntilReady(*running->host));
    for (int i = 0; i < kAccounts; ++i) {
      ASSERT_TRUE(Create(*running->host->engine(), i).ok()) << i;
    }
    running->host->Stop();
  }
  for (const fs::path& file : Found(".sst")) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    // Behind the first block, which Open reads, and before the indexes of the file: the rows of the
    // accounts are last, and the engine's own rows, which the start reads, before.
    const uint64_t size = fs::file_size(file);
    for (uint64_t at = size / 10 * 6; at < size / 10 * 8; at += 500) {
      stream.seekp(static_cast<int64_t>(at));
      stream.put('\x5a');
    }
  }
  {
    const auto running = Start(*log_);
    ASSERT_TRUE(WaitUntilReady(*running->host));
    const table::Database& database = running->host->engine()->database();
    int refused = 0;
    for (int i = 0; i < kAccounts; ++i) {
      refused += database.GetStored("accounts", {"accounts/a" + std::to_string(i)}).ok() ? 0 : 1;
    }
    ASSERT_GT(refused, 0);
    auto ended = running->ended.get_future();
    ASSERT_EQ(ended.wait_for(kPatience), std::future_status::ready);
    EXPECT_TRUE(absl::IsDataLoss(ended.get()));
    EXPECT_EQ(Found("DAMAGED").size(), 1u);
  }
  const auto running = Start(*log_);
  ASSERT_TRUE(WaitUntilReady(*running->host));
  EXPECT_EQ(Found(".damaged-").size(), 1u);
  const table::Database& database = running->host->engine()->database();
  for (int i = 0; i < kAccounts; ++i) {
    const auto stored = database.GetStored("accounts", {"accounts/a" + std::to_string(i)});
    ASSERT_TRUE(stored.ok() && stored->has_value()) << i;
  }
}

TEST_F(HostTest, ADamagedLogDoesNotMarkTheTables) {
  DamagedLog damaged(*log_);
  const auto running = Start(damaged);
  auto ended = running->ended.get_future();
  ASSERT_EQ(ended.wait_for(kPatience), std::future_status::ready);
  EXPECT_FALSE(absl::IsDataLoss(ended.get()));
  EXPECT_TRUE(Found("DAMAGED").empty());
}

// The first to see it is the thread of the caller, or the worker's own if that is quicker.
TEST_F(HostTest, DamageThatIsSeenOnACallersThreadEndsTheHostOnce) {
  DamagedLog log(*log_);
  log.damaged = false;
  const auto running = Start(log);
  ASSERT_TRUE(WaitUntilReady(*running->host));
  ASSERT_TRUE(Create(*running->host->engine(), 0).ok());
  log.damaged = true;
  auto created =
      std::async(std::launch::async, [&] { return CreateOnce(*running->host->engine(), 1); });
  auto ended = running->ended.get_future();
  ASSERT_EQ(ended.wait_for(kPatience), std::future_status::ready);
  EXPECT_TRUE(absl::IsInternal(ended.get()));
  // Nobody steps it any more, so only the end of the host answers.
  running->host->Stop();
  EXPECT_TRUE(absl::IsUnavailable(created.get()));
  EXPECT_EQ(log.said.load(), 1);
}

TEST_F(HostTest, ARefusalBehindABarrierRestsOnARecordThatCameAfterTheCall) {
  const auto running = Start(*log_);
  ASSERT_TRUE(WaitUntilReady(*running->host));
  engine::Engine& engine = *running->host->engine();
  const auto end = [&engine] {
    eventlog::Offset sum = 0;
    for (const engine::Position& position : engine.Positions()) sum += position.next;
    return sum;
  };
  const std::vector<rpc::Method> methods = CommandMethods(*running->host);
  const auto add = std::find_if(methods.begin(), methods.end(), [](const rpc::Method& method) {
    return method.descriptor->name() == "AddAmount";
  });
  ASSERT_NE(add, methods.end());
  engine::testdata::tv1::AddAmountRequest request;
  request.set_name("accounts/nobody");
  request.set_amount(1);
  request.set_request_id("r");
  const auto ask = [&](const char* header, const char* value) {
    std::promise<rpc::CallResult> answer;
    const std::string bytes = request.SerializeAsString();
    rpc::CallParts parts{.method = add->descriptor, .request = bytes};
    parts.deadline = absl::Now() + absl::FromChrono(kPatience);
    if (*header != '\0') parts.metadata = {{header, value}};
    add->handler(std::make_shared<rpc::Call>(
        std::move(parts), [&](rpc::CallResult result) { answer.set_value(std::move(result)); }));
    return answer.get_future().get().status;
  };
  absl::Status first;  // UNAVAILABLE until somebody, this replica, owns the key.
  do {
    first = ask("", "");
  } while (absl::IsUnavailable(first));
  EXPECT_TRUE(absl::IsNotFound(first)) << first;
  const eventlog::Offset before = end();
  EXPECT_TRUE(absl::IsNotFound(ask("", "")));
  EXPECT_EQ(end(), before);
  // The barrier, and the answer itself, which then holds for every other saying.
  EXPECT_TRUE(absl::IsNotFound(ask("grpc-previous-rpc-attempts", "1")));
  EXPECT_EQ(end(), before + 2);
  EXPECT_TRUE(absl::IsNotFound(ask(kReadBarrier, "true")));
  EXPECT_EQ(end(), before + 3);
  EXPECT_TRUE(absl::IsNotFound(ask("", "")));
  EXPECT_EQ(end(), before + 3);
  EXPECT_EQ(base::FieldOf(ask(kReadBarrier, "perhaps")), kReadBarrier);
  EXPECT_EQ(base::FieldOf(ask(kReadAfter, "no token")), kReadAfter);
}

TEST_F(HostTest, CallersOfManyThreadsAreAllAnswered) {
  constexpr int kCallers = 8, kEach = 100;
  const auto running = Start(*log_);
  ASSERT_TRUE(WaitUntilReady(*running->host));
  engine::Engine& engine = *running->host->engine();
  std::atomic<int> done{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < kEach; ++i)
        if (Create(engine, caller * kEach + i).ok()) done.fetch_add(1);
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done.load(), kCallers * kEach);
  for (int number = 0; number < kCallers * kEach; ++number) {
    const auto stored =
        engine.database().GetStored("accounts", {"accounts/a" + std::to_string(number)});
    EXPECT_TRUE(stored.ok() && stored->has_value()) << number;
  }
  running->host->Stop();
}

}  // namespace
}  // namespace crm::app
