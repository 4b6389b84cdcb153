// How a search for duplicates goes on: a stretch of customers, or contacts, for each event of the
// scan.
#pragma once

#include <cstdint>
#include <string>

#include "crm/customer/v1/duplicate.pb.h"
#include "crm/customer/v1/linkage_model.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// A stretch ends after the model's number of customers, or with the one at which it has compared so
// many pairs: some tenths of a second of the thread that reacts.
inline constexpr int64_t kStretchPairsMax = 2'000;

// A scan has begun, or went on: the next stretch is looked at, each pair at the earlier of its two
// names; a merge is suggested of each that is likely enough or has one tax id, unless there is a
// case of it; and the scan is told how far it came.
engine::Commands OnDuplicateScan(const engine::ForeignEvent<v1::DuplicateScanEvent>& scan,
                                 const engine::Snapshot& snapshot);

// The stretch behind `after`, of at most so many.
engine::Commands ScanStretch(const v1::DuplicateScan& scan, const v1::LinkageModel& model,
                             const std::string& after, int64_t records_max,
                             const engine::Snapshot& snapshot);

}  // namespace crm::customer
