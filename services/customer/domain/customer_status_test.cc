// What people say of a customer's life: qualified, lost; and what each verb does in each status.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/customer_policy.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;

const LossReasonFacts kKnown{.known = true, .customer_policy_etag = "3"};

std::string In(const std::string& status) {
  return "created { customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_" + status +
         " } personal { display_name: 'Steel Works' } }";
}

std::string Owned() {
  return "created { customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_PROSPECT owner: "
         "'ann' } personal { display_name: 'Steel Works' } }";
}

constexpr char kActive[] = R"(activated { activity {
  order: "customers/customer-1/orders/o1" last_order_date { year: 2026 month: 2 day: 1 }
  active_until_date { year: 2027 month: 2 day: 1 } activity_check_time { seconds: 1801440000 }
  tier_plan_etag: "2" } })";
// FixedContext is on 2026-03-02 10:00 UTC.
std::string Lost(const std::string& from, const std::string& loss, const std::string& more = "") {
  return "lost { previous_status: CUSTOMER_STATUS_" + from + " loss { " + loss +
         " lost_time { seconds: 1772445600 } customer_policy_etag: '3' lost_date { year: 2026 "
         "month: 3 "
         "day: 2 } } " +
         more + "}";
}

TEST(QualifyCustomer, Rules) {
  CheckDecisions<CustomerModel, v1::QualifyCustomerRequest>({
      {"makes a suspect a prospect",
       {In("SUSPECT")},
       "",
       "qualified { previous_status: CUSTOMER_STATUS_SUSPECT }"},
      {"is quiet for a prospect", {In("PROSPECT")}, "", ""},
      {"refuses one that has ordered", {In("SUSPECT"), kActive}, "", "!NOT_A_SUSPECT"},
  });
}

TEST(MarkLost, Rules) {
  CheckDecisions<CustomerModel, v1::MarkLostRequest>(
      {
          {"says why",
           {In("PROSPECT")},
           "loss_reason: 'price' note: 'twice ours'",
           Lost("PROSPECT", "loss_reason: 'price' note: 'twice ours'")},
          {"says who looks after it",
           {Owned()},
           "loss_reason: 'price'",
           Lost("PROSPECT", "loss_reason: 'price'", "owner: 'ann' ")},
          {"is quiet the second time",
           {In("PROSPECT"), Lost("PROSPECT", "loss_reason: 'price'")},
           "loss_reason: 'price'",
           ""},
          {"takes another reason",
           {In("PROSPECT"), Lost("PROSPECT", "loss_reason: 'price'")},
           "loss_reason: 'competitor'",
           Lost("LOST", "loss_reason: 'competitor'")},
          {"keeps the day on which it was first said",
           {In("PROSPECT"),
            "lost { loss { loss_reason: 'price' lost_date { year: 2026 month: 1 day: 5 } } }"},
           "loss_reason: 'competitor'",
           "lost { previous_status: CUSTOMER_STATUS_LOST loss { loss_reason: 'competitor' "
           "lost_time "
           "{ seconds: 1772445600 } customer_policy_etag: '3' lost_date { year: 2026 month: 1 day: "
           "5 "
           "} } }"},
          {"needs a note for any other reason",
           {In("PROSPECT")},
           "loss_reason: 'other' note: ' '",
           "!field:note"},
          {"refuses one that is erased",
           {In("ERASED")},
           "loss_reason: 'price'",
           "!CUSTOMER_ERASED"},
      },
      FixedContext<CustomerModel>(), kKnown);
  CheckDecisions<CustomerModel, v1::MarkLostRequest>({{"refuses a reason that the policy has not",
                                                       {In("PROSPECT")},
                                                       "loss_reason: 'weather'",
                                                       "!field:loss_reason"}},
                                                     FixedContext<CustomerModel>(),
                                                     LossReasonFacts{});
}

TEST(MarkLost, TheReasonComesFromThePolicy) {
  testing::FakeRows rows(kCustomerPolicies);
  rows.Put(kCustomerPolicies,
           ParseText<v1::CustomerPolicy>("name: 'customerPolicies/standard' etag: '7' "
                                         "loss_reasons { id: 'price' display_name: 'Price' }"));
  const auto gather = [&](const std::string& reason) {
    v1::MarkLostRequest lost;
    lost.set_loss_reason(reason);
    return CustomerModel::Gather(lost, FixedContext<CustomerModel>(), rows);
  };
  EXPECT_TRUE(gather("price").known);
  EXPECT_EQ(gather("price").customer_policy_etag, "7");
  EXPECT_FALSE(gather("weather").known);
}

TEST(MarkLost, NobodyLooksWhetherItIsActiveAndAnOrderBringsItBack) {
  const std::string lost = Lost("ACTIVE", "loss_reason: 'price'");
  const v1::Customer gone = Given<CustomerModel>({In("SUSPECT"), kActive, lost});
  EXPECT_EQ(gone.status(), v1::CUSTOMER_STATUS_LOST);
  EXPECT_FALSE(CustomerModel::NextDue(gone).has_value());
  EXPECT_FALSE(gone.has_active_until_date());
  const v1::Customer back = Given<CustomerModel>({In("SUSPECT"), kActive, lost, kActive});
  EXPECT_EQ(back.status(), v1::CUSTOMER_STATUS_ACTIVE);
  EXPECT_FALSE(back.has_loss());
  EXPECT_TRUE(CustomerModel::NextDue(back).has_value());
}

TEST(MarkLost, OnlyAnOrderSinceThenTakesItBack) {
  const std::string lost = Lost("ACTIVE", "loss_reason: 'price'");
  const auto order = [](const std::string& day) {
    return "order: 'customers/customer-1/orders/o2' order_date { year: 2026 " + day + " }";
  };
  const std::string noted =
      "{ activity { order: 'customers/customer-1/orders/o2' last_order_date { ";
  CheckDecisions<CustomerModel, v1::ActivateCustomerRequest>(
      {
          {"the last order, corrected",
           {In("SUSPECT"), kActive, lost},
           order("month: 2 day: 1"),
           ""},
          {"an order of before, told late",
           {In("SUSPECT"), kActive, lost},
           order("month: 3 day: 1"),
           "order_noted " + noted + "year: 2026 month: 3 day: 1 } } }"},
          {"an order of that day",
           {In("SUSPECT"), kActive, lost},
           order("month: 3 day: 2"),
           "activated " + noted +
               "year: 2026 month: 3 day: 2 } active_until_date { year: 2027 month: 3 day: 2 } "
               "activity_check_time { seconds: 1804032000 } } }"},
      },
      FixedContext<CustomerModel>(), ActivityWindow{});
}

TEST(TransferCustomer, Rules) {
  CheckDecisions<CustomerModel, v1::TransferCustomerRequest>({
      {"gives it to another",
       {Owned()},
       "owner: 'bob' reason: 'nearer'",
       "transferred { previous_owner: 'ann' owner: 'bob' reason: 'nearer' }"},
      {"gives an owner to one that has none",
       {In("PROSPECT")},
       "owner: 'bob'",
       "transferred { owner: 'bob' }"},
      {"is quiet when it is theirs", {Owned()}, "owner: 'ann' reason: 'again'", ""},
      {"refuses nobody", {Owned()}, "owner: ' '", "!field:owner"},
      {"refuses one by another name than their id",
       {Owned()},
       "owner: 'staff/bob'",
       "!field:owner"},
      {"refuses one that is erased", {In("ERASED")}, "owner: 'bob'", "!CUSTOMER_ERASED"},
  });
}

TEST(ReleaseCustomer, Rules) {
  CheckDecisions<CustomerModel, v1::ReleaseCustomerRequest>({
      {"takes the owner from it",
       {Owned()},
       "reason: 'too small'",
       "released { previous_owner: 'ann' reason: 'too small' }"},
      {"is quiet when it has none", {In("PROSPECT")}, "reason: 'too small'", ""},
      {"needs a reason", {Owned()}, "", "!field:reason"},
      {"refuses one that is erased", {In("ERASED")}, "reason: 'x'", "!CUSTOMER_ERASED"},
  });
  EXPECT_EQ(Given<CustomerModel>({Owned(), "released { previous_owner: 'ann' }"}).owner(), "");
}

TEST(CustomerStateMachine, EveryStatusAndVerb) {
  // qualify, lose, order (of today), look (a year later)
  const std::map<std::string, std::vector<std::string>> expected = {
      {"SUSPECT", {"qualified", "lost", "activated", ""}},
      {"PROSPECT", {"", "lost", "activated", ""}},
      {"ACTIVE", {"!NOT_A_SUSPECT", "lost", "order_noted", "became_inactive"}},
      {"INACTIVE", {"!NOT_A_SUSPECT", "lost", "activated", ""}},
      {"LOST", {"!NOT_A_SUSPECT", "lost", "activated", ""}},
      {"ERASED", {"!NOT_A_SUSPECT", "!CUSTOMER_ERASED", "", ""}}};
  ASSERT_EQ(expected.size() + 1, static_cast<size_t>(v1::CustomerStatus_ARRAYSIZE));
  const auto now = FixedContext<CustomerModel>();
  auto later = now;
  later.business_date = now.business_date + 400;
  for (const auto& [status, words] : expected) {
    SCOPED_TRACE(status);
    std::vector<std::string> facts = {In(status)};
    if (status == "ACTIVE") facts = {In("SUSPECT"), kActive};
    const v1::Customer customer = Given<CustomerModel>(facts);
    const auto order = ParseText<v1::ActivateCustomerRequest>(
        "order: 'customers/customer-1/orders/o2' order_date { year: 2026 month: 3 day: 2 }");
    const auto lost = ParseText<v1::MarkLostRequest>("loss_reason: 'price'");
    EXPECT_EQ(
        (std::vector<std::string>{
            testing::WordOf(CustomerModel::Decide(customer, v1::QualifyCustomerRequest(), now)),
            testing::WordOf(CustomerModel::Decide(customer, lost, now, kKnown)),
            testing::WordOf(CustomerModel::Decide(customer, order, now, ActivityWindow{})),
            testing::WordOf(CustomerModel::Decide(customer, v1::CheckActivityRequest(), later))}),
        words);
  }
}

TEST(CustomerStateMachine, WhoWasErasedTakesNothingMore) {
  const v1::Customer erased = Given<CustomerModel>({In("ERASED")});
  const engine::Context context = FixedContext<CustomerModel>();
  const auto word = [&](const auto& command, const auto&... facts) {
    return testing::WordOf(CustomerModel::Decide(erased, command, context, facts...));
  };
  const std::map<std::string, std::string> words = {
      {"update", word(ParseText<v1::UpdateCustomerRequest>("customer { industry: 'pumps' }"))},
      {"reimport", word(ParseText<v1::ReimportCustomerRequest>("customer { industry: 'pumps' }"))},
      {"verify", word(v1::VerifyCustomerRequest())},
      {"transfer", word(ParseText<v1::TransferCustomerRequest>("owner: 'bob'"))},
      {"release", word(ParseText<v1::ReleaseCustomerRequest>("reason: 'x'"))},
      {"pick", word(v1::PickCustomerRequest(), PickFacts())},
      {"consent", word(ParseText<v1::RecordConsentRequest>(
                      "channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_OUT source: "
                      "CONSENT_SOURCE_FORM"))},
      {"qualify", word(v1::QualifyCustomerRequest())},
      {"lose", word(ParseText<v1::MarkLostRequest>("loss_reason: 'price'"), kKnown)}};
  for (const auto& [verb, said] : words)
    EXPECT_EQ(said, verb == "qualify" ? "!NOT_A_SUSPECT" : "!CUSTOMER_ERASED") << verb;
  // What only the service says is not said.
  EXPECT_EQ(word(ParseText<v1::RecycleCustomerRequest>("pool: 'pools/p'"), RecycleFacts()), "");
  EXPECT_EQ(word(ParseText<v1::MarkStaleRequest>(
                "business_date { year: 2026 month: 3 day: 2 } limit_days: 90")),
            "");
  EXPECT_EQ(word(v1::CheckActivityRequest()), "");
  EXPECT_EQ(word(ParseText<v1::AssignTierRequest>(
                "tier: TIER_TOP business_date { year: 2026 month: 3 day: 2 }")),
            "");
}

}  // namespace
}  // namespace crm::customer
