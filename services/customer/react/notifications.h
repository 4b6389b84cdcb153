// What happens becomes notifications of those it concerns. The engine gives each command its
// request_id and remembers what was done; the id of a notification comes from its cause.
#pragma once

#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/erasure.pb.h"
#include "crm/customer/v1/merge_case.pb.h"
#include "crm/customer/v1/notification.pb.h"
#include "crm/customer/v1/reminder.pb.h"
#include "crm/customer/v1/staff_event.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "crm/servicedesk/v1/ticket.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Who got a customer and who lost one at once, whose customer will not buy any more, and whose was
// merged. What goes by the owner's book is said by ownership_reactions.
engine::Commands NotifyOfCustomer(const engine::ForeignEvent<v1::CustomerEvent>& event,
                                  const engine::Snapshot& snapshot);

// The owner of a customer whom somebody else met, when there is a next step.
engine::Commands NotifyOfTouchpoint(const engine::ForeignEvent<v1::TouchpointEvent>& event,
                                    const engine::Snapshot& snapshot);

// The manager of somebody who is to leave, or has left without that having been said before.
engine::Commands NotifyOfStaff(const engine::ForeignEvent<v1::StaffEvent>& event,
                               const engine::Snapshot& snapshot);

// The owner of a customer who complains, or has something that is to be served at once.
engine::Commands NotifyOfTicket(const engine::ForeignEvent<servicedesk::v1::TicketEvent>& event,
                                const engine::Snapshot& snapshot);

// Of an erasure that is overdue: who recorded it, the owner of the customer, and those whom the
// policy names.
engine::Commands NotifyOfErasure(const engine::ForeignEvent<v1::ErasureEvent>& event,
                                 const engine::Snapshot& snapshot);

// The owners of two customers that may be one, or of those where two contacts that may be one have
// positions now (of 100 positions of each). Of a search for duplicates each owner is told once,
// with the first of the pairs: a search may find thousands.
engine::Commands NotifyOfMergeCase(const engine::ForeignEvent<v1::MergeCaseEvent>& event,
                                   const engine::Snapshot& snapshot);

// Whom a reminder is for.
engine::Commands NotifyOfReminder(const engine::ForeignEvent<v1::ReminderEvent>& event,
                                  const engine::Snapshot& snapshot);

// Who is told instead of somebody who did not read.
engine::Commands NotifyOfNotification(const engine::ForeignEvent<v1::NotificationEvent>& event,
                                      const engine::Snapshot& snapshot);

}  // namespace crm::customer
