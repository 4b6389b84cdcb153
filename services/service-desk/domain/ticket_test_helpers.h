// Facts of tickets as text, for tests. FixedContext is on 2026-03-02 10:00 UTC, 1772445600 seconds.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libs/testing/decisions.h"
#include "services/service-desk/domain/seed.h"
#include "services/service-desk/domain/ticket.h"

namespace crm::servicedesk {

inline const std::string kNow = " time { seconds: 1772445600 } ";
inline const std::string kInADay = "{ seconds: 1772532000 }";
inline const std::string kIn7Days = "{ seconds: 1773050400 }";
inline const std::string kIn14Days = "{ seconds: 1773655200 }";

inline const std::string kOpened =
    "opened { ticket { type: TICKET_TYPE_FAULT impact: 2 urgency: 3 priority: PRIORITY_HIGH "
    "priority_policy: 'priorityPolicies/standard' queue: 'repairs' state: TICKET_STATE_NEW "
    "state_time { seconds: 1772445600 } } personal { subject: 'It does not start' } }";
inline const std::string kAssigned = "assigned {" + kNow +
                                     "assignee: 'ann' queue: 'repairs' "
                                     "state: TICKET_STATE_ASSIGNED }";
inline const std::string kStarted = "started {" + kNow + "}";

inline std::string Paused(const std::string& waiting_for) {
  return "paused {" + kNow + "waiting_for: WAITING_FOR_" + waiting_for + " until " + kInADay +
         " reason { text: 'a part' } }";
}
inline std::string Resolved() {
  return "resolved {" + kNow + "resolution_code: 'fixed' reopen_until " + kIn14Days +
         " note { text: 'new fuse' } }";
}
inline std::string Reopened() { return "reopened {" + kNow + "reason { text: 'again' } }"; }

// What leads to each state.
inline std::map<v1::TicketState, std::vector<std::string>> FactsOfStates() {
  return {
      {v1::TICKET_STATE_NEW, {kOpened}},
      {v1::TICKET_STATE_ASSIGNED, {kOpened, kAssigned}},
      {v1::TICKET_STATE_IN_PROGRESS, {kOpened, kAssigned, kStarted}},
      {v1::TICKET_STATE_PENDING_CUSTOMER, {kOpened, kAssigned, kStarted, Paused("CUSTOMER")}},
      {v1::TICKET_STATE_PENDING_THIRD_PARTY, {kOpened, kAssigned, kStarted, Paused("THIRD_PARTY")}},
      {v1::TICKET_STATE_RESOLVED, {kOpened, kAssigned, kStarted, Resolved()}},
      {v1::TICKET_STATE_REOPENED, {kOpened, kAssigned, kStarted, Resolved(), Reopened()}},
      {v1::TICKET_STATE_CLOSED,
       {kOpened, kAssigned, kStarted, Resolved(), "closed {" + kNow + "}"}},
  };
}

inline v1::PriorityPolicy StandardPolicy() {
  v1::PriorityPolicy policy =
      static_cast<const v1::CreatePriorityPolicyRequest&>(*SeedPriorityPolicies().front())
          .priority_policy();
  policy.set_name(kStandardPriorityPolicy);
  policy.set_etag("4");
  return policy;
}

}  // namespace crm::servicedesk
