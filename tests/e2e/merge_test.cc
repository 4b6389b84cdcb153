// Two customers that are one, over all services: what hangs on the absorbed one is read with the
// survivor's, nothing new comes to it, and taking it back leaves two.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/merge_case.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "crm/customer/v1/value.pb.h"
#include "crm/sales/v1/opportunity.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "crm/servicedesk/v1/ticket.pb.h"
#include "libs/testing/matchers.h"
#include "libs/testing/temp_directory.h"
#include "tests/e2e/harness.h"

namespace crm::e2e {
namespace {

using testing::IsOk;
using testing::ParseText;

namespace customers = customer::v1;

class MergeStory : public ::testing::Test {
 protected:
  void SetUp() override {
    suite_.Start();
    ASSERT_TRUE(suite_.WaitUntilReady());
  }

  template <class Response, class Request>
  Response Say(const std::string& text) {
    auto request = ParseText<Request>(text);
    if (request.request_id().empty()) request.set_request_id(absl::StrCat("said-", ++said_));
    const auto response = suite_.client().Insist<Response>(request);
    EXPECT_THAT(response, IsOk()) << text;
    return response.ok() ? *response : Response();
  }

  template <class Response, class Request>
  absl::Status Try(const std::string& text) {
    auto request = ParseText<Request>(text);
    request.set_request_id(absl::StrCat("said-", ++said_));
    return suite_.client().Insist<Response>(request).status();
  }

  void Make(const std::string& id, const std::string& more) {
    Say<customers::Customer, customers::CreateCustomerRequest>(absl::StrCat(
        "customer_id: '", id, "' customer { kind: CUSTOMER_KIND_COMPANY ", more, " }"));
    const std::string parent = absl::StrCat("parent: 'customers/", id, "' ");
    Say<sales::v1::Order, sales::v1::RecordOrderRequest>(
        parent +
        "order_id: 'r' order { order_date { year: 2026 month: 6 day: 1 } revenue { "
        "currency_code: 'USD' units: 100 } }");
    Say<sales::v1::Opportunity, sales::v1::OpenOpportunityRequest>(
        parent + "opportunity_id: 'o' opportunity { display_name: 'Ten more' }");
    Say<servicedesk::v1::Ticket, servicedesk::v1::OpenTicketRequest>(
        parent +
        "ticket_id: 't' ticket { type: TICKET_TYPE_QUESTION impact: 2 urgency: 2 personal { "
        "subject: 'Which?' } }");
    Say<customers::Touchpoint, customers::RecordTouchpointRequest>(
        parent +
        "touchpoint_id: 'p' touchpoint { channel: CHANNEL_PHONE direction: DIRECTION_IN "
        "personal { subject: 'A call' } }");
    Until("its order makes it ACTIVE",
          [&] { return Get(id).status() == customers::CUSTOMER_STATUS_ACTIVE; });
  }

  customers::Customer Get(const std::string& id) {
    customers::GetCustomerRequest get;
    get.set_name("customers/" + id);
    const auto customer = suite_.client().Insist<customers::Customer>(get);
    EXPECT_THAT(customer, IsOk());
    return customer.ok() ? *customer : customers::Customer();
  }

  bool UntilCase(customers::MergeCaseState state) {
    customers::GetMergeCaseRequest get;
    get.set_name("mergeCases/m");
    return Until(customers::MergeCaseState_Name(state), [&] {
      const auto merge_case = suite_.client().Insist<customers::MergeCase>(get);
      if (merge_case.ok()) case_ = *merge_case;
      return case_.state() == state;
    });
  }

  template <class Response, class Request, class RowsOf>
  std::set<std::string> Below(const std::string& id, const RowsOf& rows_of) {
    Request list;
    list.set_parent("customers/" + id);
    const auto page = suite_.client().Insist<Response>(list);
    EXPECT_THAT(page, IsOk());
    std::set<std::string> names;
    if (!page.ok()) return names;
    for (const auto& row : rows_of(*page)) names.insert(row.name());
    return names;
  }

  // What hangs on a customer, in four lists of three services.
  std::set<std::string> All(const std::string& id) {
    std::set<std::string> all;
    const auto add = [&](const std::set<std::string>& names) {
      all.insert(names.begin(), names.end());
    };
    add(Below<sales::v1::ListOrdersResponse, sales::v1::ListOrdersRequest>(
        id, [](const auto& page) { return page.orders(); }));
    add(Below<sales::v1::ListOpportunitiesResponse, sales::v1::ListOpportunitiesRequest>(
        id, [](const auto& page) { return page.opportunities(); }));
    add(Below<servicedesk::v1::ListTicketsResponse, servicedesk::v1::ListTicketsRequest>(
        id, [](const auto& page) { return page.tickets(); }));
    add(Below<customers::ListTouchpointsResponse, customers::ListTouchpointsRequest>(
        id, [](const auto& page) { return page.touchpoints(); }));
    return all;
  }

  // Customers in the pyramid of the month, and what they ordered.
  bool UntilPyramid(int customer_count, int64_t revenue) {
    const auto month = ParseText<customers::GetPyramidRequest>(
        "period { start { year: 2026 month: 6 day: 1 } end { year: 2026 month: 7 day: 1 } } "
        "measure: "
        "MEASURE_REVENUE");
    return Until("the pyramid", [&] {
      const auto pyramid = suite_.client().Insist<customers::GetPyramidResponse>(month);
      return pyramid.ok() && pyramid->customer_count() == customer_count &&
             pyramid->revenue().units() == revenue;
    });
  }

  static std::set<std::string> Own(const std::string& id) {
    const std::string below = "customers/" + id;
    return {below + "/orders/r", below + "/opportunities/o", below + "/tickets/t",
            below + "/touchpoints/p"};
  }
  static std::set<std::string> Both() {
    std::set<std::string> both = Own("a"), of_b = Own("b");
    both.insert(of_b.begin(), of_b.end());
    return both;
  }

  // Refused, by each service that something new could come to it through.
  void ExpectNothingNewComesTo(const std::string& id) {
    const std::string parent = absl::StrCat("parent: 'customers/", id, "' ");
    const auto merged = testing::IsRefusal("CUSTOMER_MERGED");
    EXPECT_TRUE(Until("sales knows", [&] {
      const absl::Status s = Try<sales::v1::Order, sales::v1::RecordOrderRequest>(
          parent +
          "order { order_date { year: 2026 month: 6 day: 2 } revenue { currency_code: "
          "'USD' units: 1 } } validate_only: true");
      return ::testing::Matches(merged)(s);
    }));
    EXPECT_TRUE(Until("service-desk knows", [&] {
      const absl::Status s = Try<servicedesk::v1::Ticket, servicedesk::v1::OpenTicketRequest>(
          parent +
          "ticket { type: TICKET_TYPE_QUESTION impact: 1 urgency: 1 personal { subject: 'X' "
          "} } validate_only: true");
      return ::testing::Matches(merged)(s);
    }));
    EXPECT_THAT((Try<sales::v1::Opportunity, sales::v1::OpenOpportunityRequest>(
                    parent + "opportunity { display_name: 'X' }")),
                merged);
    EXPECT_THAT((Try<customers::Customer, customers::TransferCustomerRequest>(
                    absl::StrCat("name: 'customers/", id, "' owner: 'eve'"))),
                merged);
  }

  crm::testing::TempDirectory directory_{"e2e"};
  Service suite_{{CRM_SUITE, directory_.path(), {"--business-date", "2026-06-30"}}};
  customers::MergeCase case_;
  int said_ = 0;
};

TEST_F(MergeStory, WhatHungOnTheOneHangsOnTheOther) {
  Make("a", "display_name: 'Steel' personal { phones: '+4930555111' }");
  Make("b", "display_name: 'Steel Ltd' region: 'north'");
  const customers::Customer a = Get("a"), b = Get("b");
  ASSERT_TRUE(UntilPyramid(2, 200));
  Say<customers::MergeCase, customers::CreateMergeCaseRequest>(
      "merge_case_id: 'm' merge_case { first_customer: 'customers/a' second_customer: "
      "'customers/b' "
      "}");
  Say<customers::MergeCase, customers::ConfirmMergeRequest>(
      "name: 'mergeCases/m' survivor: 'customers/b'");
  ASSERT_TRUE(UntilCase(customers::MERGE_CASE_STATE_MERGED)) << case_.ShortDebugString();
  EXPECT_EQ(Get("a").merged_into(), "customers/b");
  EXPECT_EQ(Get("b").personal().phones(0), "+4930555111");

  EXPECT_TRUE(Until("all of both below the survivor", [&] { return All("b") == Both(); }));
  EXPECT_TRUE(Until("all of both below the former name", [&] { return All("a") == Both(); }));
  EXPECT_TRUE(UntilPyramid(1, 200));
  ExpectNothingNewComesTo("a");
  const auto found = suite_.client().Insist<customers::SearchCustomersResponse>(
      ParseText<customers::SearchCustomersRequest>("query: 'steel'"));
  ASSERT_THAT(found, IsOk());
  ASSERT_EQ(found->hits_size(), 1);
  EXPECT_EQ(found->hits(0).customer().name(), "customers/b");

  suite_.Kill();
  suite_.Start();
  ASSERT_TRUE(suite_.WaitUntilReady());
  EXPECT_TRUE(Until("all of both below the survivor", [&] { return All("b") == Both(); }));
  EXPECT_TRUE(UntilPyramid(1, 200));

  // Of what hangs on it, an order goes on: it activates the survivor, and stays with the other.
  Say<sales::v1::Opportunity, sales::v1::WinOpportunityRequest>(
      "name: 'customers/a/opportunities/o' amount { currency_code: 'USD' units: 7 } close_date { "
      "year: 2026 month: 6 day: 20 }");
  EXPECT_TRUE(UntilPyramid(1, 207));
  EXPECT_TRUE(
      Until("the survivor's last order", [&] { return Get("b").last_order_date().day() == 20; }));

  Say<customers::MergeCase, customers::UnmergeRequest>(
      "name: 'mergeCases/m' reason: 'they are two'");
  ASSERT_TRUE(UntilCase(customers::MERGE_CASE_STATE_UNMERGED)) << case_.ShortDebugString();
  EXPECT_TRUE(Until("each has its own", [&] { return All("b") == Own("b"); }));
  EXPECT_TRUE(UntilPyramid(2, 207));
  EXPECT_EQ(Get("b").personal().phones_size(), b.personal().phones_size());
  EXPECT_EQ(Get("b").region(), "north");
  EXPECT_EQ(Get("a").personal().phones(0), a.personal().phones(0));
  EXPECT_TRUE(Get("a").merged_into().empty());
  Say<customers::Customer, customers::TransferCustomerRequest>("name: 'customers/a' owner: 'eve'");
}

}  // namespace
}  // namespace crm::e2e
