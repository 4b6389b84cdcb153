// What making and changing a customer has in common with the verbs of ownership.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/ownership.h"

namespace crm::customer {

// Its owner can change: CUSTOMER_ERASED, CUSTOMER_MERGED.
absl::Status CheckOpen(const v1::Customer& customer);

// OWNER_PENDING: somebody else is being asked for it.
absl::Status OwnerPending(const v1::Customer& customer);

// How somebody is to come to a customer that is another's, or nobody's.
struct OwnerWish {
  std::string owner;  // An id of staff.
  v1::OwnerRequestKind kind = v1::OWNER_REQUEST_KIND_TRANSFER;
  std::string reason;
  std::string transfer{};  // "transfers/{transfer}", or empty.
};

// It is theirs at once, or their book is asked where one binds them.
v1::CustomerEvent GiveTo(const OwnerWish& wish, const v1::Customer& customer,
                         const OwnerFacts& facts, const engine::Context& context);

// The owner of a new customer: theirs at once, asked first, or nobody, which is what pools are for.
// kInvalidArgument, STAFF_LEFT, STAFF_UNKNOWN.
absl::Status GiveOwner(const OwnerFacts& facts, const engine::Context& context,
                       v1::CustomerCreated& created);

// The owner among the fields that an update of `customer` changes: the same. OWNER_PENDING too. The
// path "owner" is taken out of `updated.changed` when they are asked first, or are asked already.
absl::Status GiveOwner(const v1::Customer& customer, const OwnerFacts& facts,
                       const std::string& reason, const engine::Context& context,
                       v1::CustomerUpdated& updated);

}  // namespace crm::customer
