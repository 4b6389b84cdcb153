// The conformance suite on a real broker, whose address is in CRM_KAFKA.
#include "libs/eventlog/conformance.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/eventlog/kafka/kafka_log.h"

namespace crm::eventlog {
namespace {

LogUnderTest MakeKafkaLog() {
  static std::atomic<int> logs = 0;
  LogUnderTest under;
  // The broker outlives the test: names that nobody had before.
  under.prefix = absl::StrCat("conformance-", absl::ToUnixMillis(absl::Now()), "-", getpid(), "-",
                              ++logs, ".");
  under.several_processes = true;
  under.too_large = 2 << 20;
  under.open = []() -> std::unique_ptr<EventLog> {
    const char* broker = std::getenv("CRM_KAFKA");
    if (broker == nullptr) {
      ADD_FAILURE() << "CRM_KAFKA must say where a broker is; see tools/kafka";
      return nullptr;
    }
    kafka::Options options;
    options.bootstrap_servers = broker;
    options.replication_factor = 1;
    options.min_insync_replicas = 1;
    auto log = kafka::KafkaLog::Open(options);
    EXPECT_TRUE(log.ok()) << log.status();
    return log.ok() ? *std::move(log) : nullptr;
  };
  return under;
}

INSTANTIATE_TEST_SUITE_P(Kafka, EventLogConformance, testing::Values(LogFactory(MakeKafkaLog)));
INSTANTIATE_TEST_SUITE_P(Kafka, EventLogSharing, testing::Values(LogFactory(MakeKafkaLog)));

}  // namespace
}  // namespace crm::eventlog
