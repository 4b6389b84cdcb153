// What a transfer gives on, and back: customers, parts in them, activities, interviews.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "services/customer/domain/activity.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/interview.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;

constexpr char kCustomer[] = R"(created { customer { kind: CUSTOMER_KIND_COMPANY owner: "ann"
    status: CUSTOMER_STATUS_PROSPECT collaborators: ["cid", "dora"] } })";
constexpr char kErased[] = "created { customer { status: CUSTOMER_STATUS_ERASED owner: 'ann' } }";
constexpr char kAsked[] = R"(owner_requested { owner_request { owner: "bob"
    kind: OWNER_REQUEST_KIND_TRANSFER owner_slot: "ownerBooks/bob/ownerSlots/x"
    transfer: "transfers/t" } })";
const std::string kHand = "giver: 'ann' receiver: 'bob' transfer: 'transfers/t' ";

const std::string kBack = "giver: 'bob' receiver: 'ann' transfer: 'transfers/t' undoing: true";

std::string Nineteen() {
  std::string names = "'s1'";
  for (int i = 2; i <= 19; ++i) names += ", 's" + std::to_string(i) + "'";
  return names;
}

TEST(HandCustomer, Rules) {
  const std::string given =
      "transferred { previous_owner: 'ann' owner: 'bob' reason: 'transfers/t' transfer: "
      "'transfers/t' }";
  CheckDecisions<CustomerModel, v1::HandCustomerRequest>({
      {"gives it on", {kCustomer}, kHand, given},
      {"is quiet the second time", {kCustomer, given}, kHand, ""},
      {"is quiet while their book is asked", {kCustomer, kAsked}, kHand, ""},
      {"refuses what is somebody else's",
       {kCustomer, "transferred { previous_owner: 'ann' owner: 'eve' }"},
       kHand,
       "!OWNER_CHANGED"},
      {"refuses while another is asked",
       {kCustomer, kAsked},
       "giver: 'ann' receiver: 'bob' transfer: 'transfers/other'",
       "!OWNER_PENDING"},
      {"refuses an erased one", {kErased}, kHand, "!CUSTOMER_ERASED"},
  });
}

TEST(HandCustomer, GivesBackOnlyWhatItGave) {
  const std::string given =
      "transferred { previous_owner: 'ann' owner: 'bob' transfer: 'transfers/t' }";
  const std::string by_hand = "transferred { previous_owner: 'bob' owner: 'ann' reason: 'asked' }";
  const std::string again = "transferred { previous_owner: 'ann' owner: 'bob' reason: 'asked' }";
  const std::string back = "giver: 'bob' receiver: 'ann' transfer: 'transfers/t' undoing: true";
  const std::string returned =
      "transferred { previous_owner: 'bob' owner: 'ann' reason: 'transfers/t' transfer: "
      "'transfers/t' }";
  OwnerFacts left;
  left.refused = base::Refused(v1::REASON_STAFF_LEFT, "has left");
  CheckDecisions<CustomerModel, v1::HandCustomerRequest>(
      {{"gives back, also to who has left", {kCustomer, given}, back, returned},
       {"is quiet the second time", {kCustomer, given, returned}, back, ""},
       {"refuses what came back by hand", {kCustomer, given, by_hand}, back, "!OWNER_CHANGED"},
       {"refuses what is theirs by hand",
        {kCustomer, given, by_hand, again},
        back,
        "!OWNER_CHANGED"}},
      FixedContext<CustomerModel>(), left);
  OwnerFacts bound;
  bound.asks_book = true;
  const auto decided = CustomerModel::Decide(testing::Given<CustomerModel>({kCustomer, given}),
                                             testing::ParseText<v1::HandCustomerRequest>(back),
                                             FixedContext<CustomerModel>(), bound);
  ASSERT_TRUE(decided.ok() && decided->has_value());
  const v1::PendingOwner& asked = (*decided)->owner_requested().owner_request();
  EXPECT_EQ(asked.owner(), "ann");
  EXPECT_EQ(asked.kind(), v1::OWNER_REQUEST_KIND_RETURN);
  EXPECT_EQ(asked.transfer(), "transfers/t");
}

TEST(HandCollaboration, Rules) {
  const auto updated = [](const std::string& parts, const std::string& hand) {
    return "updated { changed { paths: 'collaborators' } customer { collaborators: [" + parts +
           "] } collaboration_hand { transfer: 'transfers/t' giver: 'cid' " + hand + " } }";
  };
  const std::string of_t = "transfer: 'transfers/t' ", back = of_t + "undoing: true ";
  const std::string was_added = updated("'bob', 'dora'", "receiver: 'bob' receiver_added: true");
  const std::string had = updated("'dora'", "receiver: 'dora'");
  const auto by_hand = [](const std::string& parts) {
    return "updated { changed { paths: 'collaborators' } customer { collaborators: [" + parts +
           "] } }";
  };
  CheckDecisions<CustomerModel, v1::HandCollaborationRequest>({
      {"takes their place", {kCustomer}, "giver: 'cid' receiver: 'bob' " + of_t, was_added},
      {"only goes when the other is in", {kCustomer}, "giver: 'cid' receiver: 'dora' " + of_t, had},
      {"only goes when the other owns it",
       {kCustomer},
       "giver: 'cid' receiver: 'ann' " + of_t,
       updated("'dora'", "receiver: 'ann'")},
      {"comes back in the place of who was put in",
       {kCustomer, was_added},
       "giver: 'bob' receiver: 'cid' " + back,
       updated("'cid', 'dora'", "receiver: 'bob' receiver_added: true returned: true")},
      {"comes back beside who had a part before",
       {kCustomer, had},
       "giver: 'dora' receiver: 'cid' " + back,
       updated("'dora', 'cid'", "receiver: 'dora' returned: true")},
      {"is quiet the second time",
       {kCustomer, had, updated("'dora', 'cid'", "receiver: 'dora' returned: true")},
       "giver: 'dora' receiver: 'cid' " + back,
       ""},
      {"refuses back what it did not give",
       {kCustomer},
       "giver: 'dora' receiver: 'cid' " + back,
       "!OWNER_CHANGED"},
      {"refuses back what has changed since",
       {kCustomer, was_added, by_hand("'dora'"), by_hand("'bob', 'dora'")},
       "giver: 'bob' receiver: 'cid' " + back,
       "!OWNER_CHANGED"},
      {"does not come back beside itself to who looks after it by now",
       {kCustomer, had, "transferred { previous_owner: 'ann' owner: 'cid' }"},
       "giver: 'dora' receiver: 'cid' " + back,
       updated("'dora'", "receiver: 'dora' returned: true")},
      {"refuses back where there is no place",
       {kCustomer, had, by_hand("'dora', " + Nineteen())},
       "giver: 'dora' receiver: 'cid' " + back,
       "!COLLABORATORS_FULL"},
      {"comes back to a full list in the place of who was put in",
       {kCustomer, was_added, by_hand("'bob', " + Nineteen())},
       "giver: 'bob' receiver: 'cid' " + back,
       updated("'cid', " + Nineteen(), "receiver: 'bob' receiver_added: true returned: true")},
      {"refuses who has no part in it",
       {kCustomer},
       "giver: 'eve' receiver: 'bob' " + of_t,
       "!OWNER_CHANGED"},
      {"refuses an erased one",
       {kErased},
       "giver: 'cid' receiver: 'bob' " + of_t,
       "!CUSTOMER_ERASED"},
  });
}

TEST(HandActivity, Rules) {
  const std::string planned =
      "planned { activity { kind: ACTIVITY_KIND_TASK state: ACTIVITY_STATE_PLANNED owner: 'ann' } "
      "}";
  const std::string given =
      "updated { changed { paths: 'owner' } activity { owner: 'bob' } transfer: 'transfers/t' }";
  const std::string returned =
      "updated { changed { paths: 'owner' } activity { owner: 'ann' } transfer: 'transfers/t' }";
  const auto by_hand = [](const std::string& owner) {
    return "updated { changed { paths: 'owner' } activity { owner: '" + owner + "' } }";
  };
  CheckDecisions<ActivityModel, v1::HandActivityRequest>({
      {"gives it on", {planned}, kHand, given},
      {"gives it on with its customer", {planned}, "giver: 'ann' receiver: 'bob'", by_hand("bob")},
      {"is quiet the second time", {planned, given}, kHand, ""},
      {"refuses what is somebody else's",
       {planned},
       "giver: 'eve' receiver: 'bob' transfer: 'transfers/t'",
       "!OWNER_CHANGED"},
      {"refuses a closed one",
       {planned, "cancelled { cancel_reason: 'x' }"},
       kHand,
       "!ACTIVITY_CLOSED"},
      {"gives back", {planned, given}, kBack, returned},
      {"is quiet the second time back", {planned, given, returned}, kBack, ""},
      {"refuses back what it did not give", {planned, by_hand("bob")}, kBack, "!OWNER_CHANGED"},
      {"refuses back what has changed since",
       {planned, given, by_hand("eve"), by_hand("bob")},
       kBack,
       "!OWNER_CHANGED"},
  });
}

TEST(TakeBackActivity, Rules) {
  const std::string planned =
      "planned { activity { kind: ACTIVITY_KIND_TASK state: ACTIVITY_STATE_PLANNED owner: 'bob' } "
      "}";
  const std::string taken =
      "cancelled { close_time { seconds: 1772445600 } cancel_reason: 'transfers/t' }";
  const std::string back = "transfer: 'transfers/t'";
  CheckDecisions<ActivityModel, v1::TakeBackActivityRequest>({
      {"cancels what nobody touched", {planned}, back, taken},
      {"cancels what is overdue",
       {planned, "fell_due { overdue_time { seconds: 9 } }"},
       back,
       taken},
      {"is quiet the second time", {planned, taken}, back, ""},
      {"refuses what was changed",
       {planned, "updated { changed { paths: 'priority' } activity {} }"},
       back,
       "!OWNER_CHANGED"},
      {"refuses what was moved to a day that has passed",
       {planned,
        "updated { changed { paths: 'overdue_time' } activity { overdue_time { seconds: 9 "
        "} } }"},
       back,
       "!OWNER_CHANGED"},
      {"refuses what was begun",
       {planned, "started { start_time { seconds: 9 } }"},
       back,
       "!OWNER_CHANGED"},
      {"refuses what was cancelled otherwise",
       {planned, "cancelled { cancel_reason: 'no need' }"},
       back,
       "!ACTIVITY_CLOSED"},
  });
}

TEST(HandInterview, Rules) {
  const std::string planned =
      "planned { interview { status: INTERVIEW_STATUS_PLANNED staff: 'ann' miss_time { seconds: 7 "
      "} } }";
  const auto given_to = [](const std::string& staff, const std::string& more) {
    return "updated { changed { paths: 'staff' } interview { staff: '" + staff +
           "' } miss_time { seconds: 7 } " + more + "}";
  };
  const std::string of_t = "transfer: 'transfers/t' ";
  const std::string given = given_to("bob", of_t), returned = given_to("ann", of_t);
  CheckDecisions<InterviewModel, v1::HandInterviewRequest>({
      {"gives it on", {planned}, kHand, given},
      {"is quiet the second time", {planned, given}, kHand, ""},
      {"refuses what is somebody else's",
       {planned},
       "giver: 'eve' receiver: 'bob' " + of_t,
       "!OWNER_CHANGED"},
      {"refuses a closed one", {planned, "missed {}"}, kHand, "!INTERVIEW_CLOSED"},
      {"gives back", {planned, given}, kBack, returned},
      {"refuses back what it did not give",
       {planned, given_to("bob", "")},
       kBack,
       "!OWNER_CHANGED"},
      {"refuses back what has changed since",
       {planned, given, given_to("eve", ""), given_to("bob", "")},
       kBack,
       "!OWNER_CHANGED"},
  });
}

}  // namespace
}  // namespace crm::customer
