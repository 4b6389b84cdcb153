#include "services/customer/domain/transfer.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/pool.h"
#include "services/customer/domain/transfer_counts.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/transfer_check.h"
#include "services/customer/read/transfer_outcome.h"
#include "services/customer/read/transfer_plan.h"
#include "services/customer/read/transfer_tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = TransferModel::Event;

std::string ReceiverField(int place) { return absl::StrCat("receivers[", place, "].staff"); }

absl::Status CheckReceivers(const v1::Transfer& transfer) {
  if (transfer.receivers().empty()) return Invalid("transfer.receivers", "must be given");
  // Events that carry them all carry items too.
  int64_t bytes = 0;
  std::set<std::string> seen;
  for (int i = 0; i < transfer.receivers_size(); ++i) {
    const v1::TransferReceiver& receiver = transfer.receivers(i);
    const std::string field = "transfer." + ReceiverField(i);
    if (receiver.staff().empty()) return Invalid(field, "must be given");
    if (absl::Status s = CheckName(field, "staff", receiver.staff()); !s.ok()) return s;
    if (receiver.staff() == transfer.giver()) return Invalid(field, "must not be the giver");
    if (!seen.insert(receiver.staff()).second) return Invalid(field, "must be unique");
    const std::string scope = absl::StrCat("transfer.receivers[", i, "].scope");
    if (absl::Status s = CheckPoolScope(scope, receiver.scope()); !s.ok()) return s;
    bytes += static_cast<int64_t>(receiver.ByteSizeLong());
  }
  if (bytes > kReceiversBytesMax)
    return Invalid("transfer.receivers", "must be at most 200,000 bytes together");
  return absl::OkStatus();
}

absl::Status CheckTransfer(const v1::Transfer& transfer) {
  if (transfer.giver().empty()) return Invalid("transfer.giver", "must be given");
  if (absl::Status s = CheckName("transfer.giver", "staff", transfer.giver()); !s.ok()) return s;
  if (absl::Status s = CheckReceivers(transfer); !s.ok()) return s;
  if (!v1::TransferRule_IsValid(transfer.rule())) return Invalid("transfer.rule", "must be a rule");
  std::set<int> seen;
  for (int i = 0; i < transfer.kinds_size(); ++i) {
    const v1::TransferKind kind = transfer.kinds(i);
    const bool known = v1::TransferKind_IsValid(kind) && kind != v1::TRANSFER_KIND_UNSPECIFIED;
    if (!known || !seen.insert(kind).second)
      return Invalid(absl::StrCat("transfer.kinds[", i, "]"), "must be a kind, none twice");
  }
  return CheckPoolScope("transfer.scope", transfer.scope());
}

// What a transfer is when it is asked for, before anything is known of its items.
v1::Transfer Asked(const v1::CreateTransferRequest& create, const engine::Context& context) {
  v1::Transfer transfer = create.transfer();
  transfer.set_name(context.name);
  if (transfer.rule() == v1::TRANSFER_RULE_UNSPECIFIED)
    transfer.set_rule(v1::TRANSFER_RULE_IN_TURN);
  *transfer.mutable_business_date() = base::DateOf(context.business_date);
  return transfer;
}

// Receivers who are not known here, or have left. `prefix`: of their fields.
void NoteReceivers(const v1::Transfer& transfer, const std::string& prefix,
                   const engine::Context& context, const engine::Snapshot& snapshot,
                   TransferFacts& facts) {
  for (int i = 0; i < transfer.receivers_size(); ++i) {
    NoteStaff(prefix + ReceiverField(i), transfer.receivers(i).staff(), context.business_date,
              snapshot, facts.refused);
  }
}

TransferStepFacts PolicyIn(const engine::Snapshot& snapshot) {
  TransferStepFacts facts;
  const auto policy = snapshot.Get(kCustomerPolicies, kStandardCustomerPolicy);
  if (!policy.has_value()) return facts;
  facts.policy_etag = policy->etag();
  if (policy->transfer_undo_days() > 0) facts.undo_days = policy->transfer_undo_days();
  return facts;
}

void AddItem(const std::string& transfer, int number, const engine::Snapshot& snapshot,
             TransferStepFacts& facts) {
  const auto item = snapshot.Get(kTransferItems, TransferItemName(transfer, number));
  if (item.has_value()) facts.items.emplace(number, *item);
}

bool IsUndoing(const v1::Transfer& transfer) {
  return transfer.state() == v1::TRANSFER_STATE_UNDOING;
}

// Takes the results that say something new, with the items' states before.
template <class Results, class Fact>
void TakeResults(const Results& results, bool undoing, const TransferStepFacts& facts, Fact& fact) {
  std::set<int> seen;
  for (const v1::TransferItemResult& result : results) {
    const auto item = facts.items.find(result.number());
    if (item == facts.items.end() || !IsUnsettled(item->second, undoing)) continue;
    if (item->second.state() == result.state() || !seen.insert(result.number()).second) continue;
    v1::TransferItemResult& taken = *fact.add_results();
    taken = result;
    taken.set_previous_state(item->second.state());
  }
}

v1::TransferEnd EndOf(const v1::Transfer& transfer, const engine::Context& context,
                      const TransferStepFacts& facts) {
  v1::TransferEnd end;
  *end.mutable_end_time() = base::TimestampOf(context.time);
  if (IsUndoing(transfer) || SumOf(transfer).moved_count() == 0) return end;
  *end.mutable_undo_expire_time() =
      base::TimestampOf(context.time + absl::Hours(24) * facts.undo_days);
  end.set_customer_policy_etag(facts.policy_etag);
  return end;
}

// When it is next looked at what waits.
google::protobuf::Timestamp NextLook(const engine::Context& context,
                                     const TransferStepFacts& facts) {
  return base::TimestampOf(
      context.time + (facts.checked_through > 0 ? kTransferStretchPause : kTransferCheckPause));
}

// How far a look has come, and what it asks for once more.
template <class Fact>
void SetPlace(const TransferStepFacts& facts, Fact& fact) {
  fact.set_checked_through(facts.checked_through);
  fact.mutable_asked_numbers()->Assign(facts.ask_again.begin(), facts.ask_again.end());
}

// Whether nothing is left to be known when `fact` is folded, and what follows.
template <class Fact>
void EndOrWait(const v1::Transfer& transfer, bool complete, const engine::Context& context,
               const TransferStepFacts& facts, Fact& fact) {
  if (!complete) return;
  v1::Transfer after = transfer;
  for (const v1::TransferItemResult& result : fact.results()) FoldResult(result, after);
  if (SumOf(after).waiting_count() == 0) {
    *fact.mutable_end() = EndOf(after, context, facts);
    *fact.mutable_end()->mutable_counts() = SumOf(after);
  } else {
    *fact.mutable_check_time() = NextLook(context, facts);
  }
}

// Nothing to say when no result is new.
std::optional<Event> Settled(const v1::Transfer& transfer, const engine::Context& context,
                             const TransferStepFacts& facts,
                             const std::vector<v1::TransferItemResult>& results) {
  Event event;
  v1::TransferItemsSettled& settled = *event.mutable_items_settled();
  TakeResults(results, IsUndoing(transfer), facts, settled);
  if (settled.results().empty()) return std::nullopt;
  settled.set_giver(transfer.giver());
  settled.set_undoing(IsUndoing(transfer));
  settled.set_checked_through(transfer.position().checked_through());
  EndOrWait(transfer, transfer.position().complete(), context, facts, settled);
  return event;
}

}  // namespace

TransferFacts TransferModel::Gather(const v1::CreateTransferRequest& create,
                                    const engine::Context& context,
                                    const engine::Snapshot& snapshot) {
  TransferFacts facts;
  if (!CheckTransfer(create.transfer()).ok()) return facts;
  NoteReceivers(create.transfer(), "transfer.", context, snapshot, facts);
  const v1::Transfer asked = Asked(create, context);
  TransferPlan plan(asked, context.zone, snapshot);
  facts.planned = plan.Next(kTransferItemsMax);
  if (plan.saw_too_much()) facts.planned.set_last(false);
  return facts;
}

engine::Decision<TransferModel> TransferModel::Decide(const State&,
                                                      const v1::CreateTransferRequest& create,
                                                      const engine::Context& context,
                                                      const TransferFacts& facts) {
  if (absl::Status s = CheckTransfer(create.transfer()); !s.ok()) return s;
  if (!facts.refused.empty()) return facts.refused.begin()->second;
  if (facts.planned.has_next() && !facts.planned.last())
    return base::Refused(v1::REASON_TRANSFER_TOO_LARGE, "there is too much to transfer at once");
  Event event;
  v1::Transfer& transfer = *event.mutable_created()->mutable_transfer();
  transfer = Asked(create, context);
  transfer.clear_name();
  transfer.set_state(v1::TRANSFER_STATE_PREVIEWING);
  transfer.set_operation(absl::StrCat("operations/", context.name));
  transfer.set_creator(context.actor);
  ClearCounts(transfer);
  for (const v1::TransferItem& item : facts.planned.transfer_items()) CountItem(item, transfer);
  transfer.clear_item_count();
  FoldMeant(facts.planned, transfer);
  return event;
}

TransferFacts TransferModel::Gather(const v1::StartTransferRequest& start,
                                    const engine::Context& context,
                                    const engine::Snapshot& snapshot) {
  TransferFacts facts;
  const auto transfer = snapshot.Get(kTransfers, start.name());
  if (transfer.has_value()) NoteReceivers(*transfer, "", context, snapshot, facts);
  return facts;
}

engine::Decision<TransferModel> TransferModel::Decide(const State& transfer,
                                                      const v1::StartTransferRequest&,
                                                      const engine::Context& context,
                                                      const TransferFacts& facts) {
  if (transfer.state() == v1::TRANSFER_STATE_RUNNING || transfer.state() == v1::TRANSFER_STATE_DONE)
    return std::nullopt;
  if (transfer.state() != v1::TRANSFER_STATE_PREVIEWED)
    return base::Refused(v1::REASON_TRANSFER_NOT_PREVIEWED, "the transfer has no preview");
  if (transfer.item_count() == 0)
    return base::Refused(v1::REASON_TRANSFER_EMPTY, "there is nothing to transfer");
  if (!facts.refused.empty()) return facts.refused.begin()->second;
  Event event;
  v1::TransferStarted& started = *event.mutable_started();
  started.set_starter(context.actor);
  *started.mutable_start_time() = base::TimestampOf(context.time);
  started.set_giver(transfer.giver());
  *started.mutable_receivers() = transfer.receivers();
  started.set_rule(transfer.rule());
  return event;
}

engine::Decision<TransferModel> TransferModel::Decide(const State& transfer,
                                                      const v1::UndoTransferRequest& undo,
                                                      const engine::Context& context) {
  if (IsUndoing(transfer) || transfer.state() == v1::TRANSFER_STATE_UNDONE) return std::nullopt;
  if (!transfer.has_undo_expire_time())
    return base::Refused(v1::REASON_TRANSFER_NOT_DONE, "there is nothing to give back");
  if (context.time >= base::TimeOf(transfer.undo_expire_time()))
    return base::Refused(v1::REASON_TRANSFER_UNDO_OVER, "the transfer ended too long ago");
  Event event;
  v1::TransferUndoStarted& started = *event.mutable_undo_started();
  started.set_undoer(context.actor);
  *started.mutable_undo_start_time() = base::TimestampOf(context.time);
  started.set_reason(undo.reason());
  started.set_giver(transfer.giver());
  return event;
}

TransferStepFacts TransferModel::Gather(const v1::CancelTransferRequest&, const engine::Context&,
                                        const engine::Snapshot& snapshot) {
  return PolicyIn(snapshot);
}

engine::Decision<TransferModel> TransferModel::Decide(const State& transfer,
                                                      const v1::CancelTransferRequest& cancel,
                                                      const engine::Context& context,
                                                      const TransferStepFacts& facts) {
  const v1::TransferState state = transfer.state();
  if (state == v1::TRANSFER_STATE_CANCELLED || transfer.stopping()) return std::nullopt;
  const bool listed_only =
      state == v1::TRANSFER_STATE_PREVIEWING || state == v1::TRANSFER_STATE_PREVIEWED;
  if (!listed_only && state != v1::TRANSFER_STATE_RUNNING) {
    if (cancel.only_running()) return std::nullopt;
    return base::Refused(v1::REASON_TRANSFER_CLOSED, "the transfer has ended");
  }
  Event event;
  v1::TransferCancelled& cancelled = *event.mutable_cancelled();
  cancelled.set_reason(cancel.reason());
  if (listed_only) {
    *cancelled.mutable_end() = EndOf(transfer, context, facts);
  } else {
    cancelled.set_stopping(true);
  }
  return event;
}

v1::TransferItemsListed TransferModel::Gather(const v1::RecordTransferItemsRequest& record,
                                              const engine::Context& context,
                                              const engine::Snapshot& snapshot) {
  const auto transfer = snapshot.Get(kTransfers, record.name());
  if (!transfer.has_value() || transfer->state() != v1::TRANSFER_STATE_PREVIEWING) return {};
  return TransferPlan(*transfer, context.zone, snapshot)
      .Next(std::min(kListedItemsMax, kTransferItemsMax - transfer->item_count()));
}

engine::Decision<TransferModel> TransferModel::Decide(const State& transfer,
                                                      const v1::RecordTransferItemsRequest& record,
                                                      const engine::Context&,
                                                      const v1::TransferItemsListed& listed) {
  if (transfer.state() != v1::TRANSFER_STATE_PREVIEWING) return std::nullopt;
  const v1::TransferPosition& at = transfer.position();
  if (record.start().kind() != at.kind() || record.start().told_through() != at.told_through())
    return std::nullopt;
  Event event;
  v1::TransferItemsListed& fact = *event.mutable_items_listed();
  fact = listed;
  // What came after the transfer was made, beyond what one may have, stays.
  if (transfer.item_count() + listed.transfer_items_size() >= kTransferItemsMax)
    fact.set_last(true);
  return event;
}

TransferStepFacts TransferModel::Gather(const v1::ContinueTransferRequest& next,
                                        const engine::Context&, const engine::Snapshot& snapshot) {
  TransferStepFacts facts = PolicyIn(snapshot);
  for (const v1::TransferItemResult& result : next.results())
    AddItem(next.name(), result.number(), snapshot, facts);
  return facts;
}

engine::Decision<TransferModel> TransferModel::Decide(const State& transfer,
                                                      const v1::ContinueTransferRequest& next,
                                                      const engine::Context& context,
                                                      const TransferStepFacts& facts) {
  const v1::TransferState wanted =
      next.undoing() ? v1::TRANSFER_STATE_UNDOING : v1::TRANSFER_STATE_RUNNING;
  if (transfer.state() != wanted || transfer.position().complete()) return std::nullopt;
  if (next.start_number() != transfer.position().item_number()) return std::nullopt;
  Event event;
  v1::TransferContinued& continued = *event.mutable_continued();
  continued.set_giver(transfer.giver());
  continued.set_start_number(next.start_number());
  continued.set_next_number(next.next_number());
  continued.set_asked_revision(next.asked_revision());
  continued.set_undoing(next.undoing());
  continued.set_stopping(transfer.stopping());
  TakeResults(next.results(), next.undoing(), facts, continued);
  EndOrWait(transfer, next.start_number() == next.next_number(), context, facts, continued);
  return event;
}

TransferStepFacts TransferModel::Gather(const v1::SettleTransferItemRequest& settle,
                                        const engine::Context&, const engine::Snapshot& snapshot) {
  TransferStepFacts facts = PolicyIn(snapshot);
  snapshot.Scan(
      kTransferItems, "by_target",
      [&](const v1::TransferItem& item) {
        const bool is_it =
            item.kind() == settle.result().kind() && base::ParentOf(item.name()) == settle.name();
        if (is_it) facts.items.emplace(NumberOf(item), item);
        return !is_it;
      },
      settle.result().target());
  return facts;
}

engine::Decision<TransferModel> TransferModel::Decide(const State& transfer,
                                                      const v1::SettleTransferItemRequest& settle,
                                                      const engine::Context& context,
                                                      const TransferStepFacts& facts) {
  const bool undoing = IsUndoing(transfer);
  if ((transfer.state() != v1::TRANSFER_STATE_RUNNING && !undoing) || facts.items.empty())
    return std::nullopt;
  // An answer of the way forth says nothing of the way back.
  const v1::TransferItemState state = settle.result().state();
  const bool of_return =
      state == v1::TRANSFER_ITEM_STATE_RETURNED || state == v1::TRANSFER_ITEM_STATE_KEPT;
  if (of_return != undoing) return std::nullopt;
  v1::TransferItemResult result = ResultOf(facts.items.begin()->second);
  // What is tried right now is looked at when all of its stretch were asked.
  if (result.number() >= transfer.position().item_number()) return std::nullopt;
  result.set_state(state);
  result.set_refusal(settle.result().refusal());
  return Settled(transfer, context, facts, {result});
}

TransferStepFacts TransferModel::Gather(const v1::CheckTransferRequest& check,
                                        const engine::Context& context,
                                        const engine::Snapshot& snapshot) {
  TransferStepFacts facts = PolicyIn(snapshot);
  const auto transfer = snapshot.Get(kTransfers, check.name());
  if (!transfer.has_value()) return facts;
  TransferLook look = LookAtWaiting(*transfer, {.said = kTriedItemsMax, .items = kCheckedItemsMax},
                                    context.time, snapshot);
  facts.items = std::move(look.items);
  facts.found = std::move(look.found);
  facts.ask_again = std::move(look.ask_again);
  facts.checked_through = look.through;
  return facts;
}

engine::Decision<TransferModel> TransferModel::Decide(const State& transfer,
                                                      const v1::CheckTransferRequest&,
                                                      const engine::Context& context,
                                                      const TransferStepFacts& facts) {
  const auto due = NextDue(transfer);
  if (!due.has_value() || *due > context.time) return std::nullopt;
  if (auto settled = Settled(transfer, context, facts, facts.found); settled.has_value()) {
    SetPlace(facts, *settled->mutable_items_settled());
    return settled;
  }
  Event event;
  *event.mutable_checked()->mutable_check_time() = NextLook(context, facts);
  SetPlace(facts, *event.mutable_checked());
  return event;
}

std::optional<absl::Time> TransferModel::NextDue(const State& state) {
  if (!state.has_check_time()) return std::nullopt;
  return base::TimeOf(state.check_time());
}

}  // namespace crm::customer
