#include "libs/testing/decisions.h"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>

#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/customer_internal.pb.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"

namespace crm::testing {
namespace {

using customer::v1::AssignTierRequest;
using customer::v1::Customer;
using customer::v1::CustomerEvent;

// The smallest aggregate: a tier that can be given, not taken back.
struct TierModel {
  using State = Customer;
  using Event = CustomerEvent;

  static engine::Decision<TierModel> Decide(const State& state, const AssignTierRequest& assign,
                                            const engine::Context&) {
    if (assign.tier() == customer::v1::TIER_UNSPECIFIED)
      return base::Invalid("tier", "must be given");
    if (state.tier() == assign.tier()) return std::nullopt;
    if (state.tier() == customer::v1::TIER_TOP)
      return base::Refused(customer::v1::REASON_CURRENCY_FIXED, "no");
    Event event;
    event.mutable_tier_changed()->set_to(assign.tier());
    return event;
  }

  static void Evolve(State& state, const Event& event) {
    state.set_tier(event.tier_changed().to());
  }
};

constexpr char kTop[] = "tier_changed { to: TIER_TOP }";

void Check(const DecisionRow& row) { CheckDecisions<TierModel, AssignTierRequest>({row}); }

TEST(CheckDecisions, DoesStaysQuietAndRefuses) {
  CheckDecisions<TierModel, AssignTierRequest>({
      {"gives a tier", {}, "tier: TIER_TOP", kTop},
      {"is quiet the second time", {kTop}, "tier: TIER_TOP", ""},
      {"refuses to take it back", {kTop}, "tier: TIER_BIG", "!CURRENCY_FIXED"},
      {"refuses none", {}, "", "!field:tier"},
  });
}

TEST(CheckDecisions, SeesEachWayOfBeingWrong) {
  EXPECT_NONFATAL_FAILURE(Check({"another fact", {}, "tier: TIER_BIG", kTop}), "TIER_BIG");
  EXPECT_NONFATAL_FAILURE(Check({"a fact where none was meant", {}, "tier: TIER_BIG", ""}),
                          "decided");
  EXPECT_FATAL_FAILURE(Check({"nothing where a fact was meant", {kTop}, "tier: TIER_TOP", kTop}),
                       "nothing was decided");
  EXPECT_FATAL_FAILURE(Check({"a refusal where a fact was meant", {}, "", kTop}),
                       "INVALID_ARGUMENT");
  EXPECT_NONFATAL_FAILURE(Check({"another reason", {kTop}, "tier: TIER_BIG", "!NOT_THIS"}),
                          "NOT_THIS");
  EXPECT_NONFATAL_FAILURE(Check({"another field", {}, "", "!field:name"}), "field");
  EXPECT_NONFATAL_FAILURE(Check({"a fact where a refusal was meant", {}, "tier: TIER_TOP", "!X"}),
                          "OK");
  EXPECT_NONFATAL_FAILURE(Check({"a misspelt command", {kTop}, "teer: TIER_TOP", "!field:tier"}),
                          "teer");
}

TEST(CheckDecisions, FoldsWhatIsGivenAndStampsIt) {
  const Customer customer = Given<TierModel>({kTop, "tier_changed { to: TIER_SMALL }"});
  EXPECT_THAT(customer, EqualsProto(R"pb(
                name: "customers/customer-1"
                etag: "2"
                tier: TIER_SMALL
                create_time { seconds: 1772445600 }
                update_time { seconds: 1772445600 })pb"));
  EXPECT_THAT(Given<TierModel>({}), EqualsProto(""));
}

TEST(Matchers, StatusesAndMessages) {
  EXPECT_THAT(absl::NotFoundError("x"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(absl::StatusOr<int>(5), IsOk());
  EXPECT_THAT(base::Invalid("a.b", "x"), IsInvalid("a.b"));
  EXPECT_THAT(base::Invalid("a.b", "x"), ::testing::Not(IsInvalid("a")));
  EXPECT_THAT(base::Refused(customer::v1::REASON_CURRENCY_FIXED, "x"), IsRefusal("CURRENCY_FIXED"));
  EXPECT_THAT(ParseText<Customer>("region: 'n'"), EqualsProto("region: 'n'"));
  EXPECT_THAT(ParseText<Customer>("region: 'n'"), ::testing::Not(EqualsProto("region: 's'")));
  EXPECT_THAT(ParseText<Customer>("region: 'n'"), EqualsProto(ParseText<Customer>("region: 'n'")));
}

TEST(WordOf, SaysWhatWasDecided) {
  const auto word = [](const char* given, const char* tier) {
    return WordOf(TierModel::Decide(ParseText<Customer>(given), ParseText<AssignTierRequest>(tier),
                                    FixedContext<TierModel>()));
  };
  EXPECT_EQ(word("", "tier: TIER_TOP"), "tier_changed");
  EXPECT_EQ(word("tier: TIER_TOP", "tier: TIER_TOP"), "");
  EXPECT_EQ(word("tier: TIER_TOP", "tier: TIER_BIG"), "!CURRENCY_FIXED");
  EXPECT_EQ(word("", ""), "!field:tier");
}

}  // namespace
}  // namespace crm::testing
