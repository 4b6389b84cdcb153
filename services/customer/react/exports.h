// What follows from a step of an export: its rows are read, all at once, and written as parts; or
// its parts are thrown away.
#pragma once

#include "crm/customer/v1/export_event.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Cost: every customer, and all of the file in memory (the policy bounds the rows).
engine::Commands OnExport(const engine::ForeignEvent<v1::ExportEvent>& event,
                          const engine::Snapshot& snapshot);

}  // namespace crm::customer
