// The admin port: plain HTTP for probes, metrics and people looking in.
//
//   /metrics       Prometheus text of all collectables
//   /livez         200 "ok", or 503 with the reason: restart me
//   /readyz        200 "ok", or 503 with the reason: send me nothing now
//   /configz       the settings in force, JSON
//   /partitionsz   owner, position and state of every partition, JSON
// Anything else is 404, anything but GET and HEAD 405.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace prometheus {
class Collectable;
}  // namespace prometheus

namespace crm::rpc {

class Admin {
 public:
  // All callbacks run on threads of the admin port, concurrently, and must not block for long. An
  // empty one: OK for the probes, "{}" for the pages.
  struct Options {
    // Host and port, both literal. Port 0: any free one.
    std::string address = "127.0.0.1:9090";
    // Listens beyond loopback although nobody is authenticated.
    bool insecure_listen = false;
    // What /metrics shows: usually one prometheus::Registry.
    std::vector<std::shared_ptr<prometheus::Collectable>> metrics;
    std::function<absl::Status()> live;
    std::function<absl::Status()> ready;
    std::function<std::string()> config;
    std::function<std::string()> partitions;
  };

  // PERMISSION_DENIED: the address is not loopback and insecure_listen is off. UNAVAILABLE: the
  // address cannot be listened on, or is none.
  static absl::StatusOr<std::unique_ptr<Admin>> Start(Options options);

  // Waits for the requests under way.
  ~Admin();
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  int port() const;

 private:
  class Impl;
  explicit Admin(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace crm::rpc
