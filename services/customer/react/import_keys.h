// External ids that stood in earlier rows of a file.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "libs/engine/model.h"
#include "services/customer/react/import_rows.h"

namespace crm::customer {

// The external ids of a customer or contact.
const google::protobuf::RepeatedPtrField<common::v1::ExternalId>& IdsOf(const ImportRow& row);

// What stands for an external id in the fact of a check.
uint64_t HashOf(const common::v1::ExternalId& id);

// What is known of the external ids of a stretch.
struct ImportKeys {
  // By hash, the line of the row that has it; 0: none so far.
  std::unordered_map<uint64_t, int64_t> lines;
  int64_t findings = 0;  // Reported in the stretches before.
};

// Looks the ids of a stretch up in those that the stretches before have kept. Only the ids of the
// stretch are in memory. Cost: the stretches before are read and passed over, some milliseconds
// for a million rows. A row for each id would cost less here, and when the import ends a batch of
// as many deletions.
ImportKeys LookUpKeys(const std::vector<ImportRow>& rows, const std::string& import, int stretch,
                      const engine::Snapshot& snapshot);

}  // namespace crm::customer
