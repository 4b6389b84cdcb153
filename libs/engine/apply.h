// Applies accepted events to the tables: the one place where state changes. The same for owner,
// follower and replay.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/engine/fold.h"
#include "libs/engine/memory.h"
#include "libs/engine/state_cache.h"
#include "libs/eventlog/cloud_events.h"

namespace crm::engine {

struct Applied {
  const AggregateDef* aggregate = nullptr;  // nullptr: an event of the log itself.
  std::string name;
  std::string resource;                             // The state after, serialized.
  std::optional<absl::Time> timer_set, timer_gone;  // Of this name.
};

class Applier {
 public:
  Applier(const ServiceDef& service, const table::Database& database, table::Batch& batch);

  // Poison: nobody here can read the record. Contradiction: its revision does not follow the row's.
  // Both wrote nothing (log_reader.h has them). Any other error: the tables failed, or are damaged
  // (kDataLoss); the batch is to be dropped, and the applier with it, as it remembers states.
  // `rehearsed`: what its decision expected; used if it is what would be worked out here.
  absl::StatusOr<Applied> Apply(const eventlog::Record& record,
                                const eventlog::EventHeaders& headers,
                                const Folded* rehearsed = nullptr);

  // The state of a name as the batch sees it.
  absl::StatusOr<Loaded> Load(const AggregateDef& aggregate, const std::string& name);

  // The parents of rows that can be watched and changed since the last time it was asked.
  std::set<std::string> TakeTouched() { return std::exchange(touched_, {}); }

  Memory& memory() { return memory_; }
  const Memory& memory() const { return memory_; }

 private:
  // What the log says of itself.
  absl::Status ApplyLogEvent(const eventlog::Record& record, const eventlog::EventHeaders& headers);
  absl::Status Remember(const eventlog::EventHeaders& headers, const std::string& name, bool first);
  absl::Status RememberAnswer(const eventlog::EventHeaders& headers, const std::string& name,
                              v1::StoredAnswer answer);

  const ServiceDef& service_;
  std::unordered_map<const AggregateDef*, const table::TableDef*> tables_;
  Memory memory_;
  // As the batch or the tables hold them: nobody else writes them.
  StateCache states_;
  std::set<std::string> touched_;
};

// "<reaction>/<source>/<revision>" and back; nullopt for anything else.
std::string FormatReaction(std::string_view reaction, std::string_view source, int64_t revision);
struct ReactionRef {
  std::string_view reaction, source;
  int64_t revision = 0;
};
std::optional<ReactionRef> ParseReaction(std::string_view text);

}  // namespace crm::engine
