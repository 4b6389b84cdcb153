#include "libs/engine/apply.h"

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <memory>
#include <string>

#include "libs/engine/testdata/account.h"
#include "libs/table/database.h"

namespace crm::engine {
namespace {

using testdata::tv1::Account;
using testdata::tv1::AccountEvent;

constexpr char kName[] = "accounts/a";
const absl::Time kOpened = absl::FromUnixSeconds(1'800'000'000);
const absl::Time kAdded = kOpened + absl::Seconds(1);

// Accounts whose every version is kept.
constexpr table::TableSpec<Account> kKeptAccounts{
    .name = "accounts", .key = {"name"}, .history = true};

ServiceDef KeptAccountService() {
  ServiceDef service = testdata::MakeAccountService();
  for (table::TableDef& table : service.tables) {
    if (table.name() == kKeptAccounts.name) table = table::Compile(kKeptAccounts);
  }
  return service;
}

class ApplyTest : public testing::Test {
 protected:
  ApplyTest() {
    table::DatabaseOptions options;
    options.path = "/tables";
    options.env = env_.get();
    database_ = *table::Database::Open(options, service_.tables, kRawSpaces);
    batch_ = std::make_unique<table::Batch>(*database_);
    applier_ = std::make_unique<Applier>(service_, *database_, *batch_);
    AccountEvent opened;
    opened.mutable_opened()->mutable_account()->set_title("one");
    EXPECT_TRUE(Apply(1, kOpened, opened.SerializeAsString(), nullptr).ok());
    added_ = Added(3);
  }

  const AggregateDef& aggregate() const { return *service_.aggregates[0]; }
  static std::string Added(int64_t amount) {
    AccountEvent event;
    event.mutable_added()->set_amount(amount);
    return event.SerializeAsString();
  }
  Loaded Now() { return *applier_->Load(aggregate(), kName); }

  // What the adding does, and a mark in the state that only the rehearsal leaves.
  Folded Rehearse(const Loaded& before) {
    Folded folded =
        FoldEvent(aggregate(), before, kName, kAdded, *ParseEvent(aggregate(), added_), added_);
    auto marked = std::make_shared<Account>(static_cast<const Account&>(*folded.after.state));
    marked->set_title("rehearsed");
    folded.after.state = std::move(marked);
    return folded;
  }

  absl::Status Apply(int64_t revision, absl::Time time, const std::string& value,
                     const Folded* rehearsed) {
    eventlog::EventHeaders headers;
    headers.id = "e" + std::to_string(revision);
    headers.subject = kName;
    headers.dataschema = AccountEvent::descriptor()->full_name();
    headers.revision = revision;
    headers.time = time;
    eventlog::Record record;
    record.value = value;
    return applier_->Apply(record, headers, rehearsed).status();
  }
  const Account& State() {
    now_ = Now();
    return static_cast<const Account&>(*now_.state);
  }

  ServiceDef service_ = KeptAccountService();
  std::unique_ptr<rocksdb::Env> env_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  std::unique_ptr<table::Database> database_;
  std::unique_ptr<table::Batch> batch_;
  std::unique_ptr<Applier> applier_;
  std::string added_;
  Loaded now_;
};

TEST_F(ApplyTest, WhatComesBackAsItWasRehearsedIsNotWorkedOutAgain) {
  const Folded rehearsed = Rehearse(Now());
  ASSERT_TRUE(Apply(2, kAdded, added_, &rehearsed).ok());
  EXPECT_EQ(State().title(), "rehearsed");
  EXPECT_EQ(State().balance(), 3);
  EXPECT_EQ(State().etag(), EtagOf(2));
}

// As of the times of the events, the last of one time.
TEST_F(ApplyTest, EveryVersionIsKeptWhereTheTableSaysSo) {
  ASSERT_TRUE(Apply(2, kAdded, added_, nullptr).ok());
  ASSERT_TRUE(Apply(3, kAdded, added_, nullptr).ok());
  ASSERT_TRUE(Apply(4, kAdded + absl::Seconds(1), added_, nullptr).ok());
  const auto etag_at = [&](absl::Time time) {
    const auto account = batch_->GetAsOf(kKeptAccounts, time, time, kName);
    return account.has_value() ? account->etag() : "none";
  };
  EXPECT_EQ(etag_at(kOpened - absl::Nanoseconds(1)), "none");
  EXPECT_EQ(etag_at(kOpened), EtagOf(1));
  EXPECT_EQ(etag_at(kAdded - absl::Nanoseconds(1)), EtagOf(1));
  EXPECT_EQ(etag_at(kAdded), EtagOf(3));
  EXPECT_EQ(etag_at(kAdded + absl::Hours(1)), EtagOf(4));
}

TEST_F(ApplyTest, AnotherEventIsWorkedOut) {
  const Folded rehearsed = Rehearse(Now());
  ASSERT_TRUE(Apply(2, kAdded, Added(4), &rehearsed).ok());
  EXPECT_EQ(State().title(), "one");
  EXPECT_EQ(State().balance(), 4);
}

TEST_F(ApplyTest, AnotherTimeIsWorkedOut) {
  const Folded rehearsed = Rehearse(Now());
  const absl::Time later = kAdded + absl::Nanoseconds(1);
  ASSERT_TRUE(Apply(2, later, added_, &rehearsed).ok());
  EXPECT_EQ(State().title(), "one");
  EXPECT_EQ(UpdateTime(aggregate(), State()), later);
}

TEST_F(ApplyTest, AnotherStateThanTheRehearsedIsWorkedOut) {
  const Folded rehearsed = Rehearse(Now());
  ASSERT_TRUE(Apply(2, kAdded, Added(10), nullptr).ok());
  ASSERT_TRUE(Apply(3, kAdded, added_, &rehearsed).ok());
  EXPECT_EQ(State().title(), "one");
  EXPECT_EQ(State().balance(), 13);
  EXPECT_EQ(State().etag(), EtagOf(3));
}

TEST_F(ApplyTest, ARevisionThatDoesNotFollowIsAContradictionRehearsedOrNot) {
  const Folded rehearsed = Rehearse(Now());
  EXPECT_FALSE(Apply(3, kAdded, added_, &rehearsed).ok());
  EXPECT_FALSE(Apply(1, kAdded, added_, &rehearsed).ok());
  EXPECT_EQ(State().balance(), 0);
}

// A create has no state to tell it by: then its name does.
TEST_F(ApplyTest, ACreateIsRehearsedForItsNameOnly) {
  AccountEvent opened;
  opened.mutable_opened()->mutable_account()->set_title("two");
  const std::string value = opened.SerializeAsString();
  const Loaded nothing{NewOf(*aggregate().state), 0};
  const auto fold = [&](const std::string& name) {
    return FoldEvent(aggregate(), nothing, name, kOpened, *ParseEvent(aggregate(), value), value);
  };
  const Loaded other_nothing{NewOf(*aggregate().state), 0};
  EXPECT_TRUE(SameFold(fold("accounts/b"), other_nothing, "accounts/b", kOpened, value));
  EXPECT_FALSE(SameFold(fold("accounts/c"), other_nothing, "accounts/b", kOpened, value));
  EXPECT_FALSE(SameFold(fold(kName), Now(), kName, kOpened, value));
}

}  // namespace
}  // namespace crm::engine
