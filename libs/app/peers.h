// How an engine reaches other replicas of its service, and other services: over gRPC.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "libs/engine/engine.h"
#include "libs/rpc/client.h"

namespace crm::app {

struct PeerAddresses {
  // Address of a replica; "{instance}" stands for its name in the claim:
  // "{instance}.crm-customer:50051". Empty: there are no other replicas.
  std::string replica_pattern;
  // Address of a service by the package of its protos ("crm.customer.v1"); asked when it is needed.
  std::function<std::string(const std::string& package)> service;
  // Who we are: "service:sales".
  std::string identity;
};

// How a call to a replica ended, as it is told to who asked. What gRPC itself says of a lost
// connection, a cut stream or a torn reply names addresses and no time to wait. Nothing of ours was
// begun, or the request_id settles what became of it: either way it is UNAVAILABLE, and sent again.
// What the replica said passes unchanged.
absl::Status OfPeer(absl::Status status);

// Channels are made when needed and kept. Thread-safe; must outlive the engines that use it.
class PeerNetwork {
 public:
  explicit PeerNetwork(PeerAddresses addresses);
  engine::Peers Peers();
  // From here on no answer is handed to anybody: engines may be destroyed. Waits for answers being
  // handed over now.
  void Close();

 private:
  struct Gate;
  std::function<void(rpc::CallReply)> Gated(std::function<void(rpc::CallReply)> done) const;
  rpc::Channel& ChannelTo(const std::string& target, bool retries);
  std::string ReplicaAddress(const std::string& instance) const;
  rpc::CallOptions OptionsFor(absl::Duration deadline) const;

  PeerAddresses addresses_;
  std::shared_ptr<Gate> gate_;
  base::SystemClock clock_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<rpc::Channel>> channels_;
};

}  // namespace crm::app
