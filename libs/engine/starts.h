// Where to begin reading: stored positions, checked against the log they claim to belong to.
#pragma once

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/engine/options.h"
#include "libs/engine/worker.h"
#include "libs/eventlog/event_log.h"
#include "libs/table/database.h"

namespace crm::engine {

// Positions of one topic. kUnavailable: the log cannot be reached or the topic is not there yet,
// try again. kFailedPrecondition {OTHER_LOG}: the tables were made from another log, or the log was
// cut: refuse, or rebuild when told to.
absl::StatusOr<std::vector<PartitionStart>> FindStarts(eventlog::EventLog& log,
                                                       const table::Database& database,
                                                       const std::string& topic,
                                                       const base::Clock& clock,
                                                       const EngineOptions& options);

}  // namespace crm::engine
