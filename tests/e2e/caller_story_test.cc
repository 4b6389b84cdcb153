// The phone rings (story 16), on the four services as processes of their own: from the number alone
// who it is, what they are worth and what is open; the call becomes a touchpoint and a ticket, and
// all of it is one story.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/caller.pb.h"
#include "crm/customer/v1/customer360.pb.h"
#include "crm/customer/v1/group.pb.h"
#include "crm/customer/v1/timeline.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "crm/servicedesk/v1/ticket.pb.h"
#include "libs/testing/matchers.h"
#include "tests/e2e/four_services.h"

namespace crm::e2e {
namespace {

namespace v1 = customer::v1;

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::ParseText;

constexpr char kNumber[] = "+49301234567";

class CallerStory : public OnFourServices {
 protected:
  absl::StatusOr<v1::LookupCallerResponse> Lookup() {
    v1::LookupCallerRequest request;
    request.set_number(kNumber);
    return customers().Call<v1::LookupCallerResponse>(request);
  }

  // What happened with the customer, as "ORDER PLACED".
  std::vector<std::string> Story() {
    v1::GetTimelineRequest request;
    request.set_name("customers/erp-k06");
    const auto timeline = customers().Call<v1::GetTimelineResponse>(request);
    std::vector<std::string> story;
    if (!timeline.ok()) return story;
    for (const auto& entry : timeline->entries()) {
      story.push_back(absl::StrCat(v1::TimelineKind_Name(entry.kind()).substr(14), " ",
                                   v1::TimelineAction_Name(entry.action()).substr(16)));
    }
    return story;
  }
};

TEST_F(CallerStory, FromTheNumberAlone) {
  // Alpha Works and the holding above it; Li works there; it has ordered, and may buy more.
  ASSERT_NO_FATAL_FAILURE(Load(1, {"people", "stories"}));
  v1::LookupCallerResponse answer;
  ASSERT_TRUE(Until("who calls, what they are worth and what is open", [&] {
    const auto found = Lookup();
    if (found.ok()) answer = *found;
    return answer.callers_size() == 1 && answer.callers(0).open_opportunity_count() == 1 &&
           answer.callers(0).value().order_count() == 1;
  }));
  const v1::Caller& caller = answer.callers(0);
  EXPECT_EQ(caller.customer().name(), "customers/erp-k06");
  EXPECT_EQ(caller.customer().owner(), "lead-fra");
  EXPECT_EQ(caller.contact().name(), "contacts/erp-li");
  EXPECT_EQ(caller.position().title(), "Head of purchasing");
  EXPECT_EQ(caller.value().revenue().units(), 23'000);
  EXPECT_EQ(caller.open_opportunities(0).display_name(), "Ten more machines");
  EXPECT_EQ(caller.open_ticket_count(), 0);
  EXPECT_THAT(answer.unavailable_sections(), ElementsAre(v1::CALLER_SECTION_BEST_OFFER));

  // The call is recorded, and asks for a ticket; said twice, there is one.
  const std::string call =
      "parent: 'customers/erp-k06' request_id: 'call' touchpoint { channel: CHANNEL_PHONE "
      "direction: "
      "DIRECTION_IN contacts: 'contacts/erp-li' personal { subject: 'It leaks' notes: 'Since the "
      "rain' "
      "} next_step: 'Call back' next_step_date { year: 2026 month: 7 day: 1 } } ticket_wish { "
      "kind: "
      "TICKET_WISH_KIND_COMPLAINT impact: 3 urgency: 3 }";
  const auto touchpoint = Do<v1::Touchpoint, v1::RecordTouchpointRequest>(customers(), call);
  ASSERT_FALSE(touchpoint.ticket().empty());
  EXPECT_EQ((Do<v1::Touchpoint, v1::RecordTouchpointRequest>(customers(), call).ticket()),
            touchpoint.ticket());
  servicedesk::v1::Ticket ticket;
  servicedesk::v1::GetTicketRequest get;
  get.set_name(touchpoint.ticket());
  ASSERT_TRUE(Until("the ticket", [&] {
    const auto found = servicedesk().Call<servicedesk::v1::Ticket>(get);
    if (found.ok()) ticket = *found;
    return found.ok();
  }));
  EXPECT_EQ(ticket.type(), servicedesk::v1::TICKET_TYPE_COMPLAINT);
  EXPECT_EQ(ticket.contact(), "contacts/erp-li");
  EXPECT_EQ(ticket.personal().subject(), "It leaks");

  // Who calls again is told what is open and what was agreed.
  ASSERT_TRUE(Until("the open ticket", [&] {
    const auto found = Lookup();
    if (found.ok()) answer = *found;
    return found.ok() && answer.callers(0).open_ticket_count() == 1;
  }));
  EXPECT_EQ(answer.callers(0).open_tickets(0).name(), touchpoint.ticket());
  EXPECT_EQ(answer.callers(0).open_tickets(0).type(), "COMPLAINT");
  ASSERT_EQ(answer.callers(0).next_steps_size(), 1);
  EXPECT_EQ(answer.callers(0).next_steps(0).next_step(), "Call back");
}

TEST_F(CallerStory, AllServicesTellOneStory) {
  ASSERT_NO_FATAL_FAILURE(Load(1, {"people", "stories"}));
  Do<servicedesk::v1::Ticket, servicedesk::v1::OpenTicketRequest>(
      servicedesk(),
      "parent: 'customers/erp-k06' ticket_id: 't' request_id: 't' ticket { type: "
      "TICKET_TYPE_QUESTION "
      "personal { subject: 'An invoice' } channel: CHANNEL_EMAIL impact: 2 urgency: 2 }");
  EXPECT_TRUE(Until("the story from all services", [&] {
    const std::vector<std::string> story = Story();
    const auto has = [&](const char* what) {
      return std::find(story.begin(), story.end(), what) != story.end();
    };
    return has("TICKET OPENED") && has("ORDER PLACED") && has("OPPORTUNITY OPENED") &&
           has("STATUS CHANGED") && has("POSITION STARTED");
  }));
  EXPECT_THAT(Story(), Contains("PROFILE CREATED"));

  v1::GetCustomer360Request all;
  all.set_name("customers/erp-k06");
  const auto view = customers().Call<v1::GetCustomer360Response>(all);
  ASSERT_THAT(view, IsOk());
  EXPECT_EQ(view->orders_size(), 2);
  EXPECT_EQ(view->tickets_size(), 1);
  EXPECT_EQ(view->opportunities_size(), 1);
  EXPECT_EQ(view->contacts_size(), 3);

  v1::GetGroupRequest group;
  group.set_name("customers/erp-k05");
  const auto members = customers().Call<v1::GetGroupResponse>(group);
  ASSERT_THAT(members, IsOk());
  EXPECT_EQ(members->members_size(), 2);
  EXPECT_EQ(members->total().revenue().units(), 23'000);
  EXPECT_EQ(members->total().open_ticket_count(), 1);
  EXPECT_EQ(members->total().open_opportunity_amount().units(), 5'000);

  // A service that is gone leaves what it recorded; its log says that this is all.
  service("crm.servicedesk.v1").Stop();
  const auto later = customers().Call<v1::GetCustomer360Response>(all);
  ASSERT_THAT(later, IsOk());
  EXPECT_EQ(later->tickets_size(), 1);
  // A log that cannot be reached is said to be so.
  broker().Signal(SIGSTOP);
  EXPECT_TRUE(Until("the log counts as unreachable", [&] {
    const auto now = customers().Call<v1::GetCustomer360Response>(all);
    return now.ok() && now->orders_size() == 2 &&
           std::all_of(now->sources().begin(), now->sources().end(), [](const auto& source) {
             return source.state() == v1::READING_STATE_UNREACHABLE;
           });
  }));
  broker().Signal(SIGCONT);
  EXPECT_TRUE(Until("the log is there again", [&] {
    const auto now = customers().Call<v1::GetCustomer360Response>(all);
    return now.ok() &&
           std::all_of(now->sources().begin(), now->sources().end(), [](const auto& source) {
             return source.state() == v1::READING_STATE_AVAILABLE;
           });
  }));
}

}  // namespace
}  // namespace crm::e2e
