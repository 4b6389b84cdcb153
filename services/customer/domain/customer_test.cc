#include "services/customer/domain/customer.h"

#include <gmock/gmock.h>

#include <string>

#include "libs/base/timestamp.h"
#include "libs/testing/decisions.h"
#include "services/customer/domain/calendar.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;

// A company that anybody could call.
constexpr char kMade[] = R"(created {
  customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_PROSPECT region: "north"
    data_check_time { seconds: 1772445600 } }
  personal { display_name: "Steel Works" personal { phones: "+4912345678" } } })";
constexpr char kPerson[] = R"(created {
  customer { kind: CUSTOMER_KIND_PERSON status: CUSTOMER_STATUS_SUSPECT
    data_check_time { seconds: 1772445600 } }
  personal { display_name: "A Person" } })";
// Ordered on 2026-02-01; FixedContext is on 2026-03-02.
constexpr char kActive[] = R"(activated { activity {
  order: "customers/customer-1/orders/o1" last_order_date { year: 2026 month: 2 day: 1 }
  active_until_date { year: 2027 month: 2 day: 1 } activity_check_time { seconds: 1801440000 }
  tier_plan_etag: "2" } })";
constexpr char kInactive[] =
    "became_inactive { last_order_date { year: 2026 month: 2 day: 1 } tier_plan_etag: '2' }";

TEST(CreateCustomer, Rules) {
  CheckDecisions<CustomerModel, v1::CreateCustomerRequest>({
      {"makes a prospect unless told otherwise",
       {},
       R"(customer { kind: CUSTOMER_KIND_COMPANY display_name: "Steel Works" region: "north"
                     personal { phones: "+4912345678" } })",
       kMade},
      {"makes a suspect when told so",
       {},
       R"(customer { kind: CUSTOMER_KIND_PERSON display_name: "A Person" } initial_status:
                CUSTOMER_STATUS_SUSPECT)",
       kPerson},
      {"refuses a status that only orders give",
       {},
       R"(customer { kind: CUSTOMER_KIND_PERSON display_name: "x" } initial_status:
                CUSTOMER_STATUS_ACTIVE)",
       "!field:initial_status"},
      {"refuses no kind", {}, R"(customer { display_name: "x" })", "!field:customer.kind"},
      {"refuses a name of spaces",
       {},
       R"(customer { kind: CUSTOMER_KIND_PERSON display_name: "  " })",
       "!field:customer.display_name"},
  });
}

TEST(CreateCustomer, RefusesBadShapesByTheirField) {
  CheckDecisions<CustomerModel, v1::CreateCustomerRequest>({
      {"refuses what is no telephone number",
       {},
       R"(customer { kind: CUSTOMER_KIND_PERSON display_name: "x" personal { phones: "+4912345678"
                phones: "0800" } })",
       "!field:customer.personal.phones[1]"},
      {"refuses an e-mail address twice",
       {},
       R"(customer { kind: CUSTOMER_KIND_PERSON display_name: "x" personal { emails: "a@b.cd"
                emails: "a@b.cd" } })",
       "!field:customer.personal.emails[1]"},
      {"refuses an address without a country",
       {},
       R"(customer { kind: CUSTOMER_KIND_PERSON display_name: "x" personal { addresses { locality:
                "y" } } })",
       "!field:customer.personal.addresses[0].country_code"},
      {"refuses a birthday of a company",
       {},
       R"(customer { kind: CUSTOMER_KIND_COMPANY display_name: "x" personal { birth_date { month:
                2 day: 3 } } })",
       "!field:customer.personal.birth_date"},
      {"refuses another currency than the company's",
       {},
       R"(customer { kind: CUSTOMER_KIND_COMPANY display_name: "x" currency_code: "UDS" })",
       "!field:customer.currency_code"},
      {"refuses a credit limit in another currency, also when the customer's goes without saying",
       {},
       R"(customer { kind: CUSTOMER_KIND_COMPANY display_name: "x"
                     credit_limit { currency_code: "EUR" units: 5 } })",
       "!field:customer.credit_limit.currency_code"},
      {"refuses a negative credit limit",
       {},
       R"(customer { kind: CUSTOMER_KIND_COMPANY display_name: "x" credit_limit { currency_code:
                "USD" units: -5 } })",
       "!field:customer.credit_limit"},
      {"refuses a system that is no id",
       {},
       R"(customer { kind: CUSTOMER_KIND_COMPANY display_name: "x" external_ids { system: "ERP"
                id: "1" } })",
       "!field:customer.external_ids[0].system"},
      {"refuses an empty external id",
       {},
       R"(customer { kind: CUSTOMER_KIND_COMPANY display_name: "x" external_ids { system: "erp" }
                })",
       "!field:customer.external_ids[0].id"},
      {"refuses a tag twice",
       {},
       R"(customer { kind: CUSTOMER_KIND_COMPANY display_name: "x" tags: "a" tags: "a" })",
       "!field:customer.tags[1]"},
  });
}

TEST(UpdateCustomer, Rules) {
  CheckDecisions<CustomerModel, v1::UpdateCustomerRequest>({
      {"changes what differs",
       {kMade},
       R"(customer { region: "south" industry: "steel" })",
       R"(updated { changed { paths: "industry" paths: "region" } customer { industry: "steel"
                region: "south" }
                    personal {} })"},
      {"keeps personal values apart",
       {kMade},
       R"(customer { display_name: "Iron Works" } update_mask { paths: "display_name" paths:
                "personal.phones" })",
       R"(updated { changed { paths: "display_name" paths: "personal.phones" } customer {}
                    personal { display_name: "Iron Works" personal {} } })"},
      {"is quiet when it is so already",
       {kMade},
       R"(customer { region: "north" } update_mask { paths: "region" })",
       ""},
      {"is quiet when nothing is said", {kMade}, "customer {}", ""},
      {"refuses another kind", {kMade}, "customer { kind: CUSTOMER_KIND_PERSON }", "!field:kind"},
      {"refuses to clear the name",
       {kMade},
       R"(customer {} update_mask { paths: "display_name" })",
       "!field:customer.display_name"},
      {"says the currency that went without saying",
       {kMade, kActive},
       R"(customer { currency_code: "USD" })",
       R"(updated { changed { paths: "currency_code" } customer { currency_code: "USD" } personal
                {} })"},
      {"refuses another currency than the company's",
       {kMade},
       R"(customer { currency_code: "EUR" })",
       "!field:customer.currency_code"},
      {"refuses another currency after an order",
       {kMade, kActive},
       R"(customer { currency_code: "EUR" })",
       "!CURRENCY_FIXED"},
  });
}

TEST(UpdateCustomer, OfAPersonSaysWhatItsContactKnewUntilThen) {
  const std::string known =
      R"(updated { changed { paths: "personal.phones" paths: "personal.emails" }
      personal { personal { phones: "+4912345678" emails: "a@b.cd" } } })";
  CheckDecisions<CustomerModel, v1::UpdateCustomerRequest>({
      {"its numbers",
       {kPerson, known},
       R"(customer { personal { phones: "+4912345679" } })",
       R"(updated { changed { paths: "personal.phones" } customer {}
                    personal { personal { phones: "+4912345679" } }
                    former { personal { phones: "+4912345678" } } })"},
      {"that there were none",
       {kPerson},
       R"(customer { personal { birth_date { year: 1980 month: 5 day: 4 } } } update_mask { paths:
                "personal.birth_date" })",
       R"(updated { changed { paths: "personal.birth_date" } customer {}
                    personal { personal { birth_date { year: 1980 month: 5 day: 4 } } }
                    former { personal {} } })"},
      {"nothing of its name",
       {kPerson, known},
       R"(customer { display_name: "Another" })",
       R"(updated { changed { paths: "display_name" } customer {}
                    personal { display_name: "Another" } })"},
  });
}

TEST(UpdateCustomer, FoldsWhatChangedAndLeavesTheRest) {
  const v1::Customer customer = Given<CustomerModel>(
      {kMade,
       R"(updated { changed { paths: "display_name" paths: "region" } customer {} personal {
                display_name: "Y" } })"});
  EXPECT_THAT(customer, testing::EqualsProto(R"pb(
                name: "customers/customer-1"
                etag: "2"
                create_time { seconds: 1772445600 }
                update_time { seconds: 1772445600 }
                status: CUSTOMER_STATUS_PROSPECT
                kind: CUSTOMER_KIND_COMPANY
                display_name: "Y"
                personal { phones: "+4912345678" }
                data_check_time { seconds: 1772445600 })pb"));
}

TEST(ReimportCustomer, Rules) {
  const std::string here =
      R"(updated { changed { paths: "external_ids" paths: "tags" paths: "industry" }
      customer { external_ids { system: "erp" id: "1" } tags: "fair" industry: "steel" }
      personal {} })";
  CheckDecisions<CustomerModel, v1::ReimportCustomerRequest>({
      {"sets what the row has and clears nothing",
       {kMade, here},
       R"(customer { region: "south" personal { phones: "+4987654321" } })",
       R"(updated { changed { paths: "personal.phones" paths: "region" }
                    customer { region: "south" }
                    personal { personal { phones: "+4987654321" } } imported: true })"},
      {"adds to external ids and tags",
       {kMade, here},
       R"(customer { external_ids { system: "crm" id: "1" } external_ids { system: "erp" id: "1" }
                     tags: "big" tags: "fair" })",
       R"(updated { changed { paths: "tags" paths: "external_ids" }
                    customer { external_ids { system: "erp" id: "1" }
                               external_ids { system: "crm" id: "1" } tags: "fair" tags: "big" }
                    personal {} imported: true })"},
      {"is quiet when it knows all of it",
       {kMade, here},
       R"(customer { kind: CUSTOMER_KIND_COMPANY tags: "fair" display_name: "Steel Works" })",
       ""},
      {"refuses another kind",
       {kMade},
       R"(customer { kind: CUSTOMER_KIND_PERSON })",
       "!field:kind"},
  });
}

TEST(ReimportCustomer, RefusesMoreThanAListHolds) {
  v1::ReimportCustomerRequest import;
  auto customer = Given<CustomerModel>({kMade});
  for (int i = 0; i < 50; ++i) customer.add_tags("tag-" + std::to_string(i));
  import.mutable_customer()->add_tags("one more");
  const auto decided = CustomerModel::Decide(customer, import, FixedContext<CustomerModel>());
  EXPECT_THAT(decided.status(), testing::IsInvalid("customer.tags"));
}

TEST(VerifyCustomer, Rules) {
  CheckDecisions<CustomerModel, v1::VerifyCustomerRequest>({
      {"records when", {kMade}, "", "verified { verify_time { seconds: 1772445600 } }"},
      {"is quiet the second time on a day",
       {kMade, "verified { verify_time { seconds: 1772410000 } }"},
       "",
       ""},
      {"records it again on another day",
       {kMade, "verified { verify_time { seconds: 1772400000 } }"},
       "",
       "verified { verify_time { seconds: 1772445600 } }"},
      {"refuses one without contact data", {kPerson}, "", "!NOTHING_TO_VERIFY"},
  });
}

std::string Order(const std::string& date) {
  return R"(order: "customers/customer-1/orders/o2" order_date { )" + date + " }";
}

const std::string kAbsorbed = "absorbed { absorbed: 'customers/a' }";

const ActivityWindow kYear{.months = 12, .tier_plan_etag = "3"};
const std::string kNoted = R"({ activity { order: "customers/customer-1/orders/o2"
    last_order_date { year: 2026 month: 3 day: 1 } active_until_date { year: 2027 month: 3 day: 1 }
    activity_check_time { seconds: 1803945600 } tier_plan_etag: "3" } })";

TEST(ActivateCustomer, Rules) {
  const engine::Context context = FixedContext<CustomerModel>();
  // Looked at again as soon as it is noted: the last day has passed.
  const std::string old = R"(activated { activity { order: "customers/customer-1/orders/o2"
      last_order_date { year: 2025 month: 3 day: 1 }
      active_until_date { year: 2026 month: 3 day: 1 }
      activity_check_time { seconds: 1772409600 } tier_plan_etag: "3" } })";
  CheckDecisions<CustomerModel, v1::ActivateCustomerRequest>(
      {
          {"a prospect becomes active",
           {kMade},
           Order("year: 2026 month: 3 day: 1"),
           "activated " + kNoted},
          {"so does a suspect",
           {kPerson},
           Order("year: 2026 month: 3 day: 1"),
           "activated " + kNoted},
          {"and an inactive one",
           {kMade, kActive, kInactive},
           Order("year: 2026 month: 3 day: 1"),
           "activated " + kNoted},
          {"an active one orders again",
           {kMade, kActive},
           Order("year: 2026 month: 3 day: 1"),
           "order_noted " + kNoted},
          {"is quiet for an order of the same day",
           {kMade, kActive},
           Order("year: 2026 month: 2 day: 1"),
           ""},
          {"is quiet for an older order",
           {kMade, kActive},
           Order("year: 2020 month: 2 day: 1"),
           ""},
          {"a first order before the window makes a prospect active until time looks",
           {kMade},
           Order("year: 2025 month: 3 day: 1"),
           old},
          {"the last day of the window counts",
           {kMade},
           Order("year: 2025 month: 3 day: 2"),
           R"(activated { activity { order: "customers/customer-1/orders/o2"
              last_order_date { year: 2025 month: 3 day: 2 } active_until_date { year: 2026 month:
                3 day: 2 }
              activity_check_time { seconds: 1772496000 } tier_plan_etag: "3" } })"},
          {"a later order outside the window only moves the date of an inactive one",
           {kMade, "became_inactive { last_order_date { year: 2020 month: 2 day: 1 } }"},
           Order("year: 2025 month: 3 day: 1"),
           R"(order_noted { activity { order: "customers/customer-1/orders/o2"
              last_order_date { year: 2025 month: 3 day: 1 } tier_plan_etag: "3" } })"},
          {"refuses what is no day",
           {kMade},
           Order("year: 2026 month: 2 day: 30"),
           "!field:order_date"},
      },
      context, kYear);
}

TEST(ActivateCustomer, OfOneThatWasAbsorbed) {
  CheckDecisions<CustomerModel, v1::ActivateCustomerRequest>(
      {
          {"an order of one that it absorbed",
           {kMade, kAbsorbed},
           Order("year: 2026 month: 3 day: 1") + " absorbed: 'customers/a'",
           "activated " + kNoted},
          {"is quiet before it has absorbed that one",
           {kMade},
           Order("year: 2026 month: 3 day: 1") + " absorbed: 'customers/a'",
           ""},
          {"and when it has given that one back",
           {kMade, kAbsorbed, "merge_reversed { absorbed: 'customers/a' }"},
           Order("year: 2026 month: 3 day: 1") + " absorbed: 'customers/a'",
           ""},
      },
      FixedContext<CustomerModel>(), kYear);
}

TEST(CheckActivity, Rules) {
  engine::Context later = FixedContext<CustomerModel>();
  later.business_date = absl::CivilDay(2027, 2, 2);
  CheckDecisions<CustomerModel, v1::CheckActivityRequest>(
      {{"becomes inactive after the last day", {kMade, kActive}, "", kInactive},
       {"is quiet when it is inactive already", {kMade, kActive, kInactive}, "", ""},
       {"is quiet for a prospect", {kMade}, "", ""}},
      later);
  later.business_date = absl::CivilDay(2027, 2, 1);
  CheckDecisions<CustomerModel, v1::CheckActivityRequest>(
      {{"the last day still counts", {kMade, kActive}, "", ""}}, later);
}

TEST(CheckActivity, IsDueWhenTheDayAfterTheLastBegins) {
  EXPECT_EQ(CustomerModel::NextDue(Given<CustomerModel>({kMade})), std::nullopt);
  EXPECT_EQ(CustomerModel::NextDue(Given<CustomerModel>({kMade, kActive})),
            absl::FromUnixSeconds(1801440000));
  EXPECT_EQ(CustomerModel::NextDue(Given<CustomerModel>({kMade, kActive, kInactive})),
            std::nullopt);
}

TEST(CheckActivity, CountsFromTheBusinessDateNotFromTheClock) {
  // A company that works through its past: the business date stands in 1998, the clock in 2026.
  engine::Context context = FixedContext<CustomerModel>();
  context.business_date = absl::CivilDay(1998, 7, 1);
  v1::ActivateCustomerRequest activate =
      testing::ParseText<v1::ActivateCustomerRequest>("order_date { year: 1998 month: 6 day: 30 }");
  const auto event =
      CustomerModel::Decide(Given<CustomerModel>({kMade}), activate, context, ActivityWindow{});
  ASSERT_TRUE(event.ok() && event->has_value());
  const absl::Time look = base::TimeOf((*event)->activated().activity().activity_check_time());
  EXPECT_EQ(absl::ToCivilDay(look, context.zone) - absl::CivilDay(2026, 3, 2), 365);
}

TEST(AssignTier, Rules) {
  const std::string assign =
      R"(tier: TIER_BIG business_date { year: 2026 month: 3 day: 2 } tier_plan:
                "tierPlans/standard")";
  const std::string big =
      R"(tier_changed { to: TIER_BIG business_date { year: 2026 month: 3 day: 2 }
                                            tier_plan: "tierPlans/standard" })";
  CheckDecisions<CustomerModel, v1::AssignTierRequest>({
      {"gives a tier", {kMade}, assign, big},
      {"is quiet when it has that tier", {kMade, big}, assign, ""},
      {"takes the tier away",
       {kMade, big},
       "business_date { year: 2026 month: 3 day: 3 }",
       "tier_changed { from: TIER_BIG business_date { year: 2026 month: 3 day: 3 } }"},
      {"refuses a tier that is none",
       {kMade},
       "tier: 9 business_date { year: 2026 month: 3 day: 2 }",
       "!field:tier"},
      {"refuses no date", {kMade}, "tier: TIER_BIG", "!field:business_date"},
  });
}

}  // namespace
}  // namespace crm::customer
