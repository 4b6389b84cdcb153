#include "libs/eventlog/kafka/conf.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "libs/base/status.h"

namespace crm::eventlog::kafka {
namespace {

Options Good() {
  Options options;
  options.bootstrap_servers = "127.0.0.1:1";
  return options;
}

std::string Get(const rd_kafka_conf_t* conf, const char* name) {
  std::array<char, 256> value{};
  size_t size = value.size();
  EXPECT_EQ(rd_kafka_conf_get(conf, name, value.data(), &size), RD_KAFKA_CONF_OK) << name;
  return value.data();
}

TEST(CheckOptions, NamesTheFieldThatIsWrong) {
  EXPECT_TRUE(CheckOptions(Good()).ok());
  const std::pair<const char*, std::function<void(Options&)>> cases[] = {
      {"bootstrap_servers", [](Options& o) { o.bootstrap_servers.clear(); }},
      {"security",
       [](Options& o) {
         o.security = {{"enable.idempotence", "false"}};
       }},
      {"message_timeout", [](Options& o) { o.message_timeout = absl::Seconds(9); }},
      {"request_timeout", [](Options& o) { o.request_timeout = o.message_timeout; }},
      {"session_timeout_fallback",
       [](Options& o) { o.session_timeout_fallback = absl::Seconds(2); }},
      {"poll_interval_max", [](Options& o) { o.poll_interval_max = absl::Seconds(5); }},
      {"heartbeat_interval", [](Options& o) { o.heartbeat_interval = absl::Seconds(1); }},
      {"min_insync_replicas", [](Options& o) { o.replication_factor = 1; }},
  };
  for (const auto& [field, spoil] : cases) {
    Options options = Good();
    spoil(options);
    const absl::Status status = CheckOptions(options);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << field;
    EXPECT_EQ(base::FieldOf(status), field);
  }
}

TEST(WriterConf, IsIdempotentAndWaitsForAll) {
  const auto conf = WriterConf(Good());
  ASSERT_TRUE(conf.ok()) << conf.status();
  EXPECT_EQ(Get(conf->get(), "enable.idempotence"), "true");
  EXPECT_EQ(Get(conf->get(), "acks"), "-1");
  EXPECT_EQ(Get(conf->get(), "linger.ms"), "0");
  EXPECT_EQ(Get(conf->get(), "message.timeout.ms"), "10000");
  EXPECT_EQ(Get(conf->get(), "socket.nagle.disable"), "true");
}

TEST(ReaderConf, NeverCommitsNorJumps) {
  const auto conf = ReaderConf(Good());
  ASSERT_TRUE(conf.ok()) << conf.status();
  EXPECT_EQ(Get(conf->get(), "enable.auto.commit"), "false");
  EXPECT_EQ(Get(conf->get(), "auto.offset.reset"), "error");
  EXPECT_EQ(Get(conf->get(), "allow.auto.create.topics"), "false");
  EXPECT_EQ(Get(conf->get(), "check.crcs"), "true");
}

TEST(GroupConf, IsCooperative) {
  const GroupConf group{"g", absl::Seconds(3), absl::Milliseconds(500), absl::Seconds(6)};
  for (const auto& make : {GroupReaderConf, OwnershipConf}) {
    const auto conf = make(Good(), group);
    ASSERT_TRUE(conf.ok()) << conf.status();
    EXPECT_EQ(Get(conf->get(), "partition.assignment.strategy"), "cooperative-sticky");
    EXPECT_EQ(Get(conf->get(), "session.timeout.ms"), "3000");
    EXPECT_EQ(Get(conf->get(), "heartbeat.interval.ms"), "500");
    EXPECT_EQ(Get(conf->get(), "max.poll.interval.ms"), "6000");
    EXPECT_EQ(Get(conf->get(), "enable.auto.commit"), "false");
  }
}

TEST(Conf, ASettingThatLibrdkafkaRefusesIsNamed) {
  Options options = Good();
  options.compression = "best";
  const auto conf = WriterConf(options);
  EXPECT_TRUE(absl::IsInvalidArgument(conf.status()));
  EXPECT_EQ(base::FieldOf(conf.status()), "compression.type");
}

}  // namespace
}  // namespace crm::eventlog::kafka
