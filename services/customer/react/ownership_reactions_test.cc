#include "services/customer/react/ownership_reactions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "crm/customer/v1/notification.pb.h"
#include "crm/customer/v1/ownership_internal.pb.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using testing::ParseText;

class OwnershipReactions : public ::testing::Test {
 protected:
  // Each command as its type and content.
  static std::vector<std::string> Texts(const engine::Commands& commands) {
    std::vector<std::string> texts;
    for (const auto& command : commands)
      texts.push_back(command->GetDescriptor()->name() + " " + command->ShortDebugString());
    return texts;
  }
  std::vector<std::string> Change(const std::string& fact, int64_t revision = 5) {
    const auto event = ParseText<v1::CustomerEvent>(fact);
    const engine::EventMeta meta{.time = absl::FromUnixSeconds(100),
                                 .actor = "service:customer",
                                 .name = "customers/a",
                                 .revision = revision};
    return Texts(OnOwnerChange({event, meta}, rows_));
  }
  static std::vector<std::string> News(const std::string& fact) {
    const auto event = ParseText<v1::CustomerEvent>(fact);
    const engine::EventMeta meta{.time = absl::FromUnixSeconds(100),
                                 .actor = "service:customer",
                                 .name = "customers/a",
                                 .revision = 5};
    const FakeRows none(kPools);
    std::vector<std::string> told;
    for (const auto& command : OnOwnerNews({event, meta}, none)) {
      const auto& notify = static_cast<const v1::NotifyRequest&>(*command);
      told.push_back(notify.parent() + " " +
                     v1::NotificationReason_Name(notify.notification().reason()));
    }
    return told;
  }
  void Ended(const std::string& slot) {
    rows_.Put(kOwnerTerms,
              ParseText<v1::OwnerTerm>("name: 'customers/a/ownerTerms/2' etag: 'r5' owner: 'ann' "
                                       "end_time { seconds: 100 } owner_slot: '" +
                                       slot + "'"));
  }

  FakeRows rows_{kOwnerTerms, kCustomers, kPools, kStaffTouches, kRedirects};
};

using Commands = std::vector<std::string>;

const std::string kRequest =
    "owner_request { owner: 'bob' kind: OWNER_REQUEST_KIND_PICK "
    "owner_slot: 'ownerBooks/bob/ownerSlots/s1' pool: 'pools/p' }";

TEST_F(OwnershipReactions, ABookIsAskedWhateverVerbAsks) {
  const Commands asks = {
      "ReserveSlotRequest parent: \"ownerBooks/bob\" owner_slot { customer: \"customers/a\" pool: "
      "\"pools/p\" kind: OWNER_REQUEST_KIND_PICK } owner_slot_id: \"s1\""};
  EXPECT_EQ(Change("owner_requested { " + kRequest + " }"), asks);
  EXPECT_EQ(Change("created { " + kRequest + " }"), asks);
  EXPECT_EQ(Change("updated { changed { paths: 'region' } " + kRequest + " }"), asks);
  EXPECT_EQ(Change("created { customer { owner: 'ann' } }"), Commands{});
}

TEST_F(OwnershipReactions, ASlotIsGivenBackWhateverVerbEndsTheTerm) {
  Ended("ownerBooks/ann/ownerSlots/s0");
  const Commands frees = {"FreeSlotRequest name: \"ownerBooks/ann/ownerSlots/s0\""};
  EXPECT_EQ(Change("released {}"), frees);
  EXPECT_EQ(Change("transferred { owner: 'bob' }"), frees);
  EXPECT_EQ(Change("recycled {}"), frees);
  EXPECT_EQ(Change("owner_granted { " + kRequest + " }"), frees);
  EXPECT_EQ(Change("updated { changed { paths: 'owner' } }"), frees);
  EXPECT_EQ(Change("absorbed {}"), frees);
  EXPECT_EQ(Change("released {}", 6), Commands{}) << "that term had ended before";
  EXPECT_EQ(Change("order_noted {}"), Commands{});
  EXPECT_EQ(Change("updated { changed { paths: 'region' } }"), Commands{});
  Ended("");
  EXPECT_EQ(Change("released {}"), Commands{}) << "it had none";
}

TEST_F(OwnershipReactions, AMergedOneGivesItsSlotBack) {
  // The term that had it ended with the merge.
  Ended("ownerBooks/ann/ownerSlots/s0");
  EXPECT_EQ(Change("merged { survivor: 'customers/b' customer { owner: 'ann' ownership { "
                   "owner_slot: 'ownerBooks/ann/ownerSlots/s0' } } }"),
            Commands{"FreeSlotRequest name: \"ownerBooks/ann/ownerSlots/s0\""});
  EXPECT_EQ(Change("merged { customer { owner: 'ann' } }"), Commands{}) << "it had none";
}

TEST_F(OwnershipReactions, WhatIsErasedGivesBackAll) {
  rows_.Put(kCustomers,
            ParseText<v1::Customer>("name: 'customers/a' status: CUSTOMER_STATUS_ERASED "
                                    "ownership { owner_slot: 'ownerBooks/ann/ownerSlots/s0' } " +
                                    kRequest));
  EXPECT_EQ(Change("owner_refused {}"),
            (Commands{"FreeSlotRequest name: \"ownerBooks/bob/ownerSlots/s1\"",
                      "FreeSlotRequest name: \"ownerBooks/ann/ownerSlots/s0\""}));
}

TEST_F(OwnershipReactions, TheCustomerHearsWhatTheBookSaid) {
  const auto hears = [&](const std::string& fact) {
    const auto event = ParseText<v1::OwnerSlotEvent>(fact);
    const engine::EventMeta meta{.time = absl::FromUnixSeconds(100),
                                 .actor = "service:customer",
                                 .name = "ownerBooks/bob/ownerSlots/s1",
                                 .revision = 1};
    return Texts(OnOwnerSlot({event, meta}, rows_));
  };
  EXPECT_EQ(hears("reserved { owner_slot { customer: 'customers/a' } }"),
            Commands{"SettleOwnerRequest name: \"customers/a\" owner_slot: "
                     "\"ownerBooks/bob/ownerSlots/s1\""});
  EXPECT_EQ(hears("refused { owner_slot { customer: 'customers/a' refusal: "
                  "REASON_CAPACITY_REACHED } }"),
            Commands{"SettleOwnerRequest name: \"customers/a\" owner_slot: "
                     "\"ownerBooks/bob/ownerSlots/s1\" refusal: REASON_CAPACITY_REACHED"});
  EXPECT_EQ(hears("freed {}"), Commands{});
}

TEST_F(OwnershipReactions, ASweepTellsInStretchesWhoIsLeftAlone) {
  rows_.Put(kPools, ParseText<v1::Pool>("name: 'pools/p' recycle_rules { id: 'old' "
                                        "untouched_days: 30 }"));
  for (const char* id : {"c", "a", "d", "b", "young"}) {
    const std::string name = std::string("customers/") + id;
    rows_.Put(kCustomers, ParseText<v1::Customer>("name: '" + name +
                                                  "' owner: 'ann' status: CUSTOMER_STATUS_PROSPECT "
                                                  "ownership_state: OWNERSHIP_STATE_OWNED"));
    rows_.Put(kOwnerTerms, ParseText<v1::OwnerTerm>(
                               "name: '" + name +
                               "/ownerTerms/1' owner: 'ann' start_time {"
                               " seconds: " +
                               (id == std::string("young") ? "1772000000" : "1760000000") + " }"));
  }
  auto sweep = ParseText<v1::PoolSweep>("number: 4 business_date { year: 2026 month: 3 day: 2 }");
  const auto recycles = [](const std::string& id) {
    return "RecycleCustomerRequest name: \"customers/" + id + "\" pool: \"pools/p\"";
  };
  const SweepStretch two{.commands_max = 2};
  const std::string goes_on =
      "ContinueSweepRequest name: \"pools/p\" number: 4 told_through: \"customers/b\"";
  EXPECT_EQ(Texts(Recycle(sweep, "pools/p", two, rows_)),
            (Commands{recycles("a"), recycles("b"), goes_on}));
  EXPECT_EQ(Texts(Recycle(sweep, "pools/p", {.rows_max = 2}, rows_)),
            (Commands{recycles("a"), recycles("b"), goes_on}));
  sweep.set_told_through("customers/b");
  EXPECT_EQ(Texts(Recycle(sweep, "pools/p", {.rows_max = 3}, rows_)),
            (Commands{recycles("c"), recycles("d")}));
  EXPECT_EQ(Texts(Recycle(sweep, "pools/other", two, rows_)), Commands{});
  const engine::EventMeta meta{.time = absl::FromUnixSeconds(100),
                               .actor = "service:customer",
                               .name = "pools/p",
                               .revision = 2};
  const auto on = [&](const std::string& fact) {
    const auto event = ParseText<v1::PoolEvent>(fact);
    return OnPool({event, meta}, rows_).size();
  };
  const std::string day = "sweep { number: 1 business_date { year: 2026 month: 3 day: 2 } ";
  EXPECT_EQ(on("swept { " + day + "} }"), 4u);
  EXPECT_EQ(on("sweep_continued { " + day + "told_through: 'customers/c' } }"), 1u);
  EXPECT_EQ(on("updated {}"), 0u);
}

TEST_F(OwnershipReactions, StaffIsToldWhatABookOrARuleDid) {
  const std::string given = "staff/bob NOTIFICATION_REASON_CUSTOMER_GIVEN";
  EXPECT_EQ(News("owner_granted { " + kRequest + " previous_owner: 'ann' }"),
            (Commands{given, "staff/ann NOTIFICATION_REASON_CUSTOMER_TAKEN"}));
  EXPECT_EQ(News("owner_granted { " + kRequest + " }"), Commands{given});
  EXPECT_EQ(News("owner_refused { refusal { owner: 'bob' kind: OWNER_REQUEST_KIND_PICK } }"),
            Commands{"staff/bob NOTIFICATION_REASON_PICK_REFUSED"});
  const std::string refused =
      "owner_refused { refusal { owner: 'bob' kind: OWNER_REQUEST_KIND_ASSIGN actor: ";
  EXPECT_EQ(News(refused + "'user:eve' } }"),
            Commands{"staff/eve NOTIFICATION_REASON_PICK_REFUSED"});
  EXPECT_EQ(News(refused + "'service:customer' } }"), Commands{});
  EXPECT_EQ(News(refused + "'user:eve' imported: true } }"), Commands{});
  EXPECT_EQ(News(refused + "'user:eve' transfer: 'transfers/t' } }"), Commands{});
  EXPECT_EQ(News("recycled { previous_owner: 'ann' recycle_rule: 'old' }"),
            Commands{"staff/ann NOTIFICATION_REASON_CUSTOMER_RECYCLED"});
  EXPECT_EQ(News("transferred { owner: 'bob' }"), Commands{});
}

}  // namespace
}  // namespace crm::customer
