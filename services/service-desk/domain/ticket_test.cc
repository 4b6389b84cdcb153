#include "services/service-desk/domain/ticket.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/fake_rows.h"
#include "services/service-desk/domain/ticket_test_helpers.h"
#include "services/service-desk/read/tables.h"

namespace crm::servicedesk {
namespace {

using testing::CheckDecisions;
using testing::EqualsProto;
using testing::FakeRows;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using Facts = TicketModel::Facts;

Facts Known(int open_complaints = 0) { return {StandardPolicy(), open_complaints}; }

v1::CustomerRef Customer(const std::string& tier = "TIER_BIG") {
  return ParseText<v1::CustomerRef>(
      "name: 'customers/customer-1' etag: '7' status: CUSTOMER_STATUS_ACTIVE owner: 'ann' "
      "team: 't1' branch: 'north' tier: " +
      tier);
}

std::string Reason(const std::string& factor, int points, int weight) {
  return "reasons { factor: PRIORITY_FACTOR_" + factor +
         (points == 0 ? "" : " points: " + std::to_string(points)) +
         " weight_percent: " + std::to_string(weight) +
         (points == 0 ? "" : " score_hundredths: " + std::to_string(points * weight)) + " } ";
}

TEST(OpenTicket, SaysHowUrgentItIsAndWhy) {
  const std::string basis = Reason("IMPACT", 2, 30) + Reason("URGENCY", 3, 30) +
                            Reason("TIER", 3, 30) + Reason("OPEN_COMPLAINTS", 1, 10) +
                            "score_hundredths: 250 customer_tier: TIER_BIG customer_etag: '7' "
                            "open_complaints: 1 priority_policy_etag: '4'";
  const std::string decided = " priority: PRIORITY_HIGH priority_basis { " + basis +
                              " } priority_policy: 'priorityPolicies/standard' "
                              "state: TICKET_STATE_NEW state_time { seconds: 1772445600 } "
                              "owner: 'ann' ";
  CheckDecisions<TicketModel, v1::OpenTicketRequest>(
      {{"with the customer's team, and personal data apart",
        {},
        "ticket { type: TICKET_TYPE_FAULT impact: 2 urgency: 3 "
        "personal { subject: 'It does not start' description: 'at all' } }",
        "opened { ticket { type: TICKET_TYPE_FAULT impact: 2 urgency: 3 team: 't1' "
        "branch: 'north' " +
            decided + "} personal { subject: 'It does not start' description: 'at all' } }"},
       {"for whom it is told",
        {},
        "ticket { type: TICKET_TYPE_REPAIR impact: 2 urgency: 3 personal { subject: 's' } "
        "channel: CHANNEL_PHONE contact: 'contacts/k1' product: 'p' queue: 'repairs' team: 't2' "
        "branch: 'south' tags: 'x' priority_policy: 'priorityPolicies/standard' }",
        "opened { ticket { type: TICKET_TYPE_REPAIR impact: 2 urgency: 3 channel: CHANNEL_PHONE "
        "contact: 'contacts/k1' product: 'p' queue: 'repairs' team: 't2' branch: 'south' "
        "tags: 'x' " +
            decided + "} personal { subject: 's' } }"}},
      FixedContext<TicketModel>(), Known(1), Customer());
}

TEST(OpenTicket, RefusesBadShapesByTheirField) {
  const auto row = [](const char* rule, const std::string& ticket, const std::string& field) {
    return testing::DecisionRow{rule, {}, "ticket { " + ticket + " }", "!field:ticket." + field};
  };
  const std::string fault = "type: TICKET_TYPE_FAULT ", subject = "personal { subject: 's' } ",
                    points = "impact: 1 urgency: 4 ", all = fault + subject + points;
  CheckDecisions<TicketModel, v1::OpenTicketRequest>(
      {row("needs a type", subject + points, "type"),
       row("refuses an unknown type", "type: 77 " + subject + points, "type"),
       row("refuses an unknown channel", all + "channel: 77", "channel"),
       row("needs a subject", fault + points, "personal.subject"),
       row("refuses a subject of spaces", fault + points + "personal { subject: '  ' }",
           "personal.subject"),
       row("needs an impact", fault + subject + "urgency: 1", "impact"),
       row("refuses an impact of 5", fault + subject + "impact: 5 urgency: 1", "impact"),
       row("needs an urgency", fault + subject + "impact: 1", "urgency"),
       row("refuses a negative urgency", fault + subject + "impact: 1 urgency: -1", "urgency"),
       row("refuses a contact that is none", all + "contact: 'ann'", "contact"),
       row("refuses a queue that is no id", all + "queue: 'Repairs!'", "queue"),
       row("refuses an empty tag", all + "tags: ''", "tags[0]"),
       row("refuses a tag twice", all + "tags: 'a' tags: 'a'", "tags[1]")},
      FixedContext<TicketModel>(), Known(), Customer());
}

TEST(OpenTicket, AsksCustomerAndPolicy) {
  const auto decide = [](const Facts& facts, const v1::CustomerRef& customer) {
    return TicketModel::Decide({},
                               ParseText<v1::OpenTicketRequest>(
                                   "ticket { type: TICKET_TYPE_COMPLAINT impact: 1 urgency: 1 "
                                   "personal { subject: 's' } }"),
                               FixedContext<TicketModel>(), facts, customer);
  };
  v1::CustomerRef erased = Customer();
  erased.set_status(customer::v1::CUSTOMER_STATUS_ERASED);
  EXPECT_THAT(decide(Known(), erased).status(), testing::IsRefusal("CUSTOMER_ERASED"));
  EXPECT_THAT(decide(Facts(), Customer()).status(), testing::IsRefusal("PRIORITY_POLICY_UNKNOWN"));
  const auto top = decide(Known(), Customer("TIER_TOP"));
  ASSERT_THAT(top, testing::IsOk());
  EXPECT_EQ((*top)->opened().ticket().priority(), v1::PRIORITY_URGENT);
  const auto small = decide(Known(), Customer("TIER_SMALL"));
  ASSERT_THAT(small, testing::IsOk());
  EXPECT_EQ((*small)->opened().ticket().priority(), v1::PRIORITY_LOW);
}

void AddTicket(const std::string& name, const std::string& rest, FakeRows& rows) {
  rows.Put(kTickets, ParseText<v1::Ticket>("name: '" + name + "' " + rest));
}

TEST(OpenTicket, CountsTheOpenComplaintsOfItsCustomer) {
  FakeRows rows(kTickets, kPriorityPolicies);
  rows.Put(kPriorityPolicies, StandardPolicy());
  for (int state = v1::TICKET_STATE_NEW; state <= v1::TicketState_MAX; ++state) {
    const std::string id = std::to_string(state),
                      in = " state: " + v1::TicketState_Name(static_cast<v1::TicketState>(state));
    AddTicket("customers/c1/tickets/complaint" + id, "type: TICKET_TYPE_COMPLAINT" + in, rows);
    AddTicket("customers/c1/tickets/fault" + id, "type: TICKET_TYPE_FAULT" + in, rows);
    AddTicket("customers/c2/tickets/complaint" + id, "type: TICKET_TYPE_COMPLAINT" + in, rows);
  }
  const auto gather = [&](const std::string& open) {
    return TicketModel::Gather(ParseText<v1::OpenTicketRequest>(open), FixedContext<TicketModel>(),
                               rows);
  };
  const Facts facts = gather("parent: 'customers/c1'");
  EXPECT_EQ(facts.open_complaints, 6);  // All but RESOLVED and CLOSED.
  ASSERT_TRUE(facts.policy.has_value());
  EXPECT_THAT(*facts.policy, EqualsProto(StandardPolicy()));
  EXPECT_EQ(gather("parent: 'customers/c3'").open_complaints, 0);
  EXPECT_FALSE(gather("parent: 'customers/c1' ticket { priority_policy: 'priorityPolicies/x' }")
                   .policy.has_value());
  for (int i = 0; i < kOpenComplaintsMax + 5; ++i) {
    AddTicket("customers/c1/tickets/more" + std::to_string(i),
              "type: TICKET_TYPE_COMPLAINT state: TICKET_STATE_NEW", rows);
  }
  EXPECT_EQ(gather("parent: 'customers/c1'").open_complaints, kOpenComplaintsMax);
}

TEST(AssignTicket, Rules) {
  const auto assigned = [](const std::string& who, const std::string& queue,
                           const std::string& state) {
    return "assigned {" + kNow + "assignee: '" + who + "' queue: '" + queue +
           "' state: TICKET_STATE_" + state + " }";
  };
  CheckDecisions<TicketModel, v1::AssignTicketRequest>({
      {"gives a new one to somebody", {kOpened}, "assignee: 'ann'", kAssigned},
      {"moves it to another queue",
       {kOpened},
       "assignee: 'ann' queue: 'second-line'",
       assigned("ann", "second-line", "ASSIGNED")},
      {"is quiet the second time", {kOpened, kAssigned}, "assignee: 'ann' queue: 'repairs'", ""},
      {"hands over what is in work as it is",
       {kOpened, kAssigned, kStarted},
       "assignee: 'bob'",
       assigned("bob", "repairs", "IN_PROGRESS")},
      {"gives a reopened one even to the same",
       {kOpened, kAssigned, kStarted, Resolved(), Reopened()},
       "assignee: 'ann'",
       kAssigned},
      {"needs somebody", {kOpened}, "assignee: ' '", "!field:assignee"},
      {"refuses a queue that is no id", {kOpened}, "assignee: 'ann' queue: '!'", "!field:queue"},
      {"refuses a resolved one",
       {kOpened, kAssigned, kStarted, Resolved()},
       "assignee: 'bob'",
       "!TICKET_RESOLVED"},
  });
}

TEST(ClaimTicket, Rules) {
  const auto claimed = [](const std::string& who, const std::string& state) {
    return "assigned {" + kNow + "assignee: '" + who + "' queue: 'repairs' state: TICKET_STATE_" +
           state + " }";
  };
  const std::string mine = claimed("tester", "ASSIGNED");
  CheckDecisions<TicketModel, v1::ClaimTicketRequest>({
      {"takes a new one", {kOpened}, "", mine},
      {"is quiet the second time", {kOpened, mine}, "", ""},
      {"takes over what another works on",
       {kOpened, kAssigned, kStarted},
       "",
       claimed("tester", "IN_PROGRESS")},
      {"takes a reopened one even again",
       {kOpened, mine, kStarted, Resolved(), Reopened()},
       "",
       mine},
      {"refuses a resolved one",
       {kOpened, kAssigned, kStarted, Resolved()},
       "",
       "!TICKET_RESOLVED"},
      {"refuses a closed one",
       {kOpened, kAssigned, kStarted, Resolved(), "closed {" + kNow + "}"},
       "",
       "!TICKET_CLOSED"},
  });
  engine::Context context = FixedContext<TicketModel>();
  context.actor = "user:" + std::string(kStaffIdBytesMax, 'a');
  CheckDecisions<TicketModel, v1::ClaimTicketRequest>(
      {{"takes the longest id",
        {kOpened},
        "",
        claimed(std::string(kStaffIdBytesMax, 'a'), "ASSIGNED")}},
      context);
  for (const std::string nobody : {"service:sales", "user", ""}) {
    context.actor = nobody;
    CheckDecisions<TicketModel, v1::ClaimTicketRequest>(
        {{"refuses " + nobody, {kOpened}, "", "!field:crm-actor"}}, context);
  }
  context.actor = "user:" + std::string(kStaffIdBytesMax + 1, 'a');
  CheckDecisions<TicketModel, v1::ClaimTicketRequest>(
      {{"refuses an id too long", {kOpened}, "", "!field:crm-actor"}}, context);
}

TEST(SetPending, Rules) {
  const std::vector<std::string> in_work = {kOpened, kAssigned, kStarted};
  const std::vector<std::string> pending = {kOpened, kAssigned, kStarted, Paused("THIRD_PARTY")};
  const std::string third = "waiting_for: WAITING_FOR_THIRD_PARTY ", why = "reason: 'a part' ";
  CheckDecisions<TicketModel, v1::SetPendingRequest>({
      {"waits", in_work, third + why + "until " + kInADay, Paused("THIRD_PARTY")},
      {"waits 7 days at most", in_work,
       "waiting_for: WAITING_FOR_CUSTOMER reason: 'x' until " + kIn7Days,
       "paused {" + kNow + "waiting_for: WAITING_FOR_CUSTOMER until " + kIn7Days +
           " reason { text: 'x' } }"},
      {"refuses more than 7 days", in_work, third + why + "until { seconds: 1773050400 nanos: 1 }",
       "!field:until"},
      {"refuses the past", in_work, third + why + "until { seconds: 1772445600 }", "!field:until"},
      {"needs a time", in_work, third + why, "!field:until"},
      {"refuses what is no moment", in_work,
       third + why + "until { seconds: 1772532000 nanos: -1 }", "!field:until"},
      {"needs a reason", in_work, third + "reason: ' ' until " + kInADay, "!field:reason"},
      {"needs to know for whom", in_work, why + "until " + kInADay, "!field:waiting_for"},
      {"refuses an unknown other", in_work, "waiting_for: 77 " + why + "until " + kInADay,
       "!field:waiting_for"},
      {"is quiet the second time", pending, third + why + "until " + kInADay, ""},
      {"refuses another time", pending, third + why + "until " + kIn7Days, "!TICKET_PENDING"},
      {"refuses what nobody works on",
       {kOpened, kAssigned},
       third + why + "until " + kInADay,
       "!TICKET_NOT_STARTED"},
  });
}

TEST(ResolveTicket, Rules) {
  const std::vector<std::string> in_work = {kOpened, kAssigned, kStarted};
  const std::vector<std::string> resolved = {kOpened, kAssigned, kStarted, Resolved()};
  CheckDecisions<TicketModel, v1::ResolveTicketRequest>({
      {"solves it", in_work, "resolution_code: 'fixed' note: 'new fuse'", Resolved()},
      {"solves a pending one",
       {kOpened, kAssigned, kStarted, Paused("CUSTOMER")},
       "resolution_code: 'no-answer'",
       "resolved {" + kNow + "resolution_code: 'no-answer' reopen_until " + kIn14Days + " }"},
      {"is quiet the second time", resolved, "resolution_code: 'fixed' note: 'new fuse'", ""},
      {"refuses another solution", resolved, "resolution_code: 'replaced'", "!TICKET_RESOLVED"},
      {"needs a code", in_work, "", "!field:resolution_code"},
      {"refuses a code that is no word", in_work, "resolution_code: 'All done'",
       "!field:resolution_code"},
  });
}

TEST(ReopenTicket, KeepsCountAndForgetsTheSolution) {
  const std::vector<std::string> resolved = {kOpened, kAssigned, kStarted, Resolved()};
  CheckDecisions<TicketModel, v1::ReopenTicketRequest>({
      {"takes it up again", resolved, "reason: 'again'", Reopened()},
      {"needs a reason", resolved, "reason: ' '", "!field:reason"},
      {"refuses an open one", {kOpened}, "reason: 'x'", "!TICKET_OPEN"},
  });
  std::vector<std::string> twice = resolved;
  twice.insert(twice.end(), {Reopened(), kStarted, Resolved(), Reopened()});
  const v1::Ticket ticket = Given<TicketModel>(twice);
  EXPECT_EQ(ticket.reopened_count(), 2);
  EXPECT_EQ(ticket.assignee(), "ann");
  EXPECT_EQ(ticket.personal().resolution_note(), "");
  EXPECT_EQ(ticket.personal().reopen_reason(), "again");
}

TEST(AddNote, Rules) {
  const std::string noted = "noted {" + kNow + "author: 'user:tester' note { text: 'called' } }";
  std::vector<std::string> full = {kOpened};
  full.insert(full.end(), kNotesMax, noted);
  std::vector<std::string> nearly_full(full.begin(), full.end() - 1);
  CheckDecisions<TicketModel, v1::AddNoteRequest>({
      {"adds one", {kOpened}, "text: 'called'", noted},
      {"adds the same again: it was said again", {kOpened, noted}, "text: 'called'", noted},
      {"adds the hundredth", nearly_full, "text: 'called'", noted},
      {"refuses more", full, "text: 'called'", "!TICKET_FULL"},
      {"needs words", {kOpened}, "text: ' '", "!field:text"},
  });
  const v1::Ticket ticket = Given<TicketModel>({kOpened, noted, noted});
  EXPECT_EQ(ticket.personal().notes_size(), 2);
  EXPECT_EQ(ticket.personal().subject(), "It does not start");
}

}  // namespace
}  // namespace crm::servicedesk
