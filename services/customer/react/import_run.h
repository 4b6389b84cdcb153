// The run of an import: its good rows as commands, part by part, and what became of those before.
#pragma once

#include <cstdint>
#include <string_view>

#include "crm/customer/v1/import.pb.h"
#include "crm/customer/v1/import_event.pb.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Ends a check or a run. `detail` is cut off after 500 bytes.
engine::Commands FailImport(const v1::Import& import, v1::Reason reason, std::string_view detail);

engine::Commands BeginRun(const v1::Import& import, const v1::ImportPosition& begin,
                          const engine::Snapshot& snapshot);

// What follows from the step that the import's event of this revision says: it goes on behind it.
engine::Commands GoOnWithRun(const v1::Import& import, const v1::ImportRunContinued& continued,
                             int64_t revision, const engine::Snapshot& snapshot);

}  // namespace crm::customer
