// What a look at items that wait finds, and how far it comes.
#include "services/customer/read/transfer_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/customer/react/transfer_test_world.h"
#include "services/customer/read/transfer_plan.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::ParseText;

class TransferCheck : public ::testing::Test {
 protected:
  // They wait since 1970-01-01 00:01:40 UTC, asked for by event 3.
  void AddWaiting(int number, const std::string& kind, const std::string& more) {
    auto item = ParseText<v1::TransferItem>(
        absl::StrCat("receiver: 'staff/bob' state: TRANSFER_ITEM_STATE_WAITING asked_revision: 3 "
                     "update_time { seconds: 100 } kind: TRANSFER_KIND_",
                     kind, " ", more));
    item.set_name(TransferItemName("transfers/t", number));
    world_.rows().Put(kTransferItems, item);
  }
  void AddCustomer(int number) {
    AddWaiting(number, "CUSTOMER", absl::StrCat("target: 'customers/c", number, "'"));
  }
  TransferLook Look(int after, const TransferStretchMax& max, int64_t seconds = 160) {
    auto transfer = ParseText<v1::Transfer>(
        "name: 'transfers/t' giver: 'staff/ann' state: TRANSFER_STATE_RUNNING");
    transfer.mutable_position()->set_checked_through(after);
    return LookAtWaiting(transfer, max, absl::FromUnixSeconds(seconds), world_.rows());
  }
  static std::vector<std::string> Found(const TransferLook& look) {
    std::vector<std::string> found;
    for (const v1::TransferItemResult& result : look.found)
      found.push_back(absl::StrCat(result.number(), " ", result.refusal()));
    return found;
  }

  TransferWorld world_;
};

const TransferStretchMax kAll{.said = 9, .items = 9};

TEST_F(TransferCheck, GoesOnFromAPlace) {
  for (int number = 1; number <= 5; ++number) AddCustomer(number);
  for (const int refused : {2, 4, 5}) {
    world_.Put<v1::TransferRefusal>(
        kTransferRefusals, absl::StrCat("transfer: 'transfers/t' revision: 3 target: 'customers/c",
                                        refused, "' reason: 'STAFF_LEFT'"));
  }
  const TransferLook by_items = Look(0, {.said = 9, .items = 3});
  EXPECT_THAT(Found(by_items), ElementsAre("2 STAFF_LEFT"));
  EXPECT_EQ(by_items.through, 3);
  const TransferLook rest = Look(by_items.through, {.said = 9, .items = 3});
  EXPECT_THAT(Found(rest), ElementsAre("4 STAFF_LEFT", "5 STAFF_LEFT"));
  EXPECT_EQ(rest.through, 0) << "the next look begins anew";
  const TransferLook by_said = Look(0, {.said = 2, .items = 9});
  EXPECT_THAT(Found(by_said), ElementsAre("2 STAFF_LEFT", "4 STAFF_LEFT"));
  EXPECT_EQ(by_said.through, 4);
}

TEST_F(TransferCheck, ExpectsNothingAfterADay) {
  AddCustomer(1);
  EXPECT_THAT(Found(Look(0, kAll)), IsEmpty());
  const int64_t day_later = 100 + absl::ToInt64Seconds(kTransferAnswerMax);
  EXPECT_THAT(Found(Look(0, kAll, day_later)), ElementsAre("1 OWNER_CHANGED"));
  world_.Put<v1::Customer>(kCustomers,
                           "name: 'customers/c1' owner_request { transfer: 'transfers/t' }");
  EXPECT_THAT(Found(Look(0, kAll, day_later)), IsEmpty()) << "a book is being asked";
}

// They rest on what did not show where they were asked for.
TEST_F(TransferCheck, AsksAgainForWhatShowsOnlyNow) {
  AddCustomer(1);
  AddWaiting(2, "NEXT_STEP",
             "target: 'customers/a/touchpoints/met' target_etag: '1' copy: 'activities/copy'");
  AddWaiting(3, "NOTIFICATION",
             "target: 'staff/ann/notifications/n' copy: 'staff/bob/notifications/n'");
  EXPECT_THAT(Look(0, kAll).ask_again, IsEmpty());
  world_.Put<v1::Touchpoint>(kTouchpoints,
                             "name: 'customers/a/touchpoints/met' next_step: 'x' next_step_date { "
                             "year: 2026 month: 3 day: 9 }");
  world_.Put<v1::Notification>(kNotifications, "name: 'staff/ann/notifications/n'");
  EXPECT_THAT(Look(0, kAll).ask_again, ElementsAre(2, 3));
  world_.Put<v1::Activity>(kActivities, "name: 'activities/copy' state: ACTIVITY_STATE_PLANNED");
  const TransferLook look = Look(0, kAll);
  EXPECT_THAT(look.ask_again, ElementsAre(3));
  EXPECT_THAT(Found(look), ElementsAre("2 "));
}

}  // namespace
}  // namespace crm::customer
