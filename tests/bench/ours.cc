#include "tests/bench/ours.h"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/check.h"
#include "libs/engine/ops.h"
#include "libs/eventlog/embedded/embedded_log.h"
#include "libs/eventlog/kafka/kafka_log.h"
#include "services/customer/service.h"
#include "services/sales-pipeline/service.h"

namespace crm::bench {
namespace {

constexpr absl::Duration kStartMax = absl::Minutes(1);

void Must(const absl::Status& status) { base::Check(status.ok(), status.ToString()); }

eventlog::kafka::Options KafkaOptions(const std::string& brokers) {
  eventlog::kafka::Options options;
  options.bootstrap_servers = brokers;
  options.replication_factor = 1;
  options.min_insync_replicas = 1;
  return options;
}

// The topic of the other service, which may not be here to make it.
std::string OrdersTopic() { return engine::TopicOfPackage(sales::kPackage); }

void MakeOrdersTopic(const std::string& directory) {
  auto log = eventlog::EmbeddedLog::Open({directory + "/log"});
  Must(log.status());
  const absl::Status made = (*log)->CreateTopic(OrdersTopic(), kPartitions, kStartMax);
  if (!absl::IsAlreadyExists(made)) Must(made);
}

void AwaitReady(app::Process& process) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const absl::Time latest = absl::Now() + kStartMax;
  std::string why;
  while (!process.Ready(&why)) {
    Must(process.failure());
    base::Check(absl::Now() < latest, "ours is not ready: " + why);
    never.wait_for(lock, std::chrono::milliseconds(20));
  }
  process.Refresh();
}

}  // namespace

void MakeTopic(const std::string& brokers, const std::string& topic) {
  auto log = eventlog::kafka::KafkaLog::Open(KafkaOptions(brokers));
  Must(log.status());
  const absl::Status made = (*log)->CreateTopic(topic, kPartitions, kStartMax);
  if (!absl::IsAlreadyExists(made)) Must(made);
}

std::unique_ptr<app::Process> LaunchOurs(const std::string& directory, const std::string& brokers,
                                         Services services) {
  std::vector<std::string> flags = {"bench",
                                    "--listen-address=127.0.0.1:0",
                                    "--admin-address=127.0.0.1:0",
                                    absl::StrCat("--data-dir=", directory),
                                    absl::StrCat("--partitions=", kPartitions),
                                    "--absent-services=crm.marketing.v1,crm.servicedesk.v1"};
  const bool orders = services == Services::kCustomerAndSales;
  if (brokers.empty()) {
    std::filesystem::create_directories(directory);
    if (!orders) MakeOrdersTopic(directory);
  } else {
    if (!orders) MakeTopic(brokers, OrdersTopic());
    for (const std::string& flag : {std::string("--log=kafka"), "--kafka-brokers=" + brokers,
                                    std::string("--kafka-replication-factor=1"),
                                    std::string("--kafka-min-insync-replicas=1")}) {
      flags.push_back(flag);
    }
  }
  std::vector<const char*> arguments;
  for (const std::string& flag : flags) arguments.push_back(flag.c_str());
  auto parsed = app::Settings::Parse(static_cast<int>(arguments.size()), arguments.data(),
                                     app::ServiceSettings());
  Must(parsed.status());
  std::vector<app::ServiceEntry> entries = {{"customer", customer::kPackage, customer::Describe}};
  if (orders) entries.push_back({"sales", sales::kPackage, sales::Describe});
  auto process = app::Process::Start(parsed->settings, entries);
  Must(process.status());
  return *std::move(process);
}

std::unique_ptr<app::Process> StartOurs(const std::string& directory, const std::string& brokers,
                                        Services services) {
  auto process = LaunchOurs(directory, brokers, services);
  AwaitReady(*process);
  return process;
}

std::string AddressOf(const app::Process& process) {
  return absl::StrCat("127.0.0.1:", process.port());
}

}  // namespace crm::bench
