#include "libs/app/process.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/app/directory.h"
#include "libs/app/handlers.h"
#include "libs/app/limits.h"
#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/eventlog/embedded/embedded_log.h"
#include "libs/eventlog/kafka/kafka_log.h"

namespace crm::app {
namespace {

engine::Company CompanyOf(const Settings& settings) {
  engine::Company company;
  const bool loaded = absl::LoadTimeZone(settings.Text("time_zone"), &company.zone);
  base::Check(loaded, "a time zone was checked when it was parsed");
  company.business_date = ParseBusinessDate(settings.Text("business_date"));
  company.reporting_currency = settings.Text("reporting_currency");
  return company;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Process>> Process::Start(const Settings& settings,
                                                        const std::vector<ServiceEntry>& services) {
  std::unique_ptr<Process> process(new Process);
  process->metrics_ = std::make_shared<prometheus::Registry>();
  absl::Status prepared = PrepareDirectory(settings.Text("data_dir"), kDiskFreeBytesMin);
  if (!prepared.ok()) return prepared;
  if (absl::Status s = process->OpenLog(settings); !s.ok()) return s;
  if (absl::Status s = process->MakeHosts(settings, services); !s.ok()) return s;
  if (absl::Status s = process->StartServer(settings); !s.ok()) return s;
  if (absl::Status s = process->StartAdmin(settings); !s.ok()) return s;
  for (const auto& host : process->hosts_) host->Start(*process->log_);
  return process;
}

Process::~Process() { Stop(absl::ZeroDuration()); }

absl::Status Process::OpenLog(const Settings& settings) {
  if (settings.Text("log") == "embedded") {
    auto log = eventlog::EmbeddedLog::Open({settings.Text("data_dir") + "/log"});
    if (!log.ok()) return log.status();
    log_ = *std::move(log);
    return absl::OkStatus();
  }
  eventlog::kafka::Options options;
  options.bootstrap_servers = settings.Text("kafka_brokers");
  options.replication_factor = static_cast<int>(settings.Number("kafka_replication_factor"));
  options.min_insync_replicas = static_cast<int>(settings.Number("kafka_min_insync_replicas"));
  auto log = eventlog::kafka::KafkaLog::Open(std::move(options));
  if (!log.ok()) return log.status();
  log_ = *std::move(log);
  return absl::OkStatus();
}

absl::Status Process::MakeHosts(const Settings& settings,
                                const std::vector<ServiceEntry>& services) {
  const auto addresses = ParseServiceAddresses(settings.Text("service_addresses"));
  base::Check(addresses.has_value(), "addresses were checked when they were parsed");
  const auto absent = ParseServicePackages(settings.Text("absent_services"));
  base::Check(absent.has_value(), "packages were checked when they were parsed");
  for (const ServiceEntry& entry : services) {
    Service service(entry.name, entry.package);
    entry.describe(service);
    if (!service.status().ok()) return service.status();
    peers_.push_back(std::make_unique<PeerNetwork>(PeerAddresses{
        settings.Text("replica_address"),
        [this, addresses = *addresses](const std::string& package) {
          const auto address = addresses.find(package);
          if (address != addresses.end()) return address->second;
          const bool here = std::any_of(hosts_.begin(), hosts_.end(), [&](const auto& host) {
            return host->service().package == package;
          });
          return here ? own_address_ : std::string();
        },
        absl::StrCat("service:", entry.name)}));
    HostOptions options;
    options.data_dir = settings.Text("data_dir");
    options.partitions = static_cast<int>(settings.Number("partitions"));
    options.workers = static_cast<int>(settings.Number("workers"));
    options.instance = settings.Text("instance");
    options.company = CompanyOf(settings);
    options.peers = peers_.back()->Peers();
    options.block_cache_bytes = settings.Number("block_cache_mib") << 20;
    options.row_cache_bytes = settings.Number("row_cache_mib") << 20;
    options.flush_every = absl::Seconds(settings.Number("flush_seconds"));
    options.rebuild = settings.Bool("rebuild");
    options.clock = &clock_;
    options.on_failure = [this](const std::string& name, const absl::Status& status) {
      base::Log(base::Level::kError, "a service failed",
                {{"service", name}, {"why", base::StatusText(status)}});
      std::lock_guard lock(mutex_);
      failure_.Update(status);
    };
    engine::ServiceDef def = service.Take();
    for (const std::string& package : *absent)
      engine::LeaveOut(engine::TopicOfPackage(package), def);
    hosts_.push_back(std::make_unique<Host>(std::move(def), std::move(options)));
    host_pointers_.push_back(hosts_.back().get());
  }
  return absl::OkStatus();
}

absl::Status Process::StartServer(const Settings& settings) {
  std::vector<rpc::Method> methods = EngineMethods(host_pointers_);
  for (Host* host : host_pointers_) {
    for (rpc::Method& method : CommandMethods(*host)) methods.push_back(std::move(method));
    for (rpc::Method& method : ReadMethods(*host)) methods.push_back(std::move(method));
    for (rpc::Method& method : WatchMethods(*host)) methods.push_back(std::move(method));
  }
  rpc::Server::Options options;
  options.address = settings.Text("listen_address");
  options.insecure_listen = settings.Bool("insecure_listen");
  options.metrics = metrics_.get();
  options.clock = &clock_;
  auto server = rpc::Server::Start(std::move(options), std::move(methods));
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  own_address_ = server_->address();
  return absl::OkStatus();
}

absl::Status Process::StartAdmin(const Settings& settings) {
  if (settings.Text("admin_address").empty()) return absl::OkStatus();
  rpc::Admin::Options options;
  options.address = settings.Text("admin_address");
  options.insecure_listen = settings.Bool("insecure_listen");
  options.metrics = {metrics_};
  options.live = [this] { return failure(); };
  options.ready = [this] {
    std::string why;
    return Ready(&why) ? absl::OkStatus() : absl::UnavailableError(why);
  };
  options.config = [json = settings.ToJson()] { return json; };
  options.partitions = [this] { return PartitionsJson(); };
  auto admin = rpc::Admin::Start(std::move(options));
  if (!admin.ok()) return admin.status();
  admin_ = *std::move(admin);
  return absl::OkStatus();
}

std::string Process::PartitionsJson() const {
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  const auto status =
      google::protobuf::util::MessageToJsonString(PartitionsOf(host_pointers_, ""), &json, options);
  return status.ok() ? json : "{}";
}

absl::Status Process::failure() const {
  std::lock_guard lock(mutex_);
  return failure_;
}

bool Process::Ready(std::string* why_not) const {
  for (const auto& host : hosts_) {
    if (!host->Ready(why_not)) return false;
  }
  return failure().ok();
}

void Process::Refresh() {
  // Not readiness: while its log is away a service answers reads, and refuses commands at once.
  bool all = true;
  for (const auto& host : hosts_) {
    const engine::Engine* engine = host->engine();
    const bool serves = engine != nullptr && engine->Serves() && failure().ok();
    all = all && serves;
    for (const rpc::Method& method : CommandMethods(*host)) {
      server_->SetServing(method.descriptor->service()->full_name(), serves);
    }
    for (const rpc::Method& method : ReadMethods(*host)) {
      server_->SetServing(method.descriptor->service()->full_name(), serves);
    }
  }
  server_->SetServing(
      engine::v1::SubmitCommandRequest::descriptor()->file()->service(0)->full_name(), all);
}

void Process::Stop(absl::Duration grace) {
  if (stopped_) return;
  stopped_ = true;
  if (server_ != nullptr) server_->SetAllServing(false);
  for (const auto& host : hosts_) host->LeaveGroup();
  if (server_ != nullptr) server_->Drain(grace);
  for (const auto& peers : peers_) peers->Close();
  for (const auto& host : hosts_) host->Stop();
  admin_.reset();
  hosts_.clear();
  host_pointers_.clear();
  server_.reset();
  log_.reset();
}

}  // namespace crm::app
