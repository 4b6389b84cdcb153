// Whose value each field gets when two customers become one, and how that is taken back.
//
// A merge moves what people fill in, and what orders and checks say: status, last order, when it is
// looked at again, the loss, when the data were checked, and consents. It leaves alone what is
// decided elsewhere: the kind; owner, team, branch, collaborators and pool, which go with whoever
// looks after the customer (TransferCustomer); tier and value, which are computed. The currency is
// that of the one who has ordered; the parent stays, unless a circle would come of it
// (customer_merge.cc). Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "crm/customer/v1/customer_merge.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "crm/customer/v1/merge_internal.pb.h"
#include "services/customer/domain/merge_fields.h"

namespace crm::customer {

using MergeRules = std::map<std::string, v1::MergeRule, std::less<>>;

// Whether a rule can be given for the field: "industry", "personal.phones".
bool CanBeMerged(std::string_view field);

// INVALID_ARGUMENT, naming the field below `field`, for a rule that cannot be.
absl::Status CheckMergeRule(const std::string& field, const v1::MergeFieldRule& rule);

// The survivor with the values of the absorbed customer, by the rules; without one for a field:
// lists MOST_COMPLETE, everything else MOST_RECENTLY_VERIFIED. Lists keep to their limits.
v1::Customer Merged(const v1::Customer& survivor, const v1::Customer& absorbed,
                    const MergeRules& rules);

// The fields that Merged may change whose values differ. What orders say goes together: all of it
// when some of it differs.
google::protobuf::FieldMask MergedFields(const v1::Customer& before, const v1::Customer& after);

// The customer as it would be without the merge. A field that has changed since stays as it is and
// is named in `kept`; of a list that the merge only added to, and of consents, what it added goes
// in any case.
v1::Customer Unmerged(const v1::Customer& customer, const v1::MergeUndo& undo,
                      std::vector<std::string>& kept);

// The last days of orders when two that were one go apart; unset: none is known.
struct OrderDays {
  std::optional<absl::CivilDay> own;     // The survivor's.
  std::optional<absl::CivilDay> theirs;  // The absorbed one's.
};

// Adds the fields that orders speak of.
void AddOrderFields(google::protobuf::FieldMask& fields);

// Gives `unmerged` what its own orders say, when what orders say of `customer` came with the merge
// or by an order of the absorbed one: what was before, and an own order since.
void TakeOrdersApart(const v1::Customer& customer, const v1::MergeUndo& undo, const OrderDays& days,
                     v1::Customer& unmerged, std::vector<std::string>& kept);

}  // namespace crm::customer
