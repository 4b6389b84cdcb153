// An interview programme from its draw to what came of it: 1,000 companies, 20 account managers
// with 50 each, a random half of each book interviewed; customer and sales on a broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/follow_up_policy.pb.h"
#include "crm/customer/v1/interview.pb.h"
#include "crm/customer/v1/interview_effect.pb.h"
#include "crm/customer/v1/interview_programme.pb.h"
#include "crm/customer/v1/interview_script.pb.h"
#include "crm/customer/v1/notification.pb.h"
#include "crm/customer/v1/staff.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "crm/customer/v1/value.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/eventlog/kafka/test_broker.h"
#include "libs/testing/matchers.h"
#include "libs/testing/temp_directory.h"
#include "tests/e2e/harness.h"

namespace crm::e2e {
namespace {

using testing::IsOk;
using testing::ParseText;

constexpr int kManagers = 20;
constexpr int kBook = 50;
constexpr int kCompanies = kManagers * kBook;
constexpr char kProgramme[] = "interviewProgrammes/listening";

std::string Manager(int manager) { return absl::StrCat("m", manager); }
// What a company ordered in the year before, in units: from 1,000 to 2,000.
int Before(int company) { return 1'000 + company; }
// How far a company is from the mean of its group: -10 % to +10 %, adding up to almost nothing.
double Noise(int company) { return (company * 37 % 101 - 50) / 500.0; }

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

  template <class Response, class Request>
  absl::StatusOr<Response> Do(Request request) {
    request.set_request_id(absl::StrCat("story-", ++requests_));
    return customers().Insist<Response>(request);
  }

  void HireManagersAndImportCompanies() {
    for (int manager = 0; manager < kManagers; ++manager) {
      auto create = ParseText<customer::v1::CreateStaffRequest>(
          "staff { hire_date { year: 2025 month: 1 day: 6 } roles: STAFF_ROLE_REP }");
      create.set_staff_id(Manager(manager));
      create.mutable_staff()->mutable_personal()->set_display_name(Manager(manager));
      ASSERT_THAT(Do<customer::v1::Staff>(create), IsOk());
    }
    for (int call = 0; call < kCompanies / 100; ++call) {
      customer::v1::ImportCustomersRequest import;
      for (int company = call * 100; company < (call + 1) * 100; ++company) {
        customer::v1::Customer& row = *import.add_rows()->mutable_customer();
        row.set_kind(customer::v1::CUSTOMER_KIND_COMPANY);
        row.set_display_name(absl::StrCat("Company ", company));
        row.set_owner(Manager(company / kBook));
        row.add_external_ids()->set_system("old");
        row.mutable_external_ids(0)->set_id(absl::StrCat("n", company));
      }
      const auto done = Do<customer::v1::ImportCustomersResponse>(import);
      ASSERT_THAT(done, IsOk());
      for (int i = 0; i < done->results_size(); ++i) {
        ASSERT_EQ(done->results(i).status().code(), 0) << done->results(i).ShortDebugString();
        company_[done->results(i).name()] = call * 100 + i;
      }
    }
  }

  // One order each, of the units that `units_of` says.
  template <class UnitsOf>
  void ImportOrders(const std::string& system, const std::string& date, const UnitsOf& units_of) {
    for (int call = 0; call < kCompanies / 100; ++call) {
      sales::v1::ImportOrdersRequest import;
      import.set_request_id(absl::StrCat("orders-", system, call));
      for (int company = call * 100; company < (call + 1) * 100; ++company) {
        sales::v1::OrderRow& row = *import.add_rows();
        row = ParseText<sales::v1::OrderRow>(
            "customer_external_id { system: 'old' } order { "
            "revenue { currency_code: 'USD' } order_date { " +
            date + " } }");
        row.mutable_customer_external_id()->set_id(absl::StrCat("n", company));
        row.mutable_order()->mutable_revenue()->set_units(units_of(company));
        row.mutable_order()->mutable_external_id()->set_system(system);
        row.mutable_order()->mutable_external_id()->set_id(absl::StrCat(system, company));
      }
      const auto done = sales().Insist<sales::v1::ImportOrdersResponse>(import);
      ASSERT_THAT(done, IsOk());
      for (const auto& result : done->results())
        ASSERT_EQ(result.status().code(), 0) << result.ShortDebugString();
    }
  }

  void WaitForOrders(const std::string& period, int64_t revenue) {
    const auto ask = ParseText<customer::v1::GetPyramidRequest>(
        "measure: MEASURE_REVENUE period { " + period + " }");
    EXPECT_TRUE(Until("all orders", [&] {
      const auto pyramid = customers().Call<customer::v1::GetPyramidResponse>(ask);
      return pyramid.ok() && pyramid->order_count() == kCompanies &&
             pyramid->revenue().units() == revenue;
    }));
  }

  void PlanProgramme() {
    auto create = ParseText<customer::v1::CreateInterviewProgrammeRequest>(
        "interview_programme_id: 'listening' interview_programme { title: 'Listening' period { "
        "start { year: 2026 month: 3 day: 9 } end { year: 2026 month: 4 day: 4 } } "
        "control_share_bps: 5000 }");
    for (int manager = 0; manager < kManagers; ++manager) {
      auto& added = *create.mutable_interview_programme()->add_managers();
      added.set_staff(Manager(manager));
      added.set_quota(kBook);
    }
    ASSERT_THAT(Do<customer::v1::InterviewProgramme>(create), IsOk());
    customer::v1::PlanInterviewsRequest plan;
    plan.set_name(kProgramme);
    plan.set_seed("5eed5eed5eed5eed5eed5eed5eed5eed");
    plan.set_validate_only(true);
    // The tables here know every import, every member of staff and the script by then.
    EXPECT_TRUE(Until("the whole plan can be seen beforehand", [&] {
      const auto preview = Do<customer::v1::InterviewProgramme>(plan);
      return preview.ok() && preview->treated_count() == kCompanies / 2 &&
             preview->control_count() == kCompanies / 2;
    }));
    plan.set_validate_only(false);
    ASSERT_THAT(Do<customer::v1::InterviewProgramme>(plan), IsOk());
    customer::v1::GetInterviewProgrammeRequest get;
    get.set_name(kProgramme);
    EXPECT_TRUE(Until("all books are drawn", [&] {
      const auto now = customers().Call<customer::v1::InterviewProgramme>(get);
      return now.ok() && now->status() == customer::v1::PROGRAMME_STATUS_PLANNED &&
             now->treated_count() == kCompanies / 2;
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

  int Count(const std::string& filter) {
    customer::v1::ListInterviewsRequest list;
    list.set_parent("customers/-");
    list.set_page_size(1'000);
    list.set_filter(absl::StrCat("programme = \"", kProgramme, "\"", filter));
    const auto page = customers().Insist<customer::v1::ListInterviewsResponse>(list);
    EXPECT_THAT(page, IsOk());
    return page.ok() ? page->interviews_size() : -1;
  }

  // Half of each book, on working days, no manager with more than two on one day.
  void ExpectFairAndEven() {
    std::map<std::string, int> treated, control;
    std::map<std::pair<std::string, absl::CivilDay>, int> load;
    for (const auto& member : Members()) {
      const bool is_treated = member.group() == customer::v1::PROGRAMME_GROUP_TREATED;
      ++(is_treated ? treated : control)[member.staff()];
      (is_treated ? treated_ : control_).insert(member.customer());
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
    EXPECT_TRUE(Until("all interviews are planned", [&] {
      return Count(" AND status = INTERVIEW_STATUS_PLANNED") == kCompanies / 2;
    }));
  }

  // Every fifth declines; of the others every tenth has something that cannot wait.
  void HoldInterviews() {
    int number = 0;
    for (const auto& member : Members()) {
      if (member.interview().empty()) continue;
      if (++number % 5 == 0) {
        customer::v1::DeclineInterviewRequest decline;
        decline.set_name(member.interview());
        ASSERT_THAT(Do<customer::v1::Interview>(decline), IsOk());
        continue;
      }
      auto hold = ParseText<customer::v1::HoldInterviewRequest>(
          "answers { question: 'interviewQuestions/needs' text: 'More of the same' }");
      hold.set_name(member.interview());
      const bool heard = number % 10 == 1;
      if (heard) {
        auto& signal = *hold.add_signals();
        signal.set_kind(customer::v1::SIGNAL_KIND_OPPORTUNITY);
        signal.set_severity(customer::v1::SIGNAL_SEVERITY_CRITICAL);
        signal.set_note("A second site");
      }
      // One was reported long afterwards: nobody had done anything about it.
      if (number == 1) hold.mutable_held_time()->set_seconds(1'773'050'400);  // 2026-03-09.
      const auto held = Do<customer::v1::Interview>(hold);
      ASSERT_THAT(held, IsOk());
      ++held_;
      if (!heard) continue;
      EXPECT_GT(held->signals(0).due_time().seconds(), held->held_time().seconds());
      if (number == 1) {
        late_ = *held;
        continue;
      }
      auto follow_up = ParseText<customer::v1::FollowUpSignalRequest>(
          "signal: '1' channel: CHANNEL_EMAIL outcome: 'Offered'");
      follow_up.set_name(member.interview());
      const auto done = Do<customer::v1::Interview>(follow_up);
      ASSERT_THAT(done, IsOk());
      EXPECT_EQ(done->status(), customer::v1::INTERVIEW_STATUS_FOLLOWED_UP);
      ++followed_up_;
    }
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
    const int owner = company_[late_.name().substr(0, late_.name().find("/interviews/"))] / kBook;
    customer::v1::ListNotificationsRequest said;
    said.set_parent("staff/" + Manager(owner));
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
  std::map<std::string, int> company_;  // By the customer's name.
  std::set<std::string> treated_, control_;
  customer::v1::Interview late_;
  int held_ = 0;
  int followed_up_ = 0;
  int requests_ = 0;
};

TEST_F(InterviewStory, AYearLaterTheReportShowsTheDifferenceWithItsInterval) {
  ASSERT_NO_FATAL_FAILURE(StartAt("2026-03-02"));
  ASSERT_NO_FATAL_FAILURE(HireManagersAndImportCompanies());
  ImportOrders("y25", "year: 2025 month: 6 day: 10", Before);
  WaitForOrders("start { year: 2025 month: 6 day: 1 } end { year: 2025 month: 7 day: 1 }",
                int64_t{kCompanies} * 1'000 + int64_t{kCompanies} * (kCompanies - 1) / 2);
  ASSERT_NO_FATAL_FAILURE(PlanProgramme());
  ExpectFairAndEven();
  ASSERT_NO_FATAL_FAILURE(HoldInterviews());
  ExpectTraces();
  customer::v1::GetInterviewEffectRequest ask;
  ask.set_name(kProgramme);
  EXPECT_TRUE(absl::IsInvalidArgument(
      customers().Insist<customer::v1::GetInterviewEffectResponse>(ask).status()))
      << "the year has not passed";

  StopAll();
  ASSERT_NO_FATAL_FAILURE(StartAt("2027-04-05"));
  std::vector<double> change(kCompanies);
  for (const auto& [name, company] : company_)
    change[company] = (treated_.contains(name) ? 0.06 : -0.08) + Noise(company);
  int64_t revenue = 0;
  const auto after = [&](int company) {
    return static_cast<int64_t>(std::llround(Before(company) * (1 + change[company])));
  };
  for (int company = 0; company < kCompanies; ++company) revenue += after(company);
  ImportOrders("y26", "year: 2026 month: 10 day: 10", after);
  WaitForOrders("start { year: 2026 month: 10 day: 1 } end { year: 2026 month: 11 day: 1 }",
                revenue);

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
