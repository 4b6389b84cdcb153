#include "services/customer/domain/transfer.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "services/customer/domain/transfer_counts.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;

// FixedContext is 2026-03-02 10:00 UTC = 1772445600; its transfer is "transfers/transfer-1".
constexpr char kCreated[] = R"(created { transfer { giver: "staff/ann"
    receivers { staff: "staff/bob" } kinds: TRANSFER_KIND_CUSTOMER rule: TRANSFER_RULE_IN_TURN
    state: TRANSFER_STATE_PREVIEWING } })";
constexpr char kListed[] = R"(items_listed { last: true receivers { staff: "staff/bob" }
    transfer_items { name: "transfers/transfer-1/transferItems/00000001"
      kind: TRANSFER_KIND_CUSTOMER target: "customers/a" receiver: "staff/bob"
      state: TRANSFER_ITEM_STATE_PLANNED } })";
constexpr char kEmpty[] = "items_listed { last: true }";
constexpr char kStarted[] = R"(started { starter: "user:tester" start_time { seconds: 1772445600 }
    giver: "staff/ann" receivers { staff: "staff/bob" } rule: TRANSFER_RULE_IN_TURN })";
constexpr char kAsked[] = "continued { start_number: 1 next_number: 2 asked_revision: 3 }";
constexpr char kMoved[] = R"(results { number: 1 kind: TRANSFER_KIND_CUSTOMER
    target: "customers/a" receiver: "staff/bob" state: TRANSFER_ITEM_STATE_MOVED
    previous_state: TRANSFER_ITEM_STATE_PLANNED } )";
constexpr char kWaits[] = R"(continued { start_number: 2 next_number: 2 asked_revision: 4
    results { number: 1 kind: TRANSFER_KIND_CUSTOMER state: TRANSFER_ITEM_STATE_WAITING
      previous_state: TRANSFER_ITEM_STATE_PLANNED } check_time { seconds: 1772445600 } })";
const std::string kDone = std::string("continued { start_number: 2 next_number: 2 ") + kMoved +
                          "end { end_time { seconds: 1772445600 } undo_expire_time { seconds: "
                          "1775037600 } } }";
const std::string kDoneLongAgo = std::string("continued { start_number: 2 next_number: 2 ") +
                                 kMoved +
                                 "end { end_time { seconds: 1769767200 } undo_expire_time { "
                                 "seconds: 1772359200 } } }";
constexpr char kUndo[] = "undo_started { undoer: 'user:tester' }";
constexpr char kUndone[] =
    "continued { start_number: 1 next_number: 1 undoing: true end { end_time { seconds: 9 } } }";
constexpr char kStopping[] = "cancelled { stopping: true }";
constexpr char kCancelled[] = "cancelled { end { end_time { seconds: 1772445600 } } }";

TransferStepFacts FactsOfItem(v1::TransferItemState state) {
  TransferStepFacts facts;
  v1::TransferItem& item = facts.items[1];
  item.set_name("transfers/transfer-1/transferItems/00000001");
  item.set_kind(v1::TRANSFER_KIND_CUSTOMER);
  item.set_state(state);
  return facts;
}

TEST(CreateTransfer, Rules) {
  CheckDecisions<TransferModel, v1::CreateTransferRequest>({
      {"is previewed next",
       {},
       "transfer { giver: 'staff/ann' receivers { staff: 'staff/bob' } kinds: "
       "TRANSFER_KIND_CUSTOMER reason: 'leaves' }",
       R"(created { transfer { giver: "staff/ann" receivers { staff: "staff/bob" }
          kinds: TRANSFER_KIND_CUSTOMER reason: "leaves" rule: TRANSFER_RULE_IN_TURN
          state: TRANSFER_STATE_PREVIEWING operation: "operations/transfers/transfer-1"
          counts { kind: TRANSFER_KIND_CUSTOMER } creator: "user:tester"
          business_date { year: 2026 month: 3 day: 2 } } })"},
      {"refuses nobody who gives",
       {},
       "transfer { receivers { staff: 'staff/bob' } }",
       "!field:transfer.giver"},
      {"refuses nobody who receives",
       {},
       "transfer { giver: 'staff/ann' }",
       "!field:transfer.receivers"},
      {"refuses the giver as a receiver",
       {},
       "transfer { giver: 'staff/ann' receivers { staff: 'staff/ann' } }",
       "!field:transfer.receivers[0].staff"},
  });
  TransferFacts facts;
  facts.refused.emplace("transfer.receivers[0].staff",
                        base::Refused(v1::REASON_STAFF_LEFT, "has left"));
  CheckDecisions<TransferModel, v1::CreateTransferRequest>(
      {{"refuses who has left",
        {},
        "transfer { giver: 'staff/ann' receivers { staff: 'staff/bob' } }",
        "!STAFF_LEFT"}},
      FixedContext<TransferModel>(), facts);
  TransferFacts large;
  large.planned.mutable_next();
  CheckDecisions<TransferModel, v1::CreateTransferRequest>(
      {{"refuses too much",
        {},
        "transfer { giver: 'staff/ann' receivers { staff: 'staff/bob' } }",
        "!TRANSFER_TOO_LARGE"}},
      FixedContext<TransferModel>(), large);
}

TEST(CreateTransfer, SaysWhatWouldComeOfIt) {
  TransferFacts facts;
  facts.planned = ParseText<v1::TransferItemsListed>(R"pb(
    last: true
    receivers { staff: "staff/bob" customer_count: 1 }
    transfer_items { kind: TRANSFER_KIND_CUSTOMER }
    transfer_items { kind: TRANSFER_KIND_CUSTOMER foreseen_refusal: "CAPACITY_REACHED" }
  )pb");
  const auto decided =
      TransferModel::Decide({},
                            ParseText<v1::CreateTransferRequest>(
                                "transfer { giver: 'staff/ann' receivers { staff: 'staff/bob' } }"),
                            FixedContext<TransferModel>(), facts);
  ASSERT_TRUE(decided.ok() && decided->has_value());
  const v1::Transfer& transfer = (*decided)->created().transfer();
  EXPECT_EQ(transfer.counts_size(), 6);
  EXPECT_EQ(transfer.counts(0).item_count(), 2);
  EXPECT_EQ(transfer.counts(0).foreseen_refusal_count(), 1);
  EXPECT_EQ(transfer.receivers(0).customer_count(), 1);
}

TEST(StartTransfer, Rules) {
  CheckDecisions<TransferModel, v1::StartTransferRequest>({
      {"moves what is listed", {kCreated, kListed}, "", kStarted},
      {"is quiet the second time", {kCreated, kListed, kStarted}, "", ""},
      {"is quiet when it is done", {kCreated, kListed, kStarted, kAsked, kDone}, "", ""},
      {"refuses before the preview", {kCreated}, "", "!TRANSFER_NOT_PREVIEWED"},
      {"refuses a cancelled one", {kCreated, kCancelled}, "", "!TRANSFER_NOT_PREVIEWED"},
      {"refuses nothing", {kCreated, kEmpty}, "", "!TRANSFER_EMPTY"},
  });
}

TEST(StartTransfer, RefusesWhoHasLeftSinceThePreview) {
  TransferFacts facts;
  facts.refused.emplace("receivers[0].staff", base::Refused(v1::REASON_STAFF_LEFT, "has left"));
  CheckDecisions<TransferModel, v1::StartTransferRequest>(
      {{"refuses", {kCreated, kListed}, "", "!STAFF_LEFT"},
       {"is quiet when it runs", {kCreated, kListed, kStarted}, "", ""}},
      FixedContext<TransferModel>(), facts);
}

TEST(CreateTransfer, RefusesReceiversThatOneEventCannotCarry) {
  v1::CreateTransferRequest create;
  create.mutable_transfer()->set_giver("staff/ann");
  for (int i = 0; i < 50; ++i) {
    v1::TransferReceiver& receiver = *create.mutable_transfer()->add_receivers();
    receiver.set_staff("staff/s" + std::to_string(i));
    for (int j = 0; j < 80; ++j)
      receiver.mutable_scope()->add_regions(std::to_string(j) + std::string(60, 'r'));
  }
  EXPECT_EQ(WordOf(TransferModel::Decide({}, create, FixedContext<TransferModel>())),
            "!field:transfer.receivers");
}

TEST(RecordTransferItems, CountsForReceiversWhoseScopesStay) {
  const v1::Transfer transfer = Given<TransferModel>(
      {"created { transfer { receivers { staff: 'staff/bob' scope { regions: 'north' } } } }",
       "items_listed { receivers { staff: 'staff/bob' customer_count: 3 } }"});
  EXPECT_EQ(transfer.receivers(0).scope().regions(0), "north");
  EXPECT_EQ(transfer.receivers(0).customer_count(), 3);
}

TEST(UndoTransfer, Rules) {
  const std::vector<std::string> run = {kCreated, kListed, kStarted, kAsked};
  auto done = run, over = run, undone = run;
  done.push_back(kDone);
  over.push_back(kDoneLongAgo);
  undone.push_back(kDone);
  undone.push_back(kUndo);
  CheckDecisions<TransferModel, v1::UndoTransferRequest>({
      {"gives back", done, "reason: 'stays'",
       R"(undo_started { undoer: "user:tester" undo_start_time { seconds: 1772445600 }
          reason: "stays" giver: "staff/ann" })"},
      {"is quiet the second time", undone, "", ""},
      {"refuses while it runs", run, "", "!TRANSFER_NOT_DONE"},
      {"refuses when the days are over", over, "", "!TRANSFER_UNDO_OVER"},
  });
}

TEST(CancelTransfer, Rules) {
  CheckDecisions<TransferModel, v1::CancelTransferRequest>({
      {"ends a preview",
       {kCreated, kListed},
       "reason: 'no'",
       "cancelled { reason: 'no' end { end_time { seconds: 1772445600 } } }"},
      {"stops one that runs", {kCreated, kListed, kStarted}, "", "cancelled { stopping: true }"},
      {"is quiet while it stops", {kCreated, kListed, kStarted, kStopping}, "", ""},
      {"is quiet the second time", {kCreated, kCancelled}, "", ""},
      {"is quiet about one that is done if it may",
       {kCreated, kListed, kStarted, kAsked, kDone},
       "only_running: true",
       ""},
      {"refuses one that is done",
       {kCreated, kListed, kStarted, kAsked, kDone},
       "",
       "!TRANSFER_CLOSED"},
  });
}

TEST(RecordTransferItems, Rules) {
  const auto listed = ParseText<v1::TransferItemsListed>("last: true");
  CheckDecisions<TransferModel, v1::RecordTransferItemsRequest>(
      {
          {"lists", {kCreated}, "", kEmpty},
          {"is quiet from elsewhere", {kCreated}, "start { told_through: 'customers/x' }", ""},
          {"is quiet when all are listed", {kCreated, kListed}, "", ""},
          {"is quiet when it was cancelled", {kCreated, kCancelled}, "", ""},
      },
      FixedContext<TransferModel>(), listed);
}

TEST(ContinueTransfer, Rules) {
  const std::string again = std::string("start_number: 1 next_number: 2 asked_revision: 3");
  const std::string last = std::string("start_number: 2 next_number: 2 asked_revision: 4 ") +
                           "results { number: 1 kind: TRANSFER_KIND_CUSTOMER target: 'customers/a' "
                           "receiver: 'staff/bob' state: TRANSFER_ITEM_STATE_MOVED }";
  CheckDecisions<TransferModel, v1::ContinueTransferRequest>(
      {
          {"goes on",
           {kCreated, kListed, kStarted},
           again,
           "continued { giver: 'staff/ann' start_number: 1 next_number: 2 asked_revision: 3 }"},
          {"is quiet the second time", {kCreated, kListed, kStarted, kAsked}, again, ""},
          {"is quiet the other way", {kCreated, kListed, kStarted}, again + " undoing: true", ""},
          {"says that it was cancelled",
           {kCreated, kListed, kStarted, kStopping},
           again,
           "continued { giver: 'staff/ann' start_number: 1 next_number: 2 asked_revision: 3 "
           "stopping: true }"},
          {"ends when all is known",
           {kCreated, kListed, kStarted, kAsked},
           last,
           std::string("continued { giver: 'staff/ann' start_number: 2 next_number: 2 "
                       "asked_revision: 4 ") +
               kMoved +
               "end { end_time { seconds: 1772445600 } undo_expire_time { seconds: 1775037600 } "
               "counts { item_count: 1 moved_count: 1 } } }"},
      },
      FixedContext<TransferModel>(), FactsOfItem(v1::TRANSFER_ITEM_STATE_PLANNED));
}

TEST(SettleTransferItem, Rules) {
  const std::string moved =
      "result { number: 1 kind: TRANSFER_KIND_CUSTOMER state: TRANSFER_ITEM_STATE_MOVED }";
  const std::vector<std::string> waiting = {kCreated, kListed, kStarted, kAsked, kWaits};
  CheckDecisions<TransferModel, v1::SettleTransferItemRequest>(
      {
          {"ends with the last answer", waiting, moved,
           R"(items_settled { giver: "staff/ann" results { number: 1 kind: TRANSFER_KIND_CUSTOMER
                state: TRANSFER_ITEM_STATE_MOVED previous_state: TRANSFER_ITEM_STATE_WAITING }
              end { end_time { seconds: 1772445600 }
                    undo_expire_time { seconds: 1775037600 }
                    counts { item_count: 1 moved_count: 1 } } })"},
          {"is quiet about the way back", waiting,
           "result { number: 1 state: TRANSFER_ITEM_STATE_RETURNED }", ""},
          {"is quiet before it was tried", {kCreated, kListed, kStarted}, moved, ""},
          {"is quiet when it does not run", {kCreated, kListed}, moved, ""},
      },
      FixedContext<TransferModel>(), FactsOfItem(v1::TRANSFER_ITEM_STATE_WAITING));
  CheckDecisions<TransferModel, v1::SettleTransferItemRequest>(
      {{"is quiet the second time", waiting, moved, ""}}, FixedContext<TransferModel>(),
      FactsOfItem(v1::TRANSFER_ITEM_STATE_MOVED));
}

// A look goes on from where it was, whatever a book says in between.
TEST(SettleTransferItem, LeavesTheLookWhereItWas) {
  const std::string two = "items_listed { last: true transfer_items {} transfer_items {} }";
  const std::string wait = R"(continued { start_number: 3 next_number: 3
      results { number: 1 state: TRANSFER_ITEM_STATE_WAITING }
      results { number: 2 state: TRANSFER_ITEM_STATE_WAITING }
      check_time { seconds: 1772445600 } })";
  std::vector<std::string> facts = {
      kCreated, two,
      kStarted, "continued { start_number: 1 next_number: 3 }",
      wait,     "checked { check_time { seconds: 1772445601 } checked_through: 1 }"};
  EXPECT_EQ(Given<TransferModel>(facts).position().checked_through(), 1);
  TransferStepFacts item;
  item.items[1] = ParseText<v1::TransferItem>(
      "name: 'transfers/transfer-1/transferItems/00000001' state: TRANSFER_ITEM_STATE_WAITING");
  const auto decided = TransferModel::Decide(
      Given<TransferModel>(facts),
      ParseText<v1::SettleTransferItemRequest>("result { state: TRANSFER_ITEM_STATE_MOVED }"),
      FixedContext<TransferModel>(), item);
  ASSERT_TRUE(decided.ok() && decided->has_value());
  EXPECT_EQ((*decided)->items_settled().checked_through(), 1);
}

TEST(SettleTransferItem, TakesWhatTheGiversBookSaid) {
  const std::string waits = R"(continued { start_number: 2 next_number: 2 undoing: true
      results { number: 1 kind: TRANSFER_KIND_CUSTOMER state: TRANSFER_ITEM_STATE_WAITING
        previous_state: TRANSFER_ITEM_STATE_MOVED } check_time { seconds: 1772445600 } })";
  const std::vector<std::string> undoing = {
      kCreated,
      kListed,
      kStarted,
      kAsked,
      kDone,
      kUndo,
      "continued { start_number: 1 next_number: 2 undoing: true }",
      waits};
  CheckDecisions<TransferModel, v1::SettleTransferItemRequest>(
      {{"keeps what has no room", undoing,
        "result { state: TRANSFER_ITEM_STATE_KEPT refusal: 'CAPACITY_REACHED' }",
        R"(items_settled { giver: "staff/ann" undoing: true results { number: 1
             kind: TRANSFER_KIND_CUSTOMER state: TRANSFER_ITEM_STATE_KEPT
             refusal: "CAPACITY_REACHED" previous_state: TRANSFER_ITEM_STATE_WAITING }
           end { end_time { seconds: 1772445600 }
                 counts { item_count: 1 moved_count: 1 kept_count: 1 } } })"},
       {"is quiet about the way forth", undoing, "result { state: TRANSFER_ITEM_STATE_MOVED }",
        ""}},
      FixedContext<TransferModel>(), FactsOfItem(v1::TRANSFER_ITEM_STATE_WAITING));
}

TEST(CheckTransfer, Rules) {
  const std::vector<std::string> waiting = {kCreated, kListed, kStarted, kAsked, kWaits};
  CheckDecisions<TransferModel, v1::CheckTransferRequest>(
      {
          {"waits on", waiting, "", "checked { check_time { seconds: 1772445660 } }"},
          {"is quiet when nothing waits", {kCreated, kListed, kStarted, kAsked}, "", ""},
      },
      FixedContext<TransferModel>(), TransferStepFacts());
  TransferStepFacts found = FactsOfItem(v1::TRANSFER_ITEM_STATE_WAITING);
  found.found.push_back(ParseText<v1::TransferItemResult>(
      "number: 1 kind: TRANSFER_KIND_CUSTOMER state: TRANSFER_ITEM_STATE_REFUSED refusal: "
      "'CUSTOMER_ERASED'"));
  CheckDecisions<TransferModel, v1::CheckTransferRequest>(
      {{"settles what got no answer", waiting, "",
        R"(items_settled { giver: "staff/ann" results { number: 1 kind: TRANSFER_KIND_CUSTOMER
             state: TRANSFER_ITEM_STATE_REFUSED refusal: "CUSTOMER_ERASED"
             previous_state: TRANSFER_ITEM_STATE_WAITING }
           end { end_time { seconds: 1772445600 }
                 counts { item_count: 1 refused_count: 1 } } })"}},
      FixedContext<TransferModel>(), found);
  TransferStepFacts part_way;
  part_way.checked_through = 7;
  part_way.ask_again = {5};
  CheckDecisions<TransferModel, v1::CheckTransferRequest>(
      {{"goes on soon behind a stretch, and asks again", waiting, "",
        "checked { check_time { seconds: 1772445601 } checked_through: 7 asked_numbers: 5 }"}},
      FixedContext<TransferModel>(), part_way);
  EXPECT_EQ(TransferModel::NextDue(Given<TransferModel>(waiting)),
            absl::FromUnixSeconds(1'772'445'600));
  EXPECT_EQ(TransferModel::NextDue(Given<TransferModel>({kCreated, kListed})), std::nullopt);
}

// Start, undo, cancel, list, go on, settle, timer.
std::array<std::string, 7> Words(const std::vector<std::string>& facts) {
  const v1::Transfer transfer = Given<TransferModel>(facts);
  const engine::Context context = FixedContext<TransferModel>();
  const TransferStepFacts item = FactsOfItem(v1::TRANSFER_ITEM_STATE_PLANNED);
  const auto ask = [&](const auto& command, const auto&... more) {
    return WordOf(TransferModel::Decide(transfer, command, context, more...));
  };
  return {ask(v1::StartTransferRequest()),
          ask(v1::UndoTransferRequest()),
          ask(v1::CancelTransferRequest()),
          ask(v1::RecordTransferItemsRequest(), v1::TransferItemsListed()),
          ask(ParseText<v1::ContinueTransferRequest>("start_number: 1 next_number: 2"), item),
          ask(ParseText<v1::SettleTransferItemRequest>(
                  "result { number: 1 state: TRANSFER_ITEM_STATE_MOVED }"),
              item),
          ask(v1::CheckTransferRequest(), TransferStepFacts())};
}

TEST(TransferStateMachine, EveryStateAndVerb) {
  using All = std::array<std::string, 7>;
  EXPECT_EQ(Words({kCreated}), (All{"!TRANSFER_NOT_PREVIEWED", "!TRANSFER_NOT_DONE", "cancelled",
                                    "items_listed", "", "", ""}));
  EXPECT_EQ(Words({kCreated, kListed}),
            (All{"started", "!TRANSFER_NOT_DONE", "cancelled", "", "", "", ""}));
  EXPECT_EQ(Words({kCreated, kListed, kStarted}),
            (All{"", "!TRANSFER_NOT_DONE", "cancelled", "", "continued", "", ""}));
  EXPECT_EQ(Words({kCreated, kListed, kStarted, kAsked, kWaits}),
            (All{"", "!TRANSFER_NOT_DONE", "cancelled", "", "", "items_settled", "checked"}));
  EXPECT_EQ(Words({kCreated, kListed, kStarted, kAsked, kDone}),
            (All{"", "undo_started", "!TRANSFER_CLOSED", "", "", "", ""}));
  EXPECT_EQ(Words({kCreated, kListed, kStarted, kAsked, kDone, kUndo}),
            (All{"!TRANSFER_NOT_PREVIEWED", "", "!TRANSFER_CLOSED", "", "", "", ""}));
  EXPECT_EQ(Words({kCreated, kListed, kStarted, kAsked, kDone, kUndo, kUndone}),
            (All{"!TRANSFER_NOT_PREVIEWED", "", "!TRANSFER_CLOSED", "", "", "", ""}));
  EXPECT_EQ(Words({kCreated, kCancelled}),
            (All{"!TRANSFER_NOT_PREVIEWED", "!TRANSFER_NOT_DONE", "", "", "", "", ""}));
}

TEST(TransferStateMachine, LeadsWhereItSays) {
  const auto state = [](const std::vector<std::string>& facts) {
    return Given<TransferModel>(facts).state();
  };
  EXPECT_EQ(state({kCreated}), v1::TRANSFER_STATE_PREVIEWING);
  EXPECT_EQ(state({kCreated, kListed}), v1::TRANSFER_STATE_PREVIEWED);
  EXPECT_EQ(state({kCreated, kListed, kStarted, kAsked}), v1::TRANSFER_STATE_RUNNING);
  EXPECT_EQ(state({kCreated, kListed, kStarted, kAsked, kDone}), v1::TRANSFER_STATE_DONE);
  EXPECT_EQ(state({kCreated, kListed, kStarted, kStopping, kAsked, kDone}),
            v1::TRANSFER_STATE_CANCELLED);
  EXPECT_EQ(state({kCreated, kListed, kStarted, kAsked, kDone, kUndo}), v1::TRANSFER_STATE_UNDOING);
  EXPECT_EQ(state({kCreated, kListed, kStarted, kAsked, kDone, kUndo, kUndone}),
            v1::TRANSFER_STATE_UNDONE);
  EXPECT_EQ(state({kCreated, kCancelled}), v1::TRANSFER_STATE_CANCELLED);
  const v1::Transfer done = Given<TransferModel>({kCreated, kListed, kStarted, kAsked, kDone});
  EXPECT_EQ(SumOf(done).moved_count(), 1);
  EXPECT_EQ(done.item_count(), 1);
}

}  // namespace
}  // namespace crm::customer
