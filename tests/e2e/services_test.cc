// The four services as processes of their own on one broker: what crosses from one to another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/value.pb.h"
#include "crm/marketing/v1/campaign.pb.h"
#include "crm/sales/v1/opportunity.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "crm/servicedesk/v1/ticket.pb.h"
#include "libs/testing/matchers.h"
#include "tests/e2e/four_services.h"
#include "tests/e2e/load.h"

namespace crm::e2e {
namespace {

using testing::IsOk;
using testing::ParseText;
using testing::StatusIs;

class FourServices : public OnFourServices {
 protected:
  absl::StatusOr<sales::v1::Order> RecordOrder(const std::string& customer, int units,
                                               const std::string& request_id) {
    auto request = ParseText<sales::v1::RecordOrderRequest>(R"pb(
      order {
        order_date { year: 2026 month: 6 day: 1 }
        revenue { currency_code: "USD" }
      }
    )pb");
    request.set_parent(customer);
    request.set_request_id(request_id);
    request.mutable_order()->mutable_revenue()->set_units(units);
    return sales().Insist<sales::v1::Order>(request);
  }

  absl::StatusOr<servicedesk::v1::Ticket> OpenTicket(const std::string& customer) {
    auto request = ParseText<servicedesk::v1::OpenTicketRequest>(R"pb(
      ticket {
        type: TICKET_TYPE_QUESTION
        personal { subject: "An invoice" description: "Which one?" }
        channel: CHANNEL_EMAIL
        impact: 2
        urgency: 2
      }
    )pb");
    request.set_parent(customer);
    request.set_request_id("ticket-" + customer);
    return servicedesk().Insist<servicedesk::v1::Ticket>(request);
  }

  // A win, said twice, records its order of 500 once.
  void WinOnce(const std::string& customer) {
    auto open = ParseText<sales::v1::OpenOpportunityRequest>(R"pb(
      opportunity {
        display_name: "Ten more"
        amount { currency_code: "USD" units: 500 }
      }
      request_id: "opportunity"
    )pb");
    open.set_parent(customer);
    const auto opportunity = sales().Insist<sales::v1::Opportunity>(open);
    ASSERT_THAT(opportunity, IsOk());
    auto win = ParseText<sales::v1::WinOpportunityRequest>(R"pb(
      request_id: "win"
      amount { currency_code: "USD" units: 500 }
      close_date { year: 2026 month: 6 day: 2 }
    )pb");
    win.set_name(opportunity->name());
    const auto won = sales().Insist<sales::v1::Opportunity>(win);
    ASSERT_THAT(won, IsOk());
    ASSERT_THAT(sales().Insist<sales::v1::Opportunity>(win), IsOk());
    sales::v1::GetOrderRequest get_order;
    get_order.set_name(won->order());
    EXPECT_TRUE(Until("the order of the win", [&] {
      const auto order = sales().Call<sales::v1::Order>(get_order);
      return order.ok() && order->revenue().units() == 500;
    }));
  }

  // The orders made their customers ACTIVE, the pyramid counts each once, and there are no others.
  void ExpectOrdersCount(int customer_count, int order_count, int64_t revenue) {
    customer::v1::ListCustomersRequest active;
    active.set_filter("status = CUSTOMER_STATUS_ACTIVE");
    EXPECT_TRUE(Until("ACTIVE customers", [&] {
      const auto page = customers().Call<customer::v1::ListCustomersResponse>(active);
      return page.ok() && page->customers_size() == customer_count;
    }));
    const auto pyramid = ParseText<customer::v1::GetPyramidRequest>(R"pb(
      period {
        start { year: 2026 month: 6 day: 1 }
        end { year: 2026 month: 7 day: 1 }
      }
      measure: MEASURE_REVENUE
    )pb");
    EXPECT_TRUE(Until("the pyramid of all orders", [&] {
      const auto answer = customers().Call<customer::v1::GetPyramidResponse>(pyramid);
      return answer.ok() && answer->customer_count() == customer_count &&
             answer->order_count() == order_count && answer->revenue().units() == revenue;
    }));
    sales::v1::ListOrdersRequest orders;
    orders.set_parent("customers/-");
    const auto all = sales().Call<sales::v1::ListOrdersResponse>(orders);
    ASSERT_THAT(all, IsOk());
    EXPECT_EQ(all->orders_size(), order_count);
  }
};

TEST_F(FourServices, WorkTogether) {
  // A customer may be ordered for as soon as it is acknowledged, whatever has crossed the log.
  for (int i = 0; i < 5; ++i) {
    const std::string id = absl::StrCat("customer-", i);
    ASSERT_THAT(customers().Insist<customer::v1::Customer>(NewCustomer(id)), IsOk());
    ASSERT_THAT(RecordOrder("customers/" + id, 100 + i, "order-" + id), IsOk());
    ASSERT_THAT(RecordOrder("customers/" + id, 100 + i, "order-" + id), IsOk());  // Once.
    ASSERT_THAT(OpenTicket("customers/" + id), IsOk());
  }
  EXPECT_THAT(RecordOrder("customers/unknown", 100, "order-unknown"),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(OpenTicket("customers/unknown"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(marketing().Insist<marketing::v1::Campaign>(
                  ParseText<marketing::v1::CreateCampaignRequest>(R"pb(
                    campaign {
                      display_name: "Summer"
                      budget { currency_code: "USD" units: 1000 }
                    }
                    request_id: "campaign"
                  )pb")),
              IsOk());

  WinOnce("customers/customer-0");

  // Five orders and the won one.
  ExpectOrdersCount(5, 6, 5 * 100 + 10 + 500);
}

}  // namespace
}  // namespace crm::e2e
