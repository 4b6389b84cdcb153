// The questions a manager asks (story 14), each one query, on the four services as processes of
// their own: the sample company, whose orders come from sales and complaints from the service desk.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/saved_report.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "crm/customer/v1/value.pb.h"
#include "libs/base/status.h"
#include "tests/e2e/four_services.h"

namespace crm::e2e {
namespace {

namespace v1 = customer::v1;

using testing::IsOk;

class ReportStory : public OnFourServices {
 protected:
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
  // Enough companies for one gold customer among them, by the default sizes.
  ASSERT_NO_FATAL_FAILURE(Load(20, {"people", "book", "first-year", "second-year", "stories"}));
  const std::vector<std::string> gold = {"erp-k02"};
  int computed = 0;
  ASSERT_TRUE(Until("tiers of all orders", [&] {
    Do<v1::TierPlan, v1::ComputeTierPlanRequest>(
        customers(),
        absl::StrCat("name: 'tierPlans/standard' request_id: 'compute-", ++computed, "'"));
    return Answer("gold-customers") == gold;
  }));
  ExpectAnswer("orders-fallen", {"erp-k01", "erp-k12"});
  ExpectAnswer("repeat-complainers", gold);
  ExpectAnswer("few-product-buyers", {"erp-k03"});
  ExpectAnswer("wanted", {"erp-k04", "erp-k02"});
  const auto profit = Run("loss-makers");
  EXPECT_EQ(base::ReasonOf(profit.status()), "REPORT_NOT_AVAILABLE");

  const auto fallen = Run("orders-fallen");
  ASSERT_THAT(fallen, IsOk());
  EXPECT_EQ(fallen->rows(0).previous_revenue().units(), 90'000);
  EXPECT_EQ(fallen->rows(0).revenue().units(), 12'000);
  EXPECT_EQ(fallen->rows(0).owner(), "lead-bj");

  // A visit takes the gold customer off the list.
  ExpectAnswer("unvisited", gold);
  Do<v1::Touchpoint, v1::RecordTouchpointRequest>(
      customers(),
      "parent: 'customers/erp-k02' request_id: 'visit' touchpoint { channel: CHANNEL_VISIT "
      "direction: DIRECTION_OUT occur_time { seconds: 1781000000 } personal { subject: 'Visited' } "
      "}");
  EXPECT_TRUE(Until("the visit counts", [&] { return Answer("unvisited").empty(); }));
  EXPECT_EQ(Answer("gold-customers"), gold);

  // Who sends it all again changes nothing.
  ASSERT_NO_FATAL_FAILURE(Load(20, {"people", "book", "first-year", "second-year", "stories"}));
  ExpectAnswer("repeat-complainers", gold);
  EXPECT_EQ(Run("orders-fallen")->rows(0).revenue().units(), 12'000);
}

}  // namespace
}  // namespace crm::e2e
