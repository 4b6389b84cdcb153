#include "libs/rpc/admin.h"

#include <civetweb.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <iterator>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/base/call_once.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/rpc/limits.h"
#include "libs/rpc/listen_address.h"

namespace crm::rpc {
namespace {

struct Page {
  int code = 200;
  std::string_view type = "text/plain; charset=utf-8";
  std::string body;
};

std::string_view CodeText(int code) {
  switch (code) {
    case 200:
      return "OK";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    default:
      return "Service Unavailable";
  }
}

Page Probe(const std::function<absl::Status()>& probe) {
  const absl::Status status = probe == nullptr ? absl::OkStatus() : probe();
  if (status.ok()) return {.body = "ok\n"};
  return {.code = 503,
          .body = absl::StrCat(status.ToString(absl::StatusToStringMode::kDefault), "\n")};
}

Page Json(const std::function<std::string()>& page) {
  return {.type = "application/json", .body = page == nullptr ? "{}" : page()};
}

Page MetricsPage(const std::vector<std::shared_ptr<prometheus::Collectable>>& collectables) {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& collectable : collectables) {
    std::vector<prometheus::MetricFamily> some = collectable->Collect();
    families.insert(families.end(), std::make_move_iterator(some.begin()),
                    std::make_move_iterator(some.end()));
  }
  return {.type = "text/plain; version=0.0.4; charset=utf-8",
          .body = prometheus::TextSerializer().Serialize(families)};
}

Page PageFor(const Admin::Options& options, std::string_view path) {
  if (path == "/metrics") return MetricsPage(options.metrics);
  if (path == "/livez") return Probe(options.live);
  if (path == "/readyz") return Probe(options.ready);
  if (path == "/configz") return Json(options.config);
  if (path == "/partitionsz") return Json(options.partitions);
  return {.code = 404, .body = "no such page: /metrics /livez /readyz /configz /partitionsz\n"};
}

// Called by civetweb for every request; what it returns is the code that was sent.
int Serve(mg_connection* connection) noexcept {
  const mg_request_info& request = *mg_get_request_info(connection);
  const auto& options = *static_cast<const Admin::Options*>(request.user_data);
  const std::string_view method = request.request_method;
  const std::string_view path = request.local_uri == nullptr ? "" : request.local_uri;
  const Page page = method == "GET" || method == "HEAD"
                        ? PageFor(options, path)
                        : Page{.code = 405, .body = "only GET and HEAD\n"};
  const std::string head =
      absl::StrCat("HTTP/1.1 ", page.code, " ", absl::string_view(CodeText(page.code).data()),
                   "\r\nContent-Type: ", absl::string_view(page.type.data(), page.type.size()),
                   "\r\nContent-Length: ", page.body.size(),
                   "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: "
                   "close\r\n\r\n");
  mg_write(connection, head.data(), head.size());
  if (method != "HEAD") mg_write(connection, page.body.data(), page.body.size());
  return page.code;
}

// civetweb would write its lines to standard error as they are.
int LogOfCivetweb(const mg_connection*, const char* text) noexcept {
  base::Log(base::Level::kWarning, "admin port", {{"text", text}});
  return 1;
}

}  // namespace

class Admin::Impl {
 public:
  explicit Impl(Options options) : options_(std::move(options)) {}
  ~Impl() {
    if (context_ != nullptr) Stop();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  absl::Status Start();
  int port() const { return port_; }

 private:
  void Stop();

  const Options options_;
  mg_context* context_ = nullptr;
  int port_ = 0;
};

absl::Status Admin::Impl::Start() {
  if (absl::Status s = CheckListenAddress(options_.address, options_.insecure_listen); !s.ok()) {
    return s;
  }
  static absl::once_flag once;
  absl::call_once(once, [] { mg_init_library(0); });
  // civetweb takes literal addresses only.
  std::string address = options_.address;
  if (address.starts_with("localhost:")) address.replace(0, 9, "127.0.0.1");
  const std::string threads = absl::StrCat(kAdminThreads);
  const std::string timeout = absl::StrCat(absl::ToInt64Milliseconds(kAdminRequestTimeout));
  const char* settings[] = {"listening_ports",
                            address.c_str(),
                            "num_threads",
                            threads.c_str(),
                            "request_timeout_ms",
                            timeout.c_str(),
                            "enable_directory_listing",
                            "no",
                            nullptr};
  mg_callbacks callbacks{};
  callbacks.begin_request = Serve;
  callbacks.log_message = LogOfCivetweb;
  context_ = mg_start(&callbacks, const_cast<Options*>(&options_), settings);
  mg_server_port port{};
  if (context_ == nullptr || mg_get_server_ports(context_, 1, &port) != 1) {
    return base::Failed(absl::StatusCode::kUnavailable, "CANNOT_LISTEN",
                        "the address of the admin port cannot be listened on",
                        {{"address", options_.address}});
  }
  port_ = port.port;
  return absl::OkStatus();
}

// civetweb looks only every two seconds whether it shall stop, unless somebody connects.
void Admin::Impl::Stop() {
  absl::Notification stopped;
  std::thread stop([&] {
    mg_stop(context_);
    stopped.Notify();
  });
  const size_t colon = options_.address.rfind(':');
  const std::string host =
      colon == std::string::npos ? "127.0.0.1" : options_.address.substr(0, colon);
  while (!stopped.WaitForNotificationWithTimeout(absl::Milliseconds(5))) {
    char error[128];
    mg_connection* const knock = mg_connect_client(host.c_str(), port_, 0, error, sizeof error);
    if (knock != nullptr) mg_close_connection(knock);
  }
  stop.join();
}

absl::StatusOr<std::unique_ptr<Admin>> Admin::Start(Options options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  if (absl::Status s = impl->Start(); !s.ok()) return s;
  return std::unique_ptr<Admin>(new Admin(std::move(impl)));
}

Admin::Admin(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Admin::~Admin() = default;

int Admin::port() const { return impl_->port(); }

}  // namespace crm::rpc
