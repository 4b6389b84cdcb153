// How much of what the policy wants to know of a customer is known. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_policy.pb.h"

namespace crm::customer {

// Whether a customer has a field of this path ("personal.phones") that people can fill in.
bool CanBeFilledIn(std::string_view path);

// The path is one that can be filled in. What is as it is in a new message is not filled in.
bool IsFilledIn(const v1::Customer& customer, std::string_view path);

// What is filled in of a customer, whatever a policy wants, as paths of field numbers:
// " 6 30 30.2 ".
std::string FilledFields(const v1::Customer& customer);
// IsFilledIn of the customer whose fields these are.
bool IsAmong(std::string_view filled, std::string_view path);

// Whether the policy wants the field of customers of this kind.
bool CountsFor(const v1::CompletenessWeight& weight, v1::CustomerKind kind);
// Of `filled` points of `all`; 10,000 when nothing counts.
int32_t CompleteBps(int64_t filled, int64_t all);

// The weights of the fields that are filled in, beside those of all that count for its kind.
v1::GetCompletenessResponse CompletenessOf(const v1::Customer& customer,
                                           const v1::CustomerPolicy& policy);

}  // namespace crm::customer
