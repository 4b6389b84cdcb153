// Several replicas and a log with faults: nothing acknowledged is lost, nothing is doubled, all
// tables agree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "libs/base/hash.h"
#include "libs/base/status.h"
#include "libs/engine/testdata/cluster.h"
#include "libs/table/read_view.h"

namespace crm::engine {
namespace {

using testdata::Cluster;
namespace tv1 = testdata::tv1;

tv1::CreateAccountRequest Create(const std::string& id) {
  tv1::CreateAccountRequest request;
  request.set_account_id(id);
  request.set_request_id("create-" + id);
  return request;
}

tv1::CreateAccountRequest Mirrored(const std::string& id, const std::vector<std::string>& mirrors) {
  tv1::CreateAccountRequest request = Create(id);
  for (const std::string& mirror : mirrors) {
    request.mutable_account()->add_mirrors("accounts/" + mirror);
  }
  return request;
}

tv1::AddAmountRequest AddTo(const std::string& id, int64_t amount, const std::string& request_id) {
  tv1::AddAmountRequest request;
  request.set_name("accounts/" + id);
  request.set_amount(amount);
  request.set_request_id(request_id);
  return request;
}

int64_t BalanceOf(Cluster& cluster, const std::string& replica, const std::string& id) {
  tv1::Account account;
  const table::ReadView view(cluster.database(replica));
  return view.GetErased("accounts", {"accounts/" + id}, account) ? account.balance() : -1;
}

TEST(Failover, AnyReplicaTakesACommandAndAllAgree) {
  Cluster cluster(1);
  cluster.StartReplica("one");
  cluster.StartReplica("two");
  ASSERT_TRUE(cluster.RunUntilOwned());
  for (int i = 0; i < 20; ++i) {
    const std::string id = "a" + std::to_string(i);
    ASSERT_TRUE(cluster.SendAnywhere(Create(id)).status.ok());
    const CommandResult result = cluster.Send(i % 2 == 0 ? "one" : "two", AddTo(id, i, "add"));
    ASSERT_TRUE(result.status.ok()) << result.status;
  }
  ASSERT_TRUE(cluster.RunUntilCaughtUp());
  EXPECT_EQ(cluster.Digest("one"), cluster.Digest("two"));
}

TEST(Failover, AnOkIsReadableWhereItWasAskedForAlsoWhenItWasForwarded) {
  Cluster cluster(11, 1);
  cluster.StartReplica("one");
  ASSERT_TRUE(cluster.RunUntilOwned());
  cluster.StartReplica("two");
  ASSERT_TRUE(cluster.RunUntilCaughtUp());
  const bool one_owns = cluster.engine("one").Reports()[0].role == Role::kOwner;
  const std::string other = one_owns ? "two" : "one";
  eventlog::SimFaults slow;
  slow.slow_read = 1;
  slow.slow_read_max = absl::Milliseconds(500);
  cluster.log().SetFaults(other, slow);
  int64_t sum = 0;
  ASSERT_TRUE(cluster.Send(other, Create("a")).status.ok());
  for (int i = 1; i <= 5; ++i) {
    std::optional<int64_t> read;
    cluster.Start(other, AddTo("a", i, "add-" + std::to_string(i)), [&](CommandResult result) {
      ASSERT_TRUE(result.status.ok()) << result.status;
      read = BalanceOf(cluster, other, "a");
    });
    ASSERT_TRUE(cluster.Run([&] { return read.has_value(); }));
    EXPECT_EQ(*read, sum += i);
  }
  // What is done is answered, however long the reading takes.
  slow.slow_read_max = absl::Seconds(60);
  cluster.log().SetFaults(other, slow);
  const absl::Duration asked = cluster.clock().SinceBoot();
  EXPECT_TRUE(cluster.Send(other, AddTo("a", 100, "last")).status.ok());
  EXPECT_LT(cluster.clock().SinceBoot() - asked, absl::Seconds(3));
}

TEST(Failover, AKilledOwnerIsReplacedAndNothingAcknowledgedIsLost) {
  Cluster cluster(2);
  cluster.StartReplica("one");
  ASSERT_TRUE(cluster.RunUntilOwned());
  cluster.StartReplica("two");
  ASSERT_TRUE(cluster.SendAnywhere(Create("a")).status.ok());
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(cluster.SendAnywhere(AddTo("a", 1, "x" + std::to_string(i))).status.ok());
  cluster.Kill("one", false);
  ASSERT_TRUE(cluster.RunUntilOwned());
  const CommandResult after = cluster.SendAnywhere(AddTo("a", 1, "after"));
  ASSERT_TRUE(after.status.ok()) << after.status;
  EXPECT_EQ(BalanceOf(cluster, "two", "a"), 11);
  cluster.StartReplica("one");  // With nothing flushed: it folds the whole log again.
  ASSERT_TRUE(cluster.RunUntilCaughtUp());
  EXPECT_EQ(cluster.Digest("one"), cluster.Digest("two"));
}

TEST(Failover, AFrozenOwnerThatWakesChangesNothing) {
  Cluster cluster(3);
  cluster.StartReplica("one");
  ASSERT_TRUE(cluster.RunUntilOwned());
  ASSERT_TRUE(cluster.SendAnywhere(Create("a")).status.ok());
  cluster.StartReplica("two");
  ASSERT_TRUE(cluster.RunUntilCaughtUp());
  std::optional<CommandResult> late;
  cluster.Start("one", AddTo("a", 100, "late"),
                [&](CommandResult result) { late = std::move(result); });
  cluster.log().Freeze("one", true);
  ASSERT_TRUE(cluster.RunUntilOwned());
  ASSERT_TRUE(cluster.SendAnywhere(AddTo("a", 1, "x")).status.ok());
  cluster.log().Freeze("one", false);
  ASSERT_TRUE(cluster.Run([&] { return late.has_value(); }));
  ASSERT_TRUE(cluster.RunUntilCaughtUp());
  const int64_t expected = late->status.ok() ? 101 : 1;
  EXPECT_EQ(BalanceOf(cluster, "two", "a"), expected);
  EXPECT_EQ(cluster.Digest("one"), cluster.Digest("two"));
}

TEST(Failover, DeletedTablesComeBackFromTheLog) {
  Cluster cluster(4);
  cluster.StartReplica("one");
  cluster.StartReplica("two");
  ASSERT_TRUE(cluster.RunUntilOwned());
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(cluster.SendAnywhere(Create("a" + std::to_string(i))).status.ok());
  }
  cluster.Kill("two", true);
  cluster.Wipe("two");
  cluster.StartReplica("two");
  ASSERT_TRUE(cluster.RunUntilCaughtUp());
  EXPECT_EQ(cluster.Digest("one"), cluster.Digest("two"));
}

TEST(Failover, TablesOfAnotherLogAreRefused) {
  Cluster cluster(5);
  cluster.StartReplica("one");
  ASSERT_TRUE(cluster.RunUntilOwned());
  ASSERT_TRUE(cluster.RunUntilCaughtUp());
  Cluster other(6);
  const auto connection = other.log().Connect("one");
  ASSERT_TRUE(connection->CreateTopic(other.service().topic, 4, absl::Seconds(1)).ok());
  EngineOptions options;
  options.workers = 1;
  options.worker_wakers = {[] {}};
  options.coordinator_waker = [] {};
  options.reactor_waker = [] {};
  const auto engine = Engine::Open(other.service(), *connection, cluster.database("one"),
                                   other.clock(), std::move(options));
  EXPECT_EQ(base::ReasonOf(engine.status()), "OTHER_LOG");
}

// Commands over a few keys while acknowledgements get lost, records land late, owners die,
// reactions are refused on their way and partitions change hands: each acknowledged amount counts
// exactly once, here and in the mirrors that reactions keep of it.
class Chaos : public testing::TestWithParam<int> {};

TEST_P(Chaos, EachCommandCountsExactlyAsItWasAnswered) {
  Cluster cluster(1000 + GetParam(), 2);
  std::mt19937_64 random(GetParam());
  cluster.StartReplica("one");
  cluster.StartReplica("two");
  ASSERT_TRUE(cluster.RunUntilOwned());
  for (const char* mirror : {"m0", "m1", "m2"})
    ASSERT_TRUE(cluster.SendAnywhere(Create(mirror)).status.ok());
  ASSERT_TRUE(cluster.SendAnywhere(Mirrored("a", {"m0", "m1"})).status.ok());
  ASSERT_TRUE(cluster.SendAnywhere(Mirrored("b", {"m1", "m2"})).status.ok());
  bool calm = false;
  cluster.SetForwardFault([&](const v1::SubmitCommandRequest& request) {
    const bool lost = !calm && request.has_reaction() && random() % 5 == 0;
    return absl::Status(
        lost ? static_cast<absl::StatusCode>(1 + random() % 15) : absl::StatusCode::kOk,
        "lost on its way");
  });
  eventlog::SimFaults faults;
  faults.delay_max = absl::Milliseconds(5);
  faults.lose_append = 0.02;
  faults.lose_ack = 0.02;
  faults.land_late = 0.02;
  faults.late_max = absl::Seconds(5);
  faults.slow_read = 0.02;
  faults.slow_read_max = absl::Seconds(1);
  faults.split_view = 0.2;
  cluster.log().SetFaults("one", faults);
  cluster.log().SetFaults("two", faults);
  int64_t sums[2] = {0, 0};
  for (int i = 0; i < 60; ++i) {
    const int which = static_cast<int>(random() % 2);
    const std::string id = which == 0 ? "a" : "b";
    if (random() % 10 == 0) cluster.log().Rebalance("");
    if (random() % 20 == 0) {
      const std::string victim = random() % 2 == 0 ? "one" : "two";
      cluster.Kill(victim, random() % 2 == 0);
      cluster.StartReplica(victim);
    }
    // The client keeps to its request_id until it knows.
    const CommandResult result = cluster.SendAnywhere(AddTo(id, i + 1, "add-" + std::to_string(i)));
    ASSERT_TRUE(result.status.ok()) << i << ": " << result.status;
    sums[which] += i + 1;
  }
  cluster.log().SetFaults("one", {});
  cluster.log().SetFaults("two", {});
  calm = true;
  ASSERT_TRUE(cluster.RunUntilOwned());
  const std::map<std::string, int64_t> mirrors = {
      {"m0", sums[0]}, {"m1", sums[0] + sums[1]}, {"m2", sums[1]}};
  cluster.Run([&] {
    return std::all_of(mirrors.begin(), mirrors.end(), [&](const auto& mirror) {
      return BalanceOf(cluster, "one", mirror.first) == mirror.second;
    });
  });
  // Long enough for whatever would be done twice.
  cluster.Run([] { return false; }, absl::Seconds(10));
  ASSERT_TRUE(cluster.RunUntilCaughtUp());
  for (const char* replica : {"one", "two"}) {
    EXPECT_EQ(BalanceOf(cluster, replica, "a"), sums[0]);
    EXPECT_EQ(BalanceOf(cluster, replica, "b"), sums[1]);
    for (const auto& [mirror, sum] : mirrors) EXPECT_EQ(BalanceOf(cluster, replica, mirror), sum);
  }
  EXPECT_EQ(cluster.Digest("one"), cluster.Digest("two"));
}

INSTANTIATE_TEST_SUITE_P(Seeds, Chaos, testing::Range(0, 30));

}  // namespace
}  // namespace crm::engine
