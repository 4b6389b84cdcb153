#include "services/customer/domain/survivorship.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "libs/testing/matchers.h"
#include "services/customer/domain/consent.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using ::testing::IsEmpty;
using testing::ParseText;

v1::Customer Customer(const std::string& text) { return ParseText<v1::Customer>(text); }

struct MergeRow {
  std::string what;
  std::string survivor, absorbed;
  MergeRules rules;
  std::string merged;
};

void Check(const std::vector<MergeRow>& rows) {
  for (const MergeRow& row : rows) {
    EXPECT_THAT(Merged(Customer(row.survivor), Customer(row.absorbed), row.rules),
                EqualsProto(row.merged))
        << row.what;
  }
}

TEST(Survivorship, FieldsByTheirRules) {
  const std::string checked = " verify_time { seconds: 9 }";
  Check({
      {"what only one has",
       "region: 'north'",
       "industry: 'steel'",
       {},
       "region: 'north' industry: 'steel'"},
      {"the survivor's, when nobody checked",
       "region: 'north'",
       "region: 'south'",
       {},
       "region: 'north'"},
      {"that of who was checked last",
       "region: 'north' verify_time { seconds: 5 }",
       "region: 'south'" + checked,
       {},
       "region: 'south'" + checked},
      {"also of whoever was checked at all",
       "region: 'north'",
       "region: 'south'" + checked,
       {},
       "region: 'south'" + checked},
      {"the other's, when that is empty",
       "region: 'north'",
       checked,
       {},
       "region: 'north'" + checked},
      {"by hand, also when it is empty",
       "region: 'north'",
       "",
       {{"region", v1::MERGE_RULE_ABSORBED}},
       ""},
      {"by hand, whoever was checked",
       "region: 'north'",
       "region: 'south'" + checked,
       {{"region", v1::MERGE_RULE_SURVIVOR}},
       "region: 'north'" + checked},
      {"most complete, whoever was checked",
       "region: 'north'",
       "region: 'south' industry: 'steel'" + checked,
       {{"region", v1::MERGE_RULE_MOST_COMPLETE}, {"industry", v1::MERGE_RULE_MOST_COMPLETE}},
       "region: 'north' industry: 'steel'" + checked},
      {"an owner, a team, a parent and a tier stay",
       "owner: 'ann'",
       "owner: 'bob' team: 't' branch: 'b' parent: 'customers/p' tier: TIER_TOP "
       "collaborators: 'eve'",
       {},
       "owner: 'ann'"},
  });
}

TEST(Survivorship, ListsAreJoinedUnlessSaidOtherwise) {
  Check({
      {"what either has, the survivor's first",
       "tags: 'a' tags: 'b'",
       "tags: 'c' tags: 'a'",
       {},
       "tags: 'a' tags: 'b' tags: 'c'"},
      {"personal ones too",
       "",
       "personal { phones: '+4930123456' }",
       {},
       "personal { phones: '+4930123456' }"},
      {"the other's, by hand",
       "tags: 'a'",
       "tags: 'c'",
       {{"tags", v1::MERGE_RULE_ABSORBED}},
       "tags: 'c'"},
      {"messages are compared whole",
       "external_ids { system: 'erp' id: '1' }",
       "external_ids { system: 'erp' id: '1' } external_ids { system: 'shop' id: '1' }",
       {},
       "external_ids { system: 'erp' id: '1' } external_ids { system: 'shop' id: '1' }"},
      {"what they said last of a channel counts",
       "consents { channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_IN effect_time { seconds: 1 } "
       "}",
       "consents { channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_OUT effect_time { seconds: 2 "
       "} "
       "}",
       {},
       "consents { channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_IN effect_time { seconds: 1 } "
       "}"
       "consents { channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_OUT effect_time { seconds: 2 "
       "} "
       "}"},
  });
  v1::Customer full;
  for (int i = 0; i < 49; ++i) full.add_tags("t" + std::to_string(i));
  EXPECT_EQ(Merged(full, Customer("tags: 'x' tags: 'y'"), {}).tags_size(), 50);
}

TEST(Survivorship, TheOneWhoCameFurther) {
  const std::string active =
      "status: CUSTOMER_STATUS_ACTIVE last_order_date { year: 2026 month: 2 day: 1 } "
      "active_until_date { year: 2027 month: 2 day: 1 } activity_check_time { seconds: 7 }";
  const std::string lost = "status: CUSTOMER_STATUS_LOST loss { loss_reason: 'price' }";
  const std::string inactive =
      "status: CUSTOMER_STATUS_INACTIVE last_order_date { year: 2024 month: 1 day: 1 }";
  Check({
      {"a prospect with one that orders", "status: CUSTOMER_STATUS_PROSPECT", active, {}, active},
      {"the other way round", active, "status: CUSTOMER_STATUS_PROSPECT", {}, active},
      {"one that orders is not lost", lost, active, {}, active},
      {"one that was lost stays so", lost, "status: CUSTOMER_STATUS_PROSPECT", {}, lost},
      {"a loss of the other is not the survivor's",
       "status: CUSTOMER_STATUS_PROSPECT",
       lost,
       {},
       "status: CUSTOMER_STATUS_PROSPECT"},
      {"the later order",
       inactive,
       "status: CUSTOMER_STATUS_INACTIVE last_order_date { year: 2025 month: 1 day: 1 }",
       {},
       "status: CUSTOMER_STATUS_INACTIVE last_order_date { year: 2025 month: 1 day: 1 }"},
      {"the currency of who has ordered",
       "currency_code: 'EUR' status: CUSTOMER_STATUS_PROSPECT",
       inactive + " currency_code: 'USD'",
       {},
       inactive + " currency_code: 'USD'"},
  });
}

v1::MergeUndo UndoOf(const v1::Customer& before, const v1::Customer& after) {
  v1::MergeUndo undo;
  *undo.mutable_changed() = MergedFields(before, after);
  *undo.mutable_before() = Only(undo.changed(), before);
  *undo.mutable_after() = Only(undo.changed(), after);
  return undo;
}

TEST(Unmerged, IsWhatItWas) {
  const v1::Customer before =
      Customer("region: 'north' tags: 'a' status: CUSTOMER_STATUS_PROSPECT");
  const v1::Customer after = Merged(
      before,
      Customer("industry: 'steel' tags: 'b' status: CUSTOMER_STATUS_INACTIVE personal { phones: "
               "'+4930123456' } last_order_date { year: 2024 month: 1 day: 1 }"),
      {});
  std::vector<std::string> kept;
  EXPECT_THAT(Unmerged(after, UndoOf(before, after), kept), EqualsProto(before));
  EXPECT_THAT(kept, IsEmpty());
}

TEST(Unmerged, KeepsWhatChangedSince) {
  const v1::Customer before = Customer("tags: 'a'");
  const v1::Customer after = Merged(before, Customer("industry: 'steel' tags: 'b'"), {});
  v1::Customer since = after;
  since.set_industry("paper");
  since.add_tags("c");
  std::vector<std::string> kept;
  EXPECT_THAT(Unmerged(since, UndoOf(before, after), kept),
              EqualsProto("industry: 'paper' tags: 'a' tags: 'c'"));
  EXPECT_THAT(kept, ElementsAre("industry", "tags"));
}

TEST(Unmerged, ConsentsOfTheOtherGoWhateverWasSaidSince) {
  const std::string email = "consents { channel: CHANNEL_EMAIL effect_time { seconds: 5 } } ";
  const std::string phone = "consents { channel: CHANNEL_PHONE effect_time { seconds: 6 } } ";
  const std::string since = "consents { channel: CHANNEL_EMAIL effect_time { seconds: 9 } } ";
  const v1::Customer before = Customer(email);
  const v1::Customer after = Merged(before, Customer(email + phone), {});
  EXPECT_EQ(after.consents_size(), 2) << "what is there is not there twice";
  v1::Customer later = after;
  AddConsent(Customer(since).consents(0), later);
  std::vector<std::string> kept;
  EXPECT_THAT(Unmerged(later, UndoOf(before, after), kept), EqualsProto(email + since));
  EXPECT_THAT(kept, IsEmpty());
}

TEST(Unmerged, KeepsAllOfTheOrdersWhenOneCameSince) {
  const v1::Customer before = Customer("status: CUSTOMER_STATUS_PROSPECT");
  const v1::Customer after = Merged(
      before,
      Customer("status: CUSTOMER_STATUS_INACTIVE last_order_date { year: 2024 month: 1 day: 1 }"),
      {});
  v1::Customer since = after;
  since.mutable_last_order_date()->set_year(2026);
  std::vector<std::string> kept;
  EXPECT_THAT(Unmerged(since, UndoOf(before, after), kept), EqualsProto(since));
  EXPECT_EQ(kept.size(), 6u);
}

TEST(CheckMergeRule, OnlyFieldsThatAMergeTouches) {
  for (const char* field : {"industry", "personal.phones", "display_name", "external_ids"})
    EXPECT_TRUE(CanBeMerged(field)) << field;
  for (const char* field : {"", "kind", "owner", "status", "tier", "personal", "colour", "name",
                            "parent", "currency_code"})
    EXPECT_FALSE(CanBeMerged(field)) << field;
}

}  // namespace
}  // namespace crm::customer
