// What a row asks for: a new customer or contact, or that one here is brought up to date.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "crm/customer/v1/import.pb.h"
#include "libs/engine/model.h"
#include "services/customer/react/import_rows.h"

namespace crm::customer {

struct RowPlan {
  absl::Status refusal;  // ROW_AMBIGUOUS; OK when there is a command.
  std::string target;    // "customers/{customer}", "contacts/{contact}".
  bool is_new = false;
  std::unique_ptr<google::protobuf::Message> command;  // Without request_id.
};

// A row is the one that has one of its external ids, however that was made; of a customer that was
// merged, its survivor. A new one gets an id made of the first external id, or of the import and
// the line when there is none: so that nothing is made twice.
RowPlan PlanRow(const v1::Import& import, const ImportRow& row, const engine::Snapshot& snapshot);

// The rules that the command will meet, asked before. OK when it would be taken.
absl::Status TryRow(const v1::Import& import, const RowPlan& plan, absl::Time time,
                    const engine::Snapshot& snapshot);

}  // namespace crm::customer
