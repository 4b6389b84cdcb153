// How fresh a caller wants what he is answered: crm-read-after, crm-read-barrier.
#pragma once

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/app/host.h"
#include "libs/engine/engine.h"
#include "libs/rpc/call.h"

namespace crm::app {

struct Freshness {
  std::vector<engine::Position> after;  // What must be applied here first.
  bool barrier = false;                 // And everything that was acknowledged before.
  bool asked() const { return barrier || !after.empty(); }
};

// What the call's metadata says. kInvalidArgument names what it does not take.
absl::StatusOr<Freshness> FreshnessOf(const rpc::Call& call, const engine::Engine& engine);

// Calls `then` once the tables here are so fresh in `partitions` (empty: all), or with UNAVAILABLE
// at the deadline. Nothing asked: at once. It may be called on a worker's thread.
void AwaitFreshness(engine::Engine& engine, Freshness freshness, std::vector<int> partitions,
                    absl::Duration deadline, std::function<void(absl::Status)> then);

// The same for something that reads tables, which it does on a thread for that. When the tables
// cannot be so fresh the call is answered here.
void AwaitAndRead(Host& host, Freshness freshness, std::vector<int> partitions,
                  std::shared_ptr<rpc::Call> call, std::function<void()> read);

}  // namespace crm::app
