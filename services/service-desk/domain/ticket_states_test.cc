#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>

#include "services/service-desk/domain/ticket_test_helpers.h"

namespace crm::servicedesk {
namespace {

using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;
using Outcome = engine::Decision<TicketModel>;

const std::array<std::string, 9> kVerbs = {"assign", "start", "pend", "resolve",  "close",
                                           "reopen", "note",  "wake", "wake late"};

template <class Command>
Outcome Ask(const v1::Ticket& ticket, const std::string& command,
            absl::Duration later = absl::ZeroDuration()) {
  engine::Context context = FixedContext<TicketModel>();
  context.time += later;
  return TicketModel::Decide(ticket, ParseText<Command>(command), context);
}

Outcome Do(const v1::Ticket& ticket, const std::string& verb) {
  if (verb == "assign") return Ask<v1::AssignTicketRequest>(ticket, "assignee: 'bob'");
  if (verb == "start") return Ask<v1::StartTicketRequest>(ticket, "");
  if (verb == "pend") {
    return Ask<v1::SetPendingRequest>(
        ticket, "waiting_for: WAITING_FOR_CUSTOMER reason: 'other' until " + kInADay);
  }
  if (verb == "resolve") {
    return Ask<v1::ResolveTicketRequest>(ticket, "resolution_code: 'replaced'");
  }
  if (verb == "close") return Ask<v1::CloseTicketRequest>(ticket, "");
  if (verb == "reopen") return Ask<v1::ReopenTicketRequest>(ticket, "reason: 'x'");
  if (verb == "note") return Ask<v1::AddNoteRequest>(ticket, "text: 'x'");
  return Ask<v1::WakeTicketRequest>(ticket, "",
                                    verb == "wake" ? absl::ZeroDuration() : absl::Hours(24 * 15));
}

// Every state and every verb, in the order of kVerbs.
TEST(TicketStateMachine, EveryStateAndVerb) {
  const std::map<v1::TicketState, std::array<std::string, 9>> expected = {
      {v1::TICKET_STATE_NEW,
       {"assigned", "!TICKET_NOT_ASSIGNED", "!TICKET_NOT_STARTED", "!TICKET_NOT_STARTED",
        "!TICKET_NOT_RESOLVED", "!TICKET_OPEN", "noted", "", ""}},
      {v1::TICKET_STATE_ASSIGNED,
       {"assigned", "started", "!TICKET_NOT_STARTED", "!TICKET_NOT_STARTED", "!TICKET_NOT_RESOLVED",
        "!TICKET_OPEN", "noted", "", ""}},
      {v1::TICKET_STATE_IN_PROGRESS,
       {"assigned", "", "paused", "resolved", "!TICKET_NOT_RESOLVED", "!TICKET_OPEN", "noted", "",
        ""}},
      {v1::TICKET_STATE_PENDING_CUSTOMER,
       {"assigned", "resumed", "!TICKET_PENDING", "resolved", "!TICKET_NOT_RESOLVED",
        "!TICKET_OPEN", "noted", "", "resumed"}},
      {v1::TICKET_STATE_PENDING_THIRD_PARTY,
       {"assigned", "resumed", "!TICKET_PENDING", "resolved", "!TICKET_NOT_RESOLVED",
        "!TICKET_OPEN", "noted", "", "resumed"}},
      {v1::TICKET_STATE_RESOLVED,
       {"!TICKET_RESOLVED", "!TICKET_RESOLVED", "!TICKET_RESOLVED", "!TICKET_RESOLVED", "closed",
        "reopened", "noted", "", "closed"}},
      {v1::TICKET_STATE_REOPENED,
       {"assigned", "started", "!TICKET_NOT_STARTED", "!TICKET_NOT_STARTED", "!TICKET_NOT_RESOLVED",
        "!TICKET_OPEN", "noted", "", ""}},
      {v1::TICKET_STATE_CLOSED,
       {"!TICKET_CLOSED", "!TICKET_CLOSED", "!TICKET_CLOSED", "!TICKET_CLOSED", "",
        "!TICKET_CLOSED", "!TICKET_CLOSED", "", ""}},
  };
  ASSERT_EQ(expected.size(), static_cast<size_t>(v1::TicketState_MAX));  // All but UNSPECIFIED.
  for (const auto& [state, facts] : FactsOfStates()) {
    const v1::Ticket ticket = Given<TicketModel>(facts);
    ASSERT_EQ(ticket.state(), state);
    for (size_t i = 0; i < kVerbs.size(); ++i) {
      EXPECT_EQ(WordOf(Do(ticket, kVerbs[i])), expected.at(state)[i])
          << v1::TicketState_Name(state) << " " << kVerbs[i];
    }
  }
}

// Where each decision leads, and when the ticket wants to be woken there.
TEST(TicketStateMachine, LeadsWhereItSays) {
  struct Step {
    v1::TicketState from;
    std::string verb;
    v1::TicketState to;
  };
  const Step steps[] = {
      {v1::TICKET_STATE_NEW, "assign", v1::TICKET_STATE_ASSIGNED},
      {v1::TICKET_STATE_REOPENED, "assign", v1::TICKET_STATE_ASSIGNED},
      {v1::TICKET_STATE_IN_PROGRESS, "assign", v1::TICKET_STATE_IN_PROGRESS},
      {v1::TICKET_STATE_PENDING_CUSTOMER, "assign", v1::TICKET_STATE_PENDING_CUSTOMER},
      {v1::TICKET_STATE_ASSIGNED, "start", v1::TICKET_STATE_IN_PROGRESS},
      {v1::TICKET_STATE_REOPENED, "start", v1::TICKET_STATE_IN_PROGRESS},
      {v1::TICKET_STATE_PENDING_THIRD_PARTY, "start", v1::TICKET_STATE_IN_PROGRESS},
      {v1::TICKET_STATE_IN_PROGRESS, "pend", v1::TICKET_STATE_PENDING_CUSTOMER},
      {v1::TICKET_STATE_PENDING_CUSTOMER, "wake late", v1::TICKET_STATE_IN_PROGRESS},
      {v1::TICKET_STATE_IN_PROGRESS, "resolve", v1::TICKET_STATE_RESOLVED},
      {v1::TICKET_STATE_PENDING_CUSTOMER, "resolve", v1::TICKET_STATE_RESOLVED},
      {v1::TICKET_STATE_RESOLVED, "reopen", v1::TICKET_STATE_REOPENED},
      {v1::TICKET_STATE_RESOLVED, "close", v1::TICKET_STATE_CLOSED},
      {v1::TICKET_STATE_RESOLVED, "wake late", v1::TICKET_STATE_CLOSED},
      {v1::TICKET_STATE_RESOLVED, "note", v1::TICKET_STATE_RESOLVED},
  };
  const auto facts = FactsOfStates();
  for (const Step& step : steps) {
    SCOPED_TRACE(v1::TicketState_Name(step.from) + " " + step.verb);
    v1::Ticket ticket = Given<TicketModel>(facts.at(step.from));
    const Outcome outcome = Do(ticket, step.verb);
    ASSERT_THAT(outcome, testing::IsOk());
    ASSERT_TRUE(outcome->has_value());
    TicketModel::Evolve(ticket, **outcome);
    EXPECT_EQ(ticket.state(), step.to);
    const bool pending = step.to == v1::TICKET_STATE_PENDING_CUSTOMER;
    const bool resolved = step.to == v1::TICKET_STATE_RESOLVED;
    EXPECT_EQ(ticket.has_pending_until(), pending);
    EXPECT_EQ(ticket.personal().pending_reason().empty(), !pending);
    EXPECT_EQ(ticket.has_reopen_until(), resolved);
    EXPECT_EQ(ticket.resolution_code().empty(), !resolved && step.to != v1::TICKET_STATE_CLOSED);
    EXPECT_EQ(TicketModel::NextDue(ticket).has_value(), pending || resolved);
  }
}

TEST(TicketTimer, WakesAtTheMomentAndNotBefore) {
  const auto facts = FactsOfStates();
  const v1::Ticket pending = Given<TicketModel>(facts.at(v1::TICKET_STATE_PENDING_CUSTOMER));
  const v1::Ticket resolved = Given<TicketModel>(facts.at(v1::TICKET_STATE_RESOLVED));
  const absl::Duration tick = absl::Nanoseconds(1);
  const auto wake = [](const v1::Ticket& ticket, absl::Duration later) {
    return WordOf(Ask<v1::WakeTicketRequest>(ticket, "", later));
  };
  EXPECT_EQ(wake(pending, absl::Hours(24) - tick), "");
  EXPECT_EQ(wake(pending, absl::Hours(24)), "resumed");
  EXPECT_EQ(wake(resolved, kReopenWindow - tick), "");
  EXPECT_EQ(wake(resolved, kReopenWindow), "closed");
  EXPECT_EQ(*TicketModel::NextDue(resolved), FixedContext<TicketModel>().time + kReopenWindow);
}

TEST(TicketTimer, ReopeningEndsWhenTheWindowDoes) {
  const v1::Ticket resolved = Given<TicketModel>(FactsOfStates().at(v1::TICKET_STATE_RESOLVED));
  const auto reopen = [&](absl::Duration later) {
    return WordOf(Ask<v1::ReopenTicketRequest>(resolved, "reason: 'x'", later));
  };
  EXPECT_EQ(reopen(kReopenWindow - absl::Nanoseconds(1)), "reopened");
  EXPECT_EQ(reopen(kReopenWindow), "!REOPEN_WINDOW_OVER");
}

TEST(TicketDeathTest, AnUnknownFactEndsTheProcess) {
  v1::Ticket ticket;
  EXPECT_DEATH(TicketModel::Evolve(ticket, v1::TicketEvent()), "facts it does not know");
}

}  // namespace
}  // namespace crm::servicedesk
