#include "services/customer/react/transfer_reactions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "services/customer/domain/transfer_counts.h"
#include "services/customer/react/transfer_test_world.h"
#include "services/customer/read/transfer_plan.h"

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

// No item waits for a look where one replica does it all.
TEST_F(Transfers, EndAtOnceWhereItWasTheirsAlready) {
  AddBook();
  Preview();
  world_.Do<CustomerModel>("customers/a", testing::ParseText<v1::TransferCustomerRequest>(
                                              "owner: 'bob' reason: 'asked for'"));
  world_.Put<v1::Activity>(kActivities,
                           "name: 'activities/task' owner: 'bob' state: ACTIVITY_STATE_PLANNED");
  world_.Put<v1::Touchpoint>(kTouchpoints, "name: 'customers/b/touchpoints/met' staff: 'ann'");
  Run();
  EXPECT_THAT(world_.Items(), Contains("CUSTOMER customers/a -> bob: MOVED"));
  EXPECT_THAT(world_.Items(), Contains("ACTIVITY activities/task -> bob: MOVED"));
  EXPECT_THAT(world_.Items(),
              Contains("NEXT_STEP customers/b/touchpoints/met -> bob: REFUSED (OWNER_CHANGED)"))
      << "it was taken away since";
}

// The replica that goes on has the transfer's rows, and not yet those of customers and staff.
TEST_F(Transfers, AskAgainForWhatDidNotShow) {
  const std::string met = "customers/b/touchpoints/met", told = "staff/ann/notifications/n";
  AddBook();
  Preview();
  const auto touchpoint = world_.rows().Get(kTouchpoints, met);
  const auto notification = world_.rows().Get(kNotifications, told);
  world_.rows().Delete(kTouchpoints, met);
  world_.rows().Delete(kNotifications, told);
  ASSERT_EQ(world_.DoTransfer<v1::StartTransferRequest>(""), "started");
  world_.React();
  EXPECT_THAT(world_.Items(), Contains("NEXT_STEP " + met + " -> bob: WAITING"));
  EXPECT_THAT(world_.Items(), Contains("NOTIFICATION " + told + " -> bob: WAITING"));
  const auto look = [&] {
    world_.Wait(kTransferCheckPause);
    const std::string word = world_.DoTransfer<v1::CheckTransferRequest>("");
    world_.React();
    return word;
  };
  EXPECT_EQ(look(), "checked");
  world_.rows().Put(kTouchpoints, *touchpoint);
  world_.rows().Put(kNotifications, *notification);
  EXPECT_EQ(look(), "checked") << "they are asked for now";
  EXPECT_EQ(look(), "items_settled");
  EXPECT_THAT(world_.Items(), Contains("NEXT_STEP " + met + " -> bob: MOVED"));
  EXPECT_THAT(world_.Items(), Contains("NOTIFICATION " + told + " -> bob: MOVED"));
  EXPECT_EQ(world_.transfer().state(), v1::TRANSFER_STATE_DONE);
}

// Another replica planned the receiver's activity before the step was taken away, and died.
TEST_F(Transfers, AskOfAStepThatWasTakenAwayWhetherItIsThere) {
  const std::string met = "customers/b/touchpoints/met";
  AddBook();
  Preview(
      "transfer { giver: 'staff/ann' receivers { staff: 'staff/bob' } kinds: "
      "TRANSFER_KIND_NEXT_STEP reason: 'leaves' }");
  const auto item = world_.rows().Get(kTransferItems, TransferItemName("transfers/t", 1));
  ASSERT_TRUE(item.has_value());
  world_.Put<v1::Touchpoint>(kTouchpoints, "name: '" + met + "' staff: 'ann'");
  const engine::EventMeta meta{absl::UnixEpoch(), "user:x", "transfers/t", 3, 0};
  const auto commands =
      OnTransfer({testing::ParseText<v1::TransferEvent>("started {}"), meta}, world_.rows());
  ASSERT_EQ(commands.size(), 2u);
  const auto& plan = dynamic_cast<const v1::PlanActivityRequest&>(*commands[0]);
  EXPECT_EQ("activities/" + plan.activity_id(), item->copy());
  EXPECT_TRUE(plan.has_activity());
  EXPECT_EQ(plan.activity().ByteSizeLong(), 0u);
  world_.Put<v1::Activity>(
      kActivities, "name: '" + item->copy() + "' owner: 'bob' state: ACTIVITY_STATE_PLANNED");
  Run();
  EXPECT_THAT(world_.Items(), ElementsAre("NEXT_STEP " + met + " -> bob: MOVED"));
  EXPECT_EQ(world_.Facts(item->copy()), 0);
}

// Its customer goes back in the stretch of the check, or in one before.
TEST_F(Transfers, UndoLeavesACheckWithWhomItWasGivenTo) {
  for (const int others : {0, kTriedItemsMax}) {
    TransferWorld world;
    for (const char* id : {"ann", "bob", "dora"})
      world.Put<v1::Staff>(kStaff,
                           absl::StrCat("name: 'staff/", id, "' status: STAFF_STATUS_ACTIVE"));
    world.AddCustomer("a", "owner: 'ann' stale_since_date { year: 2026 month: 2 day: 1 }");
    for (int i = 0; i < others; ++i) world.AddCustomer(absl::StrCat("m", i), "owner: 'ann'");
    const std::string check = "activities/check";
    world.Put<v1::Activity>(kActivities, "name: '" + check +
                                             "' owner: 'ann' customer: 'customers/a' kind: "
                                             "ACTIVITY_KIND_TASK cause: "
                                             "ACTIVITY_CAUSE_CUSTOMER_STALE state: "
                                             "ACTIVITY_STATE_PLANNED");
    world.DoTransfer<v1::CreateTransferRequest>(kCreate);
    world.React();
    world.DoTransfer<v1::StartTransferRequest>("");
    world.React();
    ASSERT_EQ(world.rows().Get(kActivities, check)->owner(), "bob");
    v1::UpdateActivityRequest update;
    update.mutable_activity()->set_name(check);
    update.mutable_activity()->set_owner("dora");
    update.mutable_update_mask()->add_paths("owner");
    ASSERT_EQ(world.Do<ActivityModel>(check, update), "updated");
    world.DoTransfer<v1::UndoTransferRequest>("reason: 'stays'");
    world.React();
    EXPECT_THAT(world.Items(), Contains("CUSTOMER customers/a -> bob: RETURNED"));
    EXPECT_THAT(world.Items(), Contains("ACTIVITY " + check + " -> bob: KEPT (OWNER_CHANGED)"));
    EXPECT_EQ(world.rows().Get(kActivities, check)->owner(), "dora") << others;
  }
}

TEST_F(Transfers, TakeBackANextStepThatNobodyTouched) {
  const auto undone = [](const std::function<void(TransferWorld&, const std::string&)>& change) {
    TransferWorld world;
    world.Put<v1::Staff>(kStaff, "name: 'staff/bob' status: STAFF_STATUS_ACTIVE");
    world.AddCustomer("b", "owner: 'eve'");
    world.Put<v1::Touchpoint>(kTouchpoints,
                              "name: 'customers/b/touchpoints/met' staff: 'ann' next_step: 'send' "
                              "next_step_date { year: 2026 month: 3 day: 9 }");
    world.DoTransfer<v1::CreateTransferRequest>(kCreate);
    world.React();
    world.DoTransfer<v1::StartTransferRequest>("");
    world.React();
    change(world, world.rows().Get(kTransferItems, TransferItemName("transfers/t", 1))->copy());
    world.DoTransfer<v1::UndoTransferRequest>("reason: 'stays'");
    world.React();
    return world.Items();
  };
  const std::string step = "NEXT_STEP customers/b/touchpoints/met -> bob: ";
  EXPECT_THAT(undone([](TransferWorld&, const std::string&) {}), ElementsAre(step + "RETURNED"));
  EXPECT_THAT(undone([](TransferWorld& world, const std::string& copy) {
                world.Wait(absl::Hours(24 * 10));
                EXPECT_EQ(world.Do<ActivityModel>(copy, v1::ActivityDueRequest()), "fell_due");
              }),
              ElementsAre(step + "RETURNED"));
  EXPECT_THAT(undone([](TransferWorld& world, const std::string& copy) {
                v1::UpdateActivityRequest update;
                update.mutable_activity()->set_name(copy);
                update.mutable_activity()->mutable_personal()->set_notes("by post");
                update.mutable_update_mask()->add_paths("personal.notes");
                EXPECT_EQ(world.Do<ActivityModel>(copy, update), "updated");
              }),
              ElementsAre(step + "KEPT (OWNER_CHANGED)"));
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

TEST_F(Transfers, GoBackToWhoHasLeftAsFarAsThereIsRoom) {
  world_.AddCustomer("a", "owner: 'ann'");
  world_.AddCustomer("b", "owner: 'ann'");
  Preview();
  Run();
  world_.Put<v1::Staff>(kStaff,
                        "name: 'staff/ann' status: STAFF_STATUS_LEFT capacity: 1 leave_date { "
                        "year: 2026 month: 1 day: 1 }");
  Undo();
  EXPECT_THAT(world_.Items(), ElementsAre("CUSTOMER customers/a -> bob: RETURNED",
                                          "CUSTOMER customers/b -> bob: KEPT (CAPACITY_REACHED)"));
  EXPECT_EQ(world_.OwnerOf("a"), "ann");
  EXPECT_EQ(world_.OwnerOf("b"), "bob");
  EXPECT_THAT(world_.Notices(), Contains("TRANSFER_ENDED staff/bob returned 1, kept 1"));
}

// An event of a book that is read again belongs to the transfer that asked, whatever came since.
TEST_F(Transfers, HearOnlyWhatTheyAskedFor) {
  const auto answer = [&](const std::string& text) {
    const engine::EventMeta meta{absl::UnixEpoch(), "service:customer", "customers/a", 7, 0};
    return OnTransferredCustomer({testing::ParseText<v1::CustomerEvent>(text), meta},
                                 world_.rows());
  };
  EXPECT_THAT(answer("owner_granted { owner_request { owner: 'bob' } }"), IsEmpty());
  const auto commands = answer(
      "owner_refused { refusal { owner: 'bob' kind: OWNER_REQUEST_KIND_TRANSFER reason: "
      "REASON_CAPACITY_REACHED transfer: 'transfers/t' } }");
  ASSERT_EQ(commands.size(), 1u);
  const auto& settle = dynamic_cast<const v1::SettleTransferItemRequest&>(*commands[0]);
  EXPECT_EQ(settle.name(), "transfers/t");
  EXPECT_EQ(settle.result().target(), "customers/a");
  EXPECT_EQ(settle.result().state(), v1::TRANSFER_ITEM_STATE_REFUSED);
  EXPECT_EQ(settle.result().refusal(), "CAPACITY_REACHED");
}

// Read again after the undo, the end of the run says what became of the run.
TEST_F(Transfers, TellOfTheEndThatTheEventSays) {
  world_.AddCustomer("a", "owner: 'ann'");
  Preview();
  Run();
  Undo();
  const engine::EventMeta meta{absl::UnixEpoch(), "service:customer", "transfers/t", 5, 0};
  const auto commands = OnTransfer({testing::ParseText<v1::TransferEvent>(
                                        "continued { start_number: 2 next_number: 2 end { counts { "
                                        "moved_count: 1 } } }"),
                                    meta},
                                   world_.rows());
  ASSERT_FALSE(commands.empty());
  const auto& notify = dynamic_cast<const v1::NotifyRequest&>(*commands[0]);
  EXPECT_EQ(notify.notification().note(), "moved 1, refused 0");
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
