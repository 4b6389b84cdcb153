// Events of all aggregates in any order, folded as a replica does it: states, views, timers,
// foreign tables and reactions. Input: for each event its aggregate, which of three resources, its
// time, and the message.
#include <rocksdb/env.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/engine/command.h"
#include "libs/engine/fold.h"
#include "tests/contract/world.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/messages.h"

namespace crm::fuzz {
namespace {

using contract::GoldenRecord;
using contract::Replica;
using engine::MessagePtr;

constexpr size_t kEventsMax = 16;

struct Aggregate {
  Replica* replica;
  const engine::AggregateDef* def;
};

const contract::World& TheWorld() {
  static const contract::World world;
  return world;
}

const std::vector<Aggregate>& Aggregates() {
  static const std::vector<Aggregate> all = [] {
    std::vector<Aggregate> found;
    for (const auto& replica : TheWorld().replicas()) {
      for (const auto& def : replica->def.aggregates) found.push_back({replica.get(), def.get()});
    }
    return found;
  }();
  return all;
}

// A name of the pattern: its variables but the last are "c1".
std::string NameOf(const base::NamePattern& pattern, size_t number) {
  std::string parent;
  for (const char* candidate : {"", "customers/c1"}) {
    if (pattern.MatchesParent(candidate)) parent = candidate;
  }
  return pattern.Format(parent, absl::StrCat("r", number));
}

// Days from 2026 on, forwards and backwards, or an end of what a record's time may be.
absl::Time TimeOf(uint8_t byte) {
  if (byte == 254) return absl::FromUnixSeconds(-62'135'596'800);
  if (byte == 255) return absl::FromUnixSeconds(253'402'300'799);
  return absl::FromUnixSeconds(1'767'603'600) + absl::Hours(12) * (byte - 100);
}

std::vector<GoldenRecord> RecordsOf(Input input) {
  std::vector<GoldenRecord> records;
  while (!input.empty() && records.size() < kEventsMax) {
    const Aggregate& aggregate = Aggregates().at(input.Below(Aggregates().size()));
    GoldenRecord record;
    record.package = aggregate.replica->def.package;
    record.schema = aggregate.def->event->GetDescriptor()->full_name();
    record.subject = NameOf(aggregate.def->pattern, input.Below(3));
    record.time = TimeOf(input.Byte());
    record.actor = "user:ann";
    record.value = input.Text();
    records.push_back(std::move(record));
  }
  return records;
}

Replica& ReplicaOf(const GoldenRecord& record) {
  for (const Aggregate& aggregate : Aggregates()) {
    if (aggregate.replica->def.package == record.package) return *aggregate.replica;
  }
  base::Check(false, "records are of the world's services");
  return *Aggregates().front().replica;
}

// What other services, and the own one, make of an event that was accepted.
void Spread(const GoldenRecord& record) {
  const std::string& topic = ReplicaOf(record).def.topic;
  const auto is_of = [&](const auto& def) {
    return def.topic == topic && def.event->GetDescriptor()->full_name() == record.schema;
  };
  for (const auto& replica : TheWorld().replicas()) {
    for (const engine::ForeignDef& foreign : replica->def.foreigns) {
      if (!is_of(foreign)) continue;
      const MessagePtr event = engine::NewOf(*foreign.event);
      base::Check(event->ParseFromString(record.value), "an event that was folded parses");
      foreign.project(*event, MetaOf(record), *replica->batch);
    }
    for (const engine::ReactionDef& reaction : replica->def.reactions) {
      if (!is_of(reaction)) continue;
      const MessagePtr event = engine::NewOf(*reaction.event);
      base::Check(event->ParseFromString(record.value), "an event that was folded parses");
      for (const auto& command : reaction.react(*event, MetaOf(record), *replica->batch)) {
        base::Check(replica->def.commands.count(command->GetDescriptor()->full_name()) == 1,
                    "a reaction asks for commands of its service");
      }
    }
  }
}

// Folds all of them into empty tables; what they come to, as text. `events` counts the accepted.
std::string FoldAll(std::vector<GoldenRecord> records) {
  std::map<std::string, int64_t> revisions;
  std::string states;
  for (GoldenRecord& record : records) {
    Replica& replica = ReplicaOf(record);
    record.revision = revisions[record.subject] + 1;
    const eventlog::Record raw{0, 0, "", record.value, {}};
    const auto applied =
        replica.applier->Apply(raw, HeadersOf(record, absl::StrCat("fuzz-", states.size())));
    if (!applied.ok()) continue;  // No such message, or a fact that is unknown.
    revisions[record.subject] = record.revision;
    absl::StrAppend(&states, record.subject, " ", applied->resource, "\n");
    Spread(record);
  }
  for (const auto& replica : TheWorld().replicas()) {
    if (replica->batch->empty()) continue;
    for (const auto& digest : DigestsOf(*replica)) {
      absl::StrAppend(&states, digest.table, " ", digest.rows, " ", digest.sha256, "\n");
    }
    replica->DropWrites();
  }
  return states;
}

}  // namespace

std::vector<Part> MessagesOf(std::string_view bytes) {
  std::vector<Part> parts;
  Input input(bytes);
  while (!input.empty() && parts.size() < kEventsMax) {
    const Aggregate& aggregate = Aggregates().at(input.Below(Aggregates().size()));
    input.Byte();
    input.Byte();
    const std::string_view event = input.Text();
    const auto begin = static_cast<size_t>(event.data() - bytes.data());
    if (!event.empty()) parts.push_back({begin, event.size(), true, aggregate.def->event});
  }
  return parts;
}

void Target(std::string_view bytes) {
  const std::vector<GoldenRecord> records = RecordsOf(Input(bytes));
  const std::string states = FoldAll(records);
  base::Check(states == FoldAll(records), "folding is deterministic");
}

}  // namespace crm::fuzz
