// A command that was said several times: what it was answered without an event holds, whatever
// arrives late.
#include <gtest/gtest.h>

#include "crm/eventlog/v1/eventlog.pb.h"
#include "libs/base/status.h"
#include "libs/engine/limits.h"
#include "libs/engine/testdata/cluster.h"

namespace crm::engine {
namespace {

namespace tv1 = testdata::tv1;

constexpr bool kLate = false;  // What was said first and arrives last.
constexpr bool kAgain = true;

class CommandAnsweredTest : public testing::Test {
 protected:
  CommandAnsweredTest() : cluster_(7, 1) {
    cluster_.StartReplica("one");
    EXPECT_TRUE(cluster_.RunUntilOwned());
    tv1::CreateAccountRequest request;
    request.set_account_id("a");
    request.set_request_id("create");
    request.mutable_account()->set_title("one");
    EXPECT_TRUE(cluster_.Send("one", request).status.ok());
  }
  CommandResult Add(int64_t amount, const std::string& request_id, bool said_before = false,
                    bool validate_only = false) {
    tv1::AddAmountRequest request;
    request.set_name("accounts/a");
    request.set_amount(amount);
    request.set_request_id(request_id);
    request.set_validate_only(validate_only);
    return cluster_.Send("one", request, "user:ann", said_before);
  }
  static int64_t BalanceIn(const CommandResult& result) {
    EXPECT_TRUE(result.status.ok()) << result.status;
    tv1::Account account;
    EXPECT_TRUE(account.ParseFromString(result.resource));
    EXPECT_EQ(account.name(), "accounts/a");
    return account.balance();
  }
  std::vector<eventlog::OwnedRecord> Records() {
    return cluster_.log().Contents(cluster_.service().topic, 0);
  }

  testdata::Cluster cluster_;
};

TEST_F(CommandAnsweredTest, ARefusalHoldsForWhatWasSaidBeforeIt) {
  const CommandResult refused = Add(-5, "r1", kAgain);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status)) << refused.status;
  EXPECT_EQ(BalanceIn(Add(10, "r2")), 10);
  const size_t records = Records().size();

  const CommandResult late = Add(-5, "r1", kLate);
  EXPECT_EQ(late.status.code(), refused.status.code());
  EXPECT_EQ(late.status.message(), refused.status.message());
  EXPECT_EQ(late.position.next, refused.position.next) << "the refusal rests on what was then";
  EXPECT_EQ(Records().size(), records);
  EXPECT_EQ(BalanceIn(Add(0, "r3")), 10);
}

TEST_F(CommandAnsweredTest, ItStandsInTheLogWithoutARevision) {
  Add(-5, "r1", kAgain);
  eventlog::v1::LogEvent event;
  ASSERT_TRUE(event.ParseFromString(Records().back().value));
  EXPECT_EQ(event.command_answered().target(), "accounts/a");
  EXPECT_EQ(event.command_answered().status().code(),
            static_cast<int>(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(BalanceIn(Add(1, "r2")), 1);
}

TEST_F(CommandAnsweredTest, NothingToChangeHoldsToo) {
  EXPECT_EQ(BalanceIn(Add(0, "r1", kAgain)), 0);
  Add(10, "r2");
  const size_t records = Records().size();
  EXPECT_EQ(BalanceIn(Add(0, "r1", kLate)), 10) << "the resource as it is now";
  EXPECT_EQ(Records().size(), records);
}

TEST_F(CommandAnsweredTest, ItIsTheAnswerToAllThatIsSaidLater) {
  const CommandResult refused = Add(-5, "r1", kAgain);
  Add(10, "r2");
  const size_t records = Records().size();
  EXPECT_EQ(Add(-5, "r1", kAgain).position.next, refused.position.next);
  EXPECT_EQ(Records().size(), records);
  EXPECT_EQ(BalanceIn(Add(-5, "r3", kAgain)), 5) << "asked anew, with a request_id of its own";
}

TEST_F(CommandAnsweredTest, AnotherReplicaAndANewOneKnowIt) {
  const CommandResult refused = Add(-5, "r1", kAgain);
  Add(10, "r2");
  cluster_.Kill("one", false);
  cluster_.Wipe("one");
  cluster_.StartReplica("one");
  ASSERT_TRUE(cluster_.RunUntilOwned());
  EXPECT_EQ(Add(-5, "r1", kLate).status.code(), refused.status.code());
}

TEST_F(CommandAnsweredTest, TheLastHundredOfAKeyAreRememberedAndPushOutNoEvent) {
  Add(10, "event");
  Add(-50, "first", kAgain);
  for (int i = 1; i < kAnswersRememberedMax; ++i) Add(-50, "more-" + std::to_string(i), kAgain);
  Add(100, "richer");
  EXPECT_TRUE(absl::IsFailedPrecondition(Add(-50, "first").status));
  Add(-500, "last", kAgain);
  EXPECT_EQ(BalanceIn(Add(-50, "first")), 60) << "forgotten";
  for (int i = 0; i < kRequestsRememberedMax; ++i)
    Add(-500, "refused-" + std::to_string(i), kAgain);
  EXPECT_EQ(BalanceIn(Add(10, "event")), 60) << "done once";
}

TEST_F(CommandAnsweredTest, WhatCannotBecomeOtherwiseIsNotKept) {
  Add(10, "r1");
  const size_t records = Records().size();
  tv1::AddAmountRequest stale;
  stale.set_name("accounts/a");
  stale.set_amount(1);
  stale.set_request_id("r2");
  stale.set_etag("r1");
  EXPECT_TRUE(absl::IsAborted(cluster_.Send("one", stale, "user:ann", kAgain).status));
  EXPECT_EQ(Records().size(), records);
  stale.set_etag("r2");
  EXPECT_EQ(BalanceIn(cluster_.Send("one", stale, "user:ann", kAgain)), 11);
}

TEST_F(CommandAnsweredTest, OfWhatTheLogDoesNotTakeTheFateIsUnknown) {
  eventlog::SimFaults faults;
  faults.deny_append = true;
  cluster_.log().SetFaults("one", faults);
  EXPECT_EQ(base::ReasonOf(Add(10, "r1", kAgain).status), "FATE_UNKNOWN");
  EXPECT_EQ(base::ReasonOf(Add(-10, "r2", kAgain).status), "FATE_UNKNOWN");
}

TEST_F(CommandAnsweredTest, OneThatWasSaidOnceAndATrialLeaveNothing) {
  const size_t records = Records().size();
  EXPECT_TRUE(absl::IsFailedPrecondition(Add(-5, "r1").status));
  EXPECT_TRUE(absl::IsFailedPrecondition(Add(-5, "r1", kAgain, true).status));
  EXPECT_EQ(BalanceIn(Add(0, "r2")), 0);
  EXPECT_EQ(Records().size(), records);
}

TEST_F(CommandAnsweredTest, ARequestIdOfAnotherRequestIsNoAnswer) {
  Add(10, "r1");
  EXPECT_EQ(base::FieldOf(Add(-5, "r1", kAgain).status), "request_id");
  EXPECT_EQ(BalanceIn(Add(10, "r1", kLate)), 10) << "still what it was";
}

}  // namespace
}  // namespace crm::engine
