// Deciding one command against the state as it is: everything between the queue and the append.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "libs/engine/apply.h"
#include "libs/engine/command.h"

namespace crm::engine {

struct Company {
  absl::TimeZone zone = absl::UTCTimeZone();  // For days and months.
  std::optional<absl::CivilDay>
      business_date;                       // Set: "today" for business, whatever the clock says.
  std::string reporting_currency = "USD";  // ISO 4217.
};
absl::CivilDay BusinessDate(const Company& company, absl::Time now);
Context MakeContext(const Company& company, absl::Time now);

// What a decision comes to: an answer, or something to append first.
struct Outcome {
  absl::Status refusal;  // Not OK: answered so.
  std::string resource;  // The answer when there is no event: the resource as it is.
  bool append = false;
  bool recorded = false;  // The log holds it from before.
  std::string value;      // The event, serialized.
  std::string fact_type;  // ce_type
  std::string schema;     // ce_dataschema
  int64_t revision = 0;   // ce_revision; 0 for what the log says of itself.
  absl::Time time;
  std::optional<Folded> rehearsed;  // Of an event of the aggregate: what it will do.
  // The offset behind what the answer rests on; none: behind all that is applied.
  std::optional<eventlog::Offset> rests_on;
};

// An error of the tables as callers are told it. Damage is a matter of this replica, which ends and
// makes them anew: others have them whole.
absl::Status OfTables(absl::Status status);

// Reads through the applier's batch, which must hold nothing uncommitted.
Outcome DecideCommand(const Command& command, Applier& applier, Memory& memory,
                      const Company& company, absl::Time now);

}  // namespace crm::engine
