// What became of an item, by rows that may be behind: nothing heard is not a refusal, and whose a
// thing seems to be says nothing.
#include "services/customer/read/transfer_outcome.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "libs/base/status.h"
#include "services/customer/react/transfer_test_world.h"

namespace crm::customer {
namespace {

using testing::ParseText;

const std::string kQuiet;  // The log says that nothing was to be changed.

class TransferOutcome : public ::testing::Test {
 protected:
  TransferOutcome() {
    transfer_ = ParseText<v1::Transfer>("name: 'transfers/t' giver: 'staff/ann'");
  }
  // "MOVED", "REFUSED OWNER_CHANGED".
  std::string Of(const std::string& kind, const std::string& target,
                 const std::optional<std::string>& said, bool back, const std::string& more = "") {
    const auto item = ParseText<v1::TransferItem>(
        "name: 'transfers/t/transferItems/00000001' receiver: 'staff/bob' kind: TRANSFER_KIND_" +
        kind + " target: '" + target + "' " + more);
    PassedByTarget passed;
    if (said.has_value()) passed.emplace(AskedOf(item), *said);
    const v1::TransferItemResult result =
        back ? OutcomeOfReturn(transfer_, item, passed, world_.rows())
             : OutcomeOfMove(transfer_, item, passed, world_.rows());
    const std::string state = v1::TransferItemState_Name(result.state()).substr(20);
    return result.refusal().empty() ? state : state + " " + result.refusal();
  }
  std::string Move(const std::string& customer, const std::optional<std::string>& said = {}) {
    world_.Put<v1::Customer>(kCustomers, "name: 'customers/a' " + customer);
    return Of("CUSTOMER", "customers/a", said, /*back=*/false);
  }
  std::string Return(const std::string& customer, const std::optional<std::string>& said = {}) {
    world_.Put<v1::Customer>(kCustomers, "name: 'customers/a' " + customer);
    return Of("CUSTOMER", "customers/a", said, /*back=*/true);
  }

  v1::Transfer transfer_;
  TransferWorld world_;
};

TEST_F(TransferOutcome, OfACustomer) {
  EXPECT_EQ(Of("CUSTOMER", "customers/none", {}, false), "WAITING");
  EXPECT_EQ(Move("owner: 'ann'"), "WAITING") << "our rows may be behind";
  EXPECT_EQ(Move("owner: 'ann'", "STAFF_LEFT"), "REFUSED STAFF_LEFT");
  EXPECT_EQ(Move("owner: 'ann' owner_request { owner: 'bob' transfer: 'transfers/t' }"), "WAITING");
  EXPECT_EQ(Move("owner: 'ann' owner_refusal { owner: 'bob' reason: REASON_CAPACITY_REACHED }"),
            "WAITING")
      << "a refusal of another request";
  EXPECT_EQ(Move("owner: 'ann' owner_refusal { owner: 'bob' reason: REASON_CAPACITY_REACHED "
                 "transfer: 'transfers/t' }"),
            "REFUSED CAPACITY_REACHED");
  EXPECT_EQ(Move("owner: 'bob' ownership { transfer: 'transfers/t' }"), "MOVED");
  EXPECT_EQ(Move("owner: 'ann' status: CUSTOMER_STATUS_ERASED"), "REFUSED CUSTOMER_ERASED");
  world_.Put<v1::OwnerTerm>(kOwnerTerms,
                            "name: 'customers/a/ownerTerms/2' owner: 'bob' start_transfer: "
                            "'transfers/t' end_time { seconds: 9 }");
  EXPECT_EQ(Move("owner: 'cid'"), "MOVED") << "and given on since";
}

// Another replica may have asked, and died before this one had what came of it.
TEST_F(TransferOutcome, OfACustomerThatIsShownAsItOnceWas) {
  EXPECT_EQ(Move("owner: 'eve'"), "WAITING") << "from when she had it, before the giver";
  EXPECT_EQ(Move("owner: 'ann' merged_into: 'customers/z'"), "WAITING") << "unmerged since";
  EXPECT_EQ(Move("owner: 'bob'"), "WAITING") << "from when he had it, before the giver";
  EXPECT_EQ(Move("owner: 'bob'", "STAFF_LEFT"), "REFUSED STAFF_LEFT");
  EXPECT_EQ(Move("owner: 'bob'", kQuiet), "MOVED") << "it was his when it was asked for";
  EXPECT_EQ(Move("owner: 'eve'", kQuiet), "MOVED");
  EXPECT_EQ(Return("owner: 'eve'"), "WAITING");
}

TEST_F(TransferOutcome, OfACustomerOnItsWayBack) {
  EXPECT_EQ(Return("owner: 'bob' ownership { transfer: 'transfers/t' }"), "WAITING");
  EXPECT_EQ(Return("owner: 'ann'"), "WAITING") << "as it was before it was moved";
  EXPECT_EQ(Return("owner: 'ann' ownership { transfer: 'transfers/t' }"), "RETURNED");
  EXPECT_EQ(Return("owner: 'bob'", "OWNER_CHANGED"), "KEPT OWNER_CHANGED");
  EXPECT_EQ(Return("owner: 'bob' owner_refusal { owner: 'ann' reason: REASON_CAPACITY_REACHED "
                   "transfer: 'transfers/t' }"),
            "KEPT CAPACITY_REACHED");
}

TEST_F(TransferOutcome, OfWhatIsToBeDone) {
  const auto outcome = [&](const std::string& activity,
                           const std::optional<std::string>& said = std::nullopt,
                           bool back = false) {
    world_.Put<v1::Activity>(kActivities, "name: 'activities/x' " + activity);
    return Of("ACTIVITY", "activities/x", said, back);
  };
  const std::string open = "state: ACTIVITY_STATE_PLANNED ", of_t = "transfer: 'transfers/t' ";
  EXPECT_EQ(outcome(open + "owner: 'ann'"), "WAITING");
  EXPECT_EQ(outcome(open + "owner: 'bob'"), "WAITING") << "from before the giver had it";
  EXPECT_EQ(outcome(open + "owner: 'bob'", kQuiet), "MOVED");
  EXPECT_EQ(outcome("state: ACTIVITY_STATE_DONE owner: 'bob' " + of_t), "MOVED");
  EXPECT_EQ(outcome("state: ACTIVITY_STATE_DONE owner: 'ann'"), "WAITING");
  EXPECT_EQ(outcome(open + "owner: 'ann'", "ACTIVITY_CLOSED"), "REFUSED ACTIVITY_CLOSED");
  EXPECT_EQ(outcome(open + "owner: 'eve'"), "WAITING");
  EXPECT_EQ(outcome(open + "owner: 'ann'", {}, true), "WAITING");
  EXPECT_EQ(outcome(open + "owner: 'ann' " + of_t, {}, true), "RETURNED");
}

TEST_F(TransferOutcome, OfAPart) {
  const auto outcome = [&](const std::string& customer,
                           const std::optional<std::string>& said = std::nullopt,
                           bool back = false) {
    world_.Put<v1::Customer>(kCustomers, "name: 'customers/a' owner: 'eve' " + customer);
    return Of("COLLABORATION", "customers/a", said, back);
  };
  const std::string hand = "collaboration_hands { transfer: 'transfers/t' giver: 'ann' ";
  EXPECT_EQ(outcome("collaborators: 'ann'"), "WAITING");
  EXPECT_EQ(outcome("collaborators: 'bob' " + hand + "}"), "MOVED");
  EXPECT_EQ(outcome("collaborators: 'bob'"), "WAITING") << "from before the giver came in";
  EXPECT_EQ(outcome("collaborators: 'bob'", "OWNER_CHANGED"), "REFUSED OWNER_CHANGED");
  EXPECT_EQ(outcome("collaborators: 'ann'", {}, true), "WAITING");
  EXPECT_EQ(outcome("collaborators: 'ann' " + hand + "returned: true }", {}, true), "RETURNED");
}

TEST_F(TransferOutcome, OfANextStep) {
  const std::string met = "customers/a/touchpoints/met";
  const auto outcome = [&](const std::string& etag,
                           const std::optional<std::string>& said = std::nullopt,
                           bool back = false) {
    return Of("NEXT_STEP", met, said, back, "copy: 'activities/copy' target_etag: '" + etag + "'");
  };
  EXPECT_EQ(outcome("1"), "WAITING") << "it does not show here";
  world_.Put<v1::Touchpoint>(kTouchpoints, "name: '" + met + "'");  // Its etag is 1.
  EXPECT_EQ(outcome("2"), "WAITING") << "from before the step was agreed";
  EXPECT_EQ(outcome("1"), "WAITING") << "taken away, maybe since it was asked for";
  EXPECT_EQ(outcome("1", base::ReasonOf(base::Invalid("activity", "is of nothing"))),
            "REFUSED OWNER_CHANGED")
      << "taken away since it was listed";
  EXPECT_EQ(outcome("1", "STAFF_LEFT"), "REFUSED STAFF_LEFT");
  world_.Put<v1::Activity>(kActivities, "name: 'activities/copy' state: ACTIVITY_STATE_PLANNED");
  EXPECT_EQ(outcome("1"), "MOVED");
  EXPECT_EQ(outcome("1", "ALREADY_EXISTS"), "MOVED") << "asked for once more";
  EXPECT_EQ(outcome("1", {}, true), "WAITING");
  EXPECT_EQ(outcome("1", "OWNER_CHANGED", true), "KEPT OWNER_CHANGED");
  world_.Put<v1::Activity>(kActivities,
                           "name: 'activities/copy' state: ACTIVITY_STATE_CANCELLED "
                           "cancel_reason: 'transfers/t'");
  EXPECT_EQ(outcome("1", {}, true), "RETURNED");
}

TEST_F(TransferOutcome, OfANotification) {
  const auto outcome = [&](const std::optional<std::string>& said = std::nullopt) {
    return Of("NOTIFICATION", "staff/ann/notifications/n", said, false,
              "copy: 'staff/bob/notifications/n'");
  };
  EXPECT_EQ(outcome(), "WAITING") << "it does not show here";
  EXPECT_EQ(outcome("NOTIFICATION_MUTED"), "REFUSED NOTIFICATION_MUTED");
  world_.Put<v1::Notification>(kNotifications, "name: 'staff/bob/notifications/n'");
  EXPECT_EQ(outcome("ALREADY_EXISTS"), "MOVED");
}

}  // namespace
}  // namespace crm::customer
