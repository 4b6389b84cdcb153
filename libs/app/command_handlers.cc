#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "crm/common/v1/types.pb.h"
#include "libs/app/freshness.h"
#include "libs/app/handlers.h"
#include "libs/app/limits.h"
#include "libs/base/check.h"
#include "libs/base/field_limits.h"
#include "libs/base/status.h"
#include "libs/base/wire_status.h"
#include "libs/engine/decide.h"
#include "libs/engine/limits.h"
#include "libs/rpc/request.h"
#include "libs/table/read_view.h"

namespace crm::app {
namespace {

using engine::Command;
using engine::CommandResult;
using engine::MessagePtr;

std::string Traceparent(const rpc::Call& call) {
  return std::string(call.Metadata("traceparent").value_or(std::string_view()));
}

absl::StatusOr<MessagePtr> ParseRequest(const rpc::Call& call,
                                        const google::protobuf::Message& prototype) {
  MessagePtr request = engine::NewOf(prototype);
  if (absl::Status s = rpc::ParseRequest(call.request(), *request); !s.ok()) return s;
  return request;
}

absl::StatusOr<MessagePtr> ReadRequest(const rpc::Call& call,
                                       const google::protobuf::Message& prototype) {
  absl::StatusOr<MessagePtr> request = ParseRequest(call, prototype);
  if (!request.ok()) return request;
  if (absl::Status s = base::ValidateLimits(**request); !s.ok()) return s;
  return request;
}

// The request cut into commands, each row within the limits of its fields or refused alone.
absl::StatusOr<std::vector<engine::BatchItem>> Split(const engine::BatchDef& def,
                                                     const google::protobuf::Message& request,
                                                     const engine::Engine& engine) {
  const auto& reflection = *request.GetReflection();
  const auto* rows = request.GetDescriptor()->FindFieldByName("rows");
  const auto* request_id = request.GetDescriptor()->FindFieldByName("request_id");
  if (absl::Status s = base::ValidateLimits(request, *rows); !s.ok()) return s;
  if (reflection.FieldSize(request, rows) == 0) return base::Invalid("rows", "must be given");
  if (absl::Status s = engine::CheckRequestId(reflection.GetString(request, request_id)); !s.ok())
    return s;
  const table::ReadView view(engine.database());
  std::vector<engine::BatchItem> items = def.split(request, view);
  if (!view.status().ok()) return engine::OfTables(view.status());
  for (size_t row = 0; row < items.size(); ++row) {
    absl::Status limits =
        base::ValidateLimits(reflection.GetRepeatedMessage(request, rows, static_cast<int>(row)));
    if (!limits.ok()) items[row] = {std::move(limits), nullptr};
  }
  return items;
}

// What adds an event is as fresh as can be. An answer without one is a read: behind a barrier its
// owner has read whatever was done before the call. A command that is sent again may have been done
// by another owner; one that has not read so far would refuse what was done.
absl::StatusOr<Freshness> CommandFreshness(const rpc::Call& call, const engine::Engine& engine) {
  absl::StatusOr<Freshness> freshness = FreshnessOf(call, engine);
  if (freshness.ok() && call.PreviousAttempts() > 0) freshness->barrier = true;
  return freshness;
}

void HandleCommand(Host& host, const engine::CommandDef& def, std::shared_ptr<rpc::Call> call) {
  engine::Engine* engine = host.engine();
  if (engine == nullptr) return call->Finish(NotStarted());
  absl::StatusOr<MessagePtr> request = ReadRequest(*call, *def.request);
  if (!request.ok()) return call->Finish(request.status());
  absl::StatusOr<Command> command = engine::Prepare(
      def, *std::move(request), {call->caller(), Traceparent(*call)}, engine->partitions());
  if (!command.ok()) return call->Finish(command.status());
  command->deadline = DeadlineOf(*call, engine->clock());
  command->done = [call, engine](CommandResult result) {
    call->AddTrailer(kPositionTrailer, engine->TokenOf({result.position}));
    result.status.ok() ? call->Finish(std::move(result.resource))
                       : call->Finish(std::move(result.status));
  };
  absl::StatusOr<Freshness> freshness = CommandFreshness(*call, *engine);
  if (!freshness.ok()) return call->Finish(freshness.status());
  const int partition = command->partition;
  const absl::Duration deadline = command->deadline;
  command->said_before = freshness->barrier;
  AwaitFreshness(
      *engine, *std::move(freshness), {partition}, deadline,
      [call, engine, held = std::make_shared<Command>(*std::move(command))](absl::Status status) {
        if (!status.ok()) return call->Finish(std::move(status));
        engine->Route(std::move(*held));
      });
}

// A batch on its way: answers once the last row is in.
struct Batch {
  std::shared_ptr<rpc::Call> call;
  engine::Engine* engine;
  MessagePtr response;
  std::mutex mutex;
  size_t left;
  std::vector<common::v1::BatchResult> results;
  std::map<int, engine::Position> positions;

  void Finish(size_t row, const CommandResult& result) {
    {
      std::lock_guard lock(mutex);
      *results[row].mutable_status() = base::ToWire(result.status);
      if (result.status.ok()) results[row].set_name(result.name);
      engine::Position& position = positions[result.position.partition];
      if (position.next < result.position.next) position = result.position;
    }
    Release();
  }

  void Release() {
    {
      std::lock_guard lock(mutex);
      if (--left > 0) return;
    }
    const auto* field = response->GetDescriptor()->FindFieldByName("results");
    for (common::v1::BatchResult& done : results) {
      response->GetReflection()->AddMessage(response.get(), field)->CopyFrom(done);
    }
    std::vector<engine::Position> all;
    for (const auto& [partition, position] : positions) all.push_back(position);
    call->AddTrailer(kPositionTrailer, engine->TokenOf(all));
    call->Finish(response->SerializeAsString());
  }
};

// Rows of a batch are remembered by what they are, not by request_id: sent again with another one,
// they find what they made. So each carries a request_id of its own content; what is refused may be
// right when it is imported again, so no refusal is kept for it.
void RunBatch(engine::Engine* engine, const engine::BatchDef& def,
              const google::protobuf::Message& request, std::shared_ptr<rpc::Call> call) {
  absl::StatusOr<std::vector<engine::BatchItem>> split = Split(def, request, *engine);
  if (!split.ok()) return call->Finish(split.status());
  std::vector<engine::BatchItem>& items = *split;
  auto batch = std::make_shared<Batch>();
  batch->call = call;
  batch->engine = engine;
  batch->response =
      engine::NewOf(*google::protobuf::MessageFactory::generated_factory()->GetPrototype(
          def.method->output_type()));
  batch->left =
      items.size() + 1;  // One for this loop, so that nothing answers before it is through.
  batch->results.resize(items.size());
  for (size_t row = 0; row < items.size(); ++row) {
    engine::BatchItem& item = items[row];
    CommandResult refused;
    refused.status = item.refusal;
    if (refused.status.ok() && item.command != nullptr) {
      const engine::CommandDef* command_def =
          engine->FindCommand(item.command->GetDescriptor()->full_name());
      base::Check(command_def != nullptr, "a batch asks for commands of its own service");
      absl::StatusOr<Command> command =
          engine::Prepare(*command_def, std::move(item.command),
                          {call->caller(), Traceparent(*call)}, engine->partitions());
      if (command.ok()) {
        command->deadline = DeadlineOf(*call, engine->clock());
        command->priority = engine::CommandClass::kBatch;
        command->done = [batch, row](CommandResult result) { batch->Finish(row, result); };
        engine->Route(*std::move(command));
        continue;
      }
      refused.status = command.status();
    }
    batch->Finish(row, refused);
  }
  batch->Release();
}

void HandleBatch(Host& host, const engine::BatchDef& def, std::shared_ptr<rpc::Call> call) {
  engine::Engine* engine = host.engine();
  if (engine == nullptr) return call->Finish(NotStarted());
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  absl::StatusOr<MessagePtr> parsed =
      ParseRequest(*call, *factory->GetPrototype(def.method->input_type()));
  if (!parsed.ok()) return call->Finish(parsed.status());
  absl::StatusOr<Freshness> freshness = CommandFreshness(*call, *engine);
  if (!freshness.ok()) return call->Finish(freshness.status());
  std::shared_ptr<google::protobuf::Message> request = *std::move(parsed);
  if (!freshness->asked()) return RunBatch(engine, def, *request, std::move(call));
  auto then = [engine, &def, request, call] { RunBatch(engine, def, *request, call); };
  AwaitAndRead(host, *std::move(freshness), {}, call, std::move(then));
}

void HandleAlias(Host& host, const engine::AliasDef& def, std::shared_ptr<rpc::Call> call) {
  engine::Engine* engine = host.engine();
  if (engine == nullptr) return call->Finish(NotStarted());
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  absl::StatusOr<MessagePtr> request =
      ReadRequest(*call, *factory->GetPrototype(def.method->input_type()));
  if (!request.ok()) return call->Finish(request.status());
  absl::StatusOr<MessagePtr> asked = def.command(**request);
  if (!asked.ok()) return call->Finish(asked.status());
  const engine::CommandDef* command_def =
      engine->FindCommand((*asked)->GetDescriptor()->full_name());
  base::Check(command_def != nullptr, "an alias asks for a command of its own service");
  (*asked)->GetReflection()->SetString(
      asked->get(), command_def->shape.request_id,
      absl::StrCat("alias-", absl::ToUnixNanos(engine->clock().Now())));
  absl::StatusOr<Command> command = engine::Prepare(
      *command_def, *std::move(asked), {call->caller(), Traceparent(*call)}, engine->partitions());
  if (!command.ok()) return call->Finish(command.status());
  command->deadline = DeadlineOf(*call, engine->clock());
  command->done = [call, engine](CommandResult result) {
    call->AddTrailer(kPositionTrailer, engine->TokenOf({result.position}));
    result.status.ok() ? call->Finish(std::string()) : call->Finish(std::move(result.status));
  };
  engine->Route(*std::move(command));
}

}  // namespace

absl::Duration DeadlineOf(const rpc::Call& call, const base::Clock& clock) {
  return clock.SinceBoot() + (call.deadline() - clock.Now());
}

absl::Status NotStarted() {
  return base::Unavailable("STARTING", "this replica is starting; try another",
                           engine::kRetryAfter);
}

std::vector<rpc::Method> CommandMethods(Host& host) {
  std::vector<rpc::Method> methods;
  for (const auto& [type, def] : host.service().commands) {
    if (def->method == nullptr) continue;
    methods.push_back({def->method, [&host, &def = *def](std::shared_ptr<rpc::Call> call) {
                         HandleCommand(host, def, std::move(call));
                       }});
  }
  for (const engine::AliasDef& def : host.service().aliases) {
    methods.push_back({def.method, [&host, &def](std::shared_ptr<rpc::Call> call) {
                         HandleAlias(host, def, std::move(call));
                       }});
  }
  for (const engine::BatchDef& def : host.service().batches) {
    methods.push_back({def.method, [&host, &def](std::shared_ptr<rpc::Call> call) {
                         HandleBatch(host, def, std::move(call));
                       }});
  }
  return methods;
}

}  // namespace crm::app
