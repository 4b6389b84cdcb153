// A view: the keys by which customers are brought together with whoever may be the same.
#pragma once

#include <set>

#include "libs/engine/model.h"
#include "services/customer/domain/customer.h"
#include "services/customer/read/linkage_record.h"

namespace crm::customer {

// Keeps a row for each key of each customer that stands for itself: of some ten for a company with
// address, telephone and e-mail. A merged or erased customer has none.
void ProjectLinkageKeys(const engine::Change<CustomerModel>& change, engine::Rows& rows);

// The keys of that view, the one of samples too.
std::set<LinkageKeyOf> StandingKeysOf(const v1::Customer& customer, const std::string& name);

}  // namespace crm::customer
