#include "libs/engine/readings.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "libs/engine/testdata/account.h"
#include "libs/engine/testdata/cluster.h"
#include "libs/eventlog/cloud_events.h"

namespace crm::engine {
namespace {

constexpr char kForeign[] = "crm.elsewhere.log.v1";
constexpr absl::Time kWhen = absl::FromUnixSeconds(1'735'689'700);

class ReadingsTest : public testing::Test {
 protected:
  void Start(bool installed) {
    ServiceDef service = testdata::MakeAccountService({.partner = "crm.elsewhere.v1"});
    const std::string own = service.topic;
    if (!installed) LeaveOut(kForeign, service);
    cluster_.emplace(12, 4, std::move(service));
    own_ = own;
    connection_ = cluster_->log().Connect("stranger");
    if (installed) {
      ASSERT_TRUE(connection_->CreateTopic(kForeign, 1, absl::Seconds(1)).ok());
    }
    cluster_->StartReplica("one");
    ASSERT_TRUE(cluster_->Run([&] { return cluster_->engine("one").Ready(); }));
    ASSERT_TRUE(cluster_->RunUntilOwned());
  }
  void Append(const std::string& type, const std::string& schema, int64_t revision,
              const std::string& value) {
    eventlog::EventHeaders headers;
    headers.id = "id-" + std::to_string(++appended_);
    headers.source = "stranger";
    headers.type = type;
    headers.dataschema = schema;
    headers.subject = revision > 0 ? "accounts/source" : "";
    headers.time = kWhen;
    headers.fence = 1;
    headers.revision = revision;
    const auto writer = connection_->OpenWriter(kForeign, [] {});
    const eventlog::HeaderBlock block(headers);
    ASSERT_TRUE((*writer)->Append({0, 0, "key", value, block.headers()}, 1).ok());
    std::vector<eventlog::Delivery> deliveries;
    ASSERT_TRUE(cluster_->Run([&] {
      (*writer)->Poll(deliveries);
      return !deliveries.empty();
    }));
  }
  Reading Of(const std::string& topic, const std::string& key) {
    return EngineReadings(cluster_->engine("one")).Of(topic, key);
  }

  std::optional<testdata::Cluster> cluster_;
  std::unique_ptr<eventlog::EventLog> connection_;
  std::string own_;
  int appended_ = 0;
};

TEST_F(ReadingsTest, SaysHowNewWhatItReadIs) {
  Start(true);
  EXPECT_TRUE(Of(own_, "a").complete);
  EXPECT_TRUE(Of(own_, "").followed);
  EXPECT_EQ(Of(kForeign, "a").newest_event, absl::InfinitePast());
  EXPECT_TRUE(Of(kForeign, "a").complete);
  EXPECT_TRUE(Of(kForeign, "a").reachable);
  Append(std::string(eventlog::kClaimType), "crm.eventlog.v1.LogEvent", 0, "");
  enginetest::v1::AccountEvent event;
  event.mutable_added()->set_amount(1);
  Append("crm.enginetest.v1.AmountAdded", "crm.enginetest.v1.AccountEvent", 1,
         event.SerializeAsString());
  EXPECT_TRUE(cluster_->Run([&] { return Of(kForeign, "a").newest_event == kWhen; }));
  EXPECT_EQ(Of(kForeign, "").newest_event, kWhen);
}

TEST_F(ReadingsTest, AStoppedPartitionIsNotComplete) {
  Start(true);
  Append(std::string(eventlog::kClaimType), "crm.eventlog.v1.LogEvent", 0, "");
  Append("crm.enginetest.v1.AmountAdded", "crm.enginetest.v1.AccountEvent", 1, "\xff\xff");
  EXPECT_TRUE(cluster_->Run([&] { return !Of(kForeign, "a").complete; }));
  EXPECT_TRUE(Of(kForeign, "a").followed);
  EXPECT_FALSE(Of(kForeign, "").complete);
  EXPECT_TRUE(Of(own_, "a").complete);
}

TEST_F(ReadingsTest, WhatIsLeftOutIsNotFollowedAndNotWaitedFor) {
  Start(false);
  EXPECT_FALSE(Of(kForeign, "a").followed);
  EXPECT_FALSE(Of(kForeign, "").followed);
  EXPECT_TRUE(Of(own_, "a").followed);
}

}  // namespace
}  // namespace crm::engine
