#include "libs/app/freshness.h"

#include <utility>

#include "libs/app/handlers.h"
#include "libs/base/status.h"
#include "libs/engine/limits.h"

namespace crm::app {

absl::StatusOr<Freshness> FreshnessOf(const rpc::Call& call, const engine::Engine& engine) {
  Freshness freshness;
  if (const auto barrier = call.Metadata(kReadBarrier); barrier.has_value()) {
    if (*barrier != "true") return base::Invalid(kReadBarrier, "must be true or absent");
    freshness.barrier = true;
  }
  if (const auto after = call.Metadata(kReadAfter); after.has_value()) {
    auto positions = engine.ParseReadAfter(*after);
    if (!positions.ok()) return positions.status();
    freshness.after = *std::move(positions);
  }
  return freshness;
}

void AwaitFreshness(engine::Engine& engine, Freshness freshness, std::vector<int> partitions,
                    absl::Duration deadline, std::function<void(absl::Status)> then) {
  if (!freshness.asked()) return then(absl::OkStatus());
  engine.Await(std::move(freshness.after), deadline,
               [&engine, barrier = freshness.barrier, partitions = std::move(partitions), deadline,
                then = std::move(then)](absl::Status status) mutable {
                 if (!status.ok() || !barrier) return then(status);
                 engine.Barrier(std::move(partitions), deadline, std::move(then));
               });
}

void AwaitAndRead(Host& host, Freshness freshness, std::vector<int> partitions,
                  std::shared_ptr<rpc::Call> call, std::function<void()> read) {
  engine::Engine& engine = *host.engine();
  const absl::Duration deadline = DeadlineOf(*call, engine.clock());
  // The callback comes on a worker's thread, which must not read tables for others.
  AwaitFreshness(engine, std::move(freshness), std::move(partitions), deadline,
                 [&host, call, read = std::move(read)](absl::Status status) {
                   if (!status.ok()) return call->Finish(std::move(status));
                   host.RunRead(read, [call] {
                     call->Finish(base::Unavailable("QUEUE_FULL", "too many reads are waiting",
                                                    engine::kRetryAfter));
                   });
                 });
}

}  // namespace crm::app
