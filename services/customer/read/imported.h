// Which customer a row of a file is about, whichever way the file comes in.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <set>
#include <string>

#include "crm/common/v1/types.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// The customers that have one of the external ids, at most two; of merged ones their survivors.
// Cost: an index read for each id, and a row for each merge.
std::set<std::string> CustomersOf(
    const google::protobuf::RepeatedPtrField<common::v1::ExternalId>& ids,
    const engine::Snapshot& snapshot);

struct Imported {
  std::string name;        // "customers/{customer}"; empty when it is ambiguous.
  bool is_new = false;     // There is none yet.
  bool ambiguous = false;  // The external ids are those of several.
};

// The one that has one of the external ids, however it was made; else the one that an earlier row
// made under `id`, which may have been merged since.
Imported FindImported(const google::protobuf::RepeatedPtrField<common::v1::ExternalId>& ids,
                      const std::string& id, const engine::Snapshot& snapshot);

}  // namespace crm::customer
