// Requests of all services against a company that has one of everything. Input: which request, then
// its message. Commands are decided, folded and said again; queries and batches are answered.
#include "libs/rpc/request.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "libs/base/check.h"
#include "libs/base/field_limits.h"
#include "libs/engine/command.h"
#include "libs/engine/decide.h"
#include "tests/contract/golden.h"
#include "tests/contract/world.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/messages.h"

namespace crm::fuzz {
namespace {

using contract::Replica;
using engine::MessagePtr;
using google::protobuf::Message;

const engine::Company kCompany{.reporting_currency = "EUR"};
const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

const contract::World& TheWorld() {
  static const std::unique_ptr<const contract::World> world = [] {
    auto made = std::make_unique<contract::World>();
    const auto log = contract::ParseGoldenLog(contract::ReadSource(contract::kGoldenLog));
    base::Check(log.ok() && FoldAll(*log, *made).ok(), "the golden log can be folded");
    return made;
  }();
  return *world;
}

// What a caller must never be answered with: it would be a fault of ours.
void CheckAnswer(const absl::Status& status) {
  base::Check(!absl::IsInternal(status) && !absl::IsDataLoss(status) && !absl::IsUnknown(status),
              status.ToString());
}

absl::StatusOr<engine::Command> Prepared(const Replica& replica, const engine::CommandDef& def,
                                         const Message& request) {
  MessagePtr copy = engine::NewOf(request);
  copy->CopyFrom(request);
  if (copy->GetReflection()->GetString(*copy, def.shape.request_id).empty()) {
    copy->GetReflection()->SetString(copy.get(), def.shape.request_id, "fuzz");
  }
  auto command = engine::Prepare(def, std::move(copy), {"user:ann", ""}, 12);
  if (!command.ok() || !def.requires_fact.has_value()) return command;
  const std::string name = def.requires_fact->name_of(*command->request);
  const auto stored = replica.database->GetStored(def.requires_fact->table, {name});
  base::Check(stored.ok(), "tables can be read");
  if (!stored->has_value()) return command;
  command->required = engine::NewOf(*def.requires_fact->row);
  base::Check((*stored)->ParseTo(*command->required), "rows are stored whole");
  return command;
}

void RunCommand(Replica& replica, const engine::CommandDef& def, const Message& request) {
  const auto command = Prepared(replica, def, request);
  if (!command.ok()) {
    return base::Check(absl::IsInvalidArgument(command.status()), command.status().ToString());
  }
  engine::Memory& memory = replica.applier->memory();
  const auto outcome = DecideCommand(*command, *replica.applier, memory, kCompany, kNow);
  CheckAnswer(outcome.refusal);
  if (!outcome.append) return;
  const contract::GoldenRecord record{replica.def.package, outcome.schema, command->name,
                                      outcome.revision,    outcome.time,   "user:ann",
                                      outcome.value};
  eventlog::EventHeaders headers = HeadersOf(record, "fuzz-1");
  headers.request_id = command->request_id;
  headers.request_hash = command->request_hash;
  const auto applied = replica.applier->Apply({0, 0, "", record.value, {}}, headers);
  base::Check(applied.ok(), "what was decided can be folded: " + applied.status().ToString());
  const auto again = DecideCommand(*command, *replica.applier, memory, kCompany, kNow);
  base::Check(
      again.recorded && !again.append && again.refusal.ok() && again.resource == applied->resource,
      "said again, it is as it was");
}

struct Case {
  const Message* request;
  std::function<void(const Message&)> run;
};

Case CommandCase(Replica& replica, const engine::CommandDef& def) {
  return {def.request, [&](const Message& request) { RunCommand(replica, def, request); }};
}

Case QueryCase(Replica& replica, const engine::QueryDef& query) {
  const auto& prototype = *google::protobuf::MessageFactory::generated_factory()->GetPrototype(
      query.method->input_type());
  return {&prototype, [&](const Message& request) {
            const auto answer =
                query.run(request, *replica.batch, engine::MakeContext(kCompany, kNow));
            if (!answer.ok()) CheckAnswer(answer.status());
          }};
}

Case BatchCase(Replica& replica, const engine::BatchDef& batch) {
  const auto& prototype = *google::protobuf::MessageFactory::generated_factory()->GetPrototype(
      batch.method->input_type());
  return {&prototype, [&](const Message& request) {
            for (const engine::BatchItem& item : batch.split(request, *replica.batch)) {
              CheckAnswer(item.refusal);
              if (!item.refusal.ok() || !base::ValidateLimits(*item.command).ok()) continue;
              const std::string type = item.command->GetDescriptor()->full_name();
              RunCommand(replica, *replica.def.commands.at(type), *item.command);
              replica.DropWrites();
            }
          }};
}

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = [] {
    std::vector<Case> all;
    for (const auto& replica : TheWorld().replicas()) {
      for (const auto& [type, def] : replica->def.commands) {
        all.push_back(CommandCase(*replica, *def));
      }
      for (const auto& query : replica->def.queries) all.push_back(QueryCase(*replica, query));
      for (const auto& batch : replica->def.batches) all.push_back(BatchCase(*replica, batch));
    }
    std::sort(all.begin(), all.end(), [](const Case& a, const Case& b) {
      return a.request->GetDescriptor()->full_name() < b.request->GetDescriptor()->full_name();
    });
    return all;
  }();
  return cases;
}

}  // namespace

std::vector<Part> MessagesOf(std::string_view bytes) {
  if (bytes.empty()) return {};
  const Case& chosen = Cases().at(Input(bytes).Below(Cases().size()));
  return {{1, bytes.size() - 1, /*has_length=*/false, chosen.request}};
}

void Target(std::string_view bytes) {
  Input input(bytes);
  const Case& chosen = Cases().at(input.Below(Cases().size()));
  const MessagePtr request = engine::NewOf(*chosen.request);
  absl::Status status = rpc::ParseRequest(input.Rest(), *request);
  if (status.ok()) status = base::ValidateLimits(*request);
  if (!status.ok()) {
    return base::Check(absl::IsInvalidArgument(status), status.ToString());
  }
  chosen.run(*request);
  for (const auto& replica : TheWorld().replicas()) {
    const absl::Status tables = replica->batch->status();
    base::Check(tables.ok(), tables.ToString());
    replica->DropWrites();
  }
}

}  // namespace crm::fuzz
