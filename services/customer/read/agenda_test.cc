#include "services/customer/read/agenda.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/base/timestamp.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/activity.h"
#include "services/customer/domain/interview.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/order_test_helpers.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using testing::ParseText;

class FakeReadings : public engine::Readings {
 public:
  engine::Reading Of(std::string_view topic, std::string_view) const override {
    if (topic == "crm.servicedesk.log.v1") return {};
    return {.followed = true,
            .complete = complete,
            .reachable = true,
            .newest_event = absl::FromUnixSeconds(77)};
  }
  bool complete = true;
};

// The business date is Monday, 2026-03-02.
class Agenda : public ::testing::Test {
 protected:
  Agenda() {
    context_ = testing::FixedContext<ActivityModel>();
    context_.readings = &readings_;
    rows_.Put(kStaff,
              ParseText<v1::Staff>(
                  "name: 'staff/ann' absences { kind: ABSENCE_KIND_VACATION period { start "
                  "{ year: 2026 month: 3 day: 9 } end { year: 2026 month: 3 day: 16 } } }"));
    Customer("top", "tier: TIER_TOP");
    Customer("small", "tier: TIER_SMALL");
    Customer("none", "");
  }
  void Customer(const std::string& id, const std::string& more) {
    auto customer = ParseText<v1::Customer>("owner: 'ann' " + more);
    customer.set_name("customers/" + id);
    customer.set_display_name("the " + id);
    rows_.Put(kCustomers, customer);
    v1::ContactState state;
    state.set_customer(customer.name());
    state.set_planned(true);
    state.set_tier(customer.tier());
    state.set_owner("ann");
    rows_.Put(kContactStates, state);
  }
  void Activity(const std::string& id, const std::string& customer, int day,
                const std::string& more = "", const std::string& state = "PLANNED") {
    auto activity =
        ParseText<v1::Activity>("owner: 'ann' state: ACTIVITY_STATE_" + state + " " + more);
    activity.set_all_day(!activity.has_due_time());
    activity.set_name("activities/" + id);
    if (!customer.empty()) activity.set_customer("customers/" + customer);
    *activity.mutable_due_date() =
        ParseText<google::type::Date>("year: 2026 month: 3 day: " + std::to_string(day));
    if (!activity.has_due_time())
      *activity.mutable_due_time() =
          base::TimestampOf(absl::FromCivil(absl::CivilDay(2026, 3, day) + 1, absl::UTCTimeZone()));
    rows_.Put(kActivities, activity);
  }
  v1::GetAgendaResponse Ask(int day = 0) {
    v1::GetAgendaRequest request;
    request.set_staff("staff/ann");
    if (day > 0)
      *request.mutable_date() =
          ParseText<google::type::Date>("year: 2026 month: 3 day: " + std::to_string(day));
    const auto response = QueryAgenda(request, rows_, context_);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::GetAgendaResponse();
  }
  // The last id of each item, "!" behind what is overdue.
  static std::string Ids(const v1::GetAgendaResponse& agenda) {
    std::string ids;
    for (const auto& item : agenda.items())
      ids += item.about().substr(item.about().rfind('/') + 1) + (item.overdue() ? "! " : " ");
    return ids;
  }
  static v1::AgendaSectionStatus Of(const v1::GetAgendaResponse& agenda,
                                    v1::AgendaSection section) {
    for (const auto& status : agenda.sections()) {
      if (status.section() == section) return status;
    }
    return {};
  }

  FakeRows rows_{kStaff,
                 kCustomers,
                 kContacts,
                 kPositions,
                 kTouchpoints,
                 kActivities,
                 kContactStates,
                 kBirthdays,
                 kRedirects,
                 kInterviews,
                 kFollowedOpportunities,
                 kFollowedTickets,
                 kOrderFacts,
                 kOrderMonths,
                 kOrderImports};
  engine::Context context_;
  FakeReadings readings_;
};

TEST_F(Agenda, TheMostValuableFirst) {
  Activity("call", "small", 2);
  Activity("own", "", 1);
  Activity("late", "top", 1);
  Activity("at-nine", "top", 2, "due_time { seconds: 1772442000 }");
  Activity("at-noon", "none", 2, "due_time { seconds: 1772452800 }");
  Activity("visit", "top", 2, "kind: ACTIVITY_KIND_VISIT");
  Activity("begun", "small", 2, "priority: ACTIVITY_PRIORITY_URGENT", "IN_PROGRESS");
  Activity("done", "top", 2, "", "DONE");
  Activity("tomorrow", "top", 3);
  const auto agenda = Ask();
  EXPECT_EQ(Ids(agenda), "late! at-nine visit begun at-noon call own! ");
  EXPECT_EQ(agenda.items(0).customer_display_name(), "the top");
  EXPECT_EQ(agenda.items(0).tier(), v1::TIER_TOP);
  EXPECT_FALSE(agenda.items(0).has_due_time());
  EXPECT_TRUE(agenda.items(1).has_due_time());
  EXPECT_EQ(agenda.items(2).section(), v1::AGENDA_SECTION_VISITS);
  EXPECT_EQ(Of(agenda, v1::AGENDA_SECTION_ACTIVITIES).item_count(), 6);
  EXPECT_EQ(Of(agenda, v1::AGENDA_SECTION_VISITS).item_count(), 1);
}

TEST_F(Agenda, WithinATierWhatIsOverdueThenUrgentThenOfWhoOrdersMost) {
  Customer("big", "tier: TIER_TOP");
  Record(Totals("big", absl::CivilDay(2026, 1, 5), 900'00), "o1", rows_);
  Record(Totals("top", absl::CivilDay(2026, 1, 5), 100'00), "o2", rows_);
  Record(Totals("top", absl::CivilDay(2024, 1, 5), 9'000'00), "long-ago", rows_);
  Activity("early", "top", 2, "due_time { seconds: 1772438400 }");
  Activity("later", "big", 2, "due_time { seconds: 1772442000 }");
  Activity("low", "big", 2, "priority: ACTIVITY_PRIORITY_LOW");
  Activity("urgent", "top", 2, "priority: ACTIVITY_PRIORITY_URGENT");
  Activity("late", "top", 1, "priority: ACTIVITY_PRIORITY_LOW");
  Activity("small", "small", 1, "priority: ACTIVITY_PRIORITY_URGENT");
  const auto agenda = Ask();
  EXPECT_EQ(Ids(agenda), "late! urgent later early low small! ");
  EXPECT_EQ(agenda.items(2).customer_revenue().units(), 900);
  EXPECT_EQ(agenda.items(3).customer_revenue().units(), 100);
  EXPECT_FALSE(agenda.items(5).has_customer_revenue());
  Record(Totals("big", absl::CivilDay(2026, 1, 6), 100, 0, "EUR"), "euro", rows_);
  EXPECT_EQ(Ids(Ask()), "late! urgent early later low small! ") << "nothing to be added up";
}

TEST_F(Agenda, OfAnotherDayHasOnlyWhatIsDueThen) {
  Activity("late", "top", 1);
  Activity("today", "top", 2);
  Activity("tomorrow", "top", 3);
  EXPECT_EQ(Ids(Ask(3)), "tomorrow ");
  EXPECT_EQ(Ids(Ask(1)), "late ");
}

TEST_F(Agenda, NextStepsAreThereUntilSomebodyWasInContact) {
  const auto step = [&](const std::string& name, int day) {
    auto touchpoint = ParseText<v1::Touchpoint>(
        "staff: 'ann' next_step: 'offer' next_step_date { "
        "year: 2026 month: 3 day: " +
        std::to_string(day) + "}");
    touchpoint.set_name(name);
    rows_.Put(kTouchpoints, touchpoint);
  };
  step("customers/top/touchpoints/today", 2);
  step("customers/small/touchpoints/missed", 1);
  step("customers/none/touchpoints/later", 3);
  rows_.Put(kTouchpoints,
            ParseText<v1::Touchpoint>("name: 'customers/top/touchpoints/without' staff: 'ann'"));
  EXPECT_EQ(Ids(Ask()), "today missed! ");
  EXPECT_EQ(Ask().items(0).subject(), "offer");
  EXPECT_EQ(Ids(Ask(3)), "later ");
  auto state = *rows_.Get(kContactStates, "customers/small");
  state.set_touchpoint("customers/small/touchpoints/missed");
  state.mutable_last_contact_time()->set_seconds(1772445600);
  rows_.Put(kContactStates, state);
  EXPECT_EQ(Ids(Ask()), "today missed! ");
  state.set_touchpoint("customers/small/touchpoints/call");
  rows_.Put(kContactStates, state);
  EXPECT_EQ(Ids(Ask()), "today ");
}

// Who said what happens next, and who sees it.
TEST_F(Agenda, NextStepsAreSeenByWhoLooksAfterTheCustomer) {
  const auto step = [&](const std::string& customer, const std::string& id,
                        const std::string& staff) {
    auto touchpoint = ParseText<v1::Touchpoint>(
        "next_step: 'offer' next_step_date { year: 2026 month: 3 day: 2 }");
    touchpoint.set_staff(staff);
    touchpoint.set_name("customers/" + customer + "/touchpoints/" + id);
    rows_.Put(kTouchpoints, touchpoint);
  };
  const auto owned = [&](const std::string& id, const std::string& owner,
                         const std::string& helper) {
    Customer(id, "");
    auto customer = *rows_.Get(kCustomers, "customers/" + id);
    customer.set_owner(owner);
    if (!helper.empty()) customer.add_collaborators(helper);
    rows_.Put(kCustomers, customer);
  };
  const auto ids = [&] {
    std::string all;
    const auto agenda = Ask();
    for (const auto& item : agenda.items())
      all += item.about().substr(item.about().rfind('/') + 1) + " ";
    return all;
  };
  owned("given-on", "bob", "");
  step("given-on", "mine-but-bobs", "ann");
  EXPECT_EQ(ids(), "");
  owned("given-on", "bob", "ann");
  EXPECT_EQ(ids(), "mine-but-bobs ") << "she helps there";
  owned("given-on", "", "");
  EXPECT_EQ(ids(), "mine-but-bobs ") << "nobody else would see to it";
  owned("given-on", "ann", "");
  EXPECT_EQ(ids(), "mine-but-bobs ") << "once";
  owned("given-on", "bob", "");
  step("top", "bobs-but-mine", "bob");
  step("top", "gone", "left-long-ago");
  EXPECT_EQ(ids(), "bobs-but-mine gone ");
}

TEST_F(Agenda, NextStepsWithWhomWasMergedInAreSeenToo) {
  rows_.Put(kTouchpoints, ParseText<v1::Touchpoint>(
                              "name: 'customers/absorbed/touchpoints/step' staff: 'bob' next_step: "
                              "'offer' next_step_date { year: 2026 month: 3 day: 1 }"));
  EXPECT_EQ(Ids(Ask()), "");
  rows_.Put(kRedirects,
            ParseText<v1::Redirect>("customer: 'customers/absorbed' survivor: 'customers/top'"));
  auto top = *rows_.Get(kCustomers, "customers/top");
  top.add_absorbed_customers("customers/absorbed");
  rows_.Put(kCustomers, top);
  EXPECT_EQ(Ids(Ask()), "step! ");
  EXPECT_EQ(Ask().items(0).customer(), "customers/top");
}

TEST_F(Agenda, ANextStepThatATransferMadeAnActivityOfIsThereOnce) {
  rows_.Put(kTouchpoints, ParseText<v1::Touchpoint>(
                              "name: 'customers/top/touchpoints/step' staff: 'bob' next_step: "
                              "'offer' next_step_date { year: 2026 month: 3 day: 2 }"));
  const std::string given =
      "cause: ACTIVITY_CAUSE_NEXT_STEP about: 'customers/top/touchpoints/step'";
  EXPECT_EQ(Ids(Ask()), "step ");
  Activity("other", "top", 3, "about: 'customers/top/touchpoints/step'");
  EXPECT_EQ(Ids(Ask()), "step ") << "it only mentions it";
  Activity("given", "top", 2, given);
  EXPECT_EQ(Ids(Ask()), "given ");
  Activity("given", "top", 2, given, "DONE");
  EXPECT_EQ(Ids(Ask()), "");
  Activity("given", "top", 2, given, "CANCELLED");
  EXPECT_EQ(Ids(Ask()), "step ") << "the transfer was taken back";
}

TEST_F(Agenda, ManyCustomersTakeNoRoomFromTheirOwn) {
  const auto status = [&](v1::AgendaSection section) { return Of(Ask(), section); };
  for (int i = 0; i < kAgendaLookedAtMax - 3; ++i) Customer("c" + std::to_string(i), "");
  EXPECT_FALSE(status(v1::AGENDA_SECTION_NEXT_STEPS).incomplete());
  EXPECT_FALSE(status(v1::AGENDA_SECTION_SIGNALS).incomplete());
  rows_.Put(kTouchpoints, ParseText<v1::Touchpoint>(
                              "name: 'customers/nobodys/touchpoints/own' staff: 'ann' next_step: "
                              "'offer' next_step_date { year: 2026 month: 3 day: 2 }"));
  auto nobodys = *rows_.Get(kCustomers, "customers/top");
  nobodys.set_name("customers/nobodys");
  nobodys.clear_owner();
  rows_.Put(kCustomers, nobodys);
  rows_.Put(kInterviews,
            ParseText<v1::Interview>("name: 'customers/nobodys/interviews/held' staff: 'ann' "
                                     "status: INTERVIEW_STATUS_HELD signal_due_time { seconds: "
                                     "1772440000 } signals { id: '1' due_time { seconds: "
                                     "1772440000 } }"));
  EXPECT_EQ(Ids(Ask()), "held! own ");
  Customer("one-more", "");
  EXPECT_EQ(Ids(Ask()), "held! own ");
  EXPECT_TRUE(status(v1::AGENDA_SECTION_NEXT_STEPS).incomplete());
  EXPECT_TRUE(status(v1::AGENDA_SECTION_SIGNALS).incomplete());
}

TEST_F(Agenda, NextStepsOfLongAgoAreOver) {
  const auto step = [&](const std::string& id, int month, int day) {
    auto touchpoint = ParseText<v1::Touchpoint>("staff: 'bob' next_step: 'offer'");
    touchpoint.set_name("customers/top/touchpoints/" + id);
    touchpoint.mutable_next_step_date()->set_year(2026);
    touchpoint.mutable_next_step_date()->set_month(month);
    touchpoint.mutable_next_step_date()->set_day(day);
    rows_.Put(kTouchpoints, touchpoint);
  };
  step("over", 1, 30);
  step("just", 1, 31);
  EXPECT_EQ(Ids(Ask()), "just! ");
}

TEST_F(Agenda, BirthdaysOfTheirCustomersAndThePeopleThere) {
  Customer("other", "");
  auto other = *rows_.Get(kCustomers, "customers/other");
  other.set_owner("bob");
  rows_.Put(kCustomers, other);
  for (const char* subject :
       {"contacts/k", "contacts/gone", "contacts/elsewhere", "customers/top", "customers/other"}) {
    v1::YearlyDay day;
    day.set_month(3);
    day.set_day(2);
    day.set_year(1976);
    day.set_subject(subject);
    rows_.Put(kBirthdays, day);
  }
  rows_.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/k' personal { given_name: 'Li' "
                                              "family_name: 'Wei' }"));
  const auto position = [&](const std::string& name, const std::string& contact,
                            const std::string& more) {
    auto row = ParseText<v1::Position>("start_date { year: 2020 month: 1 day: 1 } " + more);
    row.set_name(name);
    row.set_contact(contact);
    rows_.Put(kPositions, row);
  };
  position("customers/small/positions/1", "contacts/k", "");
  position("customers/small/positions/2", "contacts/gone",
           "end_date { year: 2025 month: 1 day: 1 }");
  position("customers/other/positions/3", "contacts/elsewhere", "");
  const auto agenda = Ask();
  EXPECT_EQ(Ids(agenda), "top k ");
  EXPECT_EQ(agenda.items(1).subject(), "Li Wei");
  EXPECT_EQ(agenda.items(1).years(), 50);
  EXPECT_EQ(agenda.items(1).customer(), "customers/small");
}

TEST_F(Agenda, BirthdaysOfStrangersTakeNoRoom) {
  v1::YearlyDay day;
  day.set_month(3);
  day.set_day(2);
  for (int i = 0; i <= kAgendaLookedAtMax; ++i) {
    day.set_subject("contacts/a" + std::to_string(i));
    rows_.Put(kBirthdays, day);
  }
  day.set_subject("customers/top");
  rows_.Put(kBirthdays, day);
  const auto agenda = Ask();
  EXPECT_EQ(Ids(agenda), "top ");
  EXPECT_FALSE(Of(agenda, v1::AGENDA_SECTION_BIRTHDAYS).incomplete());
}

TEST_F(Agenda, APersonHasOneBirthday) {
  for (const char* subject : {"contacts/top", "customers/top"}) {
    v1::YearlyDay day;
    day.set_month(3);
    day.set_day(2);
    day.set_subject(subject);
    rows_.Put(kBirthdays, day);
  }
  rows_.Put(kPositions, ParseText<v1::Position>("name: 'customers/top/positions/self' contact: "
                                                "'contacts/top' start_date { year: 2020 month: 1 "
                                                "day: 1 }"));
  EXPECT_EQ(Ids(Ask()), "top ");
  EXPECT_EQ(Ask().items(0).about(), "contacts/top");
}

TEST_F(Agenda, InterviewsAndSignals) {
  rows_.Put(kInterviews, ParseText<v1::Interview>(
                             "name: 'customers/top/interviews/planned' staff: 'ann' status: "
                             "INTERVIEW_STATUS_PLANNED planned_time { seconds: 1772460000 }"));
  rows_.Put(kInterviews,
            ParseText<v1::Interview>("name: 'customers/top/interviews/held' staff: 'ann' status: "
                                     "INTERVIEW_STATUS_HELD planned_time { seconds: 1772000000 } "
                                     "signal_due_time { seconds: 1772440000 } signals { id: '1' "
                                     "due_time { seconds: 1772440000 } }"));
  const auto agenda = Ask();
  EXPECT_EQ(Ids(agenda), "held! planned ");
  EXPECT_EQ(agenda.items(0).section(), v1::AGENDA_SECTION_SIGNALS);
  EXPECT_EQ(agenda.items(1).section(), v1::AGENDA_SECTION_INTERVIEWS);
  const std::string id = SignalActivityId("customers/top/interviews/held", "1");
  Activity(id, "top", 2);
  EXPECT_EQ(Ids(Ask()), "planned " + id + " ") << "its activity is there";
  Activity(id, "top", 2, "", "CANCELLED");
  EXPECT_EQ(Ids(Ask()), "held! planned ");
}

TEST_F(Agenda, SignalsFallToWhoeverLooksAfterTheCustomer) {
  const auto held = [&](const std::string& customer, const std::string& staff) {
    auto row = ParseText<v1::Interview>(
        "status: INTERVIEW_STATUS_HELD signal_due_time { seconds: 1772440000 } signals { id: '1' "
        "due_time { seconds: 1772440000 } }");
    row.set_name("customers/" + customer + "/interviews/of-" + staff);
    row.set_staff(staff);
    rows_.Put(kInterviews, row);
  };
  held("top", "eve");
  EXPECT_EQ(Ids(Ask()), "of-eve! ") << "somebody else asked";
  rows_.Delete(kInterviews, "customers/top/interviews/of-eve");
  auto other = *rows_.Get(kCustomers, "customers/top");
  other.set_name("customers/other");
  other.set_owner("eve");
  rows_.Put(kCustomers, other);
  held("other", "ann");
  EXPECT_EQ(Ids(Ask()), "") << "it has an owner";
  other.clear_owner();
  rows_.Put(kCustomers, other);
  EXPECT_EQ(Ids(Ask()), "of-ann! ");
  rows_.Delete(kInterviews, "customers/other/interviews/of-ann");
  held("old", "eve");
  EXPECT_EQ(Ids(Ask()), "");
  rows_.Put(kRedirects,
            ParseText<v1::Redirect>("customer: 'customers/old' survivor: 'customers/top'"));
  auto top = *rows_.Get(kCustomers, "customers/top");
  top.add_absorbed_customers("customers/old");
  rows_.Put(kCustomers, top);
  EXPECT_EQ(Ids(Ask()), "of-eve! ");
}

TEST_F(Agenda, ANextStepIsTakenAlsoWithWhomWasMergedIn) {
  auto touchpoint = ParseText<v1::Touchpoint>(
      "name: 'customers/top/touchpoints/step' staff: 'ann' next_step: 'offer' next_step_date { "
      "year: 2026 month: 3 day: 2 }");
  rows_.Put(kTouchpoints, touchpoint);
  auto state = *rows_.Get(kContactStates, "customers/small");
  state.set_touchpoint("customers/small/touchpoints/call");
  state.mutable_last_contact_time()->set_seconds(1772445600);
  rows_.Put(kContactStates, state);
  EXPECT_EQ(Ids(Ask()), "step ");
  rows_.Put(kRedirects,
            ParseText<v1::Redirect>("customer: 'customers/small' survivor: 'customers/top'"));
  auto top = *rows_.Get(kCustomers, "customers/top");
  top.add_absorbed_customers("customers/small");
  rows_.Put(kCustomers, top);
  EXPECT_EQ(Ids(Ask()), "");
}

TEST_F(Agenda, OpportunitiesThatAreToClose) {
  const auto open = [&](const std::string& name, const std::string& more) {
    auto row = ParseText<v1::FollowedOpportunity>(
        "owner: 'ann' customer: 'customers/small' display_name: 'pumps' " + more);
    if (row.standing() == v1::OPPORTUNITY_STANDING_UNSPECIFIED)
      row.set_standing(v1::OPPORTUNITY_STANDING_OPEN);
    row.set_name("customers/small/opportunities/" + name);
    rows_.Put(kFollowedOpportunities, row);
  };
  open("dateless", "");
  open("past", "expected_close_date { year: 2026 month: 2 day: 1 }");
  open("now", "expected_close_date { year: 2026 month: 3 day: 2 }");
  open("later", "expected_close_date { year: 2026 month: 4 day: 2 }");
  open("won",
       "expected_close_date { year: 2026 month: 3 day: 2 } standing: OPPORTUNITY_STANDING_WON");
  const auto agenda = Ask();
  EXPECT_EQ(Ids(agenda), "past! now ");
  const auto status = Of(agenda, v1::AGENDA_SECTION_OPPORTUNITIES);
  EXPECT_EQ(status.state(), v1::READING_STATE_AVAILABLE);
  EXPECT_EQ(status.newest_event_time().seconds(), 77);
  readings_.complete = false;
  EXPECT_EQ(Of(Ask(), v1::AGENDA_SECTION_OPPORTUNITIES).state(), v1::READING_STATE_BEHIND);
}

TEST_F(Agenda, RenewalsHaveASectionOfTheirOwn) {
  const auto open = [&](const std::string& name, const std::string& type) {
    auto row = ParseText<v1::FollowedOpportunity>(
        "owner: 'ann' customer: 'customers/small' standing: OPPORTUNITY_STANDING_OPEN "
        "expected_close_date { year: 2026 month: 3 day: 2 }");
    row.set_type(type);
    row.set_name("customers/small/opportunities/" + name);
    rows_.Put(kFollowedOpportunities, row);
  };
  open("again", "RENEWAL");
  open("first", "NEW");
  open("whatever", "");
  const auto agenda = Ask();
  EXPECT_EQ(Of(agenda, v1::AGENDA_SECTION_RENEWALS).item_count(), 1);
  EXPECT_EQ(Of(agenda, v1::AGENDA_SECTION_OPPORTUNITIES).item_count(), 2);
  for (const auto& item : agenda.items()) {
    const bool renewal = item.about() == "customers/small/opportunities/again";
    EXPECT_EQ(item.section() == v1::AGENDA_SECTION_RENEWALS, renewal) << item.about();
  }
}

class DeskReadings : public engine::Readings {
 public:
  engine::Reading Of(std::string_view, std::string_view) const override {
    return {.followed = true, .complete = true, .reachable = true};
  }
};

TEST_F(Agenda, TicketsTheyHaveOrOfTheirCustomersOnce) {
  const auto ticket = [&](const std::string& name, const std::string& more) {
    auto row = ParseText<v1::FollowedTicket>(more);
    row.set_name(name);
    row.set_customer(name.substr(0, name.find("/tickets")));
    rows_.Put(kFollowedTickets, row);
  };
  ticket("customers/top/tickets/low", "open: true priority_rank: 2 assignee: 'ann'");
  ticket("customers/top/tickets/high", "open: true priority_rank: 4");
  ticket("customers/strange/tickets/assigned", "open: true priority_rank: 2 assignee: 'ann'");
  ticket("customers/top/tickets/closed", "priority_rank: 4 assignee: 'ann'");
  EXPECT_EQ(Ids(Ask()), "");
  EXPECT_EQ(Of(Ask(), v1::AGENDA_SECTION_TICKETS).state(), v1::READING_STATE_NOT_AVAILABLE);
  const DeskReadings all;
  context_.readings = &all;
  EXPECT_EQ(Ids(Ask()), "high low assigned ");
  EXPECT_EQ(Ids(Ask(3)), "");
}

TEST_F(Agenda, EverySectionIsSaidAndWhetherTheyAreAway) {
  const auto agenda = Ask();
  EXPECT_EQ(agenda.sections_size(), v1::AgendaSection_ARRAYSIZE - 1);
  EXPECT_FALSE(agenda.has_absence());
  EXPECT_EQ(Of(agenda, v1::AGENDA_SECTION_RENEWALS).state(), v1::READING_STATE_AVAILABLE);
  // What no service records yet is not left out in silence.
  for (const auto section : {v1::AGENDA_SECTION_FOLLOW_UP_CALLS, v1::AGENDA_SECTION_OUTLET_VISITS,
                             v1::AGENDA_SECTION_SERVICE_VISITS, v1::AGENDA_SECTION_CAMPAIGN_WORK})
    EXPECT_EQ(Of(agenda, section).state(), v1::READING_STATE_NOT_AVAILABLE) << section;
  EXPECT_EQ(Of(agenda, v1::AGENDA_SECTION_VISITS).state(), v1::READING_STATE_AVAILABLE);
  EXPECT_FALSE(Ask(8).has_absence());
  EXPECT_EQ(Ask(9).absence().kind(), v1::ABSENCE_KIND_VACATION);
  EXPECT_FALSE(Ask(16).has_absence());
}

TEST_F(Agenda, ASectionThatIsTooLongKeepsTheMostValuable) {
  for (int i = 0; i < kAgendaSectionMax; ++i) Activity("s" + std::to_string(i), "small", 1);
  Activity("top", "top", 2);
  const auto agenda = Ask();
  EXPECT_EQ(agenda.items(0).about(), "activities/top");
  EXPECT_EQ(agenda.items_size(), kAgendaSectionMax);
  EXPECT_TRUE(Of(agenda, v1::AGENDA_SECTION_ACTIVITIES).incomplete());
}

TEST_F(Agenda, RefusesWhomAndWhenThereIsNot) {
  v1::GetAgendaRequest request;
  request.set_staff("staff/eve");
  EXPECT_EQ(QueryAgenda(request, rows_, context_).status().code(), absl::StatusCode::kNotFound);
  request.mutable_date()->set_year(2026);
  EXPECT_THAT(QueryAgenda(request, rows_, context_).status(), testing::IsInvalid("date"));
}

}  // namespace
}  // namespace crm::customer
