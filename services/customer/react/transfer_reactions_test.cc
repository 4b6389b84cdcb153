#include "services/customer/react/transfer_reactions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/customer/domain/transfer_counts.h"
#include "services/customer/react/transfer_test_world.h"

namespace crm::customer {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kCreate[] =
    "transfer { giver: 'staff/ann' receivers { staff: 'staff/bob' } reason: 'leaves' }";

class Transfers : public ::testing::Test {
 protected:
  Transfers() {
    for (const char* id : {"ann", "bob", "cid"}) {
      world_.Put<v1::Staff>(kStaff, absl::StrCat("name: 'staff/", id,
                                                 "' status: STAFF_STATUS_ACTIVE roles: "
                                                 "STAFF_ROLE_REP"));
    }
  }

  // One thing of each kind.
  void AddBook() {
    world_.AddCustomer("a", "owner: 'ann'");
    world_.AddCustomer("b", "owner: 'ann'");
    world_.AddCustomer("c", "owner: 'cid' collaborators: ['ann', 'eve']");
    world_.Put<v1::Activity>(kActivities,
                             "name: 'activities/task' owner: 'ann' state: ACTIVITY_STATE_PLANNED "
                             "customer: 'customers/a'");
    world_.Put<v1::Activity>(kActivities,
                             "name: 'activities/over' owner: 'ann' state: ACTIVITY_STATE_DONE");
    world_.Put<v1::Touchpoint>(kTouchpoints,
                               "name: 'customers/b/touchpoints/met' staff: 'ann' next_step: 'send "
                               "papers' next_step_date { year: 2026 month: 3 day: 9 }");
    world_.Put<v1::Interview>(kInterviews,
                              "name: 'customers/b/interviews/i' staff: 'ann' status: "
                              "INTERVIEW_STATUS_PLANNED");
    world_.Put<v1::Notification>(kNotifications,
                                 "name: 'staff/ann/notifications/n' reason: "
                                 "NOTIFICATION_REASON_COMPLAINT about: 'customers/a' customer: "
                                 "'customers/a' state: NOTIFICATION_STATE_UNREAD occur_time { "
                                 "seconds: 1772440000 }");
  }
  void Preview(const std::string& create = kCreate) {
    ASSERT_EQ(world_.DoTransfer<v1::CreateTransferRequest>(create), "created");
    world_.React();
    ASSERT_EQ(world_.transfer().state(), v1::TRANSFER_STATE_PREVIEWED);
  }
  void Run() {
    ASSERT_EQ(world_.DoTransfer<v1::StartTransferRequest>(""), "started");
    world_.React();
    ASSERT_EQ(world_.transfer().state(), v1::TRANSFER_STATE_DONE);
  }
  void Undo() {
    ASSERT_EQ(world_.DoTransfer<v1::UndoTransferRequest>("reason: 'stays'"), "undo_started");
    world_.React();
    ASSERT_EQ(world_.transfer().state(), v1::TRANSFER_STATE_UNDONE);
  }

  TransferWorld world_;
};

TEST_F(Transfers, ListsThenMovesThenGivesBackAllThereIs) {
  AddBook();
  Preview();
  EXPECT_EQ(world_.OwnerOf("a"), "ann") << "a preview moves nothing";
  EXPECT_THAT(
      world_.Items(),
      ElementsAre("CUSTOMER customers/a -> bob: PLANNED", "CUSTOMER customers/b -> bob: PLANNED",
                  "COLLABORATION customers/c -> bob: PLANNED",
                  "ACTIVITY activities/task -> bob: PLANNED",
                  "NEXT_STEP customers/b/touchpoints/met -> bob: PLANNED",
                  "INTERVIEW customers/b/interviews/i -> bob: PLANNED",
                  "NOTIFICATION staff/ann/notifications/n -> bob: PLANNED"));
  Run();
  EXPECT_THAT(world_.Items(), ElementsAre("CUSTOMER customers/a -> bob: MOVED",
                                          "CUSTOMER customers/b -> bob: MOVED",
                                          "COLLABORATION customers/c -> bob: MOVED",
                                          "ACTIVITY activities/task -> bob: MOVED",
                                          "NEXT_STEP customers/b/touchpoints/met -> bob: MOVED",
                                          "INTERVIEW customers/b/interviews/i -> bob: MOVED",
                                          "NOTIFICATION staff/ann/notifications/n -> bob: MOVED"));
  EXPECT_EQ(world_.OwnerOf("a"), "bob");
  EXPECT_EQ(world_.rows().Get(kActivities, "activities/task")->owner(), "bob");
  EXPECT_THAT(world_.rows().Get(kCustomers, "customers/c")->collaborators(),
              ElementsAre("bob", "eve"));
  EXPECT_EQ(world_.rows().Get(kNotifications, "staff/ann/notifications/n")->state(),
            v1::NOTIFICATION_STATE_READ);
  EXPECT_EQ(SumOf(world_.transfer()).moved_count(), 7);
  EXPECT_THAT(world_.Notices(), Contains("TRANSFER_ENDED staff/bob moved 7, refused 0"));
  Undo();
  EXPECT_THAT(
      world_.Items(),
      ElementsAre("CUSTOMER customers/a -> bob: RETURNED", "CUSTOMER customers/b -> bob: RETURNED",
                  "COLLABORATION customers/c -> bob: RETURNED",
                  "ACTIVITY activities/task -> bob: RETURNED",
                  "NEXT_STEP customers/b/touchpoints/met -> bob: RETURNED",
                  "INTERVIEW customers/b/interviews/i -> bob: RETURNED",
                  "NOTIFICATION staff/ann/notifications/n -> bob: KEPT (TRANSFER_ITEM_TOLD)"));
  EXPECT_EQ(world_.OwnerOf("a"), "ann");
  EXPECT_THAT(world_.rows().Get(kCustomers, "customers/c")->collaborators(),
              ElementsAre("ann", "eve"));
  EXPECT_EQ(world_.rows().Get(kInterviews, "customers/b/interviews/i")->staff(), "ann");
}

TEST_F(Transfers, MovesEachThingOnceHoweverOftenAServerStops) {
  for (int i = 0; i < 1'700; ++i) world_.AddCustomer(absl::StrCat("m", i), "owner: 'ann'");
  AddBook();
  world_.StopOften();
  Preview();
  EXPECT_EQ(world_.transfer().item_count(), 1'707);
  Run();
  EXPECT_EQ(SumOf(world_.transfer()).moved_count(), 1'707);
  EXPECT_EQ(world_.OwnerOf("m1699"), "bob");
  for (int i = 0; i < 1'700; ++i) EXPECT_EQ(world_.Facts(absl::StrCat("customers/m", i)), 1);
  EXPECT_EQ(world_.Facts("activities/task"), 1);
  Undo();
  EXPECT_EQ(SumOf(world_.transfer()).returned_count(), 1'706);
  for (int i = 0; i < 1'700; ++i) EXPECT_EQ(world_.Facts(absl::StrCat("customers/m", i)), 2);
}

TEST_F(Transfers, SkipsAndListsWhatChangedSinceThePreview) {
  AddBook();
  world_.AddCustomer("d", "owner: 'ann'");
  Preview();
  world_.Do<CustomerModel>("customers/a", testing::ParseText<v1::TransferCustomerRequest>(
                                              "owner: 'cid' reason: 'asked for'"));
  world_.AddCustomer("b", "owner: 'ann' merged_into: 'customers/z'");
  world_.Do<ActivityModel>(
      "activities/task", testing::ParseText<v1::CancelActivityRequest>("cancel_reason: 'no need'"));
  Run();
  EXPECT_THAT(world_.Items(), Contains("CUSTOMER customers/a -> bob: REFUSED (OWNER_CHANGED)"));
  EXPECT_THAT(world_.Items(), Contains("CUSTOMER customers/b -> bob: REFUSED (CUSTOMER_MERGED)"));
  EXPECT_THAT(world_.Items(),
              Contains("ACTIVITY activities/task -> bob: REFUSED (ACTIVITY_CLOSED)"));
  EXPECT_THAT(world_.Items(), Contains("CUSTOMER customers/d -> bob: MOVED"));
  EXPECT_EQ(world_.OwnerOf("a"), "cid");
}

TEST_F(Transfers, UndoSkipsAndListsWhatChangedSince) {
  AddBook();
  Preview();
  Run();
  const auto give = [&](const std::string& owner) {
    world_.Do<CustomerModel>("customers/a", testing::ParseText<v1::TransferCustomerRequest>(
                                                "owner: '" + owner + "' reason: 'by hand'"));
  };
  give("cid");
  give("bob");  // It is theirs again, but not by the transfer.
  world_.Do<ActivityModel>(
      "activities/task", testing::ParseText<v1::CancelActivityRequest>("cancel_reason: 'no need'"));
  Undo();
  EXPECT_THAT(world_.Items(), Contains("CUSTOMER customers/a -> bob: KEPT (OWNER_CHANGED)"));
  EXPECT_THAT(world_.Items(), Contains("ACTIVITY activities/task -> bob: KEPT (ACTIVITY_CLOSED)"));
  EXPECT_THAT(world_.Items(), Contains("CUSTOMER customers/b -> bob: RETURNED"));
  EXPECT_EQ(world_.OwnerOf("a"), "bob");
  const v1::TransferCounts sum = SumOf(world_.transfer());
  EXPECT_EQ(sum.kept_count(), 3);
  EXPECT_EQ(sum.returned_count() + sum.kept_count(), sum.moved_count());
}

TEST_F(Transfers, WaitForTheReceiversBook) {
  world_.Put<v1::Staff>(kStaff, "name: 'staff/bob' status: STAFF_STATUS_ACTIVE capacity: 2");
  for (const char* id : {"a", "b", "c"}) world_.AddCustomer(id, "owner: 'ann'");
  Preview();
  EXPECT_THAT(
      world_.Items(),
      ElementsAre("CUSTOMER customers/a -> bob: PLANNED", "CUSTOMER customers/b -> bob: PLANNED",
                  "CUSTOMER customers/c -> bob: PLANNED (CAPACITY_REACHED)"));
  Run();
  EXPECT_THAT(
      world_.Items(),
      ElementsAre("CUSTOMER customers/a -> bob: MOVED", "CUSTOMER customers/b -> bob: MOVED",
                  "CUSTOMER customers/c -> bob: REFUSED (CAPACITY_REACHED)"));
  EXPECT_EQ(world_.rows().Get(kOwnerBooks, "ownerBooks/bob")->slot_count(), 2);
  EXPECT_EQ(world_.OwnerOf("c"), "ann");
  Undo();
  EXPECT_EQ(world_.OwnerOf("a"), "ann");
  EXPECT_EQ(world_.rows().Get(kOwnerBooks, "ownerBooks/bob")->slot_count(), 0);
}

TEST_F(Transfers, GoBackToWhoHasLeftAndOverTheirCapacity) {
  world_.AddCustomer("a", "owner: 'ann'");
  Preview();
  Run();
  world_.Put<v1::Staff>(kStaff,
                        "name: 'staff/ann' status: STAFF_STATUS_LEFT capacity: 1 leave_date { "
                        "year: 2026 month: 1 day: 1 }");
  Undo();
  EXPECT_EQ(world_.OwnerOf("a"), "ann");
}

TEST_F(Transfers, StopWhenTheyAreCancelled) {
  for (int i = 0; i < 1'200; ++i) world_.AddCustomer(absl::StrCat("m", i), "owner: 'ann'");
  Preview();
  ASSERT_EQ(world_.DoTransfer<v1::StartTransferRequest>(""), "started");
  world_.React(1);  // The first stretch.
  ASSERT_EQ(world_.DoTransfer<v1::CancelTransferRequest>("reason: 'wrong one'"), "cancelled");
  world_.React();
  const v1::Transfer transfer = world_.transfer();
  EXPECT_EQ(transfer.state(), v1::TRANSFER_STATE_CANCELLED);
  const int moved = SumOf(transfer).moved_count();
  EXPECT_GE(moved, kTriedItemsMax);
  EXPECT_LT(moved, 1'200);
  Undo();
  EXPECT_EQ(SumOf(world_.transfer()).returned_count(), moved);
}

TEST_F(Transfers, AskNothingOfAnUnknownTransfer) {
  const v1::TransferEvent event = testing::ParseText<v1::TransferEvent>("started {}");
  const engine::EventMeta meta{absl::UnixEpoch(), "user:x", "transfers/none", 1, 0};
  EXPECT_THAT(OnTransfer({event, meta}, world_.rows()), IsEmpty());
}

}  // namespace
}  // namespace crm::customer
