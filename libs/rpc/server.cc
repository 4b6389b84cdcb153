#include "libs/rpc/server.h"

#include <google/protobuf/stubs/logging.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <thread>
#include <utility>

#include "absl/base/call_once.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/rpc/intake.h"
#include "libs/rpc/listen_address.h"
#include "libs/rpc/methods.h"
#include "libs/rpc/rpc_service.h"

namespace crm::rpc {
namespace {

int Millis(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

void SetArguments(grpc::ServerBuilder& builder, const Server::Options& options) {
  builder.SetMaxReceiveMessageSize(
      static_cast<int>(std::max(kReceiveBytesMax, options.request_bytes_max)));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kCallsPerConnectionMax);
  // Else a second process on the same port would silently take half of the connections.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Millis(kServerPing));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Millis(kPingTimeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             Millis(kServerPingAccepted));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, Millis(kConnectionAge));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                             Millis(options.deadline_max + kPingTimeout));
}

// What protobuf says about bytes that callers sent is not worth a line each on standard error.
void LogOfProtobuf(google::protobuf::LogLevel level, const char* file, int line,
                   const std::string& message) {
  base::Log(level == google::protobuf::LOGLEVEL_FATAL ? base::Level::kError : base::Level::kDebug,
            "protobuf", {{"text", message}});
}

// Once in a process, before the first server: gRPC asks for it.
void PrepareProcess() {
  static absl::once_flag once;
  absl::call_once(once, [] {
    google::protobuf::SetLogHandler(LogOfProtobuf);
#ifdef NDEBUG
    // Debian's absl searches every lock of a mutex for deadlocks, gRPC's too, under one lock.
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
    grpc::EnableDefaultHealthCheckService(true);
    // Named here so that no linker drops the library as unused.
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

Server::Options WithDefaults(Server::Options options, const base::Clock& clock) {
  if (options.clock == nullptr) options.clock = &clock;
  return options;
}

}  // namespace

class Server::Impl {
 public:
  explicit Impl(Options options)
      : options_(WithDefaults(std::move(options), system_clock_)),
        metrics_(options_.metrics != nullptr ? *options_.metrics : own_registry_),
        intake_(options_, metrics_) {}

  absl::Status Start(std::vector<Method> methods);
  void Drain(absl::Duration grace);
  void SetServing(std::string_view service, bool serving);
  void SetAllServing(bool serving);

  int port() const { return port_; }
  const std::string& address() const { return address_; }
  int calls_in_flight() const { return intake_.live_calls().size(); }

 private:
  void AddMethods(std::vector<Method> methods);
  void TellHealth() ABSL_EXCLUSIVE_LOCKS_REQUIRED(health_mutex_);

  const base::SystemClock system_clock_;
  const Options options_;
  prometheus::Registry own_registry_;
  Metrics metrics_;
  Intake intake_;

  // By service. They and the services outlive the server, which points to them.
  std::map<std::string, std::vector<std::unique_ptr<ServedMethod>>, std::less<>> methods_;
  std::vector<std::unique_ptr<RpcService>> services_;
  std::unique_ptr<UnknownMethods> unknown_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::string address_;

  absl::Mutex health_mutex_;
  std::map<std::string, bool, std::less<>> serving_ ABSL_GUARDED_BY(health_mutex_);

  std::atomic<bool> drain_begun_{false};
  absl::Notification drained_;
  std::thread sweeper_;
};

void Server::Impl::AddMethods(std::vector<Method> methods) {
  for (Method& method : methods) {
    std::string path = PathOf(*method.descriptor);
    std::string permission = PermissionOf(*method.descriptor);
    std::unique_ptr<MethodMetrics> metrics = metrics_.ForMethod(path.substr(1));
    methods_[method.descriptor->service()->full_name()].push_back(
        std::make_unique<ServedMethod>(ServedMethod{std::move(method), std::move(path),
                                                    std::move(permission), std::move(metrics)}));
  }
}

absl::Status Server::Impl::Start(std::vector<Method> methods) {
  if (absl::Status s = CheckListenAddress(options_.address, options_.insecure_listen); !s.ok()) {
    return s;
  }
  absl::StatusOr<std::vector<Method>> ordered = InOrder(std::move(methods));
  if (!ordered.ok()) return ordered.status();
  AddMethods(*std::move(ordered));
  PrepareProcess();

  grpc::ServerBuilder builder;
  SetArguments(builder, options_);
  for (const auto& [name, served] : methods_) {
    services_.push_back(std::make_unique<RpcService>(served, intake_));
    builder.RegisterService(services_.back().get());
  }
  unknown_ = std::make_unique<UnknownMethods>(metrics_.ForMethod("unknown"));
  builder.RegisterCallbackGenericService(unknown_.get());
  builder.AddListeningPort(options_.address, grpc::InsecureServerCredentials(), &port_);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) {
    return base::Failed(absl::StatusCode::kUnavailable, "CANNOT_LISTEN",
                        "the address cannot be listened on", {{"address", options_.address}});
  }
  const bool local = options_.address.starts_with("unix:");
  if (local) port_ = 0;
  address_ =
      local ? options_.address
            : absl::StrCat(options_.address.substr(0, options_.address.rfind(':')), ":", port_);
  SetAllServing(false);
  sweeper_ = std::thread([this] {
    while (!drained_.WaitForNotificationWithTimeout(kDeadlineSweep)) {
      intake_.live_calls().EndOverdue(options_.clock->Now());
    }
  });
  return absl::OkStatus();
}

void Server::Impl::Drain(absl::Duration grace) {
  if (server_ == nullptr || drain_begun_.exchange(true)) return;
  // Clients that watch health look elsewhere from here on; nothing sets it back.
  server_->GetHealthCheckService()->Shutdown();
  LiveCalls& calls = intake_.live_calls();
  const absl::Time end = absl::Now() + grace;
  calls.Close();
  calls.EndStreams();
  // Once it shuts down, gRPC cancels every call whose sender has not heard of it yet, without a
  // word why. So the senders are told first, by refusals.
  calls.AwaitQuiet(std::min(grace, kDrainQuietMax));
  // Shutdown sends the others away and waits for every reactor, so somebody else must finish those.
  std::thread shutdown([&] { server_->Shutdown(absl::ToChronoTime(end + kDrainFlush)); });
  calls.AwaitNone(end - absl::Now());
  calls.AnswerLeft();
  shutdown.join();
  drained_.Notify();
  sweeper_.join();
}

void Server::Impl::SetServing(std::string_view service, bool serving) {
  absl::MutexLock lock(&health_mutex_);
  const auto found = serving_.find(service);
  base::Check(found != serving_.end(), "health is told of a service of this server");
  found->second = serving;
  TellHealth();
}

void Server::Impl::SetAllServing(bool serving) {
  absl::MutexLock lock(&health_mutex_);
  for (const auto& [name, served] : methods_) serving_[name] = serving;
  TellHealth();
}

void Server::Impl::TellHealth() {
  bool all = true;
  for (const auto& [name, serving] : serving_) {
    server_->GetHealthCheckService()->SetServingStatus(name, serving);
    all = all && serving;
  }
  server_->GetHealthCheckService()->SetServingStatus("", all);
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Options options,
                                                      std::vector<Method> methods) {
  auto impl = std::make_unique<Impl>(std::move(options));
  if (absl::Status s = impl->Start(std::move(methods)); !s.ok()) return s;
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { Drain(absl::ZeroDuration()); }

int Server::port() const { return impl_->port(); }

const std::string& Server::address() const { return impl_->address(); }

void Server::SetServing(std::string_view service, bool serving) {
  impl_->SetServing(service, serving);
}

void Server::SetAllServing(bool serving) { impl_->SetAllServing(serving); }

void Server::Drain(absl::Duration grace) { impl_->Drain(grace); }

int Server::calls_in_flight() const { return impl_->calls_in_flight(); }

}  // namespace crm::rpc
