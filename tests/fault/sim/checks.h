// The checks of a simulated run: what callers were told, what the log holds, what the tables show
// and what reactions and timers did must be one story.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/fault/sim/history.h"
#include "tests/fault/sim/model.h"
#include "tests/fault/sim/process.h"

namespace crm::fault {

using Violations = std::vector<std::string>;

// Each acknowledged command is in the log exactly once, as it was answered; what was refused, or
// said not to be done, is not in it; no request_id has two effects.
void CheckCommands(const History& history, const LogModel& model, int service, Violations& out);

// What a refusal says was so at the position that it states.
void CheckRefusals(const History& history, const LogModel& model, int service, Violations& out);

// Each account is linearizable: commands that took effect and reads behind a barrier are in an
// order that agrees with real time. Every event gives its account a new revision, so that each
// answer says where in the order it stands; what is to be checked is that nobody who asked later
// stands earlier.
void CheckLinearizable(const History& history, const LogModel& model, int service, Violations& out);

// No answer is older than the position it states, none after a position misses it, and each shows
// an account exactly as it was at one of its revisions.
void CheckReads(const History& history, const LogModel& model, int service, Violations& out);

// Each event that asks for something has exactly one effect at each of its targets, in `target`,
// or one word that it was passed; and no effect is without its event.
void CheckReactions(const LogModel& source, const LogModel& target, const std::string& reaction,
                    Violations& out);

// Each timer that was due by `end` has fired, and none twice or too early.
void CheckTimers(const LogModel& model, absl::Time end, Violations& out);

// The tables of a replica hold what the log says, of the service and of its partner.
void CheckTables(const Process& replica, const LogModel& own, const LogModel& partner,
                 Violations& out);

}  // namespace crm::fault
