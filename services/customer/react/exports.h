// What follows from a step of an export: a stretch of its rows is read, all stretches as of one
// moment, and written as parts; or its parts are thrown away.
#pragma once

#include "crm/customer/v1/export_event.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Cost: a stretch of customers, by the policy, and their part of the file in memory.
engine::Commands OnExport(const engine::ForeignEvent<v1::ExportEvent>& event,
                          const engine::Snapshot& snapshot);

}  // namespace crm::customer
