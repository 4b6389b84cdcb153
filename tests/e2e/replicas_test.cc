// Several replicas of a service on a real broker: they serve as one, and neither a frozen nor a
// killed owner changes what was acknowledged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "libs/base/hash.h"
#include "libs/base/status.h"
#include "libs/eventlog/acceptance.h"
#include "libs/eventlog/kafka/test_broker.h"
#include "libs/testing/temp_directory.h"
#include "tests/e2e/harness.h"
#include "tests/e2e/history.h"
#include "tests/e2e/load.h"

namespace crm::e2e {
namespace {

namespace v1 = customer::v1;
using eventlog::kafka::OpenLog;
using eventlog::kafka::TestBroker;

constexpr char kTopic[] = "crm.customer.log.v1";
constexpr char kSalesTopic[] = "crm.sales.log.v1";
constexpr int kPartitions = 12;
constexpr int kThreads = 4;
// After the loss of an owner, somebody serves its keys within this time.
constexpr absl::Duration kGapMax = absl::Seconds(5);

int Owned(Service& service) {
  const auto partitions = Partitions(service, kTopic);
  return static_cast<int>(std::count_if(partitions.begin(), partitions.end(),
                                        [](const auto& p) { return p.role() == "owner"; }));
}

int64_t Rejected(Service& service, int partition) {
  for (const auto& status : Partitions(service, kTopic)) {
    if (status.partition() == partition) return status.rejected_records();
  }
  return -1;
}

int PartitionOf(const std::string& id) { return base::PartitionOf(id, kPartitions); }

v1::GetCustomerRequest Get(const std::string& id) {
  v1::GetCustomerRequest request;
  request.set_name("customers/" + id);
  return request;
}

class Replicas : public ::testing::Test {
 protected:
  Replicas() : a_(Replica("a")), b_(Replica("b")) {}

  Service::Options Replica(const std::string& name) {
    return {CRM_CUSTOMER, directory_.path() + "/" + name, OnBroker(broker_.bootstrap())};
  }

  void SetUp() override {
    // customer reads what the others write, and waits until there are logs of it.
    for (const char* topic : {kSalesTopic, "crm.marketing.log.v1", "crm.servicedesk.log.v1"}) {
      const absl::Status made = log_->CreateTopic(topic, kPartitions, kPatience);
      ASSERT_TRUE(made.ok()) << made;
    }
    a_.Start();
    b_.Start();
    ASSERT_TRUE(a_.WaitUntilReady() && b_.WaitUntilReady());
    ASSERT_TRUE(Until("both replicas own some", [&] {
      return Owned(a_) > 0 && Owned(b_) > 0 && Owned(a_) + Owned(b_) == kPartitions;
    }));
  }

  std::vector<std::string> Addresses() const { return {a_.address(), b_.address()}; }

  // Each command that was acknowledged has one event and one customer, and there is nothing else.
  void ExpectOnce(const std::vector<std::string>& acknowledged) {
    const History history = ReadHistory(*log_, kTopic);
    for (const std::string& id : acknowledged) {
      const auto found = history.events.find(id);
      EXPECT_TRUE(found != history.events.end() && found->second == 1) << id;
    }
    std::map<std::string, std::string> expected;
    for (const std::string& id : acknowledged) expected["customers/" + id] = "r1";
    EXPECT_EQ(EtagsOfCustomers(a_), expected);
    EXPECT_EQ(EtagsOfCustomers(b_), expected);
  }

  TestBroker broker_;
  crm::testing::TempDirectory directory_{"e2e"};
  std::unique_ptr<eventlog::kafka::KafkaLog> log_ = OpenLog(broker_.bootstrap());
  Service a_;
  Service b_;
};

TEST_F(Replicas, ServeAsOne) {
  for (int i = 0; i < 60; ++i) {
    Service& here = i % 2 == 0 ? a_ : b_;
    Service& there = i % 2 == 0 ? b_ : a_;
    const std::string id = absl::StrCat("one-", i);
    rpc::MetadataList trailers;
    const auto made = here.client().Call<v1::Customer>(NewCustomer(id), {}, &trailers);
    ASSERT_TRUE(made.ok()) << made.status();
    EXPECT_EQ(made->etag(), "r1");
    const auto position = rpc::FindMetadata(trailers, "crm-position");
    ASSERT_TRUE(position.has_value());

    // The other replica waits for what this one was told, and what nobody told it.
    rpc::CallOptions after;
    after.metadata = {{"crm-read-after", std::string(*position)}};
    EXPECT_TRUE(there.client().Call<v1::Customer>(Get(id), after).ok()) << id;
    v1::UpdateCustomerRequest update;
    *update.mutable_customer() = *made;
    update.mutable_customer()->set_region(absl::StrCat("region ", i));
    update.mutable_update_mask()->add_paths("region");
    update.set_request_id(id + "-update");
    ASSERT_TRUE(here.client().Call<v1::Customer>(update).ok());
    rpc::CallOptions barrier;
    barrier.metadata = {{"crm-read-barrier", "true"}};
    const auto read = there.client().Call<v1::Customer>(Get(id), barrier);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->region(), absl::StrCat("region ", i));
    // Stale now, wherever it is said.
    update.set_request_id(id + "-again");
    EXPECT_TRUE(absl::IsAborted(there.client().Call<v1::Customer>(update).status()));
  }
  EXPECT_EQ(EtagsOfCustomers(b_).size(), 60u);
  const std::string digest = EqualDigests(a_, b_, kTopic);
  EXPECT_FALSE(digest.empty());

  // A replica that lost its tables makes the same again from the log.
  EXPECT_EQ(a_.Stop(), 0);
  std::filesystem::remove_all(a_.data_directory());
  a_.Start();
  ASSERT_TRUE(a_.WaitUntilReady());
  EXPECT_EQ(EqualDigests(a_, b_, kTopic), digest);
}

TEST_F(Replicas, FrozenOwnerChangesNothing) {
  Service sales({CRM_SALES, directory_.path() + "/sales", OnBroker(broker_.bootstrap())});
  sales.Start();
  ASSERT_TRUE(sales.WaitUntilReady());

  Load load(Addresses(), "load", kThreads);
  const auto more = [&](const char* what) {
    const size_t before = load.acknowledged_count();
    return Until(what, [&] { return load.acknowledged_count() > before + 50; });
  };
  ASSERT_TRUE(more("commands before"));
  a_.Signal(SIGSTOP);
  ASSERT_TRUE(Until("the other owns everything", [&] { return Owned(b_) == kPartitions; }));
  // What the load has in flight may wait for the frozen one; other commands are served meanwhile.
  std::vector<std::string> acknowledged;
  for (int i = 0; i < kPartitions * 2; ++i) {
    acknowledged.push_back(absl::StrCat("meanwhile-", i));
    const auto made = b_.client().Insist<v1::Customer>(NewCustomer(acknowledged.back()));
    EXPECT_TRUE(made.ok()) << made.status();
  }
  a_.Signal(SIGCONT);
  ASSERT_TRUE(more("commands after"));
  ASSERT_TRUE(Until("both replicas own some again", [&] { return Owned(a_) > 0; }));
  ASSERT_TRUE(more("commands at the end"));
  load.Stop();
  for (const std::string& id : load.acknowledged()) acknowledged.push_back(id);
  ExpectOnce(acknowledged);
  const std::string digest = EqualDigests(a_, b_, kTopic);

  // What the frozen one could still have had under way: a next event under a fence that is past.
  const History history = ReadHistory(*log_, kTopic);
  const auto fenced = std::find_if(history.partitions.begin(), history.partitions.end(),
                                   [](const PartitionHistory& partition) {
                                     return !partition.last_events.empty() &&
                                            partition.last_events.begin()->first < partition.fence;
                                   });
  ASSERT_NE(fenced, history.partitions.end());
  eventlog::OwnedRecord late = fenced->last_events.begin()->second;
  v1::CustomerEvent event;
  ASSERT_TRUE(event.ParseFromString(late.value));
  event.mutable_created()->mutable_personal()->set_display_name("Too late");
  late.value = event.SerializeAsString();
  for (auto& [name, value] : late.headers) {
    if (name == "ce_id") value += "-999999";
    if (name == "ce_revision") value = eventlog::FormatFence(2);
  }
  std::vector<Service*> readers = {&a_, &b_, &sales};
  std::vector<int64_t> before;
  for (Service* reader : readers) before.push_back(Rejected(*reader, late.partition));
  Append(*log_, kTopic, late);
  for (size_t i = 0; i < readers.size(); ++i) {
    EXPECT_TRUE(Until("the rejected record is counted",
                      [&] { return Rejected(*readers[i], late.partition) == before[i] + 1; }))
        << "reader " << i;
  }
  EXPECT_EQ(EqualDigests(a_, b_, kTopic), digest);
  ExpectOnce(acknowledged);
}

TEST_F(Replicas, KilledOwnerIsFollowedWithinSeconds) {
  Load load(Addresses(), "load", kThreads);
  ASSERT_TRUE(Until("some commands", [&] { return load.acknowledged_count() > 200; }));
  // A key of each partition that is about to lose its owner.
  std::vector<std::string> orphans;
  for (const auto& partition : Partitions(a_, kTopic)) {
    if (partition.role() != "owner") continue;
    for (int i = 0;; ++i) {
      const std::string id = absl::StrCat("orphan-", i);
      if (PartitionOf(id) != partition.partition()) continue;
      orphans.push_back(id);
      break;
    }
  }
  ASSERT_FALSE(orphans.empty());
  Client other({b_.address()}, Client::Policy::kNone);
  const absl::Time killed = absl::Now();
  a_.Kill();
  for (const std::string& id : orphans) {
    Until("its key is served", [&] {
      const absl::Status status = other.Call<v1::Customer>(NewCustomer(id)).status();
      // Refused in our words, which say when to try again.
      EXPECT_TRUE(status.ok() || (absl::IsUnavailable(status) && !base::ReasonOf(status).empty()))
          << status;
      return status.ok();
    });
  }
  const absl::Duration gap = absl::Now() - killed;
  std::cout << "all " << orphans.size() << " partitions of the killed owner served again after "
            << absl::ToInt64Milliseconds(gap) << " ms\n";
  EXPECT_LT(gap, kGapMax);

  a_.Start();
  ASSERT_TRUE(a_.WaitUntilReady());
  const size_t before = load.acknowledged_count();
  ASSERT_TRUE(Until("more commands", [&] { return load.acknowledged_count() > before + 200; }));
  load.Stop();
  std::vector<std::string> acknowledged = load.acknowledged();
  acknowledged.insert(acknowledged.end(), orphans.begin(), orphans.end());
  ExpectOnce(acknowledged);
  EXPECT_FALSE(EqualDigests(a_, b_, kTopic).empty());
}

}  // namespace
}  // namespace crm::e2e
