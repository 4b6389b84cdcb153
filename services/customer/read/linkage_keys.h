// Views: the keys by which customers, and contacts, are brought together with whoever may be the
// same.
#pragma once

#include "libs/engine/model.h"
#include "services/customer/domain/contact.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/position.h"

namespace crm::customer {

// One that was neither merged nor erased: it can be the same as others.
bool Stands(const v1::Customer& customer);
bool Stands(const v1::Contact& contact);

// Keeps a row for each key of each customer that stands for itself: of some ten for a company with
// address, telephone and e-mail. A merged or erased customer has none.
void ProjectLinkageKeys(const engine::Change<CustomerModel>& change, engine::Rows& rows);
// The same for contacts; counts them besides.
void ProjectContactLinkageKeys(const engine::Change<ContactModel>& change, engine::Rows& rows);
// A row for each contact of each customer, whatever became of the two and of the position.
void ProjectEmployerKeys(const engine::Change<PositionModel>& change, engine::Rows& rows);

}  // namespace crm::customer
