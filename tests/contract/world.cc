#include "tests/contract/world.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/hash.h"
#include "libs/engine/decide.h"
#include "libs/engine/memory.h"
#include "tests/contract/services.h"

namespace crm::contract {
namespace {

using engine::MessagePtr;
using google::protobuf::Message;

MessagePtr Copy(const Message& message) {
  MessagePtr copy = engine::NewOf(message);
  copy->CopyFrom(message);
  return copy;
}

MessagePtr Parsed(const Message& prototype, const std::string& bytes) {
  MessagePtr message = engine::NewOf(prototype);
  base::Check(message->ParseFromString(bytes), "an event that was folded parses");
  return message;
}

}  // namespace

Replica::Replica(engine::ServiceDef service, rocksdb::Env* env) : def(std::move(service)) {
  table::DatabaseOptions options;
  options.path = "/" + def.name;
  options.env = env;
  auto opened = table::Database::Open(options, def.tables, engine::kRawSpaces);
  base::Check(opened.ok(), opened.status().ToString());
  database = *std::move(opened);
  DropWrites();
}

void Replica::DropWrites() {
  applier.reset();
  batch = std::make_unique<table::Batch>(*database);
  applier = std::make_unique<engine::Applier>(def, *database, *batch);
}

eventlog::EventHeaders HeadersOf(const GoldenRecord& record, std::string id) {
  eventlog::EventHeaders headers;
  headers.id = std::move(id);
  headers.source = record.package;
  headers.type = headers.dataschema = record.schema;
  headers.subject = record.subject;
  headers.time = record.time;
  headers.fence = 1;
  headers.revision = record.revision;
  headers.actor = record.actor;
  return headers;
}

engine::EventMeta MetaOf(const GoldenRecord& record) {
  return {record.time, record.actor, record.subject, record.revision, 0};
}

std::vector<TableDigest> DigestsOf(const Replica& replica) {
  std::vector<TableDigest> digests;
  for (const table::TableDef& table : replica.def.tables) {
    TableDigest digest{replica.def.name, table.name(), table.version()};
    std::string all;
    const MessagePtr row = engine::NewOf(table.prototype());
    replica.batch->ScanErased(table.name(), "", {}, *row, [&](const Message& found) {
      all = base::Sha256({all, found.SerializeAsString()});
      ++digest.rows;
      return true;
    });
    base::Check(replica.batch->status().ok(), replica.batch->status().ToString());
    digest.sha256 = base::Sha256Hex(all);
    digests.push_back(std::move(digest));
  }
  return digests;
}

World::World() : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())) {
  for (const ContractService& service : Services()) {
    replicas_.push_back(std::make_unique<Replica>(DefinitionOf(service), env_.get()));
  }
}

Replica& World::ReplicaOf(const std::string& package) {
  for (const auto& replica : replicas_) {
    if (replica->def.package == package) return *replica;
  }
  base::Check(false, package + " is in tests/contract/services.cc");
  return *replicas_.front();
}

absl::Status World::Apply(const GoldenRecord& record) {
  Replica& own = ReplicaOf(record.package);
  const eventlog::EventHeaders headers =
      HeadersOf(record, absl::StrCat("golden-", records_.size() + 1));
  eventlog::Record raw{0, static_cast<eventlog::Offset>(records_.size()), "", record.value, {}};
  const auto applied = own.applier->Apply(raw, headers);
  if (!applied.ok()) return applied.status();
  if (absl::Status s = own.batch->Commit(); !s.ok()) return s;
  for (const auto& replica : replicas_) {
    for (const engine::ForeignDef& foreign : replica->def.foreigns) {
      if (foreign.topic != own.def.topic ||
          foreign.event->GetDescriptor()->full_name() != record.schema) {
        continue;
      }
      foreign.project(*Parsed(*foreign.event, record.value), MetaOf(record), *replica->batch);
      if (absl::Status s = replica->batch->Commit(); !s.ok()) return s;
    }
  }
  records_.push_back(record);
  return absl::OkStatus();
}

absl::Status World::SendOne(Replica& replica, MessagePtr request, const std::string& actor,
                            const engine::ReactionOrigin& origin, absl::Time now) {
  const engine::CommandDef& def = *replica.def.commands.at(request->GetDescriptor()->full_name());
  auto command = engine::Prepare(def, std::move(request), {actor, ""}, 1);
  if (!command.ok()) return command.status();
  command->reaction = origin;
  if (def.requires_fact.has_value()) {
    auto stored = replica.database->GetStored(def.requires_fact->table,
                                              {def.requires_fact->name_of(*command->request)});
    if (!stored.ok()) return stored.status();
    if (stored->has_value())
      command->required = Parsed(*def.requires_fact->row, std::string((*stored)->bytes));
  }
  const engine::Outcome outcome = engine::DecideCommand(
      *command, *replica.applier, replica.applier->memory(), {.reporting_currency = "EUR"}, now);
  if (!outcome.refusal.ok() || !outcome.append || outcome.revision == 0) return outcome.refusal;
  const GoldenRecord record{replica.def.package, outcome.schema, command->name, outcome.revision,
                            outcome.time,        actor,          outcome.value};
  if (absl::Status s = Apply(record); !s.ok()) return s;
  React(record);
  return absl::OkStatus();
}

void World::React(const GoldenRecord& record) {
  const std::string topic = ReplicaOf(record.package).def.topic;
  for (const auto& replica : replicas_) {
    for (const engine::ReactionDef& reaction : replica->def.reactions) {
      if (reaction.topic != topic ||
          reaction.event->GetDescriptor()->full_name() != record.schema) {
        continue;
      }
      const MessagePtr event = Parsed(*reaction.event, record.value);
      int number = 0;
      for (auto& request : reaction.react(*event, MetaOf(record), *replica->batch)) {
        const auto* field = request->GetDescriptor()->FindFieldByName("request_id");
        request->GetReflection()->SetString(
            request.get(), field,
            absl::StrCat("golden-", records_.size(), "/", reaction.name, "/", ++number));
        asked_.push_back({replica.get(),
                          std::move(request),
                          {reaction.name, record.subject, record.revision, "", ""}});
      }
    }
  }
}

absl::Status World::RunReactions(absl::Time now) {
  while (!asked_.empty()) {
    Asked asked = std::move(asked_.front());
    asked_.pop_front();
    const absl::Status s = SendOne(*asked.replica, std::move(asked.request),
                                   "service:" + asked.replica->def.name, asked.origin, now);
    // A reaction that is refused has nothing to do; anything else is a fault of this file.
    if (absl::IsDataLoss(s) || absl::IsInternal(s)) return s;
  }
  return absl::OkStatus();
}

absl::Status World::Seed(absl::Time now) {
  for (const auto& replica : replicas_) {
    for (const auto& seed : replica->def.seeds) {
      for (auto& request : seed()) {
        const auto* field = request->GetDescriptor()->FindFieldByName("request_id");
        request->GetReflection()->SetString(request.get(), field, "seed");
        absl::Status s =
            SendOne(*replica, std::move(request), "service:" + replica->def.name, {}, now);
        if (s.ok()) s = RunReactions(now);
        if (!s.ok()) return s;
      }
    }
  }
  return absl::OkStatus();
}

absl::Status World::Send(const Message& request, absl::Time now) {
  const std::string& type = request.GetDescriptor()->full_name();
  for (const auto& replica : replicas_) {
    if (replica->def.commands.count(type) > 0) {
      const absl::Status s = SendOne(*replica, Copy(request), "user:ann", {}, now);
      return s.ok() ? RunReactions(now) : s;
    }
    for (const engine::BatchDef& batch : replica->def.batches) {
      if (batch.method->input_type()->full_name() != type) continue;
      for (engine::BatchItem& item : batch.split(request, *replica->batch)) {
        if (!item.refusal.ok()) return item.refusal;
        absl::Status s = SendOne(*replica, std::move(item.command), "user:ann", {}, now);
        if (s.ok()) s = RunReactions(now);
        if (!s.ok()) return s;
      }
      return absl::OkStatus();
    }
  }
  return absl::NotFoundError(type + " is no command of any service");
}

std::vector<TableDigest> World::Digests() const {
  std::vector<TableDigest> digests;
  for (const auto& replica : replicas_) {
    for (TableDigest& digest : DigestsOf(*replica)) digests.push_back(std::move(digest));
  }
  return digests;
}

}  // namespace crm::contract
