#include "libs/engine/testdata/local_peers.h"

#include <utility>

#include "libs/base/status.h"
#include "libs/engine/wire.h"

namespace crm::engine::testdata {
namespace {

absl::Status Unreachable() {
  return base::Unavailable("UNREACHABLE", "no such replica", absl::Seconds(1));
}

}  // namespace

Peers LocalPeers(std::function<Engine*(const std::string& instance)> find) {
  Peers peers;
  peers.forward = [find](const std::string& instance, const v1::SubmitCommandRequest& request,
                         absl::Duration deadline, ForwardDone done) {
    Engine* target = find(instance);
    if (target == nullptr) return done(Unreachable());
    absl::StatusOr<Command> command = CommandOf(*target, request);
    if (!command.ok()) return done(command.status());
    command->deadline = deadline;
    command->done = [done = std::move(done)](CommandResult result) {
      if (result.not_owner) return done(result.status);
      done(ResponseOf(std::move(result)));
    };
    target->SubmitHere(*std::move(command));
  };
  peers.barrier = [find](const std::string& instance, const v1::CreateBarrierRequest& request,
                         absl::Duration deadline, PeerBarrierDone done) {
    Engine* target = find(instance);
    if (target == nullptr) return done(Unreachable());
    target->BarrierHere(request.partition(), deadline,
                        [done = std::move(done)](absl::StatusOr<Position> position) {
                          if (!position.ok()) return done(position.status());
                          v1::CreateBarrierResponse response;
                          response.mutable_position()->set_partition(position->partition);
                          response.mutable_position()->set_next_offset(position->next);
                          done(std::move(response));
                        });
  };
  return peers;
}

}  // namespace crm::engine::testdata
