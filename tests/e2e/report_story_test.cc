// The questions a manager asks (story 14), each one query, on the four services as processes of
// their own: orders come from sales, complaints from the service desk.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/saved_report.pb.h"
#include "crm/customer/v1/target_list.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "crm/customer/v1/value.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "crm/servicedesk/v1/ticket.pb.h"
#include "libs/base/status.h"
#include "tests/e2e/four_services.h"

namespace crm::e2e {
namespace {

namespace v1 = customer::v1;

using testing::IsOk;

class ReportStory : public OnFourServices {
 protected:
  void Customer(const std::string& id) {
    Do<v1::Customer, v1::CreateCustomerRequest>(
        customers(), absl::StrCat("customer_id: '", id, "' request_id: 'c-", id,
                                  "' customer { kind: CUSTOMER_KIND_COMPANY display_name: '", id,
                                  "' owner: 'ann' }"));
  }
  // An order of one product for each letter.
  void Order(const std::string& customer, int year, int units, const std::string& products) {
    std::string lines;
    for (const char product : products) {
      absl::StrAppend(&lines, "lines { product: '", std::string(1, product),
                      "' quantity_milli: 1000 net { currency_code: 'USD' units: ",
                      units / static_cast<int>(products.size()), " } } ");
    }
    Do<sales::v1::Order, sales::v1::RecordOrderRequest>(
        sales(), absl::StrCat("parent: 'customers/", customer, "' request_id: 'o-", customer, year,
                              "' order { order_date { year: ", year,
                              " month: 5 day: 4 } revenue { currency_code: 'USD' units: ", units,
                              " } ", lines, "}"));
  }
  void Complain(const std::string& customer, int times) {
    for (int i = 0; i < times; ++i) {
      Do<servicedesk::v1::Ticket, servicedesk::v1::OpenTicketRequest>(
          servicedesk(),
          absl::StrCat("parent: 'customers/", customer, "' request_id: 't-", customer, i,
                       "' ticket { type: TICKET_TYPE_COMPLAINT personal { subject: 'Late' "
                       "description: 'Again' } channel: CHANNEL_PHONE impact: 2 urgency: 2 }"));
    }
  }
  absl::StatusOr<v1::RunReportResponse> Run(const std::string& id) {
    v1::RunReportRequest request;
    request.set_name("savedReports/" + id);
    return customers().Call<v1::RunReportResponse>(request);
  }
  std::vector<std::string> Answer(const std::string& id) {
    std::vector<std::string> names;
    const auto answer = Run(id);
    if (!answer.ok()) return {std::string(answer.status().message())};
    for (const v1::ReportRow& row : answer->rows()) names.push_back(row.customer().substr(10));
    return names;
  }
  void ExpectAnswer(const std::string& id, const std::vector<std::string>& expected) {
    EXPECT_TRUE(Until(id, [&] { return Answer(id) == expected; }));
    EXPECT_EQ(Answer(id), expected) << id;
  }
};

TEST_F(ReportStory, EachQuestionIsOneQuery) {
  for (const char* id : {"steel", "glass", "paper", "wanted"}) Customer(id);
  Order("steel", 2025, 9000, "abc");
  Order("steel", 2026, 1200, "abc");
  Order("glass", 2025, 4000, "ab");
  Order("glass", 2026, 5000, "ab");
  Order("paper", 2025, 800, "a");
  Complain("glass", 2);
  Complain("paper", 1);
  Do<v1::TargetList, v1::CreateTargetListRequest>(
      customers(),
      "target_list_id: 'y' request_id: 'list' target_list { display_name: 'This year' year: 2026 "
      "customers: 'customers/glass' customers: 'customers/wanted' }");
  Do<v1::SavedReport, v1::CreateSavedReportRequest>(
      customers(),
      "saved_report_id: 'wanted' request_id: 'wanted' saved_report { display_name: 'Whom we want' "
      "kind: REPORT_KIND_WANTED target_list: 'targetLists/y' }");
  Do<v1::SavedReport, v1::UpdateSavedReportRequest>(
      customers(),
      "request_id: 'everybody' saved_report { name: 'savedReports/repeat-complainers' } "
      "update_mask { paths: 'tiers' }");

  ExpectAnswer("orders-fallen", {"steel", "paper"});
  ExpectAnswer("repeat-complainers", {"glass"});
  ExpectAnswer("few-product-buyers", {"glass", "paper"});
  ExpectAnswer("wanted", {"wanted", "glass"});
  const auto profit = Run("loss-makers");
  EXPECT_EQ(base::ReasonOf(profit.status()), "REPORT_NOT_AVAILABLE");

  const auto fallen = Run("orders-fallen");
  ASSERT_THAT(fallen, IsOk());
  EXPECT_EQ(fallen->rows(0).previous_revenue().units(), 9000);
  EXPECT_EQ(fallen->rows(0).revenue().units(), 1200);
  EXPECT_EQ(fallen->rows(0).owner(), "ann");
}

TEST_F(ReportStory, GoldCustomersAreTheOnesOfThePyramidAndAVisitTakesOneOffTheList) {
  for (int i = 0; i < 20; ++i) {
    const std::string id = absl::StrCat("c", i);
    Customer(id);
    Order(id, 2026, 100 * (i + 1), "a");
  }
  // The default sizes: one of a hundred is top, four are big; of twenty that is one.
  const std::vector<std::string> gold = {"c19"};
  int computed = 0;
  ASSERT_TRUE(Until("tiers of all orders", [&] {
    Do<v1::TierPlan, v1::ComputeTierPlanRequest>(
        customers(),
        absl::StrCat("name: 'tierPlans/standard' request_id: 'compute-", ++computed, "'"));
    return Answer("gold-customers") == gold && Answer("unvisited") == gold;
  }));
  Do<v1::Touchpoint, v1::RecordTouchpointRequest>(
      customers(),
      "parent: 'customers/c19' request_id: 'visit' touchpoint { channel: CHANNEL_VISIT direction: "
      "DIRECTION_OUT occur_time { seconds: 1781000000 } personal { subject: 'Visited' } }");
  EXPECT_TRUE(Until("the visit counts", [&] { return Answer("unvisited").empty(); }));
  EXPECT_EQ(Answer("gold-customers"), gold);
}

}  // namespace
}  // namespace crm::e2e
