// What an engine is started with.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/engine/v1/engine.pb.h"
#include "libs/engine/decide.h"
#include "libs/engine/ops.h"
#include "libs/eventlog/event_log.h"

namespace crm::engine {

// How the engine reaches other processes; given by libs/app. Callbacks run on any thread, once.
struct Peers {
  // Hands a command to another replica of this service. Errors: UNAVAILABLE.
  std::function<void(const std::string& instance, v1::SubmitCommandRequest request,
                     absl::Duration deadline,
                     std::function<void(absl::StatusOr<v1::SubmitCommandResponse>)> done)>
      forward;
  // Asks another replica for a barrier.
  std::function<void(const std::string& instance, v1::CreateBarrierRequest request,
                     absl::Duration deadline,
                     std::function<void(absl::StatusOr<v1::CreateBarrierResponse>)> done)>
      barrier;
  // Asks another service for a resource by name, as of now (a linearizable read).
  std::function<void(const google::protobuf::MethodDescriptor& method, const std::string& name,
                     absl::Duration deadline, std::function<void(absl::StatusOr<MessagePtr>)> done)>
      ask;
};

struct EngineOptions {
  std::string instance = "local";
  int workers = 2;
  Company company;
  uint64_t seed = 0;  // Of claim ids and jitter: random in production.
  absl::Duration start_timeout = absl::Seconds(10);
  // Called while the start waits for the log, with the time it may take at most; empty: the thread
  // sleeps so long, or until the log has news. A simulation lets its time pass here.
  std::function<void(absl::Duration)> idle;
  Peers peers;
  std::vector<eventlog::Waker> worker_wakers;  // One a worker.
  // As WorkerSetup::step_here, of the worker with this number.
  std::function<bool(int worker)> step_worker_here;
  // As WorkerSetup::on_touched; on any worker's thread, and must not block.
  std::function<void(const std::string& parent)> on_touched;
  eventlog::Waker coordinator_waker;
  eventlog::Waker reactor_waker;
};

}  // namespace crm::engine
