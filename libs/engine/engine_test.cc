// One replica on a log without faults: what a command and its answer are.
#include "libs/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crm/eventlog/v1/eventlog.pb.h"
#include "libs/base/hash.h"
#include "libs/base/status.h"
#include "libs/engine/limits.h"
#include "libs/engine/memory.h"
#include "libs/engine/testdata/cluster.h"
#include "libs/eventlog/cloud_events.h"
#include "libs/table/batch.h"
#include "libs/table/read_view.h"

namespace crm::engine {
namespace {

using testdata::Cluster;
namespace tv1 = testdata::tv1;

tv1::CreateAccountRequest Create(const std::string& id, const std::string& request_id,
                                 const std::string& title = "one") {
  tv1::CreateAccountRequest request;
  request.set_account_id(id);
  request.set_request_id(request_id);
  request.mutable_account()->set_title(title);
  return request;
}

tv1::AddAmountRequest AddTo(const std::string& id, int64_t amount, const std::string& request_id) {
  tv1::AddAmountRequest request;
  request.set_name("accounts/" + id);
  request.set_amount(amount);
  request.set_request_id(request_id);
  return request;
}

tv1::Account AccountIn(const CommandResult& result) {
  EXPECT_TRUE(result.status.ok()) << result.status;
  tv1::Account account;
  EXPECT_TRUE(account.ParseFromString(result.resource));
  return account;
}

class EngineTest : public testing::Test {
 protected:
  EngineTest() : cluster_(7) {
    cluster_.StartReplica("one");
    EXPECT_TRUE(cluster_.RunUntilOwned());
  }
  CommandResult Send(const google::protobuf::Message& request) {
    return cluster_.Send("one", request);
  }
  size_t RecordsInLog() {
    size_t records = 0;
    for (int p = 0; p < cluster_.partitions(); ++p) {
      records += cluster_.log().Contents(cluster_.service().topic, p).size();
    }
    return records;
  }
  // An account's id whose partition is another one.
  std::string IdOutside(int partition) {
    int number = 0;
    std::string id = "other";
    while (base::PartitionOf(id, cluster_.partitions()) == partition)
      id = "other-" + std::to_string(++number);
    return id;
  }
  tv1::BalanceCell Balances() {
    tv1::BalanceCell sum;
    const table::ReadView view(cluster_.database("one"));
    view.Scan(
        testdata::kBalances, "",
        [&](const tv1::BalanceCell& cell) {
          sum.set_accounts(sum.accounts() + cell.accounts());
          sum.set_balance(sum.balance() + cell.balance());
          return true;
        },
        std::string("all"));
    return sum;
  }

  Cluster cluster_;
};

TEST_F(EngineTest, AnAcknowledgedCommandIsInTheLogAndReadable) {
  const tv1::Account account = AccountIn(Send(Create("a", "r1")));
  EXPECT_EQ(account.name(), "accounts/a");
  EXPECT_EQ(account.etag(), "r1");
  EXPECT_TRUE(account.has_create_time());
  const auto stored = cluster_.database("one").GetStored("accounts", {std::string("accounts/a")});
  ASSERT_TRUE(stored.ok() && stored->has_value());
  EXPECT_EQ((*stored)->revision, 1);
  EXPECT_EQ(Balances().accounts(), 1);
}

TEST_F(EngineTest, SaidTwiceDoneOnce) {
  const CommandResult first = Send(Create("a", "r1"));
  Send(AddTo("a", 5, "r2"));
  const size_t records = RecordsInLog();
  EXPECT_EQ(AccountIn(Send(AddTo("a", 5, "r2"))).balance(), 5);
  EXPECT_EQ(AccountIn(Send(Create("a", "r1"))).balance(), 5);  // The resource as it is now.
  EXPECT_EQ(RecordsInLog(), records);
}

TEST_F(EngineTest, ARequestIdForAnotherBodyIsRefused) {
  Send(Create("a", "r1"));
  Send(AddTo("a", 5, "r2"));
  const CommandResult other = Send(AddTo("a", 6, "r2"));
  EXPECT_EQ(base::FieldOf(other.status), "request_id");
  EXPECT_EQ(Balances().balance(), 5);
}

TEST_F(EngineTest, RequestIdsAreRememberedForTheLastThousandAndCreatesForEver) {
  Send(Create("a", "create"));
  Send(AddTo("a", 1, "first"));
  for (int i = 0; i < 1000; ++i) Send(AddTo("a", 1, "more-" + std::to_string(i)));
  const int64_t before = Balances().balance();
  EXPECT_EQ(AccountIn(Send(AddTo("a", 1, "more-0"))).balance(), before);
  EXPECT_EQ(AccountIn(Send(AddTo("a", 1, "first"))).balance(), before + 1);  // Forgotten.
  EXPECT_EQ(AccountIn(Send(Create("a", "create"))).balance(), before + 1);   // Not forgotten.
}

TEST_F(EngineTest, AnIdIsDerivedFromCallerMethodAndRequestId) {
  const tv1::Account first = AccountIn(Send(Create("", "r1")));
  EXPECT_EQ(AccountIn(Send(Create("", "r1"))).name(), first.name());
  EXPECT_NE(AccountIn(Send(Create("", "r2"))).name(), first.name());
  EXPECT_NE(AccountIn(cluster_.Send("one", Create("", "r1"), "user:bob")).name(), first.name());
}

TEST_F(EngineTest, NamesThatExistOrDoNot) {
  Send(Create("a", "r1"));
  EXPECT_TRUE(absl::IsAlreadyExists(Send(Create("a", "r2")).status));
  EXPECT_TRUE(absl::IsNotFound(Send(AddTo("b", 1, "r3")).status));
  EXPECT_EQ(base::FieldOf(Send(AddTo("B", 1, "r4")).status), "name");
  EXPECT_EQ(base::FieldOf(Send(Create("Not/An/Id", "r5")).status), "account_id");
  EXPECT_EQ(base::FieldOf(Send(Create("c", "")).status), "request_id");
}

TEST_F(EngineTest, AStaleEtagIsAborted) {
  Send(Create("a", "r1"));
  tv1::AddAmountRequest add = AddTo("a", 1, "r2");
  add.set_etag("r1");
  EXPECT_EQ(AccountIn(Send(add)).etag(), "r2");
  add.set_request_id("r3");
  EXPECT_TRUE(absl::IsAborted(Send(add).status));
  EXPECT_EQ(Balances().balance(), 1);
}

TEST_F(EngineTest, ARefusalAndNothingToDoChangeNothing) {
  Send(Create("a", "r1"));
  const size_t records = RecordsInLog();
  EXPECT_TRUE(absl::IsFailedPrecondition(Send(AddTo("a", -1, "r2")).status));
  EXPECT_EQ(AccountIn(Send(AddTo("a", 0, "r3"))).etag(), "r1");
  EXPECT_EQ(RecordsInLog(), records);
}

TEST_F(EngineTest, ValidateOnlyShowsWhatWouldBeWithTheOldEtag) {
  Send(Create("a", "r1"));
  const size_t records = RecordsInLog();
  tv1::AddAmountRequest add = AddTo("a", 7, "r2");
  add.set_validate_only(true);
  const tv1::Account would_be = AccountIn(Send(add));
  EXPECT_EQ(would_be.balance(), 7);
  EXPECT_EQ(would_be.etag(), "r1");
  add.set_amount(-7);
  EXPECT_TRUE(absl::IsFailedPrecondition(Send(add).status));
  EXPECT_EQ(RecordsInLog(), records);
  EXPECT_EQ(AccountIn(Send(AddTo("a", 7, "r2"))).balance(), 7);  // The request_id is not spent.
}

TEST_F(EngineTest, ATraceparentThatIsNoneIsLeftOut) {
  const auto prepared = [&](const std::string& traceparent) {
    auto request = std::make_unique<tv1::CreateAccountRequest>(Create("a", "r1"));
    const CommandDef* def =
        cluster_.engine("one").FindCommand(request->GetDescriptor()->full_name());
    return Prepare(*def, std::move(request), {"user:ann", traceparent}, 4)->traceparent;
  };
  const std::string good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_EQ(prepared(good), good);
  EXPECT_EQ(prepared(std::string(2'000, 'a')), "");
  EXPECT_EQ(prepared("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"), "");
  EXPECT_EQ(prepared("00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01"), "");
}

TEST_F(EngineTest, UpdatesAreCheckedAgainstTheirMask) {
  Send(Create("a", "r1"));
  tv1::UpdateAccountRequest update;
  update.set_request_id("r2");
  update.mutable_account()->set_name("accounts/a");
  update.mutable_account()->set_title("two");
  update.mutable_account()->set_balance(1'000'000);  // Output only: not looked at.
  EXPECT_EQ(AccountIn(Send(update)).title(), "two");
  EXPECT_EQ(Balances().balance(), 0);
  update.set_request_id("r3");
  update.mutable_update_mask()->add_paths("balance");
  EXPECT_EQ(base::FieldOf(Send(update).status), "update_mask");
  for (const char* path : {"nonsense", "", "terms.", ".title", "terms..notice_days", "title."}) {
    update.mutable_update_mask()->set_paths(0, path);
    EXPECT_EQ(base::FieldOf(Send(update).status), "update_mask") << path;
  }
  update.mutable_update_mask()->set_paths(0, "title");
  update.mutable_update_mask()->add_paths("*");
  EXPECT_THAT(Send(update).status.ToString(), testing::HasSubstr("\"*\""));
}

// Without a mask what is set counts, also inside a message: its other fields stay as they are.
TEST_F(EngineTest, AnUpdateWithoutAMaskLeavesAloneWhatIsNotSet) {
  tv1::CreateAccountRequest create = Create("a", "r1");
  create.mutable_account()->set_currency_code("EUR");
  create.mutable_account()->mutable_terms()->set_notice_days(30);
  create.mutable_account()->mutable_terms()->add_signers("ann");
  const std::string title = AccountIn(Send(create)).title();
  tv1::UpdateAccountRequest update;
  update.set_request_id("r2");
  update.mutable_account()->set_name("accounts/a");
  update.mutable_account()->set_currency_code("EUR");
  update.mutable_account()->mutable_terms()->set_notice_days(90);
  const tv1::Account account = AccountIn(Send(update));
  EXPECT_EQ(account.title(), title);
  EXPECT_EQ(account.terms().notice_days(), 90);
  ASSERT_EQ(account.terms().signers_size(), 1);
  EXPECT_EQ(account.terms().signers(0), "ann");

  update.set_request_id("r3");
  update.mutable_account()->set_currency_code("USD");
  EXPECT_EQ(base::FieldOf(Send(update).status), "currency_code");
}

TEST_F(EngineTest, CommandsOfAKeyKeepTheirOrder) {
  Send(Create("a", "r1"));
  std::vector<int64_t> balances;
  for (int i = 1; i <= 20; ++i) {
    cluster_.Start("one", AddTo("a", i, "add-" + std::to_string(i)),
                   [&](CommandResult result) { balances.push_back(AccountIn(result).balance()); });
  }
  ASSERT_TRUE(cluster_.Run([&] { return balances.size() == 20; }));
  for (int i = 1; i <= 20; ++i) EXPECT_EQ(balances[i - 1], i * (i + 1) / 2);
}

TEST_F(EngineTest, TimersFireOnceWhenDue) {
  tv1::CreateAccountRequest create = Create("a", "r1");
  create.mutable_account()->set_wake_after_seconds(30);
  Send(create);
  const auto woken = [&] {
    tv1::Account account;
    const table::ReadView view(cluster_.database("one"));
    return view.GetErased("accounts", {std::string("accounts/a")}, account) ? account.woken() : 0;
  };
  const absl::Duration start = cluster_.clock().SinceBoot();
  ASSERT_TRUE(cluster_.Run([&] { return woken() == 1; }, absl::Seconds(40)));
  EXPECT_GE(cluster_.clock().SinceBoot() - start, absl::Seconds(29));
  EXPECT_FALSE(cluster_.Run([&] { return woken() > 1; }, absl::Seconds(20)));
}

TEST(Timers, ThoseThatChangeNothingKeepNoOtherFromItsTurn) {
  Cluster cluster(9, 1);
  cluster.StartReplica("one");
  ASSERT_TRUE(cluster.RunUntilOwned());
  // More than are fired or looked at in one step; all due before the one that wakes.
  constexpr int kSleepers = static_cast<int>(kTimersScannedPerStepMax) + 100;
  int created = 0;
  for (int i = 0; i <= kSleepers; ++i) {
    const std::string id = "a" + std::to_string(i);
    tv1::CreateAccountRequest create = Create(id, id, i < kSleepers ? "sleeps on" : "wakes");
    create.mutable_account()->set_wake_after_seconds(i < kSleepers ? 5 : 8);
    cluster.Start("one", create, [&](CommandResult result) { created += result.status.ok(); });
  }
  ASSERT_TRUE(cluster.Run([&] { return created == kSleepers + 1; }, absl::Seconds(2)));
  const auto woken = [&] {
    tv1::Account account;
    const table::ReadView view(cluster.database("one"));
    const std::string name = "accounts/a" + std::to_string(kSleepers);
    return view.GetErased("accounts", {name}, account) && account.woken() == 1;
  };
  EXPECT_TRUE(cluster.Run(woken, absl::Seconds(10)));
}

TEST(Timers, AClockThatWasAheadAndIsPutRightHoldsNoneUp) {
  Cluster cluster(9, 1);
  cluster.StartReplica("one");
  ASSERT_TRUE(cluster.RunUntilOwned());
  tv1::CreateAccountRequest create = Create("a", "r1", "sleeps on");
  create.mutable_account()->set_wake_after_seconds(1);
  ASSERT_TRUE(cluster.Send("one", create).status.ok());
  cluster.Run([] { return false; }, absl::Seconds(2));  // Due, and backing off.
  cluster.clock().JumpWall(absl::Hours(1));
  cluster.Run([] { return false; }, absl::Seconds(3));
  cluster.clock().JumpWall(-absl::Hours(1));
  tv1::UpdateAccountRequest wake;
  wake.mutable_account()->set_name("accounts/a");
  wake.mutable_account()->set_title("wakes");
  wake.mutable_update_mask()->add_paths("title");
  wake.set_request_id("r2");
  ASSERT_TRUE(cluster.Send("one", wake).status.ok());
  const auto woken = [&] {
    tv1::Account account;
    const table::ReadView view(cluster.database("one"));
    return view.GetErased("accounts", {"accounts/a"}, account) && account.woken() == 1;
  };
  EXPECT_TRUE(cluster.Run(woken, absl::Seconds(60)));
}

TEST(Timers, OnlyAnOwnerIsWokenForThem) {
  Cluster cluster(9, 1);
  cluster.StartReplica("one");
  ASSERT_TRUE(cluster.RunUntilOwned());
  cluster.StartReplica("two");
  ASSERT_TRUE(cluster.RunUntilCaughtUp());
  const bool one_owns = cluster.engine("one").Reports()[0].role == Role::kOwner;
  Engine& follower = cluster.engine(one_owns ? "two" : "one");
  tv1::CreateAccountRequest create = Create("a", "r1", "sleeps on");
  create.mutable_account()->set_wake_after_seconds(1);
  ASSERT_TRUE(cluster.SendAnywhere(create).status.ok());
  cluster.Run([] { return false; }, absl::Seconds(2));
  const auto report = follower.StepWorker(0);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->next, absl::Milliseconds(100));
}

TEST_F(EngineTest, TooManyCommandsForOneKeyAreRefusedAndOtherKeysGoOn) {
  Send(Create("a", "r1"));
  int done = 0, refused = 0;
  constexpr int kTooMany = 10;
  for (int i = 0; i < static_cast<int>(kQueuedPerKeyMax) + kTooMany; ++i) {
    cluster_.Start("one", AddTo("a", 1, "add-" + std::to_string(i)), [&](CommandResult result) {
      ++(result.status.ok() ? done : refused);
      if (result.status.ok()) return;
      EXPECT_EQ(base::ReasonOf(result.status), "QUEUE_FULL");
      EXPECT_TRUE(absl::IsUnavailable(result.status));
    });
  }
  EXPECT_TRUE(Send(Create("b", "r2")).status.ok());
  ASSERT_TRUE(cluster_.Run([&] { return done + refused == kQueuedPerKeyMax + kTooMany; }));
  EXPECT_EQ(refused, kTooMany);
  EXPECT_EQ(AccountIn(Send(AddTo("a", 1, "last"))).balance(), done + 1);
}

TEST_F(EngineTest, AReactionActsOncePerEvent) {
  tv1::CreateAccountRequest create = Create("a", "r1");
  create.mutable_account()->add_mirrors("accounts/b");
  Send(create);
  Send(Create("b", "r2"));
  Send(AddTo("a", 5, "r3"));
  ASSERT_TRUE(cluster_.Run([&] { return Balances().balance() == 10; }));
  EXPECT_FALSE(cluster_.Run([&] { return Balances().balance() != 10; }, absl::Seconds(5)));
}

TEST_F(EngineTest, ABarrierIsAWriteAndAwaitWaitsForAPosition) {
  const size_t records = RecordsInLog();
  std::optional<absl::Status> done;
  cluster_.engine("one").Barrier({0}, absl::InfiniteDuration(), [&](absl::Status s) { done = s; });
  ASSERT_TRUE(cluster_.Run([&] { return done.has_value(); }));
  EXPECT_TRUE(done->ok()) << *done;
  EXPECT_EQ(RecordsInLog(), records + 1);

  done.reset();
  const Position later{0, cluster_.engine("one").PositionOf(0).next + 1};
  cluster_.engine("one").Await({later}, cluster_.clock().SinceBoot() + absl::Seconds(1),
                               [&](absl::Status s) { done = s; });
  ASSERT_TRUE(cluster_.Run([&] { return done.has_value(); }));
  EXPECT_TRUE(absl::IsUnavailable(*done))
      << "a position that never comes is not waited for beyond the deadline";
}

TEST_F(EngineTest, ABarrierWhoseRecordTheLogRefusesIsNotAnsweredOk) {
  const int partition = Send(Create("a", "r1")).position.partition;
  eventlog::SimFaults denied;
  denied.deny_append = true;
  cluster_.log().SetFaults("one", denied);
  std::optional<CommandResult> added;
  std::optional<absl::Status> barrier;
  cluster_.Start("one", AddTo("a", 1, "r2"), [&](CommandResult result) { added = result; });
  cluster_.engine("one").Barrier({partition}, absl::InfiniteDuration(),
                                 [&](absl::Status status) { barrier = status; });
  ASSERT_TRUE(cluster_.Run([&] { return added.has_value() && barrier.has_value(); }));
  EXPECT_EQ(base::ReasonOf(added->status), "LOG_REFUSED");
  EXPECT_TRUE(absl::IsUnavailable(*barrier)) << *barrier;
}

TEST_F(EngineTest, BarriersHaveADeadlineAndALimitWhileTheLeaseIsOver) {
  cluster_.log().StopHeartbeats("one", true);
  cluster_.Run([] { return false; }, absl::Seconds(5));
  std::vector<absl::Status> answers;
  const absl::Duration deadline = cluster_.clock().SinceBoot() + absl::Seconds(1);
  for (size_t i = 0; i <= kWaitersMax; ++i) {
    cluster_.engine("one").Barrier({0}, deadline,
                                   [&](absl::Status status) { answers.push_back(status); });
  }
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(base::ReasonOf(answers[0]), "QUEUE_FULL");
  ASSERT_TRUE(cluster_.Run([&] { return answers.size() > kWaitersMax; }, absl::Seconds(2)));
  EXPECT_EQ(base::ReasonOf(answers.back()), "NO_BARRIER");
}

TEST_F(EngineTest, AnAppendThatIsNotTakenSaysWhenToTryAgain) {
  Send(Create("a", "r1"));
  eventlog::SimFaults broken;
  broken.break_writer = 1;
  cluster_.log().SetFaults("one", broken);
  const absl::Status refused = Send(AddTo("a", 1, "r2")).status;
  EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
  EXPECT_EQ(base::ReasonOf(refused), "LOG_UNAVAILABLE");
}

TEST_F(EngineTest, AnOwnerWithoutALogForLongIsNotReadyAndRefusesAtOnce) {
  Send(Create("a", "r1"));
  const Engine& engine = cluster_.engine("one");
  cluster_.log().Disconnect("one", true);
  std::optional<CommandResult> early;
  ASSERT_FALSE(cluster_.Run([] { return false; }, absl::Seconds(4)));
  EXPECT_TRUE(engine.Ready()) << "a hiccup is waited for";
  cluster_.Start("one", AddTo("a", 1, "r2"), [&](CommandResult result) { early = result; });
  ASSERT_TRUE(cluster_.Run([&] { return !engine.Ready(); }, absl::Seconds(20)));
  std::string why;
  EXPECT_FALSE(engine.Ready(&why));
  EXPECT_THAT(why, testing::HasSubstr("the log has not answered for 5 s"));
  EXPECT_TRUE(engine.Serves()) << "reads need no log";
  EXPECT_FALSE(early.has_value());

  const absl::Duration sent = cluster_.clock().SinceBoot();
  const absl::Status refused = Send(AddTo("a", 1, "r3")).status;
  EXPECT_EQ(base::ReasonOf(refused), "LOG_UNAVAILABLE") << refused;
  EXPECT_LT(cluster_.clock().SinceBoot() - sent, absl::Milliseconds(100));
  std::optional<absl::Status> barrier;
  cluster_.engine("one").Barrier({0}, absl::InfiniteDuration(),
                                 [&](absl::Status status) { barrier = status; });
  ASSERT_TRUE(cluster_.Run([&] { return barrier.has_value(); }, absl::Milliseconds(100)));
  EXPECT_EQ(base::ReasonOf(*barrier), "LOG_UNAVAILABLE") << *barrier;

  cluster_.log().Disconnect("one", false);
  ASSERT_TRUE(cluster_.Run([&] { return engine.Ready(); }));
  EXPECT_TRUE(cluster_.SendAnywhere(AddTo("a", 1, "r3")).status.ok());
}

TEST_F(EngineTest, AnOwnerWhoseTopicIsGoneSaysSoUntilItIsBack) {
  Send(Create("a", "r1"));
  const Engine& engine = cluster_.engine("one");
  eventlog::SimFaults gone;
  gone.topic_gone = true;
  cluster_.log().SetFaults("one", gone);
  EXPECT_EQ(base::ReasonOf(Send(AddTo("a", 1, "r2")).status), "LOG_UNAVAILABLE");
  std::string why;
  EXPECT_FALSE(engine.Ready(&why));
  EXPECT_THAT(why, testing::HasSubstr("the topic is gone"));
  cluster_.log().SetFaults("one", {});
  ASSERT_TRUE(cluster_.Run([&] { return engine.Ready(); })) << "nobody sends a command";
  EXPECT_TRUE(Send(AddTo("a", 1, "r2")).status.ok());
}

TEST_F(EngineTest, TokensOfAnotherLogAreRefused) {
  Engine& engine = cluster_.engine("one");
  const auto positions = engine.ParseReadAfter(engine.TokenOf({{1, 5}}));
  ASSERT_TRUE(positions.ok());
  EXPECT_EQ(positions->at(0).next, 5);
  EXPECT_EQ(base::FieldOf(engine.ParseReadAfter("garbage!").status()), "crm-read-after");
  Cluster other(8);
  other.StartReplica("x");
  EXPECT_EQ(base::FieldOf(engine.ParseReadAfter(other.engine("x").TokenOf({{1, 5}})).status()),
            "crm-read-after");
  const auto refusal = [&engine](std::string_view token) {
    return engine.ParseReadAfter(token).status().ToString();
  };
  EXPECT_THAT(refusal(""), testing::HasSubstr("is not a position token"));
  EXPECT_THAT(refusal(engine.TokenOf({{1, -5}})), testing::HasSubstr("below zero"));
  EXPECT_THAT(refusal(engine.TokenOf({{99, 5}})), testing::HasSubstr("does not have"));
}

TEST(Ownership, OfWhatNobodyHasClaimedNobodyIsNamed) {
  Cluster cluster(9);
  cluster.StartReplica("one");
  const absl::Status refused = cluster.Send("one", Create("a", "r1")).status;
  EXPECT_EQ(base::ReasonOf(refused), "NOT_OWNER");
  EXPECT_THAT(refused.ToString(), testing::HasSubstr("no replica owns this key yet"));
}

// Appends a record to the log as a stranger would.
void AppendRaw(Cluster& cluster, int partition, const eventlog::EventHeaders& headers,
               const std::string& value) {
  const auto connection = cluster.log().Connect("stranger");
  const auto writer = connection->OpenWriter(cluster.service().topic, [] {});
  ASSERT_TRUE(writer.ok());
  const eventlog::HeaderBlock block(headers);
  ASSERT_TRUE((*writer)->Append({partition, 0, "key", value, block.headers()}, 1).ok());
  std::vector<eventlog::Delivery> deliveries;
  ASSERT_TRUE(cluster.Run([&] {
    (*writer)->Poll(deliveries);
    return !deliveries.empty();
  }));
  ASSERT_TRUE(deliveries[0].status.ok());
}

eventlog::EventHeaders StrangeHeaders(int64_t fence, const std::string& id) {
  eventlog::EventHeaders headers;
  headers.id = id;
  headers.source = "stranger";
  headers.type = "crm.enginetest.v1.AmountAdded";
  headers.dataschema = "crm.enginetest.v1.AccountEvent";
  headers.subject = "accounts/a";
  headers.time = absl::FromUnixSeconds(1'735'689'700);
  headers.fence = fence;
  headers.revision = 2;
  return headers;
}

// Bytes that no reader takes for an event.
constexpr char kPoisonBytes[] = "\xff\xff\xff";

// Says in the log that a record with this value may be skipped.
void AppendSkip(Cluster& cluster, int partition, int64_t fence, const std::string& value) {
  ::crm::eventlog::v1::LogEvent skip;
  skip.mutable_record_skipped()->set_sha256(base::Sha256Hex(value));
  skip.mutable_record_skipped()->set_reason("a test");
  eventlog::EventHeaders headers = StrangeHeaders(fence, "skip");
  headers.type = "crm.eventlog.v1.RecordSkipped";
  headers.dataschema = "crm.eventlog.v1.LogEvent";
  headers.subject.clear();
  headers.revision = 0;
  AppendRaw(cluster, partition, headers, skip.SerializeAsString());
}

TEST_F(EngineTest, ARecordOfAnOldFenceChangesNothingAndIsCounted) {
  const CommandResult created = Send(Create("a", "r1"));
  const int partition = created.position.partition;
  const int64_t fence = cluster_.engine("one").OwnerOf(partition).epoch;
  tv1::AccountEvent event;
  event.mutable_added()->set_amount(1000);
  AppendRaw(cluster_, partition, StrangeHeaders(fence - 1 > 0 ? fence - 1 : fence + 1, "old-9"),
            event.SerializeAsString());
  ASSERT_TRUE(cluster_.RunUntilCaughtUp());
  EXPECT_EQ(AccountIn(Send(AddTo("a", 1, "r2"))).balance(), 1);
  for (const PartitionReport& report : cluster_.engine("one").Reports()) {
    EXPECT_EQ(report.rejected, report.partition == partition ? 1 : 0);
  }
}

TEST_F(EngineTest, AFactThatTheLogHoldsTwiceCountsOnceNowAndInAReplay) {
  eventlog::SimFaults faults;
  faults.repeat_append = 1;
  cluster_.log().SetFaults("one", faults);
  const int partition = Send(Create("a", "r1")).position.partition;
  for (int i = 2; i <= 5; ++i) EXPECT_TRUE(Send(AddTo("a", 1, absl::StrCat("r", i))).status.ok());
  ASSERT_TRUE(cluster_.RunUntilCaughtUp());
  EXPECT_GE(cluster_.engine("one").Reports()[partition].rejected, 4);
  EXPECT_EQ(AccountIn(Send(AddTo("a", 1, "r6"))).balance(), 5);
  cluster_.log().SetFaults("one", {});
  cluster_.StartReplica("two");
  ASSERT_TRUE(cluster_.RunUntilCaughtUp());
  EXPECT_EQ(cluster_.Digest("two"), cluster_.Digest("one"));
  EXPECT_TRUE(cluster_.engine("two").Reports()[partition].stopped.empty());
}

TEST_F(EngineTest, AnOwnerWhoseNumbersSomebodyElseUsedClaimsAnew) {
  const int partition = Send(Create("a", "r1")).position.partition;
  const int64_t fence = cluster_.engine("one").OwnerOf(partition).epoch;
  tv1::AccountEvent event;
  event.mutable_added()->set_amount(1000);
  AppendRaw(cluster_, partition, StrangeHeaders(fence, "stranger-1000"), event.SerializeAsString());
  ASSERT_TRUE(cluster_.RunUntilCaughtUp());
  const CommandResult lost = Send(AddTo("a", 1, "r2"));
  EXPECT_EQ(base::ReasonOf(lost.status), "NOT_DONE");
  EXPECT_EQ(AccountIn(Send(AddTo("a", 1, "r2"))).balance(), 1001);
  EXPECT_GT(cluster_.engine("one").OwnerOf(partition).epoch, fence);
}

TEST_F(EngineTest, PoisonStopsItsPartitionUntilTheLogSaysSkip) {
  const CommandResult created = Send(Create("a", "r1"));
  const int partition = created.position.partition;
  const int64_t fence = cluster_.engine("one").OwnerOf(partition).epoch;
  AppendRaw(cluster_, partition, StrangeHeaders(fence, "poison"), kPoisonBytes);
  ASSERT_TRUE(cluster_.Run([&] { return !cluster_.engine("one").Ready(); }));
  EXPECT_TRUE(absl::IsUnavailable(Send(AddTo("a", 1, "r2")).status));
  EXPECT_EQ(base::ReasonOf(Send(AddTo("a", 1, "r2")).status), "PARTITION_STOPPED");

  AppendSkip(cluster_, partition, fence, kPoisonBytes);
  ASSERT_TRUE(cluster_.Run([&] { return cluster_.engine("one").Ready(); }));
  EXPECT_EQ(AccountIn(cluster_.SendAnywhere(AddTo("a", 1, "r3"))).balance(), 1);
}

TEST_F(EngineTest, PoisonTakesNoOtherPartitionNowOrAfterARestart) {
  const CommandResult created = Send(Create("a", "r1"));
  const int partition = created.position.partition;
  const int64_t fence = cluster_.engine("one").OwnerOf(partition).epoch;
  // The poison lands before what the owner appends next: that is never read back.
  eventlog::SimFaults slow;
  slow.delay_min = slow.delay_max = absl::Milliseconds(20);
  cluster_.log().SetFaults("one", slow);
  std::optional<CommandResult> behind;
  cluster_.Start("one", AddTo("a", 1, "r2"), [&](CommandResult result) { behind = result; });
  cluster_.Run([&] { return false; }, absl::Milliseconds(2));
  AppendRaw(cluster_, partition, StrangeHeaders(fence, "poison"), kPoisonBytes);
  ASSERT_TRUE(cluster_.Run([&] { return behind.has_value(); }, absl::Seconds(1)));
  EXPECT_EQ(base::ReasonOf(behind->status), "FATE_UNKNOWN");
  cluster_.log().SetFaults("one", {});
  EXPECT_FALSE(cluster_.Run([&] { return cluster_.engine("one").Ready(); }, absl::Seconds(10)));

  const std::string elsewhere = IdOutside(partition);
  EXPECT_TRUE(Send(Create(elsewhere, "r3")).status.ok());
  cluster_.Kill("one", true);
  cluster_.StartReplica("one");
  const int other = base::PartitionOf(elsewhere, cluster_.partitions());
  ASSERT_TRUE(cluster_.Run([&] {
    const PartitionReport report = cluster_.engine("one").Reports()[other];
    return report.role == Role::kOwner && report.fence > fence;
  }));
  EXPECT_EQ(AccountIn(Send(AddTo(elsewhere, 1, "r4"))).balance(), 1);
  EXPECT_FALSE(cluster_.engine("one").Ready());

  AppendSkip(cluster_, partition, fence, kPoisonBytes);
  ASSERT_TRUE(cluster_.Run([&] { return cluster_.engine("one").Ready(); }));
  // What was appended behind the poison has counted: said again, it is not done again.
  EXPECT_EQ(AccountIn(cluster_.SendAnywhere(AddTo("a", 1, "r2"))).balance(), 1);
}

TEST_F(EngineTest, AClaimForNewerReadersStopsItsPartitionAndIsNotContested) {
  const CommandResult created = Send(Create("a", "r1"));
  const int partition = created.position.partition;
  ::crm::eventlog::v1::LogEvent claim;
  auto& claimed = *claim.mutable_partition_claimed();
  claimed.set_epoch(cluster_.engine("one").OwnerOf(partition).epoch + 1);
  claimed.set_claim_id("of the next release");
  claimed.set_instance("next");
  claimed.set_min_reader_version(kReaderVersion + 1);
  eventlog::EventHeaders headers = StrangeHeaders(claimed.epoch(), claimed.claim_id());
  headers.type = "crm.eventlog.v1.PartitionClaimed";
  headers.dataschema = "crm.eventlog.v1.LogEvent";
  headers.subject.clear();
  headers.revision = 0;
  AppendRaw(cluster_, partition, headers, claim.SerializeAsString());
  std::string why;
  ASSERT_TRUE(cluster_.Run([&] { return !cluster_.engine("one").Ready(&why); }));
  EXPECT_THAT(why, testing::HasSubstr("readers of version"));
  const size_t records = RecordsInLog();
  EXPECT_EQ(base::ReasonOf(Send(AddTo("a", 1, "r2")).status), "PARTITION_STOPPED");
  cluster_.Run([] { return false; }, absl::Seconds(10));
  // Neither now nor by a start that reads the same claim again.
  cluster_.Kill("one", true);
  cluster_.StartReplica("one");
  ASSERT_TRUE(
      cluster_.Run([&] { return !cluster_.engine("one").Reports()[partition].stopped.empty(); }));
  cluster_.Run([] { return false; }, absl::Seconds(10));
  EXPECT_EQ(RecordsInLog() - records, static_cast<size_t>(cluster_.partitions() - 1));
}

TEST_F(EngineTest, ARevisionThatDoesNotFollowStopsItsPartitionAndIsNeverSkipped) {
  const CommandResult created = Send(Create("a", "r1"));
  const int partition = created.position.partition;
  const int64_t fence = cluster_.engine("one").OwnerOf(partition).epoch;
  tv1::AccountEvent event;
  event.mutable_added()->set_amount(1000);
  eventlog::EventHeaders headers = StrangeHeaders(fence, "gap-9");
  headers.revision = 7;
  AppendRaw(cluster_, partition, headers, event.SerializeAsString());
  ASSERT_TRUE(cluster_.Run([&] { return !cluster_.engine("one").Ready(); }));
  EXPECT_EQ(base::ReasonOf(Send(AddTo("a", 1, "r2")).status), "PARTITION_STOPPED");
  AppendSkip(cluster_, partition, fence, event.SerializeAsString());
  EXPECT_FALSE(cluster_.Run([&] { return cluster_.engine("one").Ready(); }, absl::Seconds(1)));
  const std::string elsewhere = IdOutside(partition);
  EXPECT_EQ(AccountIn(Send(Create(elsewhere, "r3"))).name(), "accounts/" + elsewhere);
}

}  // namespace
}  // namespace crm::engine
