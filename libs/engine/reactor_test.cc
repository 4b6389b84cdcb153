// Reactions: nothing lost, nothing doubled, whatever becomes of their commands on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "crm/eventlog/v1/eventlog.pb.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/engine/testdata/cluster.h"
#include "libs/eventlog/cloud_events.h"
#include "libs/table/read_view.h"

namespace crm::engine {
namespace {

using testdata::Cluster;
namespace tv1 = testdata::tv1;

constexpr char kForeign[] = "crm.elsewhere.log.v1";

std::string AccountName(const std::string& id) { return "accounts/" + id; }

tv1::CreateAccountRequest Create(const std::string& id,
                                 const std::vector<std::string>& mirrors = {}) {
  tv1::CreateAccountRequest request;
  request.set_account_id(id);
  request.set_request_id("create-" + id);
  for (const std::string& mirror : mirrors)
    request.mutable_account()->add_mirrors(AccountName(mirror));
  return request;
}

tv1::AddAmountRequest AddTo(const std::string& id, int64_t amount) {
  tv1::AddAmountRequest request;
  request.set_name(AccountName(id));
  request.set_amount(amount);
  request.set_request_id("add-" + std::to_string(amount));
  return request;
}

int64_t BalanceOf(Cluster& cluster, const std::string& id) {
  tv1::Account account;
  const table::ReadView view(cluster.database("one"));
  return view.GetErased("accounts", {AccountName(id)}, account) ? account.balance() : -1;
}

// An id like `prefix`1 whose partition is owned by `owner`.
std::string IdAt(Cluster& cluster, const std::string& owner, const std::string& prefix) {
  for (int i = 0;; ++i) {
    const std::string id = prefix + std::to_string(i);
    const int partition = base::PartitionOf(base::KeyOf(AccountName(id)), cluster.partitions());
    if (cluster.engine("one").OwnerOf(partition).instance == owner) return id;
  }
}

std::vector<std::string> TypesInLog(Cluster& cluster, const std::string& subject) {
  std::vector<std::string> types;
  for (int partition = 0; partition < cluster.partitions(); ++partition) {
    for (const auto& record : cluster.log().Contents(cluster.service().topic, partition)) {
      const eventlog::Record view = record.View();
      if (view.HeaderOr("ce_subject") == subject) types.emplace_back(view.HeaderOr("ce_type"));
    }
  }
  return types;
}

// Accounts on both of two replicas, each mirrored to one that the other owns: whoever reacts, its
// commands for one of the two are forwarded.
class TwoReplicas : public testing::Test {
 protected:
  TwoReplicas() : cluster_(11) {
    for (const char* replica : {"one", "two"}) cluster_.StartReplica(replica);
    const auto ready = [this] {
      return cluster_.engine("one").Ready() && cluster_.engine("two").Ready();
    };
    EXPECT_TRUE(cluster_.Run(ready));
    EXPECT_TRUE(cluster_.RunUntilOwned());
    target_ = {IdAt(cluster_, "one", "target"), IdAt(cluster_, "two", "target")};
    source_ = {IdAt(cluster_, "one", "source"), IdAt(cluster_, "two", "source")};
    for (const std::string& id : target_) EXPECT_TRUE(Send(Create(id)).status.ok());
    for (const std::string& id : source_) EXPECT_TRUE(Send(Create(id, target_)).status.ok());
  }
  CommandResult Send(const google::protobuf::Message& request) {
    return cluster_.SendAnywhere(request);
  }
  void AddToSources(int64_t amount) {
    for (const std::string& id : source_) EXPECT_TRUE(Send(AddTo(id, amount)).status.ok());
  }
  // Reactions whose commands must be forwarded hear this; OK: they are.
  void Forwarded(const absl::Status& status) {
    cluster_.SetForwardFault([status](const v1::SubmitCommandRequest& request) {
      return request.has_reaction() ? status : absl::OkStatus();
    });
  }
  void Pass(absl::Duration time) {
    cluster_.Run([] { return false; }, time);
  }
  void ExpectInEachTarget(int64_t sum) {
    const auto there = [&] {
      return BalanceOf(cluster_, target_[0]) == sum && BalanceOf(cluster_, target_[1]) == sum;
    };
    EXPECT_TRUE(cluster_.Run(there));
    Pass(absl::Seconds(10));
    EXPECT_TRUE(there()) << BalanceOf(cluster_, target_[0]) << ", "
                         << BalanceOf(cluster_, target_[1]);
  }

  Cluster cluster_;
  std::vector<std::string> target_, source_;
};

TEST_F(TwoReplicas, ALaterEventDoesNotOvertakeOneThatIsTriedAgain) {
  Forwarded(base::Unavailable("NOT_DONE", "a test", absl::Seconds(1)));
  AddToSources(1);
  Pass(absl::Seconds(2));  // The first is now between two attempts, for a second or two.
  Forwarded(absl::OkStatus());
  AddToSources(10);
  ExpectInEachTarget(22);
}

TEST_F(TwoReplicas, WhatHasNotComeIntoTheLogIsTriedAgain) {
  int64_t amount = 0, sum = 0;
  for (const absl::StatusCode code :
       {absl::StatusCode::kInvalidArgument, absl::StatusCode::kCancelled,
        absl::StatusCode::kUnknown, absl::StatusCode::kInternal,
        absl::StatusCode::kResourceExhausted, absl::StatusCode::kDataLoss,
        absl::StatusCode::kAlreadyExists}) {
    Forwarded(absl::Status(code, "a test"));
    AddToSources(++amount);
    Pass(absl::Milliseconds(500));
    Forwarded(absl::OkStatus());
    sum += 2 * amount;
    const auto there = [&] {
      return BalanceOf(cluster_, target_[0]) == sum && BalanceOf(cluster_, target_[1]) == sum;
    };
    ASSERT_TRUE(cluster_.Run(there)) << code;
  }
}

// The answer of a command counts for the assignment that sent it. Here one of two commands is sent
// again with each assignment and answered only at the end; the other cannot be done.
TEST_F(TwoReplicas, AnswersFromBeforeASourceWasTakenAwayDoNotCount) {
  tv1::CreateAccountRequest busy = Create("busy");
  busy.mutable_account()->set_title("busy");
  ASSERT_TRUE(Send(busy).status.ok());
  ASSERT_TRUE(Send(Create("source", {"busy", target_[0]})).status.ok());
  ASSERT_TRUE(Send(AddTo("source", 1)).status.ok());
  ASSERT_TRUE(cluster_.Run([&] { return BalanceOf(cluster_, target_[0]) == 1; }));
  // No coordinator takes a step, so that the owners stay.
  const auto steps = [this](int count, bool workers) {
    for (int i = 0; i < count; ++i) {
      cluster_.clock().AdvanceTo(cluster_.clock().SinceBoot() + absl::Milliseconds(1));
      cluster_.log().Advance();
      for (const char* replica : {"one", "two"}) {
        if (workers) {
          ASSERT_TRUE(cluster_.engine(replica).StepWorker(0).ok());
        }
        ASSERT_TRUE(cluster_.engine(replica).StepReactor().ok());
      }
    }
  };
  for (int i = 0; i < 15; ++i) {
    cluster_.log().Rebalance("");
    steps(200, false);
  }
  steps(100, true);
  for (const char* replica : {"one", "two"}) cluster_.Kill(replica, true);
  for (const char* replica : {"one", "two"}) cluster_.StartReplica(replica);
  tv1::UpdateAccountRequest free;
  free.mutable_account()->set_name(AccountName("busy"));
  free.mutable_account()->set_title("free");
  free.set_request_id("free");
  ASSERT_TRUE(Send(free).status.ok());
  EXPECT_TRUE(cluster_.Run([&] { return BalanceOf(cluster_, "busy") == 1; }));
}

// Asks for a title that no caller may give, at every mirror.
Commands LongTitles(const ForeignEvent<tv1::AccountEvent>& event, const Snapshot& tables) {
  Commands requests;
  tv1::Account source;
  if (!event.event.has_added() || !tables.GetErased("accounts", {event.meta.name}, source))
    return requests;
  for (const std::string& mirror : source.mirrors()) {
    auto request = std::make_unique<tv1::UpdateAccountRequest>();
    request->mutable_account()->set_name(mirror);
    request->mutable_account()->set_title(std::string(1'000, 't'));
    requests.push_back(std::move(request));
  }
  return requests;
}

TEST(Reactor, LimitsOfCallersHoldForNoReactionWhereverItsTargetIs) {
  ServiceDef service = testdata::MakeAccountService();
  service.reactions = {EraseReaction<tv1::AccountEvent>("LongTitles", LongTitles)};
  service.reactions.front().topic = service.topic;
  Cluster cluster(13, 4, std::move(service));
  for (const char* replica : {"one", "two"}) cluster.StartReplica(replica);
  ASSERT_TRUE(cluster.RunUntilOwned());
  const std::vector<std::string> targets = {IdAt(cluster, "one", "t"), IdAt(cluster, "two", "t")};
  for (const std::string& id : targets) ASSERT_TRUE(cluster.SendAnywhere(Create(id)).status.ok());
  // Whichever of the two reacts, one of its commands is forwarded.
  ASSERT_TRUE(cluster.SendAnywhere(Create("source", targets)).status.ok());
  ASSERT_TRUE(cluster.SendAnywhere(AddTo("source", 1)).status.ok());
  EXPECT_TRUE(cluster.Run([&] {
    return std::all_of(targets.begin(), targets.end(), [&](const std::string& id) {
      tv1::Account account;
      const table::ReadView view(cluster.database("one"));
      return view.GetErased("accounts", {AccountName(id)}, account) &&
             account.title().size() == 1'000;
    });
  }));
}

class OneReplica : public testing::Test {
 protected:
  void Start(ServiceDef service) {
    cluster_.emplace(12, 4, std::move(service));
    const auto connection = cluster_->log().Connect("stranger");
    ASSERT_TRUE(connection->CreateTopic(kForeign, 1, absl::Seconds(1)).ok());
    cluster_->StartReplica("one");
    ASSERT_TRUE(cluster_->Run([&] { return cluster_->engine("one").Ready(); }));
    ASSERT_TRUE(cluster_->RunUntilOwned());
  }
  static ServiceDef WithForeignReaction() {
    ServiceDef service = testdata::MakeAccountService();
    service.reactions.front().topic = kForeign;
    return service;
  }
  void AppendForeign(const std::string& type, const std::string& schema, int64_t revision,
                     const std::string& value) {
    eventlog::EventHeaders headers;
    headers.id = "id-" + std::to_string(++appended_);
    headers.source = "stranger";
    headers.type = type;
    headers.dataschema = schema;
    headers.subject = revision > 0 ? "accounts/source" : "";
    headers.time = absl::FromUnixSeconds(1'735'689'700);
    headers.fence = 1;
    headers.revision = revision;
    const auto connection = cluster_->log().Connect("stranger");
    const auto writer = connection->OpenWriter(kForeign, [] {});
    const eventlog::HeaderBlock block(headers);
    ASSERT_TRUE((*writer)->Append({0, 0, "key", value, block.headers()}, 1).ok());
    std::vector<eventlog::Delivery> deliveries;
    for (int i = 0; i < 1000 && deliveries.empty(); ++i) {
      PassWithoutSteps();
      (*writer)->Poll(deliveries);
    }
    ASSERT_FALSE(deliveries.empty());
  }
  // A millisecond in which no replica does anything.
  void PassWithoutSteps() {
    cluster_->clock().AdvanceTo(cluster_->clock().SinceBoot() + absl::Milliseconds(1));
    cluster_->log().Advance();
  }
  void AppendClaim() {
    AppendForeign(std::string(eventlog::kClaimType), "crm.eventlog.v1.LogEvent", 0, "");
  }
  void AppendEvent(int64_t revision, const std::string& value) {
    AppendForeign("crm.enginetest.v1.AmountAdded", "crm.enginetest.v1.AccountEvent", revision,
                  value);
  }
  static std::string Added(int64_t amount) {
    tv1::AccountEvent event;
    event.mutable_added()->set_amount(amount);
    return event.SerializeAsString();
  }
  CommandResult Send(const google::protobuf::Message& request) {
    return cluster_->Send("one", request);
  }

  std::optional<Cluster> cluster_;
  int appended_ = 0;
};

TEST_F(OneReplica, ARefusalIsRecordedOnceAndTheNextEventFollows) {
  Start(testdata::MakeAccountService());
  ASSERT_TRUE(Send(Create("source", {"target"})).status.ok());
  ASSERT_TRUE(Send(AddTo("source", 1)).status.ok());  // There is no target yet.
  ASSERT_TRUE(cluster_->Run([&] { return !TypesInLog(*cluster_, "accounts/target").empty(); }));
  ASSERT_TRUE(Send(Create("target")).status.ok());
  ASSERT_TRUE(Send(AddTo("source", 10)).status.ok());
  ASSERT_TRUE(cluster_->Run([&] { return BalanceOf(*cluster_, "target") == 10; }));
  cluster_->Run([] { return false; }, absl::Seconds(10));
  EXPECT_THAT(
      TypesInLog(*cluster_, "accounts/target"),
      testing::ElementsAre("crm.eventlog.v1.ReactionPassed", "crm.enginetest.v1.AccountOpened",
                           "crm.enginetest.v1.AmountAdded"));
}

// Each amount of a busy account opens so many that no other event fits beside it; that of another
// one account.
Commands OpensMany(const ForeignEvent<tv1::AccountEvent>& event, const Snapshot&) {
  Commands requests;
  const std::string from = event.meta.name.substr(AccountName("").size());
  const size_t count = !event.event.has_added()   ? 0
                       : from.starts_with("busy") ? 2 * kReactionsInWorkMax
                                                  : 1;
  for (size_t i = 0; i < count; ++i) {
    auto request = std::make_unique<tv1::CreateAccountRequest>();
    request->set_account_id(absl::StrCat("of-", from, "-", event.meta.revision, "-", i));
    requests.push_back(std::move(request));
  }
  return requests;
}

TEST_F(OneReplica, SourcesThatAskForMuchLeaveRoomToOthers) {
  ServiceDef service = testdata::MakeAccountService();
  service.reactions = {EraseReaction<tv1::AccountEvent>("OpensMany", OpensMany)};
  service.reactions.front().topic = service.topic;
  Start(std::move(service));
  const auto id_in = [&](int partition, const std::string& prefix) {
    for (int i = 0;; ++i) {
      const std::string id = prefix + std::to_string(i);
      if (base::PartitionOf(base::KeyOf(AccountName(id)), 4) == partition) return id;
    }
  };
  const std::vector<std::string> busy = {id_in(0, "busy"), id_in(1, "busy")};
  const std::string quiet = id_in(3, "quiet");
  for (const std::string& id : {busy[0], busy[1], quiet}) ASSERT_TRUE(Send(Create(id)).status.ok());
  constexpr int64_t kEvents = 4;
  for (int64_t amount = 1; amount <= kEvents; ++amount) {
    for (const std::string& id : busy) ASSERT_TRUE(Send(AddTo(id, amount)).status.ok());
  }
  ASSERT_TRUE(Send(AddTo(quiet, 1)).status.ok());
  const auto opened = [&](const std::string& by, int64_t revision) {
    return BalanceOf(*cluster_, absl::StrCat("of-", by, "-", revision, "-0")) == 0;
  };
  ASSERT_TRUE(cluster_->Run([&] { return opened(quiet, 2); }));
  EXPECT_FALSE(opened(busy[0], 1 + kEvents) || opened(busy[1], 1 + kEvents));
  EXPECT_TRUE(
      cluster_->Run([&] { return opened(busy[0], 1 + kEvents) && opened(busy[1], 1 + kEvents); }));
}

// The view sees it once, and on a replay once more: it is a function of the log.
TEST_F(OneReplica, WhatWasAskedForInVainHasAView) {
  ServiceDef service = testdata::MakeAccountService();
  std::vector<std::string> seen;
  service.passed_views.push_back([&](const Passed& passed, Rows&) {
    seen.push_back(passed.source + " " + std::to_string(passed.source_revision) + " " +
                   passed.target + " " + passed.reason);
  });
  Start(std::move(service));
  ASSERT_TRUE(Send(Create("source", {"target"})).status.ok());
  ASSERT_TRUE(Send(AddTo("source", 1)).status.ok());  // There is no target.
  ASSERT_TRUE(cluster_->Run([&] { return !seen.empty(); }));
  cluster_->Run([] { return false; }, absl::Seconds(10));
  EXPECT_THAT(seen, testing::ElementsAre("accounts/source 2 accounts/target NOT_FOUND"));
}

TEST_F(OneReplica, AnEventThatCannotBeReadStopsItsSourceUntilTheLogSaysSkip) {
  Start(WithForeignReaction());
  ASSERT_TRUE(Send(Create("source", {"target"})).status.ok());
  ASSERT_TRUE(Send(Create("target")).status.ok());
  AppendClaim();
  AppendEvent(1, "\xff\xff\xff");
  AppendEvent(2, Added(5));
  ASSERT_TRUE(cluster_->Run([&] { return !cluster_->engine("one").Ready(); }));
  EXPECT_THAT(cluster_->engine("one").Reactions().stopped,
              testing::HasSubstr("reactions to crm.elsewhere.log.v1 partition 0 have stopped"));
  EXPECT_FALSE(
      cluster_->Run([&] { return BalanceOf(*cluster_, "target") != 0; }, absl::Seconds(2)));

  ::crm::eventlog::v1::LogEvent skip;
  skip.mutable_record_skipped()->set_sha256(base::Sha256Hex("\xff\xff\xff"));
  AppendForeign("crm.eventlog.v1.RecordSkipped", "crm.eventlog.v1.LogEvent", 0,
                skip.SerializeAsString());
  EXPECT_TRUE(cluster_->Run([&] { return BalanceOf(*cluster_, "target") == 5; }));
  EXPECT_TRUE(cluster_->engine("one").Ready());
}

TEST_F(OneReplica, AnUnknownFactOfAnotherServiceIsPassedOverAndCounted) {
  Start(WithForeignReaction());
  ASSERT_TRUE(Send(Create("source", {"target"})).status.ok());
  ASSERT_TRUE(Send(Create("target")).status.ok());
  AppendClaim();
  AppendEvent(1, std::string("\xfa\x01\x00", 3));  // Field 31: a fact of a later release.
  AppendEvent(2, Added(5));
  EXPECT_TRUE(cluster_->Run([&] { return BalanceOf(*cluster_, "target") == 5; }));
  EXPECT_EQ(cluster_->engine("one").Reactions().unknown_facts, 1);
  EXPECT_TRUE(cluster_->engine("one").Ready());
}

// A reaction may read for long, and whoever polls the ownership group too late loses it.
TEST_F(OneReplica, NoReactionRunsInTheStepOfTheCoordinator) {
  int ran = 0;
  ServiceDef service = WithForeignReaction();
  service.reactions.front().react = [&](const Message&, const EventMeta&, const Snapshot&) {
    ++ran;
    return Commands();
  };
  Start(std::move(service));
  cluster_->log().Freeze("one", true);  // Its turn comes below.
  AppendClaim();
  AppendEvent(1, Added(5));
  cluster_->log().Freeze("one", false);
  Engine& engine = cluster_->engine("one");
  const auto steps = [&](const std::function<absl::StatusOr<StepReport>()>& step) {
    for (int i = 0; i < 1000; ++i) {
      cluster_->clock().AdvanceTo(cluster_->clock().SinceBoot() + absl::Milliseconds(1));
      cluster_->log().Advance();
      ASSERT_TRUE(step().ok());
    }
  };
  steps([&] { return engine.StepCoordinator(); });
  EXPECT_EQ(ran, 0);
  steps([&] { return engine.StepReactor(); });
  EXPECT_EQ(ran, 1);
}

// The tables of the second replica do not show yet what the log holds when it is given the source.
// The source is no table, so that nothing else keeps its next event waiting.
TEST_F(OneReplica, ReactionsThatAreTakenOverSeeWhatWasDoneBefore) {
  std::string account_id;
  std::vector<bool> seen;
  ServiceDef service = WithForeignReaction();
  service.reactions.front().react = [&](const Message&, const EventMeta&, const Snapshot& tables) {
    tv1::Account account;
    seen.push_back(tables.GetErased("accounts", {AccountName(account_id)}, account));
    return Commands();
  };
  Start(std::move(service));
  cluster_->StartReplica("two");
  ASSERT_TRUE(cluster_->Run([&] { return cluster_->engine("two").Ready(); }));
  ASSERT_TRUE(cluster_->RunUntilOwned());
  account_id = IdAt(*cluster_, "one", "made");
  AppendClaim();
  AppendEvent(1, Added(5));
  // From here on only one of them does anything.
  const auto only = [&](const std::string& replica, bool workers, const auto& until) {
    Engine& engine = cluster_->engine(replica);
    for (int i = 0; i < 10'000 && !until(); ++i) {
      PassWithoutSteps();
      for (int worker = 0; workers && worker < engine.workers(); ++worker)
        ASSERT_TRUE(engine.StepWorker(worker).ok());
      ASSERT_TRUE(engine.StepReactor().ok());
    }
  };
  only("one", true, [&] { return !seen.empty(); });
  ASSERT_THAT(seen, testing::ElementsAre(false)) << "the source is the first one's";
  std::optional<absl::Status> made;
  cluster_->Start("one", Create(account_id), [&](CommandResult result) { made = result.status; });
  only("one", true, [&] { return made.has_value(); });
  ASSERT_EQ(made, absl::OkStatus());
  cluster_->Kill("one", true);
  AppendEvent(2, Added(5));
  only("two", false, [] { return false; });
  EXPECT_THAT(seen, testing::ElementsAre(false));
  EXPECT_TRUE(cluster_->Run([&] { return seen.size() == 2; }));
  EXPECT_THAT(seen, testing::ElementsAre(false, true));
}

TEST_F(OneReplica, TwoCommandsOfAReactionForOneTargetAreABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Start(testdata::MakeAccountService());
  ASSERT_TRUE(Send(Create("source", {"target", "target"})).status.ok());
  EXPECT_DEATH(
      {
        Send(AddTo("source", 1));
        cluster_->Run([] { return false; }, absl::Seconds(2));
      },
      "distinct targets");
}

}  // namespace
}  // namespace crm::engine
