#include "services/service-desk/react/reactions.h"

#include <gtest/gtest.h>

#include <string>

#include "crm/servicedesk/v1/ticket.pb.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/service-desk/read/tables.h"

namespace crm::servicedesk {
namespace {

using testing::EqualsProto;
using testing::ParseText;

engine::Commands React(const std::string& event) {
  const testing::FakeRows rows(kTickets, kCustomerRefs);
  engine::EventMeta meta;
  meta.name = "customers/c1/touchpoints/t1";
  return OnTouchpoint({ParseText<customer::v1::TouchpointEvent>(event), meta}, rows);
}

TEST(OnTouchpoint, OpensTheTicketThatWasAskedFor) {
  const auto commands = React(R"pb(
    recorded {
      touchpoint {
        channel: CHANNEL_PHONE
        direction: DIRECTION_IN
        contacts: 'contacts/li'
        contacts: 'contacts/wu'
        ticket: 'customers/c1/tickets/abc'
      }
      personal { subject: 'It does not start' notes: 'Since the rain' }
      ticket_wish {
        kind: TICKET_WISH_KIND_FAULT
        impact: 2
        urgency: 3
        queue: 'repairs'
        product: 'pump-7'
      }
    })pb");
  ASSERT_EQ(commands.size(), 1u);
  EXPECT_THAT(static_cast<const v1::OpenTicketRequest&>(*commands.front()), EqualsProto(R"pb(
                parent: 'customers/c1'
                ticket_id: 'abc'
                ticket {
                  type: TICKET_TYPE_FAULT
                  channel: CHANNEL_PHONE
                  contact: 'contacts/li'
                  impact: 2
                  urgency: 3
                  queue: 'repairs'
                  product: 'pump-7'
                  personal { subject: 'It does not start' description: 'Since the rain' }
                })pb"));
}

TEST(OnTouchpoint, EachKindOfWishIsAKindOfTicket) {
  for (int kind = 1; kind <= customer::v1::TicketWishKind_MAX; ++kind) {
    const auto commands =
        React("recorded { touchpoint {} personal { subject: 's' } ticket_wish { kind: " +
              std::to_string(kind) + " } }");
    ASSERT_EQ(commands.size(), 1u);
    const auto& open = static_cast<const v1::OpenTicketRequest&>(*commands.front());
    EXPECT_EQ(v1::TicketType_Name(open.ticket().type()).substr(12),
              customer::v1::TicketWishKind_Name(kind).substr(17));
  }
}

TEST(OnTouchpoint, CutsWhatIsTooLongForATicket) {
  std::string notes(3'999, 'a');
  notes += "\xe4\xbd\xa0";
  const auto commands = React("recorded { personal { subject: 's' notes: '" + notes +
                              "' } ticket_wish { kind: TICKET_WISH_KIND_QUESTION } }");
  ASSERT_EQ(commands.size(), 1u);
  const auto& open = static_cast<const v1::OpenTicketRequest&>(*commands.front());
  EXPECT_EQ(open.ticket().personal().description(), std::string(3'999, 'a'));
}

TEST(OnTouchpoint, OthersOpenNone) {
  EXPECT_TRUE(React("recorded { touchpoint {} personal { subject: 's' } }").empty());
  EXPECT_TRUE(React("updated { touchpoint {} personal { subject: 's' } }").empty());
}

}  // namespace
}  // namespace crm::servicedesk
