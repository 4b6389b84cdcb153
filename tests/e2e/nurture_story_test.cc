// A prospect that is not buying now (story 12), on the four services as processes of their own: its
// next step is kept, it goes back to the pool when nobody has met it for the limit, another of us
// picks it and it orders; its whole story is one timeline.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/agenda.pb.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/pool.pb.h"
#include "crm/customer/v1/staff.pb.h"
#include "crm/customer/v1/timeline.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "crm/sales/v1/opportunity.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "tests/e2e/four_services.h"

namespace crm::e2e {
namespace {

namespace v1 = customer::v1;

using ::testing::IsSupersetOf;

constexpr char kName[] = "name: 'customers/acme' ";

// Years after whatever is recorded now: whoever was not met since then has been left alone.
class NurtureStory : public OnFourServices {
 protected:
  NurtureStory() : OnFourServices("2099-06-30") {}

  v1::Customer Acme() { return Do<v1::Customer, v1::GetCustomerRequest>(customers(), kName); }
  v1::GetTimelineResponse Timeline() {
    return Do<v1::GetTimelineResponse, v1::GetTimelineRequest>(customers(), kName);
  }
  // Two of us, a pool that takes back whom nobody has met for 30 days, and a prospect of ann's.
  void MakeBook() {
    for (const std::string id : {"ann", "bob"})
      Do<v1::Staff, v1::CreateStaffRequest>(
          customers(),
          absl::StrCat("staff_id: '", id, "' request_id: 'staff-", id,
                       "' staff { roles: STAFF_ROLE_REP personal { display_name: '", id, "' } }"));
    Do<v1::Pool, v1::UpdatePoolRequest>(
        customers(),
        "request_id: 'rule' pool { name: 'pools/standard' recycle_rules { id: 'untouched' "
        "display_name: 'Untouched' untouched_days: 30 } } update_mask { paths: 'recycle_rules' }");
    Do<v1::Customer, v1::CreateCustomerRequest>(customers(),
                                                "customer_id: 'acme' request_id: 'acme' customer { "
                                                "kind: CUSTOMER_KIND_COMPANY owner: 'ann' "
                                                "display_name: 'Acme' }");
    ASSERT_TRUE(Until("it is ann's", [&] { return Acme().owner() == "ann"; }));
  }

  // "POOL PICKED pools/standard>" of each entry, oldest first.
  std::vector<std::string> Story() {
    std::vector<std::string> story;
    const auto timeline = Timeline();
    for (const v1::TimelineEntry& entry : timeline.entries())
      story.push_back(absl::StrCat(v1::TimelineKind_Name(entry.kind()).substr(14), " ",
                                   v1::TimelineAction_Name(entry.action()).substr(16), " ",
                                   entry.before(), ">", entry.after()));
    std::reverse(story.begin(), story.end());
    return story;
  }
  std::vector<std::string> NextSteps(const std::string& staff) {
    std::vector<std::string> steps;
    const auto agenda = Do<v1::GetAgendaResponse, v1::GetAgendaRequest>(
        customers(), "staff: 'staff/" + staff + "'");
    for (const v1::AgendaItem& item : agenda.items()) {
      if (item.section() == v1::AGENDA_SECTION_NEXT_STEPS) steps.push_back(item.subject());
    }
    return steps;
  }
};

TEST_F(NurtureStory, KeptRecycledPickedConvertedAndOneTimeline) {
  ASSERT_NO_FATAL_FAILURE(MakeBook());
  Do<v1::Touchpoint, v1::RecordTouchpointRequest>(
      customers(),
      "parent: 'customers/acme' request_id: 'call' touchpoint { channel: CHANNEL_PHONE direction: "
      "DIRECTION_OUT staff: 'ann' occur_time { seconds: 1767225600 } next_step: 'Ask again' "
      "next_step_date { year: 2099 month: 6 day: 30 } personal { subject: 'Not this year' } }");
  ASSERT_TRUE(Until("the next step is kept",
                    [&] { return NextSteps("ann") == std::vector<std::string>{"Ask again"}; }));

  int sweeps = 0;
  ASSERT_TRUE(Until("it is left alone and goes back to the pool", [&] {
    Do<v1::Pool, v1::SweepPoolRequest>(
        customers(), absl::StrCat("name: 'pools/standard' request_id: 'sweep-", ++sweeps, "'"));
    return Acme().pool() == "pools/standard";
  }));
  EXPECT_EQ(Acme().owner(), "");

  Do<v1::Customer, v1::PickCustomerRequest>(
      customers(), absl::StrCat(kName, "request_id: 'pick' picker: 'bob' reason: 'my region'"));
  ASSERT_TRUE(Until("it is bob's", [&] { return Acme().owner() == "bob"; }));
  EXPECT_EQ(Acme().pool(), "");

  Do<sales::v1::Opportunity, sales::v1::OpenOpportunityRequest>(
      sales(),
      "parent: 'customers/acme' opportunity_id: 'pumps' request_id: 'pumps' opportunity { "
      "display_name: 'Pumps' }");
  Do<sales::v1::Order, sales::v1::RecordOrderRequest>(
      sales(),
      "parent: 'customers/acme' order_id: 'o1' request_id: 'o1' order { order_date { year: 2099 "
      "month: 6 day: 29 } opportunity: 'customers/acme/opportunities/pumps' revenue { "
      "currency_code: 'USD' units: 5000 } }");
  ASSERT_TRUE(
      Until("it is a customer now", [&] { return Acme().status() == v1::CUSTOMER_STATUS_ACTIVE; }));

  const std::vector<std::string> wanted = {"PROFILE CREATED >PROSPECT",
                                           "OWNER CHANGED >ann",
                                           "TOUCHPOINT MET >",
                                           "OWNER CHANGED ann>",
                                           "POOL ENTERED >pools/standard",
                                           "OWNER CHANGED >bob",
                                           "POOL PICKED pools/standard>",
                                           "STATUS CHANGED PROSPECT>ACTIVE",
                                           "ORDER PLACED >"};
  EXPECT_TRUE(Until("the whole story is one timeline", [&] {
    const std::vector<std::string> story = Story();
    return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& entry) {
      return std::find(story.begin(), story.end(), entry) != story.end();
    });
  }));
  EXPECT_THAT(Story(), IsSupersetOf(wanted));
  const auto timeline = Timeline();
  ASSERT_EQ(timeline.sources_size(), 4);
  for (const v1::SourceReading& source : timeline.sources())
    EXPECT_EQ(source.state(), v1::READING_STATE_AVAILABLE) << source.service();
  const auto at = [&](const std::string& entry) {
    const std::vector<std::string> story = Story();
    return std::find(story.begin(), story.end(), entry) - story.begin();
  };
  EXPECT_LT(at("TOUCHPOINT MET >"), at("OWNER CHANGED ann>"));
  EXPECT_LT(at("POOL ENTERED >pools/standard"), at("POOL PICKED pools/standard>"));
  EXPECT_LT(at("POOL PICKED pools/standard>"), at("STATUS CHANGED PROSPECT>ACTIVE"));
}

}  // namespace
}  // namespace crm::e2e
