#include "libs/app/run.h"

#include <signal.h>

#include <iostream>
#include <utility>

#include "libs/app/process.h"
#include "libs/app/settings.h"
#include "libs/base/log.h"
#include "libs/base/status.h"

namespace crm::app {

namespace {

constexpr std::pair<const char*, base::Level> kLogLevels[] = {{"debug", base::Level::kDebug},
                                                              {"info", base::Level::kInfo},
                                                              {"warning", base::Level::kWarning},
                                                              {"error", base::Level::kError}};

Allowed LogLevel() {
  std::vector<std::string> words;
  for (const auto& [word, level] : kLogLevels) words.push_back(word);
  return OneOf(std::move(words));
}

}  // namespace

const std::vector<Setting>& ServiceSettings() {
  static const std::vector<Setting> settings = {
      {"listen_address", "127.0.0.1:50051", "Where gRPC is served; port 0 takes a free one.",
       ListenAddress()},
      {"admin_address", "127.0.0.1:9090", "Where the admin pages are served.",
       OrEmpty("none", HostPort())},
      {"insecure_listen", "false",
       "Listens beyond loopback although nothing is encrypted and nobody authenticated.",
       TrueOrFalse()},
      {"data_dir", ".run/data", "Where the tables and the embedded log lie.", NotEmpty()},
      {"log", "embedded", "The log; embedded is one process on one disk.",
       OneOf({"embedded", "kafka"})},
      {"kafka_brokers", "127.0.0.1:9092", "Bootstrap servers.", HostPorts()},
      {"kafka_replication_factor", "3", "Replicas of a topic that has to be made.",
       Between(1, 100)},
      {"kafka_min_insync_replicas", "2", "min.insync.replicas of a topic that has to be made.",
       Between(1, 100)},
      {"partitions", "12", "Partitions of a topic that has to be made; fixed for life.",
       Between(1, 1'000)},
      {"workers", "2", "Threads that decide and apply, per service.", Between(1, 64)},
      {"instance", "local",
       "Name of this replica in claims; unique among the replicas of a service.", InstanceName()},
      {"replica_address", "", "Address of a replica by its name.",
       OrEmpty("there is only one replica", ReplicaPattern())},
      {"service_addresses", "", "Addresses of other services; those of this process need none.",
       OrEmpty("none", ServiceAddresses())},
      {"absent_services", "",
       "Services that this installation does not have; nobody waits for their logs then.",
       OrEmpty("all are there", ServicePackages())},
      {"time_zone", "UTC", "The company's time zone, for days and months.", TimeZoneName()},
      {"business_date", "", "The day that windows and timers of business count from.",
       OrEmpty("today", BusinessDate())},
      {"reporting_currency", "USD",
       "The company's currency, that of every customer and order; not to be changed once there are "
       "orders.",
       CurrencyCode()},
      {"block_cache_mib", "64", "Memory for blocks of the tables, per service, in MiB.",
       Between(1, 1 << 20)},
      {"row_cache_mib", "64", "Memory for rows that were read lately, per service, in MiB.",
       Between(0, 1 << 20)},
      {"flush_seconds", "30",
       "How often tables are written to disk, in seconds; it bounds the replay.",
       Between(1, 3'600)},
      {"rebuild", "false", "Puts the tables aside and makes them anew from the log.",
       TrueOrFalse()},
      {"drain_seconds", "10", "How long running calls may take at the end, in seconds.",
       Between(0, 3'600)},
      {"log_level", "info", "The least that is logged.", LogLevel()},
  };
  return settings;
}

namespace {

int Serve(const Settings& settings, const std::vector<ServiceEntry>& services,
          const sigset_t& signals) {
  auto process = Process::Start(settings, services);
  if (!process.ok()) {
    base::Log(base::Level::kError, "cannot start", {{"why", base::StatusText(process.status())}});
    return absl::IsInvalidArgument(process.status()) ? 2 : 1;
  }
  base::Log(base::Level::kInfo, "listening",
            {{"port", std::to_string((*process)->port())},
             {"admin_port", std::to_string((*process)->admin_port())}});
  bool ready = false;
  while ((*process)->failure().ok()) {
    (*process)->Refresh();
    if (!ready && (*process)->Ready()) {
      ready = true;
      base::Log(base::Level::kInfo, "ready");
    }
    const timespec wait{0, 100'000'000};
    if (sigtimedwait(&signals, nullptr, &wait) > 0) {
      base::Log(base::Level::kInfo, "stopping");
      (*process)->Stop(absl::Seconds(settings.Number("drain_seconds")));
      return 0;
    }
  }
  (*process)->Stop(absl::Seconds(1));
  return 1;
}

}  // namespace

int Run(int argc, char** argv, const std::vector<ServiceEntry>& services) {
  // Blocked before any thread starts, so that only Serve receives them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  auto parsed = Settings::Parse(argc, argv, ServiceSettings());
  if (!parsed.ok()) {
    std::cerr << parsed.status().message() << "\n";
    return 2;
  }
  if (!parsed->print.empty()) {
    std::cout << parsed->print;
    return 0;
  }
  for (const auto& [word, level] : kLogLevels) {
    if (parsed->settings.Text("log_level") == word) base::SetLogLevel(level);
  }
  return Serve(parsed->settings, services, signals);
}

}  // namespace crm::app
