// The organization of the scenario, asked of a running suite: as of a day, as known at a moment.
#include "crm/customer/v1/organization.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/timestamp.h"
#include "tests/contract/live_suite.h"
#include "tests/contract/scenario.h"

namespace crm::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Organization : public ::testing::Test {
 protected:
  Organization() { suite_.RunScenario(); }

  customer::v1::GetOrganizationResponse Ask(const customer::v1::GetOrganizationRequest& request) {
    customer::v1::GetOrganizationResponse response;
    const absl::Status status = suite_.Call(request, &response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }
  static std::vector<std::string> Units(const customer::v1::GetOrganizationResponse& response) {
    std::vector<std::string> units;
    for (const auto& node : response.nodes()) {
      units.push_back(std::to_string(node.depth()) + " " + node.unit() + " " + node.lead() + " " +
                      std::to_string(node.total_staff_count()));
    }
    return units;
  }

  LiveSuite suite_;
};

TEST_F(Organization, AsOfADayAndAsKnownAtAMoment) {
  customer::v1::GetOrganizationRequest request;
  const auto today = Ask(request);
  EXPECT_THAT(Units(today),
              ElementsAre("0 branches/north  2", "1 branches/city  0",
                          "1 departments/sales staff/bob 2", "2 teams/red staff/bob 2"));
  EXPECT_EQ(today.staff_count(), 5);
  EXPECT_FALSE(today.incomplete());

  *request.mutable_known_at() = today.known_at();
  EXPECT_EQ(Units(Ask(request)), Units(today));
  *request.mutable_known_at() = base::TimestampOf(base::TimeOf(today.known_at()) - absl::Hours(1));
  EXPECT_THAT(Units(Ask(request)), IsEmpty());

  request.clear_known_at();
  request.mutable_as_of()->set_year(2025);
  request.mutable_as_of()->set_month(6);
  request.mutable_as_of()->set_day(1);
  const auto then = Ask(request);
  EXPECT_EQ(then.nodes_size(), 7);
  EXPECT_EQ(then.staff_count(), 3);
}

}  // namespace
}  // namespace crm::contract
