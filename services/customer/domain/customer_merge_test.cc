#include "services/customer/domain/customer_merge.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "libs/engine/update.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/consent.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::FixedContext;
using testing::Given;
using ::testing::IsEmpty;
using testing::ParseText;

// FixedContext is on 2026-03-02 10:00 UTC, in USD, and names the customer "customers/customer-1".
const std::string kNow = "{ seconds: 1772445600 }";
const std::string kCase = "merge_case: 'mergeCases/m' ";

std::string Made(const std::string& more = "") {
  return "created { customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_PROSPECT " +
         more + " } personal { display_name: 'Steel' } }";
}
std::string MadeErased() {
  return "created { customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_ERASED } }";
}
std::string Merged(const std::string& merge_case = "m") {
  return "merged { merge_case: 'mergeCases/" + merge_case +
         "' survivor: 'customers/b' merge_time " + kNow + " }";
}
std::string Absorbed() {
  return "absorbed { " + kCase +
         "absorbed: 'customers/a' changed { paths: 'region' } customer { region: 'north' } "
         "personal {} merge_time " +
         kNow + " }";
}
std::string Declined(const std::string& other, const std::string& role, const std::string& reason,
                     const std::string& more = "") {
  return "merge_declined { " + kCase + "other: 'customers/" + other + "' role: MERGE_ROLE_" + role +
         " reason: REASON_" + reason + more + " decline_time " + kNow + " }";
}

TEST(MergeCustomer, Rules) {
  const std::string merge = kCase + "survivor: 'customers/b' ";
  const std::string no = "ABSORBED";
  CheckDecisions<CustomerModel, v1::MergeCustomerRequest>({
      {"freezes and says what it was",
       {Made("region: 'north'")},
       merge + "survivor_etag: '7' choices { field: 'region' rule: MERGE_RULE_ABSORBED }",
       "merged { " + merge +
           "customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_PROSPECT region: "
           "'north' } personal { display_name: 'Steel' } survivor_etag: '7' choices { field: "
           "'region' rule: MERGE_RULE_ABSORBED } merge_time " +
           kNow + " }"},
      {"is quiet the second time", {Made(), Merged()}, merge, ""},
      {"declines when another case was first",
       {Made(), Merged("other")},
       merge,
       Declined("b", no, "CUSTOMER_MERGED")},
      {"declines when it has changed since it was seen",
       {Made()},
       merge + "absorbed_etag: '9'",
       Declined("b", no, "MERGE_CUSTOMER_CHANGED")},
      {"takes the etag that was seen",
       {MadeErased()},
       merge + "absorbed_etag: '1'",
       Declined("b", no, "CUSTOMER_ERASED")},
      {"declines while a book is being asked",
       {Made("owner_request { owner: 'ann' }")},
       merge,
       Declined("b", no, "OWNER_PENDING")},
  });
}

std::string Absorb(const std::string& was, const std::string& more = "") {
  return kCase + "absorbed: 'customers/a' merged { customer { kind: CUSTOMER_KIND_COMPANY " + was +
         " } personal { display_name: 'Steal' } " + more + " }";
}

TEST(AbsorbCustomer, Rules) {
  const std::string no = "SURVIVOR";
  const AbsorbFacts policy{{{"industry", v1::MERGE_RULE_SURVIVOR}}, "5"};
  const std::string ordered =
      "currency_code: 'EUR' last_order_date { year: 2025 month: 1 day: 1 } ";
  CheckDecisions<CustomerModel, v1::AbsorbCustomerRequest>(
      {
          {"takes what it has not, by the policy",
           {Made()},
           Absorb("region: 'north' industry: 'steel'"),
           "absorbed { " + kCase +
               "absorbed: 'customers/a' changed { paths: 'region' } customer { region: 'north' } "
               "personal {} customer_policy_etag: '5' merge_time " +
               kNow + " }"},
          {"by hand before the policy",
           {Made()},
           Absorb("industry: 'steel'",
                  "choices { field: 'industry' rule: MERGE_RULE_ABSORBED } choices { field: "
                  "'display_name' rule: MERGE_RULE_ABSORBED }"),
           "absorbed { " + kCase +
               "absorbed: 'customers/a' changed { paths: 'display_name' paths: 'industry' } "
               "customer { industry: 'steel' } personal { display_name: 'Steal' } "
               "customer_policy_etag: '5' merge_time " +
               kNow + " }"},
          {"says who looks after them",
           {Made("owner: 'ann'")},
           Absorb("owner: 'bob'"),
           "absorbed { " + kCase +
               "absorbed: 'customers/a' changed {} customer {} personal {} customer_policy_etag: "
               "'5' owner: 'ann' absorbed_owner: 'bob' merge_time " +
               kNow + " }"},
          {"says so when there is nothing to take",
           {Made()},
           Absorb(""),
           "absorbed { " + kCase +
               "absorbed: 'customers/a' changed {} customer {} personal {} customer_policy_etag: "
               "'5' merge_time " +
               kNow + " }"},
          {"is quiet the second time", {Made(), Absorbed()}, Absorb(""), ""},
          {"declines when it was merged itself",
           {Made(), Merged()},
           Absorb(""),
           Declined("a", no, "CUSTOMER_MERGED")},
          {"declines when it is erased",
           {MadeErased()},
           Absorb(""),
           Declined("a", no, "CUSTOMER_ERASED")},
          {"declines when it has changed since it was seen",
           {Made()},
           Absorb("", "survivor_etag: '9'"),
           Declined("a", no, "MERGE_CUSTOMER_CHANGED")},
          {"declines a person",
           {Made()},
           kCase + "absorbed: 'customers/a' merged { customer { kind: CUSTOMER_KIND_PERSON } }",
           Declined("a", no, "MERGE_KINDS_DIFFER")},
          {"declines orders in another currency",
           {Made("currency_code: 'USD' last_order_date { year: 2026 month: 1 day: 1 }")},
           Absorb(ordered),
           Declined("a", no, "MERGE_CURRENCIES_DIFFER")},
      },
      FixedContext<CustomerModel>(), policy);
}

// The contact that the person is follows by what was before.
TEST(AbsorbCustomer, OfAPersonSaysWhatItsNumbersWere) {
  const auto context = FixedContext<CustomerModel>();
  const v1::Customer person = Given<CustomerModel>(
      {"created { customer { kind: CUSTOMER_KIND_PERSON } personal { display_name: 'Ann' personal "
       "{ phones: '+4930123456' } } }"});
  const auto absorb = ParseText<v1::AbsorbCustomerRequest>(
      kCase +
      "absorbed: 'customers/a' merged { customer { kind: CUSTOMER_KIND_PERSON } personal { "
      "display_name: 'Ann' personal { phones: '+4930123457' } } }");
  const auto absorbed = CustomerModel::Decide(person, absorb, context, AbsorbFacts());
  ASSERT_THAT(absorbed, testing::IsOk());
  const auto& fact = (*absorbed)->absorbed();
  EXPECT_EQ(fact.personal().personal().phones_size(), 2);
  EXPECT_THAT(fact.former(), EqualsProto("personal { phones: '+4930123456' }"));

  v1::Customer both = person;
  CustomerModel::Evolve(both, **absorbed);
  MergeUndoFacts facts;
  facts.undo.emplace();
  facts.undo->mutable_changed()->add_paths("personal.phones");
  *facts.undo->mutable_before() = person;
  *facts.undo->mutable_after() = both;
  const auto reversed = CustomerModel::Decide(both, v1::ReverseMergeRequest(), context, facts);
  ASSERT_THAT(reversed, testing::IsOk());
  EXPECT_THAT((*reversed)->merge_reversed().former(),
              EqualsProto("personal { phones: '+4930123456' phones: '+4930123457' }"));
}

TEST(MergeCustomer, DeclinesWhileOneIsToBeErased) {
  const MergeBar bar{"erasures/e"};
  CheckDecisions<CustomerModel, v1::MergeCustomerRequest>(
      {{"before it is frozen",
        {Made()},
        kCase + "survivor: 'customers/b' ",
        Declined("b", "ABSORBED", "ERASURE_ASKED")}},
      FixedContext<CustomerModel>(), bar);
  AbsorbFacts facts;
  facts.bar = bar;
  CheckDecisions<CustomerModel, v1::AbsorbCustomerRequest>(
      {{"and before the other takes it over",
        {Made()},
        Absorb(""),
        Declined("a", "SURVIVOR", "ERASURE_ASKED")}},
      FixedContext<CustomerModel>(), facts);
}

TEST(AbsorbCustomer, KeepsToItsLimits) {
  const std::string no = "SURVIVOR";
  const AbsorbFacts policy;
  std::string many;
  for (int i = 0; i < kAbsorbedMax; ++i)
    many += "absorbed_customers: 'customers/x" + std::to_string(i) + "' ";
  CheckDecisions<CustomerModel, v1::AbsorbCustomerRequest>(
      {{"declines one too many", {Made(many)}, Absorb(""), Declined("a", no, "MERGE_TOO_MANY")}},
      FixedContext<CustomerModel>(), policy);
  std::string terms;
  for (int i = 0; i < 60; ++i) terms += "consents { channel: CHANNEL_EMAIL } ";
  CheckDecisions<CustomerModel, v1::AbsorbCustomerRequest>(
      {{"declines consents that it could not keep",
        {Made(terms)},
        Absorb(terms),
        Declined("a", no, "CONSENTS_FULL")}},
      FixedContext<CustomerModel>(), policy);
  terms = "";
  for (int i = 0; i < kConsentTermsMax + 1; ++i) terms += "consents { channel: CHANNEL_EMAIL } ";
  const std::string lost = "status: CUSTOMER_STATUS_LOST loss { loss_reason: 'price' note: '" +
                           std::string(1'000, 'n') + "' } ";
  CheckDecisions<CustomerModel, v1::AbsorbCustomerRequest>(
      {{"takes one that was lost for a long reason",
        {Made()},
        Absorb(lost),
        "absorbed { " + kCase +
            "absorbed: 'customers/a' changed {} customer {} personal {} merge_time " + kNow + " }"},
       {"declines more consents than one has",
        {Made()},
        Absorb(terms),
        Declined("a", no, "CONSENTS_FULL")}},
      FixedContext<CustomerModel>(), policy);
}

TEST(AbsorbCustomer, OfOneThatStoodAboveTakesThePlace) {
  const auto absorbed = [](const std::string& customer) {
    return "absorbed { " + kCase +
           "absorbed: 'customers/a' changed { paths: 'parent' } customer {" + customer +
           "} personal {} merge_time " + kNow + " }";
  };
  AbsorbFacts facts;
  facts.parent = "customers/holding";
  CheckDecisions<CustomerModel, v1::AbsorbCustomerRequest>(
      {{"below whom that one stood",
        {Made("parent: 'customers/a'")},
        Absorb("parent: 'customers/holding'"),
        absorbed("parent: 'customers/holding'")}},
      FixedContext<CustomerModel>(), facts);
  facts.parent = "";
  CheckDecisions<CustomerModel, v1::AbsorbCustomerRequest>(
      {{"at the top", {Made("parent: 'customers/a'")}, Absorb(""), absorbed("")}},
      FixedContext<CustomerModel>(), facts);
}

TEST(AbsorbCustomer, TheRulesComeFromThePolicy) {
  testing::FakeRows rows(kCustomerPolicies, kCustomers, kErasures);
  const auto gather = [&] {
    return CustomerModel::Gather(v1::AbsorbCustomerRequest(), FixedContext<CustomerModel>(), rows);
  };
  EXPECT_THAT(gather().rules, IsEmpty());
  rows.Put(kCustomerPolicies,
           ParseText<v1::CustomerPolicy>("name: 'customerPolicies/standard' etag: '7' merge_rules "
                                         "{ field: 'region' rule: MERGE_RULE_ABSORBED }"));
  EXPECT_EQ(gather().rules.at("region"), v1::MERGE_RULE_ABSORBED);
  EXPECT_EQ(gather().customer_policy_etag, "7");
}

TEST(ReverseMerge, Rules) {
  MergeUndoFacts facts;
  facts.undo = ParseText<v1::MergeUndo>(
      "absorbed: 'customers/a' changed { paths: 'region' paths: 'industry' } after { region: "
      "'north' industry: 'steel' }");
  facts.kept.add_resources("customers/customer-1/touchpoints/t");
  const std::string reverse = kCase + "absorbed: 'customers/a'";
  CheckDecisions<CustomerModel, v1::ReverseMergeRequest>(
      {
          {"gives back, and says what it keeps",
           {Made("industry: 'paper' owner: 'ann'"), Absorbed()},
           reverse,
           "merge_reversed { " + kCase +
               "absorbed: 'customers/a' changed { paths: 'region' } customer {} personal {} kept { "
               "fields: 'industry' resources: 'customers/customer-1/touchpoints/t' } "
               "owner: 'ann' unmerge_time " +
               kNow + " }"},
          {"is quiet the second time",
           {Made(), Absorbed(),
            "merge_reversed { " + kCase + "absorbed: 'customers/a' unmerge_time { seconds: 1 } }"},
           reverse,
           ""},
          {"declines when it was merged further",
           {Made(), Absorbed(), Merged("other")},
           reverse,
           Declined("a", "SURVIVOR", "CUSTOMER_MERGED", " reversal: true")},
      },
      FixedContext<CustomerModel>(), facts);
  CheckDecisions<CustomerModel, v1::ReverseMergeRequest>(
      {{"declines what it never took",
        {Made()},
        reverse,
        Declined("a", "SURVIVOR", "NOT_MERGED", " reversal: true")}},
      FixedContext<CustomerModel>(), MergeUndoFacts{});
  facts.absorbed_leads_back = true;
  CheckDecisions<CustomerModel, v1::ReverseMergeRequest>(
      {{"declines when the other would stand below itself",
        {Made(), Absorbed()},
        reverse,
        Declined("a", "SURVIVOR", "PARENT_CYCLE", " reversal: true")}},
      FixedContext<CustomerModel>(), facts);
}

TEST(ReleaseMerged, Rules) {
  CheckDecisions<CustomerModel, v1::ReleaseMergedRequest>({
      {"goes on by itself",
       {Made("owner: 'ann'"), Merged()},
       kCase + "kept { fields: 'region' }",
       "unmerged { " + kCase +
           "survivor: 'customers/b' kept { fields: 'region' } owner: 'ann' unmerge_time " + kNow +
           " }"},
      {"because the other would not",
       {Made(), Merged()},
       kCase + "decline_reason: REASON_CUSTOMER_ERASED",
       "unmerged { " + kCase +
           "survivor: 'customers/b' decline_reason: REASON_CUSTOMER_ERASED unmerge_time " + kNow +
           " }"},
      {"is quiet when it is not merged", {Made()}, kCase, ""},
      {"or by another case", {Made(), Merged("other")}, kCase, ""},
  });
}

TEST(FoldMerge, IsRememberedOnBothSides) {
  const v1::Customer merged = Given<CustomerModel>({Made(), Merged()});
  EXPECT_EQ(merged.merged_into(), "customers/b");
  EXPECT_EQ(merged.merge_case(), "mergeCases/m");
  ASSERT_EQ(merged.merges_size(), 1);
  EXPECT_EQ(merged.merges(0).role(), v1::MERGE_ROLE_ABSORBED);
  const v1::Customer survivor = Given<CustomerModel>({Made(), Absorbed()});
  EXPECT_THAT(survivor.absorbed_customers(), ElementsAre("customers/a"));
  EXPECT_EQ(survivor.region(), "north");
  EXPECT_EQ(survivor.display_name(), "Steel");
  const v1::Customer free =
      Given<CustomerModel>({Made(), Merged(), "unmerged { " + kCase + "survivor: 'customers/b' }"});
  EXPECT_TRUE(free.merged_into().empty());
  EXPECT_EQ(free.merges(0).outcome(), v1::MERGE_OUTCOME_UNMERGED);
}

TEST(FoldMerge, AMergedOneIsInNobodysBookAndNoPool) {
  const std::string owned =
      "owner: 'ann' ownership_state: OWNERSHIP_STATE_OWNED ownership { owner_slot: "
      "'ownerBooks/ann/ownerSlots/s' }";
  v1::Customer customer = Given<CustomerModel>({Made(owned), Merged()});
  EXPECT_EQ(customer.owner(), "ann");
  EXPECT_EQ(customer.ownership().owner_slot(), "");
  EXPECT_EQ(customer.ownership_state(), v1::OWNERSHIP_STATE_UNSPECIFIED);
  customer = Given<CustomerModel>({Made(owned), Merged(), "unmerged {}"});
  EXPECT_EQ(customer.ownership_state(), v1::OWNERSHIP_STATE_OWNED);
  EXPECT_EQ(customer.ownership().owner_slot(), "") << "without a slot, also over the limit";
  customer = Given<CustomerModel>({Made("pool: 'pools/p'"), Merged()});
  EXPECT_EQ(customer.ownership_state(), v1::OWNERSHIP_STATE_UNSPECIFIED);
  customer = Given<CustomerModel>({Made("pool: 'pools/p'"), Merged(), "unmerged {}"});
  EXPECT_EQ(customer.ownership_state(), v1::OWNERSHIP_STATE_IN_POOL);
}

TEST(FoldMerge, NobodyLooksAfterAMergedOneWhetherItIsActive) {
  const std::string active =
      "activated { activity { last_order_date { year: 2026 month: 2 day: 1 } active_until_date { "
      "year: 2027 month: 2 day: 1 } activity_check_time { seconds: 1801440000 } } }";
  EXPECT_TRUE(CustomerModel::NextDue(Given<CustomerModel>({Made(), active})).has_value());
  EXPECT_FALSE(
      CustomerModel::NextDue(Given<CustomerModel>({Made(), active, Merged()})).has_value());
}

// The rows that taking back rests on.
class MergeUndoTest : public ::testing::Test {
 protected:
  v1::Customer Absorb(const v1::Customer& survivor, const std::string& name, const std::string& was,
                      const std::string& merged = "") {
    v1::AbsorbCustomerRequest absorb;
    *absorb.mutable_merged() = ParseText<v1::CustomerMerged>(merged);
    absorb.set_merge_case("mergeCases/" + name);
    absorb.set_absorbed("customers/" + name);
    *absorb.mutable_merged()->mutable_customer() = ParseText<v1::Customer>(was);
    return Take(survivor, *CustomerModel::Decide(survivor, absorb, context_, AbsorbFacts{}));
  }

  v1::Customer Reverse(const v1::Customer& survivor, const std::string& name,
                       std::vector<std::string>& kept) {
    v1::ReverseMergeRequest reverse;
    reverse.set_merge_case("mergeCases/" + name);
    const MergeUndoFacts facts = CustomerModel::Gather(reverse, context_, rows_);
    const auto event = CustomerModel::Decide(survivor, reverse, context_, facts);
    kept.assign((*event)->merge_reversed().kept().fields().begin(),
                (*event)->merge_reversed().kept().fields().end());
    return Take(survivor, *event);
  }

  v1::Customer Take(const v1::Customer& before, const std::optional<v1::CustomerEvent>& event) {
    v1::Customer after = before;
    CustomerModel::Evolve(after, *event);
    ProjectMerges({&before, after, *event, {.name = context_.name, .revision = ++revision_}},
                  rows_);
    return after;
  }

  static v1::Customer WithoutMerges(v1::Customer customer) {
    customer.clear_merges();
    return customer;
  }

  const engine::Context context_ = FixedContext<CustomerModel>();
  testing::FakeRows rows_{kMergeUndos,       kRedirects,  kTouchpoints,     kPositions,
                          kOrderFacts,       kActivities, kInterviews,      kExpenses,
                          kInsightSheets,    kTimeline,   kErasures,        kReminders,
                          kProgrammeMembers, kCustomers,  kCustomerPolicies};
  int64_t revision_ = 0;
};

TEST_F(MergeUndoTest, TwoMergesAreTakenBackInAnyOrder) {
  const v1::Customer alone = Given<CustomerModel>({Made("region: 'west' tags: 'x'")});
  const std::string one =
      "kind: CUSTOMER_KIND_COMPANY region: 'north' tags: 'a' industry: 'steel' "
      "verify_time { seconds: 5 }";
  const std::string two =
      "kind: CUSTOMER_KIND_COMPANY region: 'south' tags: 'b' employees: 7 "
      "verify_time { seconds: 9 }";
  const std::vector<std::vector<std::string>> orders = {{"one", "two"}, {"two", "one"}};
  for (const auto& order : orders) {
    v1::Customer survivor = Absorb(Absorb(alone, "one", one), "two", two);
    EXPECT_EQ(survivor.region(), "south");
    std::vector<std::string> kept;
    for (const std::string& name : order) survivor = Reverse(survivor, name, kept);
    EXPECT_THAT(WithoutMerges(survivor), EqualsProto(alone)) << order[0];
    EXPECT_THAT(kept, IsEmpty()) << order[0];
    EXPECT_EQ(rows_.Size("merge_undos"), 0u);
  }
}

TEST_F(MergeUndoTest, AlsoOfEqualValuesAndOfListsThatWereReplaced) {
  const v1::Customer alone = Given<CustomerModel>({Made("region: 'west' tags: 'x'")});
  const std::string kind = "kind: CUSTOMER_KIND_COMPANY ";
  const std::string one = kind +
                          "region: 'north' tags: 'a' verify_time { seconds: 5 } "
                          "personal { phones: '+4930123456' }";
  const std::string absorbed = "choices { field: 'tags' rule: MERGE_RULE_ABSORBED }";
  const std::vector<std::vector<std::string>> orders = {{"one", "two"}, {"two", "one"}};
  for (const char* two : {"region: 'west' tags: 'x' verify_time { seconds: 9 }",
                          "region: 'north' tags: 'a' verify_time { seconds: 9 }",
                          "region: 'west' tags: 'b' verify_time { seconds: 5 }"}) {
    for (const std::string& choices : {std::string(), absorbed}) {
      for (const auto& order : orders) {
        v1::Customer survivor =
            Absorb(Absorb(alone, "one", one, choices), "two", kind + two, choices);
        std::vector<std::string> kept;
        for (const std::string& name : order) survivor = Reverse(survivor, name, kept);
        EXPECT_THAT(WithoutMerges(survivor), EqualsProto(alone)) << two << choices << order[0];
      }
    }
  }
}

// Three above one another: "top", "mid", and the survivor, which stood below "mid".
class MergeInAGroup : public MergeUndoTest {
 protected:
  MergeInAGroup() {
    Stands("holding", "");
    Stands("top", "customers/holding");
    Stands("mid", "customers/top");
    rows_.Put(kCustomers, alone_);
  }

  void Stands(const std::string& id, const std::string& parent) {
    v1::Customer customer;
    customer.set_name("customers/" + id);
    customer.set_parent(parent);
    rows_.Put(kCustomers, customer);
  }
  // Where the survivor is to stand; "stays": where it stands.
  std::string Place() {
    return CustomerModel::Gather(absorb_, context_, rows_).parent.value_or("stays");
  }
  v1::Customer AbsorbTop() {
    const AbsorbFacts facts = CustomerModel::Gather(absorb_, context_, rows_);
    const v1::Customer survivor =
        Take(alone_, *CustomerModel::Decide(alone_, absorb_, context_, facts));
    rows_.Put(kCustomers, survivor);
    rows_.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/top' survivor: '" +
                                                  context_.name + "'"));
    return survivor;
  }

  const v1::Customer alone_ = Given<CustomerModel>({Made("parent: 'customers/mid'")});
  const v1::AbsorbCustomerRequest absorb_ = ParseText<v1::AbsorbCustomerRequest>(
      kCase +
      "absorbed: 'customers/top' merged { customer { kind: CUSTOMER_KIND_COMPANY parent: "
      "'customers/holding' } }");
  std::vector<std::string> kept_;
};

TEST_F(MergeInAGroup, TheSurvivorTakesThePlaceOfWhoStoodAbove) {
  EXPECT_EQ(Place(), "customers/holding");
  rows_.Put(kRedirects,
            ParseText<v1::Redirect>("customer: 'customers/top' survivor: '" + context_.name + "'"));
  EXPECT_EQ(Place(), "customers/holding") << "also when its freezing is shown here";
  Stands("holding", context_.name);
  EXPECT_EQ(Place(), "") << "a circle that was there is opened";
  Stands("holding", "");
  Stands("mid", "customers/holding");
  EXPECT_EQ(Place(), "stays") << "the other stands not above it";
}

TEST_F(MergeInAGroup, TakenBackItStandsWhereItStood) {
  const v1::Customer survivor = AbsorbTop();
  EXPECT_EQ(survivor.parent(), "customers/holding");
  EXPECT_THAT(WithoutMerges(Reverse(survivor, "m", kept_)), EqualsProto(alone_));
  EXPECT_THAT(kept_, IsEmpty());
}

TEST_F(MergeInAGroup, TakenBackItStaysWhenItWouldStandBelowItself) {
  const v1::Customer survivor = AbsorbTop();
  Stands("mid", context_.name);
  EXPECT_EQ(Reverse(survivor, "m", kept_).parent(), "customers/holding");
  EXPECT_THAT(kept_, ElementsAre("parent"));
}

TEST_F(MergeInAGroup, IsNotTakenBackWhenTheOtherWouldStandBelowItself) {
  AbsorbTop();
  Stands("holding", "customers/mid");
  Stands("mid", "customers/top");
  v1::ReverseMergeRequest reverse;
  reverse.set_merge_case("mergeCases/m");
  const MergeUndoFacts facts = CustomerModel::Gather(reverse, context_, rows_);
  EXPECT_TRUE(facts.absorbed_leads_back);
}

TEST_F(MergeUndoTest, OrdersGoWithWhoseTheyAre) {
  const v1::Customer alone = Given<CustomerModel>({Made(), "qualified {}"});
  const auto order = [&](const std::string& customer, int day) {
    v1::OrderFact fact;
    fact.set_order(customer + "/orders/" + std::to_string(day));
    fact.set_customer(customer);
    fact.set_day(static_cast<int32_t>(absl::CivilDay(2026, 2, day) - absl::CivilDay(1970, 1, 1)));
    rows_.Put(kOrderFacts, fact);
  };
  const auto active = [](int day) {
    return "activity { last_order_date { year: 2026 month: 2 day: " + std::to_string(day) +
           " } active_until_date { year: 2027 month: 2 day: " + std::to_string(day) +
           " } activity_check_time { seconds: " + std::to_string(1801440000 + 86400 * day) + " } }";
  };
  v1::Customer survivor = Absorb(alone, "one", "kind: CUSTOMER_KIND_COMPANY");
  order("customers/one", 9);
  survivor = Take(survivor, ParseText<v1::CustomerEvent>("activated { " + active(9) + " }"));
  std::vector<std::string> kept;
  EXPECT_THAT(WithoutMerges(Reverse(survivor, "one", kept)), EqualsProto(alone));
  EXPECT_THAT(kept, IsEmpty());

  survivor = Absorb(alone, "one", "kind: CUSTOMER_KIND_COMPANY");
  order(context_.name, 4);
  survivor = Take(survivor, ParseText<v1::CustomerEvent>("activated { " + active(9) + " }"));
  v1::Customer wanted = alone;
  CustomerModel::Evolve(wanted, ParseText<v1::CustomerEvent>("activated { " + active(4) + " }"));
  EXPECT_THAT(WithoutMerges(Reverse(survivor, "one", kept)), EqualsProto(wanted))
      << "as its own order says";

  order(context_.name, 11);
  survivor = Absorb(alone, "one", "kind: CUSTOMER_KIND_COMPANY");
  survivor = Take(survivor, ParseText<v1::CustomerEvent>("activated { " + active(11) + " }"));
  EXPECT_EQ(Reverse(survivor, "one", kept).last_order_date().day(), 11) << "its own is the last";
}

TEST_F(MergeUndoTest, ListsWhatWasRecordedSince) {
  v1::Customer alone = Given<CustomerModel>({Made()});
  v1::Touchpoint touchpoint;
  touchpoint.set_name(context_.name + "/touchpoints/before");
  touchpoint.mutable_create_time()->set_seconds(1772445599);
  rows_.Put(kTouchpoints, touchpoint);
  v1::Customer survivor = Absorb(alone, "one", "kind: CUSTOMER_KIND_COMPANY");
  touchpoint.set_name(context_.name + "/touchpoints/since");
  touchpoint.mutable_create_time()->set_seconds(1772445601);
  rows_.Put(kTouchpoints, touchpoint);
  v1::ReverseMergeRequest reverse;
  reverse.set_merge_case("mergeCases/one");
  EXPECT_THAT(CustomerModel::Gather(reverse, context_, rows_).kept.resources(),
              ElementsAre(context_.name + "/touchpoints/since"));
}

TEST_F(MergeUndoTest, ListsEveryKindThatWasRecordedSinceAlsoByOtherServices) {
  Absorb(Given<CustomerModel>({Made()}), "one", "kind: CUSTOMER_KIND_COMPANY");
  const auto put = [&](const auto& table, auto row, const std::string& name, int64_t seconds) {
    row.set_name(name);
    row.mutable_create_time()->set_seconds(seconds);
    rows_.Put(table, row);
  };
  v1::Activity activity;
  activity.set_customer(context_.name);
  v1::Erasure erasure;
  erasure.set_subject(context_.name);
  v1::ProgrammeMember member;
  member.set_customer(context_.name);
  v1::Reminder reminder;
  reminder.set_customer(context_.name);
  const std::vector<std::pair<v1::TimelineKind, std::string>> elsewhere = {
      {v1::TIMELINE_KIND_ORDER, "/orders/"},
      {v1::TIMELINE_KIND_OPPORTUNITY, "/opportunities/"},
      {v1::TIMELINE_KIND_TICKET, "/tickets/"}};
  for (const std::string id : {"before", "since"}) {
    const int64_t seconds = id == "before" ? 1772445599 : 1772445601;
    put(kActivities, activity, "activities/" + id, seconds);
    put(kErasures, erasure, "erasures/" + id, seconds);
    put(kProgrammeMembers, member, "interviewProgrammes/p/programmeMembers/" + id, seconds);
    put(kReminders, reminder, "staff/ann/reminders/" + id, seconds);
    put(kExpenses, v1::Expense(), context_.name + "/expenses/" + id, seconds);
    put(kInsightSheets, v1::InsightSheet(), context_.name + "/insightSheets/" + id, seconds);
    put(kInterviews, v1::Interview(), context_.name + "/interviews/" + id, seconds);
    put(kPositions, v1::Position(), context_.name + "/positions/" + id, seconds);
    v1::TimelineEntry entry;
    entry.set_customer(context_.name);
    entry.set_revision(1);
    entry.mutable_record_time()->set_seconds(seconds);
    for (const auto& [kind, collection] : elsewhere) {
      entry.set_kind(kind);
      entry.set_about(context_.name + collection + id);
      rows_.Put(kTimeline, entry);
    }
  }
  // An older order that was delivered since was not made since.
  rows_.Put(kTimeline, ParseText<v1::TimelineEntry>(
                           "customer: '" + context_.name + "' about: '" + context_.name +
                           "/orders/before' kind: TIMELINE_KIND_ORDER revision: 2 record_time { "
                           "seconds: 1772445700 }"));
  v1::ReverseMergeRequest reverse;
  reverse.set_merge_case("mergeCases/one");
  std::vector<std::string> wanted = {"activities/since"};
  for (const char* collection : {"expenses", "insightSheets", "interviews", "opportunities",
                                 "orders", "positions", "tickets"})
    wanted.push_back(context_.name + "/" + collection + "/since");
  for (const char* name : {"erasures/since", "interviewProgrammes/p/programmeMembers/since",
                           "staff/ann/reminders/since"})
    wanted.push_back(name);
  EXPECT_THAT(CustomerModel::Gather(reverse, context_, rows_).kept.resources(),
              ::testing::ElementsAreArray(wanted));
  v1::TimelineEntry many;
  many.set_customer(context_.name);
  many.set_kind(v1::TIMELINE_KIND_ORDER);
  many.set_revision(1);
  many.mutable_record_time()->set_seconds(1772445700);
  for (int i = 0; i < 200; ++i) {
    many.set_about(context_.name + "/orders/" + std::to_string(i));
    rows_.Put(kTimeline, many);
  }
  const MergeUndoFacts facts = CustomerModel::Gather(reverse, context_, rows_);
  EXPECT_EQ(facts.kept.resources_size(), 100);
  EXPECT_TRUE(facts.kept.resources_incomplete());
}

TEST_F(MergeUndoTest, AMergedCustomerRedirectsWhileItIsSo) {
  const v1::Customer alone = Given<CustomerModel>({Made()});
  const v1::Customer merged = Take(alone, ParseText<v1::CustomerEvent>(Merged()));
  EXPECT_EQ(rows_.Get(kRedirects, context_.name)->survivor(), "customers/b");
  Take(merged, ParseText<v1::CustomerEvent>("unmerged { " + kCase + " }"));
  EXPECT_EQ(rows_.Size("redirects"), 0u);
}

}  // namespace
}  // namespace crm::customer
