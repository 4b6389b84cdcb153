// What follows from a step of an import: the next step. A stretch of rows is checked, or sent to
// the customers or contacts they are of; then the import says how far it is, and the same reaction
// goes on from there. The engine gives each command its request_id and remembers what was done, and
// looks at a step only when all rows of the one before were answered.
#pragma once

#include <cstddef>

#include "crm/customer/v1/import_event.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Rows of a stretch: checked by one reaction, and at most so many sent at once.
inline constexpr int kImportStretchRows = 1'000;
// A stretch ends when it has so many findings.
inline constexpr int kImportFindingsMax = 900;

// A report has so many; those beyond are counted.
inline constexpr int kImportReportedMax = 10'000;

engine::Commands OnImport(const engine::ForeignEvent<v1::ImportEvent>& event,
                          const engine::Snapshot& snapshot);

}  // namespace crm::customer
