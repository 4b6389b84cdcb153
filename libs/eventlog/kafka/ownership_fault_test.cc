// Owners that die, freeze, stop polling, or meet a broker that is away or refuses their session.
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "libs/base/clock.h"
#include "libs/eventlog/kafka/test_broker.h"

extern char** environ;

namespace crm::eventlog::kafka {
namespace {

constexpr int kPartitions = 4;

// What a member of the group has been told.
struct Member {
  std::unique_ptr<Ownership> ownership;
  std::set<int> owned;
  int revoked = 0;

  void Poll() {
    std::vector<OwnershipEvent> events;
    ownership->Poll(events);
    for (const OwnershipEvent& event : events) {
      if (event.kind == OwnershipEvent::Kind::kAssigned) {
        EXPECT_TRUE(owned.insert(event.partition).second) << "assigned twice: " << event.partition;
      } else {
        EXPECT_EQ(owned.erase(event.partition), 1u) << "revoked, not owned: " << event.partition;
        ++revoked;
      }
    }
  }
  bool Has(size_t count) {
    Poll();
    return owned.size() == count;
  }
};

class OwnershipFault : public testing::Test {
 protected:
  void Open(const std::string& bootstrap) {
    bootstrap_ = bootstrap;
    log_ = OpenLog(bootstrap);
    topic_ = absl::StrCat("owners-", getpid(), "-", absl::ToUnixMillis(absl::Now()));
    ASSERT_TRUE(log_->CreateTopic(topic_, kPartitions, kPatience).ok());
  }
  Member Join(const std::string& instance) {
    auto ownership = log_->JoinOwnership(topic_, instance, wakes_.waker());
    EXPECT_TRUE(ownership.ok()) << ownership.status();
    return {*std::move(ownership), {}};
  }
  // A member in another process.
  pid_t Spawn(const std::string& instance) {
    std::string program = CRM_OWNER_FOR_TEST;
    char* const arguments[] = {program.data(), bootstrap_.data(), topic_.data(),
                               const_cast<char*>(instance.c_str()), nullptr};
    pid_t pid = 0;
    EXPECT_EQ(posix_spawn(&pid, program.c_str(), nullptr, nullptr, arguments, environ), 0);
    return pid;
  }
  static void Reap(pid_t pid) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  bool LeaseHolds(const Member& member) const {
    return member.ownership->LastHeartbeat() + member.ownership->SessionTimeout() >
           clock_.SinceBoot();
  }

  base::SystemClock clock_;
  Wakes wakes_;
  std::string bootstrap_;
  std::string topic_;
  std::unique_ptr<KafkaLog> log_;
};

TEST_F(OwnershipFault, TheOthersGetThePartitionsOfAKilledOwnerWithinItsSession) {
  Open(SharedBroker());
  Member one = Join("one");
  wakes_.Until("it has all", [&] { return one.Has(kPartitions); });
  const pid_t other = Spawn("two");
  wakes_.Until("they share", [&] { return one.Has(kPartitions / 2); });
  Reap(other);
  const absl::Time killed = absl::Now();
  wakes_.Until("it has all again", [&] { return one.Has(kPartitions); });
  EXPECT_LT(absl::Now() - killed, one.ownership->SessionTimeout() + absl::Seconds(2));
}

TEST_F(OwnershipFault, TheOthersGetThePartitionsOfAFrozenOwnerAndShareWhenItComesBack) {
  Open(SharedBroker());
  Member one = Join("one");
  wakes_.Until("it has all", [&] { return one.Has(kPartitions); });
  const pid_t other = Spawn("two");
  wakes_.Until("they share", [&] { return one.Has(kPartitions / 2); });
  kill(other, SIGSTOP);
  wakes_.Until("it has all again", [&] { return one.Has(kPartitions); });
  kill(other, SIGCONT);
  wakes_.Until("they share again", [&] { return one.Has(kPartitions / 2); });
  Reap(other);
}

TEST_F(OwnershipFault, WhoDoesNotPollLosesItsPartitionsAndItsLease) {
  Open(SharedBroker());
  Member stuck = Join("stuck");
  wakes_.Until("it has all", [&] { return stuck.Has(kPartitions); });
  wakes_.Until("its lease holds", [&] { return stuck.Has(kPartitions) && LeaseHolds(stuck); });
  Member other = Join("other");
  wakes_.Until("they share", [&] {
    stuck.Poll();
    return other.Has(kPartitions / 2);
  });
  const int revoked = other.revoked;
  // Longer than the longest poll interval: who polls, without getting anything, stays.
  wakes_.Until("the other has all", [&] { return other.Has(kPartitions); });
  EXPECT_EQ(other.revoked, revoked);
  EXPECT_FALSE(LeaseHolds(stuck)) << "before it polls again";
  wakes_.Until("it is told", [&] {
    EXPECT_FALSE(LeaseHolds(stuck)) << "before it was told";
    return stuck.Has(0);
  });
  EXPECT_FALSE(LeaseHolds(stuck)) << "after it was told";
  wakes_.Until("they share again", [&] {
    other.Poll();
    return stuck.Has(kPartitions / 2) && LeaseHolds(stuck);
  });
}

TEST_F(OwnershipFault, ALeaseEndsWhileTheBrokerIsAwayAndComesBackWithIt) {
  const TestBroker broker;
  Open(broker.bootstrap());
  Member one = Join("one");
  wakes_.Until("its lease holds", [&] { return one.Has(kPartitions) && LeaseHolds(one); });
  const absl::Time frozen = absl::Now();
  broker.Signal(SIGSTOP);
  wakes_.Until("the lease is over", [&] {
    one.Poll();
    return !LeaseHolds(one);
  });
  EXPECT_LE(absl::Now() - frozen, one.ownership->SessionTimeout() + absl::Milliseconds(500));
  broker.Signal(SIGCONT);
  wakes_.Until("the lease is back", [&] { return one.Has(kPartitions) && LeaseHolds(one); });
}

TEST_F(OwnershipFault, ABrokerWithAHigherMinimumGetsTheFallback) {
  const TestBroker broker("group.min.session.timeout.ms=6000");
  Open(broker.bootstrap());
  Member one = Join("one");
  EXPECT_EQ(one.ownership->SessionTimeout(), absl::Seconds(3));
  wakes_.Until("its lease holds", [&] { return one.Has(kPartitions) && LeaseHolds(one); });
  EXPECT_EQ(one.ownership->SessionTimeout(), absl::Seconds(6));
}

TEST_F(OwnershipFault, WhoLeavesAtAnyMomentOfJoiningIsGoneSoon) {
  Open(SharedBroker());
  Member stays = Join("stays");
  wakes_.Until("it has all", [&] { return stays.Has(kPartitions); });
  for (int millis = 0; millis < 200; millis += 20) {
    Member hasty = Join("hasty");
    const absl::Time leaves = absl::Now() + absl::Milliseconds(millis);
    wakes_.Until("the moment", [&] {
      stays.Poll();
      hasty.Poll();
      return absl::Now() >= leaves;
    });
    hasty.ownership.reset();
    EXPECT_LT(absl::Now() - leaves, absl::Seconds(10)) << "after " << millis << " ms";
  }
  EXPECT_TRUE(wakes_.Until("it has all again", [&] { return stays.Has(kPartitions); }));
}

TEST_F(OwnershipFault, ClosingHandsOverAtOnce) {
  Open(SharedBroker());
  Member one = Join("one");
  wakes_.Until("it has all", [&] { return one.Has(kPartitions); });
  Member two = Join("two");
  wakes_.Until("they share", [&] {
    one.Poll();
    return two.Has(kPartitions / 2);
  });
  const absl::Time left = absl::Now();
  one.ownership.reset();
  wakes_.Until("the other has all", [&] { return two.Has(kPartitions); });
  EXPECT_LT(absl::Now() - left, absl::Seconds(2)) << "not only after the session";
}

}  // namespace
}  // namespace crm::eventlog::kafka
