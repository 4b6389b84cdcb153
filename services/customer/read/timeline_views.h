// What the own log says for the timelines of customers.
#pragma once

#include "libs/engine/model.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/expense.h"
#include "services/customer/domain/interview.h"
#include "services/customer/domain/position.h"
#include "services/customer/domain/touchpoint.h"

namespace crm::customer {

// An entry for each of these that the event changed, by whatever verb: status, owner, tier, parent,
// pool, consent, when it was verified, into whom it was merged; one for a new customer.
void ProjectCustomerTimeline(const engine::Change<CustomerModel>& change, engine::Rows& rows);

// One entry for a touchpoint, at the time when it took place; a correction moves it.
void ProjectTouchpointTimeline(const engine::Change<TouchpointModel>& change, engine::Rows& rows);

// An entry for the beginning of a position and one for its end, where they are known.
void ProjectPositionTimeline(const engine::Change<PositionModel>& change, engine::Rows& rows);

// An entry for an expense on its day, and one when it counts no more.
void ProjectExpenseTimeline(const engine::Change<ExpenseModel>& change, engine::Rows& rows);

// An entry when an interview was planned, and when it did not come about: one that was held leaves
// a touchpoint.
void ProjectInterviewTimeline(const engine::Change<InterviewModel>& change, engine::Rows& rows);

}  // namespace crm::customer
