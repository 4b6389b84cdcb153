// A view: whose birthday comes on which day of which calendar; and who has theirs on a day.
#pragma once

#include <functional>
#include <string>

#include "absl/time/civil_time.h"
#include "crm/customer/v1/agenda_tables.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/contact.h"
#include "services/customer/domain/customer.h"

namespace crm::customer {

void ProjectBirthdayOfContact(const engine::Change<ContactModel>& change, engine::Rows& rows);
void ProjectBirthdayOfCustomer(const engine::Change<CustomerModel>& change, engine::Rows& rows);

// Visits who has their birthday on `day`; false of the visitor ends it. One of 29 February is kept
// on the 28th of a common year; one of the 30th of a lunar month on its last day when it has but
// 29; one of a leap month in the month of the same number when the year has no such leap month.
// `years`: how many years it closes, 0: not known. `subject`: only that one; empty: everybody.
// Cost: one row for each.
using BirthdayVisitor = std::function<bool(const v1::YearlyDay& birthday, int years)>;
void VisitBirthdays(absl::CivilDay day, const engine::Snapshot& snapshot,
                    const BirthdayVisitor& visit, const std::string& subject = "");

}  // namespace crm::customer
