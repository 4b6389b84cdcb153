// The verbs of ownership: what each does in each state, and what each rests on.
#include "services/customer/domain/customer_ownership.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/customer.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;

const std::string kNow = "seconds: 1772445600";

std::string Made(const std::string& fields, const std::string& more = "") {
  return "created { customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_PROSPECT " +
         fields + " } personal { display_name: 'Steel Works' } " + more + " }";
}
const std::string kUnowned = Made("");
const std::string kPooled =
    Made("pool: 'pools/p' ownership { pool_time { seconds: 1772000000 } } ");
const std::string kOwned = Made("owner: 'ann'");
const std::string kErased =
    "created { customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_ERASED } }";

// Slots are named after the customer and what it was when it asked.
std::string Slot(const std::string& owner, const std::string& etag) {
  return SlotOf(owner, {"customers/customer-1", etag});
}
std::string Request(const std::string& owner, const std::string& kind, const std::string& etag,
                    const std::string& more = "pool: 'pools/p'") {
  return "owner_request { owner: '" + owner + "' kind: OWNER_REQUEST_KIND_" + kind +
         " owner_slot: '" + Slot(owner, etag) + "' actor: 'user:tester' request_time { " + kNow +
         " } " + more + " }";
}
std::string Requested(const std::string& owner, const std::string& kind, const std::string& etag,
                      const std::string& more = "pool: 'pools/p'") {
  return "owner_requested { " + Request(owner, kind, etag, more) + " }";
}
const std::string kPicking = Requested("bob", "PICK", "1");

OwnerFacts Free() { return {.pool = "pools/p", .pool_takes_unowned = true}; }
OwnerFacts Bound() { return {.asks_book = true, .pool = "pools/p", .pool_takes_unowned = true}; }
OwnerFacts Left() {
  return {.refused = base::Refused(v1::REASON_STAFF_LEFT, "x"), .pool = "pools/p"};
}

PickFacts Picker(const std::string& pool = "", const std::string& staff = "") {
  return {.pool = ParseText<v1::Pool>("name: 'pools/p' " + pool),
          .picker = ParseText<v1::Staff>("name: 'staff/bob' " + staff)};
}

template <class Command, class Facts>
void Check(const std::vector<testing::DecisionRow>& rows, const Facts& facts) {
  CheckDecisions<CustomerModel, Command>(rows, FixedContext<CustomerModel>(), facts);
}

TEST(CreateWithOwner, Rules) {
  const std::string create = "customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Steel Works' ";
  const auto with = [](const OwnerFacts& facts) { return CustomerFacts{.owner = facts}; };
  const engine::Context context = FixedContext<CustomerModel>();
  const auto decide = [&](const std::string& more, const OwnerFacts& facts) {
    return CustomerModel::Decide({}, ParseText<v1::CreateCustomerRequest>(create + more + " }"),
                                 context, with(facts));
  };
  const auto at_once = decide("owner: 'ann'", Free());
  ASSERT_TRUE(at_once.ok() && at_once->has_value());
  EXPECT_EQ((*at_once)->created().customer().owner(), "ann");
  EXPECT_FALSE((*at_once)->created().has_owner_request());

  const auto asked = decide("owner: 'ann'", Bound());
  ASSERT_TRUE(asked.ok() && asked->has_value());
  EXPECT_EQ((*asked)->created().customer().owner(), "");
  EXPECT_THAT((*asked)->created().owner_request(),
              testing::EqualsProto(
                  ParseText<v1::CustomerCreated>(Request("ann", "ASSIGN", "")).owner_request()));

  const auto nobody = decide("", Free());
  ASSERT_TRUE(nobody.ok() && nobody->has_value());
  EXPECT_EQ((*nobody)->created().customer().pool(), "pools/p");
  EXPECT_EQ((*nobody)->created().customer().ownership().pool_time().seconds(), 1772445600);

  OwnerFacts stays_out = Free();
  stays_out.pool_takes_unowned = false;
  const auto outside = decide("", stays_out);
  ASSERT_TRUE(outside.ok() && outside->has_value());
  EXPECT_EQ((*outside)->created().customer().pool(), "");

  EXPECT_EQ(base::FieldOf(decide("owner: 'Ann B'", Free()).status()), "customer.owner");
  EXPECT_EQ(base::ReasonOf(decide("owner: 'ann'", Left()).status()), "STAFF_LEFT");
}

TEST(CreateWithOwner, ARowOfAnImportIsRefusedAsSuch) {
  const auto asked = CustomerModel::Decide(
      {},
      ParseText<v1::CreateCustomerRequest>("imported: true customer { kind: "
                                           "CUSTOMER_KIND_COMPANY display_name: 'Steel Works' "
                                           "owner: 'ann' }"),
      FixedContext<CustomerModel>(), CustomerFacts{.owner = Bound()});
  ASSERT_TRUE(asked.ok() && asked->has_value());
  EXPECT_TRUE((*asked)->created().owner_request().imported());
  v1::Customer customer;
  CustomerModel::Evolve(customer, **asked);
  v1::SettleOwnerRequest settle;
  settle.set_owner_slot(customer.owner_request().owner_slot());
  settle.set_refusal(v1::REASON_CAPACITY_REACHED);
  const auto refused =
      CustomerModel::Decide(customer, settle, FixedContext<CustomerModel>(), Bound());
  ASSERT_TRUE(refused.ok() && refused->has_value());
  EXPECT_TRUE((*refused)->owner_refused().refusal().imported());
}

TEST(UpdateOwner, Rules) {
  const auto check = [](const OwnerFacts& facts, const testing::DecisionRow& row) {
    Check<v1::UpdateCustomerRequest>({row}, CustomerFacts{.owner = facts});
  };
  check(Free(), {"gives it at once where nothing binds",
                 {kOwned},
                 "customer { owner: 'bob' } owner_reason: 'nearer'",
                 "updated { changed { paths: 'owner' } customer { owner: 'bob' } personal {} "
                 "owner_reason: 'nearer' previous_owner: 'ann' }"});
  check(Bound(), {"asks first where something binds",
                  {kOwned},
                  "customer { owner: 'bob' } owner_reason: 'nearer'",
                  Requested("bob", "ASSIGN", "1", "pool: 'pools/p' reason: 'nearer'")});
  check(Bound(),
        {"changes the rest at once",
         {kOwned},
         "customer { owner: 'bob' region: 'north' } owner_reason: 'nearer'",
         "updated { changed { paths: 'region' } customer { region: 'north' } personal {} " +
             Request("bob", "ASSIGN", "1", "pool: 'pools/p' reason: 'nearer'") + " }"});
  check(Free(), {"a lost owner leads into the pool",
                 {kOwned},
                 "customer {} update_mask { paths: 'owner' } owner_reason: 'too small'",
                 "updated { changed { paths: 'owner' } customer {} personal {} pool: 'pools/p' "
                 "pool_time { " +
                     kNow + " } owner_reason: 'too small' previous_owner: 'ann' }"});
  check(Free(), {"refuses to release without saying why",
                 {kOwned},
                 "customer {} update_mask { paths: 'owner' }",
                 "!field:owner_reason"});
  check(Free(), {"refuses to take it from its owner without saying why",
                 {kOwned},
                 "customer { owner: 'bob' } owner_reason: ' '",
                 "!field:owner_reason"});
  check(Bound(),
        {"nor asks a book so", {kOwned}, "customer { owner: 'bob' }", "!field:owner_reason"});
  check(Free(), {"gives what is nobody's without a word",
                 {kUnowned},
                 "customer { owner: 'bob' }",
                 "updated { changed { paths: 'owner' } customer { owner: 'bob' } personal {} }"});
  check(
      Bound(),
      {"is quiet while just they are asked", {kPooled, kPicking}, "customer { owner: 'bob' }", ""});
  check(Bound(), {"refuses another while somebody is asked",
                  {kPooled, kPicking},
                  "customer { owner: 'cem' }",
                  "!OWNER_PENDING"});
  check(Left(), {"refuses who has left", {kOwned}, "customer { owner: 'bob' }", "!STAFF_LEFT"});
  check(Free(), {"refuses what is no id",
                 {kOwned},
                 "customer { owner: 'staff/bob' }",
                 "!field:customer.owner"});
}

TEST(UpdateOwner, AServiceNeedNotSayWhy) {
  engine::Context context = FixedContext<CustomerModel>();
  context.actor = "service:sales";
  CheckDecisions<CustomerModel, v1::UpdateCustomerRequest>(
      {{"takes it from its owner",
        {kOwned},
        "customer { owner: 'bob' }",
        "updated { changed { paths: 'owner' } customer { owner: 'bob' } personal {} "
        "previous_owner: 'ann' }"}},
      context, CustomerFacts{.owner = Free()});
}

TEST(ReimportOwner, GoesTheSameWay) {
  Check<v1::ReimportCustomerRequest>(
      {{"asks first where something binds",
        {kOwned},
        "customer { owner: 'bob' }",
        Requested("bob", "ASSIGN", "1", "pool: 'pools/p' imported: true")}},
      CustomerFacts{.owner = Bound()});
}

TEST(TransferToABook, Rules) {
  Check<v1::TransferCustomerRequest>(
      {
          {"asks the book",
           {kOwned},
           "owner: 'bob' reason: 'nearer'",
           Requested("bob", "TRANSFER", "1", "pool: 'pools/p' reason: 'nearer'")},
          {"is quiet while just they are asked", {kPooled, kPicking}, "owner: 'bob'", ""},
          {"refuses another while somebody is asked",
           {kPooled, kPicking},
           "owner: 'cem'",
           "!OWNER_PENDING"},
      },
      Bound());
  Check<v1::TransferCustomerRequest>(
      {{"refuses who has left", {kOwned}, "owner: 'bob'", "!STAFF_LEFT"}}, Left());
}

TEST(ReleaseIntoAPool, Rules) {
  const std::string into = " pool: 'pools/p' pool_time { " + kNow + " } }";
  Check<v1::ReleaseCustomerRequest>(
      {
          {"goes into the pool of its scope",
           {kOwned},
           "reason: 'too small'",
           "released { previous_owner: 'ann' reason: 'too small'" + into},
          {"puts one without an owner into the pool that is named",
           {kUnowned},
           "reason: 'x' pool: 'pools/p'",
           "released { reason: 'x'" + into},
          {"is quiet when it is there", {kPooled}, "reason: 'x' pool: 'pools/p'", ""},
          {"is quiet when nobody owns it and no pool is named", {kUnowned}, "reason: 'x'", ""},
          {"refuses while somebody is asked", {kPooled, kPicking}, "reason: 'x'", "!OWNER_PENDING"},
          {"refuses what is no pool", {kOwned}, "reason: 'x' pool: 'p'", "!field:pool"},
      },
      Free());
  Check<v1::ReleaseCustomerRequest>(
      {{"refuses a pool that is not known",
        {kOwned},
        "reason: 'x' pool: 'pools/none'",
        "!POOL_UNKNOWN"}},
      OwnerFacts{.refused = base::Refused(v1::REASON_POOL_UNKNOWN, "x")});
}

TEST(PickCustomer, Rules) {
  Check<v1::PickCustomerRequest>(
      {
          {"asks the picker's book", {kPooled}, "picker: 'bob'", kPicking},
          {"says why",
           {kPooled},
           "picker: 'bob' reason: 'met them'",
           Requested("bob", "PICK", "1", "pool: 'pools/p' reason: 'met them'")},
          {"is the caller's unless said otherwise",
           {kPooled},
           "",
           Requested("tester", "PICK", "1")},
          {"is quiet while they are asked", {kPooled, kPicking}, "picker: 'bob'", ""},
          {"is quiet when it is theirs", {kOwned}, "picker: 'ann'", ""},
          {"refuses what is no id", {kPooled}, "picker: 'Bob'", "!field:picker"},
          {"refuses one that is erased", {kErased}, "picker: 'bob'", "!CUSTOMER_ERASED"},
      },
      Picker());
  engine::Context program = FixedContext<CustomerModel>();
  program.actor = "service:sales";
  CheckDecisions<CustomerModel, v1::PickCustomerRequest>(
      {{"a program has no book", {kPooled}, "", "!field:picker"}}, program, Picker());
}

TEST(PickCustomer, GoesByTheRuleOfThePool) {
  const auto check = [](const PickFacts& facts, const std::string& rule, const std::string& then) {
    Check<v1::PickCustomerRequest>({{rule, {kPooled}, "picker: 'bob'", then}}, facts);
  };
  check(Picker("paused: true"), "nobody picks while it is paused", "!POOL_PAUSED");
  check({.pool = v1::Pool(), .refused = base::Refused(v1::REASON_STAFF_LEFT, "x")},
        "who has left picks nothing", "!STAFF_LEFT");
  check({}, "a pool that is not known has no rule", "!POOL_UNKNOWN");

  check(Picker("pick_rule { branches: 'branches/north' }", "branch: 'branches/south'"),
        "another branch may not", "!PICKER_OUTSIDE_POOL");
  check(Picker("pick_rule { teams: 'teams/red' }"), "no team may not", "!PICKER_OUTSIDE_POOL");
  check(Picker("pick_rule { teams: 'teams/red' }", "team: 'teams/red'"), "the team may", kPicking);

  PickFacts former = Picker("pick_rule { former_owner_days: 30 }");
  former.given_up = absl::CivilDay(2026, 2, 1);
  check(former, "a former owner waits", "!FORMER_OWNER_WAITS");
  former.given_up = absl::CivilDay(2026, 1, 31);
  check(former, "and has waited after so many days", kPicking);

  engine::Context past = FixedContext<CustomerModel>();
  past.business_date = absl::CivilDay(1998, 7, 1);
  CheckDecisions<CustomerModel, v1::PickCustomerRequest>(
      {{"a business date in the past makes nothing new", {kPooled}, "picker: 'bob'", kPicking}},
      past, Picker());

  // The customer was made today.
  check(Picker("pick_rule { new_data_days: 1 }"), "new data wait", "!DATA_TOO_NEW");
}

TEST(SettleOwner, Rules) {
  const std::string slot = "owner_slot: '" + Slot("bob", "1") + "' ";
  const std::string refusal =
      "refusal { owner: 'bob' kind: OWNER_REQUEST_KIND_PICK reason: REASON_CAPACITY_REACHED "
      "actor: 'user:tester' refuse_time { " +
      kNow + " } }";
  const OwnerFacts takes{.pool = "pools/p", .pool_takes_unowned = true};
  CheckDecisions<CustomerModel, v1::SettleOwnerRequest>(
      {
          {"gives it when there is room",
           {kPooled, kPicking},
           slot,
           "owner_granted { " + Request("bob", "PICK", "1") + " }"},
          {"says whose it was",
           {kOwned, Requested("bob", "TRANSFER", "1")},
           slot,
           "owner_granted { " + Request("bob", "TRANSFER", "1") + " previous_owner: 'ann' }"},
          {"says why there is none",
           {kPooled, kPicking},
           slot + "refusal: REASON_CAPACITY_REACHED",
           "owner_refused { " + refusal + " }"},
          {"what nobody looked after before goes into the pool then",
           {Made("", Request("bob", "PICK", "1"))},
           slot + "refusal: REASON_CAPACITY_REACHED",
           "owner_refused { " + refusal + " pool: 'pools/p' pool_time { " + kNow + " } }"},
          {"is quiet when nobody was asked", {kPooled}, slot, ""},
          {"is quiet for what was not asked", {kPooled, kPicking}, "owner_slot: 'x'", ""},
          {"is quiet the second time",
           {kPooled, kPicking, "owner_granted { " + Request("bob", "PICK", "1") + " }"},
           slot,
           ""},
      },
      FixedContext<CustomerModel>(), takes);
  CheckDecisions<CustomerModel, v1::SettleOwnerRequest>({{"not into one that takes none",
                                                          {Made("", Request("bob", "PICK", "1"))},
                                                          slot + "refusal: REASON_CAPACITY_REACHED",
                                                          "owner_refused { " + refusal + " }"}},
                                                        FixedContext<CustomerModel>(),
                                                        OwnerFacts{.pool = "pools/p"});
}

TEST(RecycleCustomer, Rules) {
  const v1::Pool pool = ParseText<v1::Pool>(
      "name: 'pools/p' etag: '7' recycle_rules { id: 'old' untouched_days: 30 }");
  const absl::Time longago = absl::FromCivil(absl::CivilDay(2025, 6, 1), absl::UTCTimeZone());
  RecycleFacts facts{.pool = pool, .owned_since = longago, .last_touched = std::nullopt};
  const std::string recycled = "recycled { previous_owner: 'ann' pool: 'pools/p' pool_time { " +
                               kNow + " } recycle_rule: 'old' pool_etag: '7' ";
  Check<v1::RecycleCustomerRequest>(
      {
          {"calls back what was left alone", {kOwned}, "", recycled + "}"},
          {"is quiet when nobody owns it", {kPooled}, "", ""},
          {"is quiet while another owner is asked",
           {kOwned, Requested("bob", "TRANSFER", "1")},
           "",
           ""},
          {"is quiet for one that is erased", {kErased}, "", ""},
      },
      facts);
  facts.last_touched = absl::FromCivil(absl::CivilDay(2026, 1, 31), absl::UTCTimeZone());
  Check<v1::RecycleCustomerRequest>({{"says when it was touched last",
                                      {kOwned},
                                      "",
                                      recycled + "touch_date { year: 2026 month: 1 day: 31 } }"}},
                                    facts);
  facts.last_touched = absl::FromCivil(absl::CivilDay(2026, 2, 1), absl::UTCTimeZone());
  Check<v1::RecycleCustomerRequest>({{"a touch keeps it", {kOwned}, "", ""}}, facts);
}

TEST(Ownership, EveryStateAndVerb) {
  // pick (bob), transfer (to bob, bound), release, settle (bob's first slot), recycle
  const std::string transferring = Requested("cem", "TRANSFER", "1");
  const std::map<std::string, std::pair<std::vector<std::string>, std::vector<std::string>>>
      expected = {{"OWNERSHIP_STATE_UNSPECIFIED",
                   {{kUnowned}, {"!NOT_IN_POOL", "owner_requested", "", "", ""}}},
                  {"OWNERSHIP_STATE_IN_POOL",
                   {{kPooled}, {"owner_requested", "owner_requested", "", "", ""}}},
                  {"OWNERSHIP_STATE_PICKING",
                   {{kPooled, Requested("cem", "PICK", "1")},
                    {"!OWNER_PENDING", "!OWNER_PENDING", "!OWNER_PENDING", "", ""}}},
                  {"OWNERSHIP_STATE_OWNED",
                   {{kOwned}, {"!CUSTOMER_OWNED", "owner_requested", "released", "", "recycled"}}},
                  {"OWNERSHIP_STATE_TRANSFERRING",
                   {{kOwned, transferring},
                    {"!OWNER_PENDING", "!OWNER_PENDING", "!OWNER_PENDING", "", ""}}}};
  ASSERT_EQ(expected.size(), static_cast<size_t>(v1::OwnershipState_ARRAYSIZE));
  const engine::Context now = FixedContext<CustomerModel>();
  const RecycleFacts alone{
      .pool = ParseText<v1::Pool>("recycle_rules { id: 'old' untouched_days: 30 }"),
      .owned_since = absl::UnixEpoch(),
      .last_touched = std::nullopt};
  for (const auto& [state, row] : expected) {
    SCOPED_TRACE(state);
    const v1::Customer customer = Given<CustomerModel>(row.first);
    EXPECT_EQ(v1::OwnershipState_Name(customer.ownership_state()), state);
    const auto pick = ParseText<v1::PickCustomerRequest>("picker: 'bob'");
    const auto transfer = ParseText<v1::TransferCustomerRequest>("owner: 'bob'");
    const auto release = ParseText<v1::ReleaseCustomerRequest>("reason: 'x'");
    v1::SettleOwnerRequest settle;
    settle.set_owner_slot(Slot("bob", "1"));
    EXPECT_EQ((std::vector<std::string>{
                  testing::WordOf(CustomerModel::Decide(customer, pick, now, Picker())),
                  testing::WordOf(CustomerModel::Decide(customer, transfer, now, Bound())),
                  testing::WordOf(CustomerModel::Decide(customer, release, now, Free())),
                  testing::WordOf(CustomerModel::Decide(customer, settle, now, OwnerFacts())),
                  testing::WordOf(
                      CustomerModel::Decide(customer, v1::RecycleCustomerRequest(), now, alone))}),
              row.second);
  }
}

TEST(Ownership, FoldsAWholeLife) {
  const std::string slot = Slot("bob", "1");
  v1::Customer customer = Given<CustomerModel>({kPooled, kPicking});
  EXPECT_EQ(customer.pool(), "pools/p") << "it may come back there";
  const std::string granted = "owner_granted { " + Request("bob", "PICK", "1") + " }";
  customer = Given<CustomerModel>({kPooled, kPicking, granted});
  EXPECT_EQ(customer.owner(), "bob");
  EXPECT_EQ(customer.pool(), "");
  EXPECT_EQ(customer.ownership().owner_slot(), slot);
  EXPECT_FALSE(customer.has_owner_request());
  customer = Given<CustomerModel>({kPooled, kPicking, granted, "transferred { owner: 'ann' }"});
  EXPECT_EQ(customer.ownership().owner_slot(), "") << "that was bob's";
  customer = Given<CustomerModel>(
      {kPooled, kPicking,
       "owner_refused { refusal { owner: 'bob' reason: REASON_DAILY_LIMIT_REACHED } }"});
  EXPECT_EQ(customer.ownership_state(), v1::OWNERSHIP_STATE_IN_POOL);
  EXPECT_EQ(customer.ownership().pool_time().seconds(), 1772000000) << "as if it had not left";
  EXPECT_EQ(customer.owner_refusal().reason(), v1::REASON_DAILY_LIMIT_REACHED);
  customer = Given<CustomerModel>(
      {kOwned, "recycled { previous_owner: 'ann' pool: 'pools/p' pool_time { seconds: 5 } }"});
  EXPECT_EQ(customer.owner(), "");
  EXPECT_EQ(customer.pool(), "pools/p");
}

class Lookups : public ::testing::Test {
 protected:
  Lookups() {
    rows_.Put(kPools, ParseText<v1::Pool>("name: 'pools/standard' rank: 9 takes_unowned: true"));
    rows_.Put(kPools, ParseText<v1::Pool>("name: 'pools/north' rank: 2 capacity: 3 "
                                          "scope { branches: 'north' } etag: '4' "
                                          "capacity_exempt_staff: 'staff/eve'"));
    Staff("ann", "");
    Staff("eve", "");
    Staff("max", "capacity: 5");
    Staff("zoe", "capacity_exempt: true capacity: 5");
    Staff("dan", "leave_date { year: 2026 month: 1 day: 1 } status: STAFF_STATUS_LEFT");
  }
  void Staff(const std::string& id, const std::string& more) {
    rows_.Put(kStaff, ParseText<v1::Staff>("name: 'staff/" + id + "' " + more));
  }
  OwnerFacts Of(const std::string& branch, const std::string& owner) {
    v1::Customer customer;
    customer.set_branch(branch);
    return LookUpOwner(customer, owner, FixedContext<CustomerModel>(), rows_);
  }

  testing::FakeRows rows_{kPools, kStaff, kCustomers, kOwnerTerms, kStaffTouches, kRedirects};
};

TEST_F(Lookups, TheFirstPoolByRankWhoseScopeFits) {
  EXPECT_EQ(Of("north", "").pool, "pools/north");
  EXPECT_FALSE(Of("north", "").pool_takes_unowned);
  EXPECT_EQ(Of("south", "").pool, "pools/standard");
  EXPECT_TRUE(Of("", "").pool_takes_unowned);
}

TEST_F(Lookups, WhoIsBoundIsAskedFirst) {
  EXPECT_FALSE(Of("south", "ann").asks_book);
  EXPECT_TRUE(Of("north", "ann").asks_book) << "by the pool";
  EXPECT_FALSE(Of("north", "eve").asks_book) << "exempt there";
  EXPECT_TRUE(Of("south", "max").asks_book) << "by their own";
  EXPECT_FALSE(Of("north", "zoe").asks_book) << "exempt from all";
}

TEST_F(Lookups, WhoMustBeKnown) {
  EXPECT_EQ(base::ReasonOf(Of("south", "dan").refused), "STAFF_LEFT");
  EXPECT_TRUE(Of("south", "nobody").refused.ok()) << "as a company may not record its staff";
  EXPECT_EQ(base::ReasonOf(Of("north", "nobody").refused), "STAFF_UNKNOWN") << "who is bound";
  rows_.Put(kPools, ParseText<v1::Pool>("name: 'pools/standard' rank: 9 requires_staff: true"));
  EXPECT_EQ(base::ReasonOf(Of("south", "nobody").refused), "STAFF_UNKNOWN");
}

TEST_F(Lookups, APickKnowsWhenTheyGaveItUp) {
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a' pool: 'pools/north'"));
  rows_.Put(kOwnerTerms,
            ParseText<v1::OwnerTerm>("name: 'customers/a/ownerTerms/1' owner: 'ann' start_time { "
                                     "seconds: 1760000000 } end_time { seconds: 1767312000 }"));
  v1::PickCustomerRequest pick;
  pick.set_name("customers/a");
  pick.set_picker("ann");
  const PickFacts facts = CustomerModel::Gather(pick, FixedContext<CustomerModel>(), rows_);
  EXPECT_EQ(facts.pool->name(), "pools/north");
  EXPECT_EQ(facts.picker->name(), "staff/ann");
  EXPECT_EQ(facts.given_up, absl::CivilDay(2026, 1, 2));
  rows_.Put(kRedirects,
            ParseText<v1::Redirect>("customer: 'customers/z' survivor: '" + pick.name() + "'"));
  rows_.Put(kOwnerTerms,
            ParseText<v1::OwnerTerm>("name: 'customers/z/ownerTerms/1' owner: 'ann' start_time { "
                                     "seconds: 1760000000 } end_time { seconds: 1772000000 }"));
  EXPECT_EQ(CustomerModel::Gather(pick, FixedContext<CustomerModel>(), rows_).given_up,
            absl::CivilDay(2026, 2, 25))
      << "under a name that was merged";
  rows_.Put(kOwnerTerms,
            ParseText<v1::OwnerTerm>("name: 'customers/z/ownerTerms/2' owner: 'ann' start_time { "
                                     "seconds: 1772000000 } end_time { seconds: 1772300000 } "
                                     "merged_into: '" +
                                     pick.name() + "'"));
  EXPECT_EQ(CustomerModel::Gather(pick, FixedContext<CustomerModel>(), rows_).given_up,
            absl::CivilDay(2026, 2, 25))
      << "what a merge took they did not give up";
  pick.set_picker("dan");
  EXPECT_EQ(
      base::ReasonOf(CustomerModel::Gather(pick, FixedContext<CustomerModel>(), rows_).refused),
      "STAFF_LEFT");
}

TEST_F(Lookups, WhatIsLeftAloneIsCountedFromTheOwnersLastTouch) {
  const auto customer = ParseText<v1::Customer>("name: 'customers/a' owner: 'ann' branch: 'north'");
  rows_.Put(kOwnerTerms,
            ParseText<v1::OwnerTerm>("name: 'customers/a/ownerTerms/1' owner: 'ann' start_time { "
                                     "seconds: 1760000000 }"));
  RecycleFacts facts = LookUpRecycling(customer, "pools/north", rows_);
  EXPECT_EQ(facts.owned_since, absl::FromUnixSeconds(1760000000));
  EXPECT_FALSE(facts.last_touched.has_value());
  rows_.Put(kStaffTouches, ParseText<v1::StaffTouch>(
                               "customer: 'customers/a' staff: 'ann' touch_time { seconds: 5 }"));
  EXPECT_EQ(LookUpRecycling(customer, "pools/north", rows_).last_touched, absl::FromUnixSeconds(5));
  rows_.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/z' survivor: 'customers/a'"));
  rows_.Put(kStaffTouches, ParseText<v1::StaffTouch>(
                               "customer: 'customers/z' staff: 'ann' touch_time { seconds: 9 }"));
  EXPECT_EQ(LookUpRecycling(customer, "pools/north", rows_).last_touched, absl::FromUnixSeconds(9))
      << "under a name that was merged";
  EXPECT_FALSE(LookUpRecycling(customer, "pools/standard", rows_).pool.has_value())
      << "a customer of another pool";
}

TEST(RuleFor, WhatIsNotSaidHoldsAlsoOnADayInThePast) {
  const RecycleFacts facts{.pool = ParseText<v1::Pool>("recycle_rules { id: 'a' statuses: "
                                                       "CUSTOMER_STATUS_LOST }"),
                           .owned_since = absl::FromUnixSeconds(1'772'445'600)};
  const auto customer = ParseText<v1::Customer>(
      "owner: 'ann' status: CUSTOMER_STATUS_LOST create_time { seconds: 1772445600 }");
  EXPECT_NE(RuleFor(customer, facts, absl::CivilDay(2025, 12, 1), absl::UTCTimeZone()), nullptr);
}

TEST(RuleFor, AllThatIsSaidHasToBeSo) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const auto on = [&](int month, int day) {
    return absl::FromCivil(absl::CivilDay(2026, month, day), utc);
  };
  const auto rule = [&](const std::string& customer, const std::string& rules) {
    const RecycleFacts facts{
        .pool = ParseText<v1::Pool>(rules), .owned_since = on(1, 1), .last_touched = on(2, 1)};
    const auto* found = RuleFor(
        ParseText<v1::Customer>("owner: 'ann' create_time { seconds: 1767225600 } " + customer),
        facts, absl::CivilDay(2026, 3, 3), utc);
    return found == nullptr ? std::string() : found->id();
  };
  const std::string prospect = "status: CUSTOMER_STATUS_PROSPECT";
  EXPECT_EQ(rule(prospect, "recycle_rules { id: 'a' untouched_days: 30 }"), "a");
  EXPECT_EQ(rule(prospect, "recycle_rules { id: 'a' untouched_days: 31 }"), "");
  EXPECT_EQ(rule(prospect, "recycle_rules { id: 'a' created_days: 61 }"), "a");
  EXPECT_EQ(rule(prospect, "recycle_rules { id: 'a' created_days: 62 }"), "");
  EXPECT_EQ(rule(prospect, "recycle_rules { id: 'a' statuses: CUSTOMER_STATUS_PROSPECT }"), "a");
  EXPECT_EQ(rule(prospect, "recycle_rules { id: 'a' statuses: CUSTOMER_STATUS_SUSPECT }"), "");
  EXPECT_EQ(rule(prospect, "recycle_rules { id: 'a' untouched_days: 30 created_days: 62 }"), "");
  EXPECT_EQ(rule(prospect, "recycle_rules { id: 'a' untouched_days: 30 disabled: true }"), "");
  EXPECT_EQ(rule(prospect, "paused: true recycle_rules { id: 'a' untouched_days: 30 }"), "");
  EXPECT_EQ(rule(prospect,
                 "recycle_rules { id: 'a' untouched_days: 90 } "
                 "recycle_rules { id: 'b' untouched_days: 1 }"),
            "b");
  EXPECT_EQ(rule("status: CUSTOMER_STATUS_ACTIVE", "recycle_rules { id: 'a' untouched_days: 1 }"),
            "");
  EXPECT_EQ(rule("status: CUSTOMER_STATUS_ACTIVE",
                 "recycle_rules { id: 'a' untouched_days: 1 statuses: CUSTOMER_STATUS_ACTIVE }"),
            "a");
  EXPECT_EQ(rule(prospect + " key_account: true", "recycle_rules { id: 'a' untouched_days: 1 }"),
            "");
  EXPECT_EQ(rule(prospect + " key_account: true",
                 "recycle_rules { id: 'a' untouched_days: 1 key_accounts_too: true }"),
            "a");
}

}  // namespace
}  // namespace crm::customer
