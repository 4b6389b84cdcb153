// What a transfer gives on, and back: customers, parts in them, activities, interviews.
#include <gtest/gtest.h>

#include <string>
#include <vector>

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
    owner_slot: "ownerBooks/bob/ownerSlots/x" } })";
const std::string kHand = "giver: 'ann' receiver: 'bob' transfer: 'transfers/t' ";

TEST(HandCustomer, Rules) {
  const std::string given =
      "transferred { previous_owner: 'ann' owner: 'bob' reason: 'transfers/t' }";
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
       "giver: 'ann' receiver: 'eve' transfer: 'transfers/t'",
       "!OWNER_PENDING"},
      {"refuses an erased one", {kErased}, kHand, "!CUSTOMER_ERASED"},
  });
  OwnerFacts bound;
  bound.asks_book = true;
  const std::string back = "giver: 'ann' receiver: 'bob' transfer: 'transfers/t' undoing: true";
  CheckDecisions<CustomerModel, v1::HandCustomerRequest>(
      {{"gives back without asking a book", {kCustomer}, back, given}},
      FixedContext<CustomerModel>(), bound);
}

TEST(HandCollaboration, Rules) {
  const auto updated = [](const std::string& parts) {
    return "updated { changed { paths: 'collaborators' } customer { collaborators: [" + parts +
           "] } }";
  };
  CheckDecisions<CustomerModel, v1::HandCollaborationRequest>({
      {"takes their place", {kCustomer}, "giver: 'cid' receiver: 'bob'", updated("'bob', 'dora'")},
      {"only goes when the other is in",
       {kCustomer},
       "giver: 'cid' receiver: 'dora'",
       updated("'dora'")},
      {"only goes when the other owns it",
       {kCustomer},
       "giver: 'cid' receiver: 'ann'",
       updated("'dora'")},
      {"comes back", {kCustomer}, "receiver: 'eve'", updated("'cid', 'dora', 'eve'")},
      {"is quiet when they are in", {kCustomer}, "receiver: 'cid'", ""},
      {"refuses who has no part in it",
       {kCustomer},
       "giver: 'eve' receiver: 'bob'",
       "!OWNER_CHANGED"},
      {"refuses an erased one", {kErased}, "giver: 'cid' receiver: 'bob'", "!CUSTOMER_ERASED"},
  });
}

TEST(HandActivity, Rules) {
  const std::string planned =
      "planned { activity { kind: ACTIVITY_KIND_TASK state: ACTIVITY_STATE_PLANNED owner: 'ann' } "
      "}";
  const std::string given =
      "updated { changed { paths: 'owner' } activity { owner: 'bob' } transfer: 'transfers/t' }";
  CheckDecisions<ActivityModel, v1::HandActivityRequest>({
      {"gives it on", {planned}, kHand, given},
      {"is quiet the second time", {planned, given}, kHand, ""},
      {"refuses what is somebody else's",
       {planned},
       "giver: 'eve' receiver: 'bob' transfer: 'transfers/t'",
       "!OWNER_CHANGED"},
      {"refuses a closed one",
       {planned, "cancelled { cancel_reason: 'x' }"},
       kHand,
       "!ACTIVITY_CLOSED"},
  });
}

TEST(HandInterview, Rules) {
  const std::string planned =
      "planned { interview { status: INTERVIEW_STATUS_PLANNED staff: 'ann' miss_time { seconds: 7 "
      "} } }";
  const std::string given =
      "updated { changed { paths: 'staff' } interview { staff: 'bob' } miss_time { seconds: 7 } }";
  const std::string hand = "giver: 'ann' receiver: 'bob'";
  CheckDecisions<InterviewModel, v1::HandInterviewRequest>({
      {"gives it on", {planned}, hand, given},
      {"is quiet the second time", {planned, given}, hand, ""},
      {"refuses what is somebody else's",
       {planned},
       "giver: 'eve' receiver: 'bob'",
       "!OWNER_CHANGED"},
      {"refuses a closed one", {planned, "missed {}"}, hand, "!INTERVIEW_CLOSED"},
  });
}

}  // namespace
}  // namespace crm::customer
