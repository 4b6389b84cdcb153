// An interview programme from its draw to what came of it: 1,000 companies, 20 account managers
// with 50 each, a random half of each book interviewed; customer and sales on a broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/interview.pb.h"
#include "crm/customer/v1/interview_effect.pb.h"
#include "crm/customer/v1/interview_programme.pb.h"
#include "crm/customer/v1/notification.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "crm/customer/v1/value.pb.h"
#include "libs/eventlog/kafka/test_broker.h"
#include "libs/testing/matchers.h"
#include "libs/testing/temp_directory.h"
#include "tests/e2e/demo_data.h"
#include "tests/e2e/harness.h"

namespace crm::e2e {
namespace {

using testing::IsOk;
using testing::ParseText;

constexpr int kManagers = 20;
constexpr int kBook = 50;
constexpr int kCompanies = kManagers * kBook;
constexpr char kProgramme[] = "interviewProgrammes/listening";
// A year after the programme.
constexpr char kBusinessDate[] = "2027-04-05";

class InterviewStory : public ::testing::Test {
 protected:
  // The two services, at a business date; what they wrote before is still there.
  void StartAt(const std::string& business_date) {
    services_.clear();
    const std::map<std::string, std::string> programs = {{"crm.customer.v1", CRM_CUSTOMER},
                                                         {"crm.sales.v1", CRM_SALES}};
    std::string known;
    for (const auto& [package, program] : programs) {
      if (addresses_[package].empty()) addresses_[package] = FreeAddress();
      absl::StrAppend(&known, known.empty() ? "" : ",", package, "=", addresses_[package]);
    }
    for (const auto& [package, program] : programs) {
      std::vector<std::string> flags = OnBroker(broker_.bootstrap());
      flags.insert(flags.end(), {"--service-addresses", known, "--business-date", business_date,
                                 "--absent-services", "crm.marketing.v1,crm.servicedesk.v1"});
      services_[package] = std::make_unique<Service>(Service::Options{
          program, absl::StrCat(directory_.path(), "/", package), flags, addresses_[package]});
      services_[package]->Start();
    }
    for (const auto& [package, service] : services_) ASSERT_TRUE(service->WaitUntilReady());
  }
  void StopAll() {
    for (const auto& [package, service] : services_) EXPECT_EQ(service->Stop(), 0);
  }

  Client& customers() { return services_["crm.customer.v1"]->client(); }
  Client& sales() { return services_["crm.sales.v1"]->client(); }

  // The steps of the sample company; what a reaction makes of them may be on its way.
  void Load(const std::vector<std::string>& steps) {
    LoadDemo({.companies = kCompanies,
              .managers = kManagers,
              .business_date = kBusinessDate,
              .folder = directory_.path(),
              .services = addresses_},
             steps);
  }

  // Orders of a month, of that revenue where it is given.
  void WaitForOrders(const std::string& period, std::optional<int64_t> revenue) {
    const auto ask = ParseText<customer::v1::GetPyramidRequest>(
        "measure: MEASURE_REVENUE period { " + period + " }");
    EXPECT_TRUE(Until("all orders", [&] {
      const auto pyramid = customers().Call<customer::v1::GetPyramidResponse>(ask);
      return pyramid.ok() && pyramid->order_count() == kCompanies &&
             (!revenue.has_value() || pyramid->revenue().units() == *revenue);
    }));
  }

  std::vector<customer::v1::ProgrammeMember> Members() {
    customer::v1::ListProgrammeMembersRequest list;
    list.set_parent(kProgramme);
    list.set_page_size(1'000);
    const auto page = customers().Insist<customer::v1::ListProgrammeMembersResponse>(list);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) return {};
    return {page->programme_members().begin(), page->programme_members().end()};
  }

  std::vector<customer::v1::Interview> Interviews(const std::string& status) {
    customer::v1::ListInterviewsRequest list;
    list.set_parent("customers/-");
    list.set_page_size(1'000);
    list.set_filter(
        absl::StrCat("programme = \"", kProgramme, "\" AND status = INTERVIEW_STATUS_", status));
    const auto page = customers().Insist<customer::v1::ListInterviewsResponse>(list);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) return {};
    return {page->interviews().begin(), page->interviews().end()};
  }

  // Half of each book, on working days, no manager with more than two on one day.
  void ExpectFairAndEven() {
    std::map<std::string, int> treated, control;
    std::map<std::pair<std::string, absl::CivilDay>, int> load;
    for (const auto& member : Members()) {
      const bool is_treated = member.group() == customer::v1::PROGRAMME_GROUP_TREATED;
      ++(is_treated ? treated : control)[member.staff()];
      EXPECT_EQ(is_treated, !member.interview().empty());
      if (!is_treated) continue;
      const absl::CivilDay day(absl::ToCivilDay(
          absl::FromUnixSeconds(member.planned_time().seconds()), absl::UTCTimeZone()));
      EXPECT_LE(++load[std::pair(member.staff(), day)], 2) << member.staff() << " on " << day;
      EXPECT_LE(absl::GetWeekday(day), absl::Weekday::friday) << day;
    }
    EXPECT_EQ(treated.size(), size_t{kManagers});
    for (const auto& [manager, count] : treated) EXPECT_EQ(count, kBook / 2) << manager;
    for (const auto& [manager, count] : control) EXPECT_EQ(count, kBook / 2) << manager;
  }

  // Every fifth declined; of the others every tenth had something that could not wait, and the
  // first of these was reported long afterwards: nobody had done anything about it.
  void ExpectInterviews() {
    EXPECT_EQ(Interviews("DECLINED").size(), size_t{kCompanies} / 10);
    const auto settled = Interviews("FOLLOWED_UP");
    const auto waiting = Interviews("HELD");
    held_ = static_cast<int>(settled.size() + waiting.size());
    EXPECT_EQ(held_, kCompanies / 2 - kCompanies / 10);
    ASSERT_EQ(waiting.size(), 1u);
    late_ = waiting.front();
    EXPECT_EQ(late_.signals_size(), 1);
    for (const auto& interview : settled) {
      if (interview.signals().empty()) continue;
      ++followed_up_;
      EXPECT_GT(interview.signals(0).due_time().seconds(), interview.held_time().seconds());
      EXPECT_TRUE(interview.signals(0).has_handle_time());
    }
    EXPECT_EQ(followed_up_, kCompanies / 20 - 1);
  }

  // What was held and followed up leaves touchpoints; what is late is said to the owner.
  void ExpectTraces() {
    customer::v1::ListTouchpointsRequest touchpoints;
    touchpoints.set_parent("customers/-");
    touchpoints.set_page_size(1'000);
    EXPECT_TRUE(Until("touchpoints of all that was held and followed up", [&] {
      const auto page = customers().Call<customer::v1::ListTouchpointsResponse>(touchpoints);
      return page.ok() && page->touchpoints_size() == held_ + followed_up_;
    }));
    customer::v1::ListActivitiesRequest done;
    done.set_page_size(1'000);
    done.set_filter("state = ACTIVITY_STATE_DONE");
    EXPECT_TRUE(Until("activities of what was followed up are done", [&] {
      const auto page = customers().Call<customer::v1::ListActivitiesResponse>(done);
      return page.ok() && page->activities_size() == followed_up_;
    }));
    customer::v1::GetCustomerRequest get;
    get.set_name(late_.name().substr(0, late_.name().find("/interviews/")));
    const auto customer = customers().Insist<customer::v1::Customer>(get);
    ASSERT_THAT(customer, IsOk());
    customer::v1::ListNotificationsRequest said;
    said.set_parent("staff/" + customer->owner());
    said.set_filter("reason = NOTIFICATION_REASON_SIGNAL_OVERDUE");
    EXPECT_TRUE(Until("word of the late signal", [&] {
      const auto page = customers().Call<customer::v1::ListNotificationsResponse>(said);
      return page.ok() && page->notifications_size() == 1 &&
             page->notifications(0).about() == late_.name();
    }));
  }

  eventlog::kafka::TestBroker broker_;
  crm::testing::TempDirectory directory_{"e2e"};
  std::map<std::string, std::string> addresses_;
  std::map<std::string, std::unique_ptr<Service>> services_;
  customer::v1::Interview late_;
  int held_ = 0;
  int followed_up_ = 0;
};

TEST_F(InterviewStory, AYearLaterTheReportShowsTheDifferenceWithItsInterval) {
  ASSERT_NO_FATAL_FAILURE(StartAt("2026-03-02"));
  ASSERT_NO_FATAL_FAILURE(Load({"people", "book", "first-year"}));
  WaitForOrders("start { year: 2025 month: 6 day: 1 } end { year: 2025 month: 7 day: 1 }",
                int64_t{kCompanies} * 1'000 + int64_t{kCompanies} * (kCompanies - 1) / 2);
  ASSERT_NO_FATAL_FAILURE(Load({"programme"}));
  ExpectFairAndEven();
  ASSERT_NO_FATAL_FAILURE(Load({"interviews"}));
  ASSERT_NO_FATAL_FAILURE(ExpectInterviews());
  ASSERT_NO_FATAL_FAILURE(ExpectTraces());
  customer::v1::GetInterviewEffectRequest ask;
  ask.set_name(kProgramme);
  EXPECT_TRUE(absl::IsInvalidArgument(
      customers().Insist<customer::v1::GetInterviewEffectResponse>(ask).status()))
      << "the year has not passed";

  StopAll();
  ASSERT_NO_FATAL_FAILURE(StartAt(kBusinessDate));
  ASSERT_NO_FATAL_FAILURE(Load({"second-year"}));
  WaitForOrders("start { year: 2026 month: 10 day: 1 } end { year: 2026 month: 11 day: 1 }",
                std::nullopt);

  const auto effect = customers().Insist<customer::v1::GetInterviewEffectResponse>(ask);
  ASSERT_THAT(effect, IsOk());
  EXPECT_EQ(effect->treated().size(), kCompanies / 2);
  EXPECT_EQ(effect->control().size(), kCompanies / 2);
  EXPECT_EQ(effect->treated().compared_count(), kCompanies / 2);
  EXPECT_EQ(effect->treated().held_count(), held_) << "but compared as drawn";
  EXPECT_LT(held_, kCompanies / 2);
  EXPECT_NEAR(effect->treated().mean_change(), 0.06, 0.01);
  EXPECT_NEAR(effect->control().mean_change(), -0.08, 0.01);
  EXPECT_NEAR(effect->difference(), 0.14, 0.02);
  EXPECT_LT(effect->interval_low(), 0.14);
  EXPECT_GT(effect->interval_high(), 0.14);
  EXPECT_GT(effect->interval_low(), 0.10) << "far from chance";
  EXPECT_LT(effect->p_value(), 1e-6);
  EXPECT_EQ(effect->method(), "welch-t/intention-to-treat");
}

}  // namespace
}  // namespace crm::e2e
