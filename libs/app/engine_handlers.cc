#include <algorithm>
#include <utility>

#include "libs/app/handlers.h"
#include "libs/app/limits.h"
#include "libs/base/field_limits.h"
#include "libs/base/status.h"
#include "libs/engine/decide.h"
#include "libs/engine/limits.h"
#include "libs/engine/memory.h"
#include "libs/engine/wire.h"
#include "libs/rpc/request.h"

namespace crm::app {
namespace {

namespace v1 = engine::v1;
using CallPtr = std::shared_ptr<rpc::Call>;

// The running engine of a topic; UNAVAILABLE or NOT_FOUND.
absl::StatusOr<engine::Engine*> EngineOf(const std::vector<Host*>& hosts,
                                         const std::string& topic) {
  for (Host* host : hosts) {
    if (host->service().topic != topic) continue;
    engine::Engine* engine = host->engine();
    if (engine == nullptr) return NotStarted();
    return engine;
  }
  return base::Failed(absl::StatusCode::kNotFound, "NOT_FOUND",
                      "this process does not serve that topic", {{"topic", topic}});
}

template <class Req>
absl::StatusOr<Req> Parse(const rpc::Call& call) {
  Req request;
  if (absl::Status s = rpc::ParseRequest(call.request(), request); !s.ok()) return s;
  if (absl::Status s = base::ValidateLimits(request); !s.ok()) return s;
  return request;
}

void SetPosition(const engine::Position& position, v1::PartitionPosition& out) {
  out.set_partition(position.partition);
  out.set_next_offset(position.next);
}

void SubmitCommand(const std::vector<Host*>& hosts, CallPtr call) {
  absl::StatusOr<v1::SubmitCommandRequest> request = Parse<v1::SubmitCommandRequest>(*call);
  if (!request.ok()) return call->Finish(request.status());
  absl::StatusOr<engine::Engine*> engine = EngineOf(hosts, request->topic());
  if (!engine.ok()) return call->Finish(engine.status());
  absl::StatusOr<engine::Command> command = engine::CommandOf(**engine, *request);
  if (!command.ok()) return call->Finish(command.status());
  command->deadline = DeadlineOf(*call, (*engine)->clock());
  command->done = [call](engine::CommandResult result) {
    if (result.not_owner) return call->Finish(result.status);
    call->Finish(engine::ResponseOf(std::move(result)).SerializeAsString());
  };
  (*engine)->SubmitHere(*std::move(command));
}

void CreateBarrier(const std::vector<Host*>& hosts, CallPtr call) {
  absl::StatusOr<v1::CreateBarrierRequest> request = Parse<v1::CreateBarrierRequest>(*call);
  if (!request.ok()) return call->Finish(request.status());
  absl::StatusOr<engine::Engine*> engine = EngineOf(hosts, request->topic());
  if (!engine.ok()) return call->Finish(engine.status());
  if (request->partition() < 0 || request->partition() >= (*engine)->partitions()) {
    return call->Finish(base::Invalid("partition", "is not a partition of the topic"));
  }
  (*engine)->BarrierHere(request->partition(), DeadlineOf(*call, (*engine)->clock()),
                         [call](absl::StatusOr<engine::Position> position) {
                           if (!position.ok()) return call->Finish(position.status());
                           v1::CreateBarrierResponse response;
                           SetPosition(*position, *response.mutable_position());
                           call->Finish(response.SerializeAsString());
                         });
}

void ListPartitions(const std::vector<Host*>& hosts, CallPtr call) {
  absl::StatusOr<v1::ListPartitionsRequest> request = Parse<v1::ListPartitionsRequest>(*call);
  if (!request.ok()) return call->Finish(request.status());
  call->Finish(PartitionsOf(hosts, request->topic()).SerializeAsString());
}

void AddPositions(const engine::Engine& engine,
                  google::protobuf::RepeatedPtrField<v1::PartitionPosition>& out) {
  for (const engine::Position& position : engine.Positions()) SetPosition(position, *out.Add());
}

void ComputeDigest(const std::vector<Host*>& hosts, CallPtr call) {
  absl::StatusOr<v1::ComputeDigestRequest> request = Parse<v1::ComputeDigestRequest>(*call);
  if (!request.ok()) return call->Finish(request.status());
  absl::StatusOr<engine::Engine*> engine = EngineOf(hosts, request->topic());
  if (!engine.ok()) return call->Finish(engine.status());
  const auto host = std::find_if(hosts.begin(), hosts.end(),
                                 [&](Host* h) { return h->service().topic == request->topic(); });
  auto compute = [call, engine = *engine] {
    v1::ComputeDigestResponse response;
    AddPositions(*engine, *response.mutable_before());
    const auto digest = engine->database().Digest(
        {.table = "", .raw_spaces = true, .skip_raw = {{engine::kPositions, ""}}});
    if (!digest.ok()) return call->Finish(engine::OfTables(digest.status()));
    response.set_digest(*digest);
    AddPositions(*engine, *response.mutable_after());
    call->Finish(response.SerializeAsString());
  };
  (*host)->RunRead(std::move(compute), [call] {
    call->Finish(
        base::Unavailable("QUEUE_FULL", "too many reads are waiting", engine::kRetryAfter));
  });
}

}  // namespace

v1::ListPartitionsResponse PartitionsOf(const std::vector<Host*>& hosts, const std::string& topic) {
  v1::ListPartitionsResponse response;
  for (Host* host : hosts) {
    engine::Engine* engine = host->engine();
    if (engine == nullptr || (!topic.empty() && host->service().topic != topic)) continue;
    for (const engine::PartitionReport& report : engine->Reports()) {
      v1::PartitionStatus& status = *response.add_partitions();
      status.set_topic(report.topic);
      status.set_partition(report.partition);
      status.set_role(report.stopped.empty() ? std::string(engine::RoleName(report.role))
                                             : "stopped");
      status.set_next_offset(report.next);
      status.set_fence(report.fence);
      status.set_owner(report.owner);
      status.set_rejected_records(report.rejected);
      status.set_stopped_reason(report.stopped);
    }
  }
  return response;
}

std::vector<rpc::Method> EngineMethods(const std::vector<Host*>& hosts) {
  const auto* service =
      v1::SubmitCommandRequest::descriptor()->file()->FindServiceByName("EngineService");
  return {{service->FindMethodByName("SubmitCommand"),
           [hosts](CallPtr call) { SubmitCommand(hosts, std::move(call)); }, kForwardBytesExtra},
          {service->FindMethodByName("CreateBarrier"),
           [hosts](CallPtr call) { CreateBarrier(hosts, std::move(call)); }},
          {service->FindMethodByName("ComputeDigest"),
           [hosts](CallPtr call) { ComputeDigest(hosts, std::move(call)); }},
          {service->FindMethodByName("ListPartitions"),
           [hosts](CallPtr call) { ListPartitions(hosts, std::move(call)); }}};
}

}  // namespace crm::app
