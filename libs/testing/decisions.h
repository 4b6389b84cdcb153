// Tests of rules as tables: given these facts, when this command, then this fact, nothing, or this
// refusal.
//
//   TEST(WinOpportunity, Rules) {
//     CheckDecisions<OpportunityModel, v1::WinOpportunityRequest>({
//         // rule                      given                        when                       then
//         {"wins an open one",         {"opened {}"},               "amount { units: 118 }", {"won
//         { ... }"}},
//         {"is quiet the second time", {"opened {}", "won { ... }"}, "amount { units: 118 }",  {}},
//         {"refuses a lost one",       {"opened {}", "lost {}"},    "amount { units: 118 }",
//         {"!OPPORTUNITY_CLOSED"}},
//         {"refuses no amount",        {"opened {}"},               "", {"!field:amount"}},
//     });
//   }
//
// Facts are text-format messages of the aggregate's Event. As the engine does, the table folds them
// from an empty State and stamps name, etag, create and update time after each; a fact decided on
// is folded too, so that one that cannot be folded shows here.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/engine/model.h"
#include "libs/testing/matchers.h"

namespace crm::testing {

struct DecisionRow {
  std::string rule;                // What the row shows, as a sentence.
  std::vector<std::string> given;  // Facts so far; empty: the aggregate is new.
  std::string when;                // The command.
  // "": nothing; "!REASON": FAILED_PRECONDITION for it; "!field:path": INVALID_ARGUMENT that names
  // the path; else the fact decided on.
  std::string then;
};

// Monday, 2026-03-02 10:00 UTC, in USD, asked by "user:tester", request "request-1"; the name is
// the pattern of `state` with
// "<variable>-1" at each variable: "customers/customer-1/opportunities/opportunity-1".
engine::Context FixedContext(const google::protobuf::Descriptor& state);
template <class M>
engine::Context FixedContext() {
  return FixedContext(*M::State::descriptor());
}

// What the engine does after Evolve: name, etag = revision, create_time with the first,
// update_time.
void Stamp(const engine::Context& context, int64_t revision, google::protobuf::Message& state);

// Compares a decision with the `then` of its row; `event` is null when nothing was decided.
void CheckOutcome(const DecisionRow& row, const absl::Status& status,
                  const google::protobuf::Message* event,
                  const google::protobuf::Message& prototype);

// A decision as one word, for tables of (state, verb): the name of the fact, "" for nothing, or
// "!REASON" and "!field:path" as in DecisionRow.
std::string WordOf(const absl::Status& status, const google::protobuf::Message* event);
template <class Event>
std::string WordOf(const absl::StatusOr<std::optional<Event>>& decision) {
  const bool has_event = decision.ok() && decision->has_value();
  return WordOf(decision.status(), has_event ? &**decision : nullptr);
}

// The state after these facts, stamped.
template <class M>
typename M::State Given(const std::vector<std::string>& facts,
                        const engine::Context& context = FixedContext<M>()) {
  typename M::State state;
  int64_t revision = 0;
  for (const std::string& fact : facts) {
    M::Evolve(state, ParseText<typename M::Event>(fact));
    Stamp(context, ++revision, state);
  }
  return state;
}

// `facts...` are handed to Decide after the context, as Gather or .Requires would.
template <class M, class Command, class... Facts>
void CheckDecisions(const std::vector<DecisionRow>& rows, const engine::Context& context,
                    const Facts&... facts) {
  for (const DecisionRow& row : rows) {
    SCOPED_TRACE(row.rule);
    typename M::State state = Given<M>(row.given, context);
    const auto decided = M::Decide(state, ParseText<Command>(row.when), context, facts...);
    const bool has_event = decided.ok() && decided->has_value();
    const typename M::Event prototype;
    CheckOutcome(row, decided.status(), has_event ? &**decided : nullptr, prototype);
    if (has_event) M::Evolve(state, **decided);
  }
}

template <class M, class Command>
void CheckDecisions(const std::vector<DecisionRow>& rows) {
  CheckDecisions<M, Command>(rows, FixedContext<M>());
}

}  // namespace crm::testing
