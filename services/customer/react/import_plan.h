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
  absl::Status refusal;  // ROW_AMBIGUOUS, CUSTOMER_UNKNOWN; OK when there is a command.
  std::string field;     // That is meant by the refusal; empty: the whole row, or as it says.
  std::string target;    // "customers/{customer}", "contacts/{contact}", the name of a position.
  bool is_new = false;
  std::unique_ptr<google::protobuf::Message> command;  // Without request_id.
};

// A row is the one that has one of its external ids, however that was made; of one that was merged,
// its survivor. A new one gets an id made of the first external id, or of the import and
// the line when there is none: so that nothing is made twice.
RowPlan PlanRow(const v1::Import& import, const ImportRow& row, const engine::Snapshot& snapshot);

// What a row of contacts asks for besides: that the contact has a position at a customer. The one
// that it holds there is brought up to date, and never one that has ended unless the row says a
// day; a new one gets an id made of customer, contact and first day, or of how many have ended.
// Without a command and a refusal: nothing is asked for, or it is so already.
RowPlan PlanPosition(const v1::Import& import, const ImportRow& row, const std::string& contact,
                     const engine::Snapshot& snapshot);
// The rules that its command will meet, asked before, as if the contact were there.
absl::Status TryPosition(const v1::Import& import, const RowPlan& plan, absl::Time time,
                         const engine::Snapshot& snapshot);

// The context that the rules are asked in when a row is checked.
engine::Context CheckContext(const v1::Import& import, const RowPlan& plan, absl::Time time);

// The rules that the command will meet, asked before. OK when it would be taken.
absl::Status TryRow(const v1::Import& import, const RowPlan& plan, absl::Time time,
                    const engine::Snapshot& snapshot);

}  // namespace crm::customer
