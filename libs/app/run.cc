#include "libs/app/run.h"

#include <signal.h>

#include <iostream>

#include "libs/app/process.h"
#include "libs/app/settings.h"
#include "libs/base/log.h"

namespace crm::app {

const std::vector<Setting>& ServiceSettings() {
  using Kind = SettingKind;
  static const std::vector<Setting> settings = {
      {"listen_address", Kind::kText, "127.0.0.1:50051",
       "Host and port of the gRPC server; port 0 takes a free one."},
      {"admin_address", Kind::kText, "127.0.0.1:9090",
       "Host and port of the admin pages; empty: none."},
      {"insecure_listen", Kind::kBool, "false",
       "Listens beyond loopback although nothing is encrypted and nobody authenticated."},
      {"data_dir", Kind::kText, ".run/data", "Where the tables and the embedded log lie."},
      {"log", Kind::kText, "embedded", "The log: embedded (one process, one disk) or kafka."},
      {"kafka_brokers", Kind::kText, "127.0.0.1:9092",
       "Bootstrap servers, host:port separated by commas."},
      {"kafka_replication_factor", Kind::kNumber, "3", "Replicas of a topic that has to be made."},
      {"kafka_min_insync_replicas", Kind::kNumber, "2",
       "min.insync.replicas of a topic that has to be made."},
      {"partitions", Kind::kNumber, "12",
       "Partitions of a topic that has to be made, 1 to 1,000. Fixed for life."},
      {"workers", Kind::kNumber, "2", "Threads that decide and apply, per service, 1 to 64."},
      {"instance", Kind::kText, "local",
       "Name of this replica in claims; unique among the replicas of a service."},
      {"replica_address", Kind::kText, "",
       "Address of a replica by its name, with {instance} for it; empty: there is only one "
       "replica."},
      {"service_addresses", Kind::kText, "",
       "Addresses of other services: package=host:port separated by commas; those of this process "
       "need none."},
      {"time_zone", Kind::kText, "UTC",
       "The company's time zone, for days and months: an IANA name."},
      {"business_date", Kind::kText, "",
       "The day that windows and timers of business count from, YYYY-MM-DD; empty: today."},
      {"reporting_currency", Kind::kText, "USD",
       "The company's currency, ISO 4217: that of every customer and order. Not to be changed once "
       "there are orders."},
      {"block_cache_mib", Kind::kNumber, "64",
       "Memory for blocks of the tables, per service, in MiB."},
      {"flush_seconds", Kind::kNumber, "30",
       "How often tables are written to disk, in seconds: bounds the replay."},
      {"rebuild", Kind::kBool, "false", "Puts the tables aside and makes them anew from the log."},
      {"drain_seconds", Kind::kNumber, "10",
       "How long running calls may take at the end, in seconds."},
      {"log_level", Kind::kText, "info", "debug, info, warning or error."},
  };
  return settings;
}

namespace {

int Serve(const Settings& settings, const std::vector<ServiceEntry>& services,
          const sigset_t& signals) {
  auto process = Process::Start(settings, services);
  if (!process.ok()) {
    base::Log(base::Level::kError, "cannot start", {{"why", process.status().ToString()}});
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
  const std::string& level = parsed->settings.Text("log_level");
  base::SetLogLevel(level == "debug"     ? base::Level::kDebug
                    : level == "warning" ? base::Level::kWarning
                    : level == "error"   ? base::Level::kError
                                         : base::Level::kInfo);
  return Serve(parsed->settings, services, signals);
}

}  // namespace crm::app
