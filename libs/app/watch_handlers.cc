#include <algorithm>
#include <utility>

#include "libs/app/freshness.h"
#include "libs/app/handlers.h"
#include "libs/app/limits.h"
#include "libs/app/watches.h"
#include "libs/base/field_limits.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/engine/ops.h"
#include "libs/rpc/request.h"

namespace crm::app {
namespace {

using engine::WatchDef;
using google::protobuf::Message;

void HandleWatch(Host& host, const WatchDef& def, const Message& prototype,
                 std::shared_ptr<rpc::Call> call) {
  engine::Engine* engine = host.engine();
  if (engine == nullptr) return call->Finish(NotStarted());
  const engine::MessagePtr request = engine::NewOf(prototype);
  if (absl::Status s = rpc::ParseRequest(call->request(), *request); !s.ok())
    return call->Finish(s);
  if (absl::Status s = base::ValidateLimits(*request); !s.ok()) return call->Finish(s);
  const auto& reflection = *request->GetReflection();
  std::string parent = reflection.GetString(*request, def.parent);
  const table::TableDef& table = *engine->database().FindTable(def.table);
  if (!table.names()->MatchesParent(parent))
    return call->Finish(base::Invalid("parent", "is not the name of a parent of this resource"));
  const int partition = base::PartitionOf(base::KeyOf(parent), engine->partitions());
  auto place =
      PlaceOf(*engine, def, parent, partition, reflection.GetString(*request, def.resume_token));
  if (!place.ok()) return call->Finish(place.status());
  absl::StatusOr<Freshness> freshness = FreshnessOf(*call, *engine);
  if (!freshness.ok()) return call->Finish(freshness.status());
  const bool begins = place->first_until_offset() > 0 && place->next_offset() == 0;
  // What a token was given for is there, whichever replica gave it; also the end of its beginning,
  // behind which everything is said.
  const int64_t given_at = std::max(place->next_offset(), place->first_until_offset());
  if (!begins && given_at > 0) freshness->after.push_back({partition, given_at});
  const absl::Duration deadline =
      std::min(DeadlineOf(*call, engine->clock()), engine->clock().SinceBoot() + kWatchFreshWithin);
  AwaitFreshness(*engine, *std::move(freshness), {partition}, deadline,
                 [&host, engine, &def, partition, begins, parent = std::move(parent),
                  place = *std::move(place), call](const absl::Status& status) mutable {
                   if (!status.ok()) return call->Finish(status);
                   if (begins) place.set_first_until_offset(engine->PositionOf(partition).next);
                   host.watches()->Open(*engine, def, parent, place, call);
                 });
}

}  // namespace

std::vector<rpc::Method> WatchMethods(Host& host) {
  std::vector<rpc::Method> methods;
  for (const WatchDef& def : host.service().watches) {
    const Message& prototype = *google::protobuf::MessageFactory::generated_factory()->GetPrototype(
        def.method->input_type());
    methods.push_back({def.method, [&host, &def, &prototype](std::shared_ptr<rpc::Call> call) {
                         HandleWatch(host, def, prototype, std::move(call));
                       }});
  }
  return methods;
}

}  // namespace crm::app
