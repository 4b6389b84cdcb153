// Process: the parts of a running process in the order they live and die: log, hosts, RPC server,
// admin port. What Run does without signals and flags, so that tests can have several in one
// program.
#pragma once

#include <prometheus/registry.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/app/host.h"
#include "libs/app/peers.h"
#include "libs/app/run.h"
#include "libs/app/settings.h"
#include "libs/rpc/admin.h"
#include "libs/rpc/server.h"

namespace crm::app {

class Process {
 public:
  // kInvalidArgument: a service is described wrongly, or a setting is wrong. kFailedPrecondition: a
  // directory is in use. kResourceExhausted {DISK_FULL}: the data directory has no room.
  static absl::StatusOr<std::unique_ptr<Process>> Start(const Settings& settings,
                                                        const std::vector<ServiceEntry>& services);
  ~Process();

  // Says by health and readiness what is so; called a few times a second.
  void Refresh();
  bool Ready(std::string* why_not = nullptr) const;
  // What ended a service, or OK.
  absl::Status failure() const;
  int port() const { return server_->port(); }
  int admin_port() const { return admin_ == nullptr ? 0 : admin_->port(); }
  const std::vector<Host*>& hosts() const { return host_pointers_; }

  // Hands over, finishes what runs, stops. Blocks at most about the grace and the writing of the
  // tables.
  void Stop(absl::Duration grace);

 private:
  Process() = default;
  absl::Status OpenLog(const Settings& settings);
  absl::Status MakeHosts(const Settings& settings, const std::vector<ServiceEntry>& services);
  absl::Status StartServer(const Settings& settings);
  absl::Status StartAdmin(const Settings& settings);
  std::string PartitionsJson() const;

  base::SystemClock clock_;
  std::shared_ptr<prometheus::Registry> metrics_;
  std::unique_ptr<eventlog::EventLog> log_;
  std::vector<std::unique_ptr<PeerNetwork>> peers_;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<Host*> host_pointers_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<rpc::Admin> admin_;
  std::string own_address_;
  bool stopped_ = false;
  mutable std::mutex mutex_;  // Guards failure_.
  absl::Status failure_;
};

}  // namespace crm::app
