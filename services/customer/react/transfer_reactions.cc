#include "services/customer/react/transfer_reactions.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/notification.pb.h"
#include "crm/customer/v1/transfer_internal.pb.h"
#include "libs/base/resource_name.h"
#include "services/customer/domain/notice.h"
#include "services/customer/domain/references.h"
#include "services/customer/domain/transfer.h"
#include "services/customer/react/transfer_commands.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/transfer_outcome.h"
#include "services/customer/read/transfer_plan.h"
#include "services/customer/read/transfer_tables.h"

namespace crm::customer {
namespace {

using Event = v1::TransferEvent;

engine::Commands ListMore(const std::string& transfer, const v1::TransferPosition& start) {
  auto record = std::make_unique<v1::RecordTransferItemsRequest>();
  record->set_name(transfer);
  *record->mutable_start() = start;
  engine::Commands commands;
  commands.push_back(std::move(record));
  return commands;
}

// One step of moving items, or of giving them back.
class Step {
 public:
  Step(const v1::Transfer& transfer, const engine::EventMeta& meta, bool undoing,
       const engine::Snapshot& snapshot)
      : transfer_(transfer),
        meta_(meta),
        undoing_(undoing),
        snapshot_(snapshot),
        next_(std::make_unique<v1::ContinueTransferRequest>()) {}

  // What became of the items that the event of this revision asked for.
  void Judge(int begin, int end, int64_t asked_revision);
  // Asks for the next ones; none when it is `stopping`. What is asked once more ends where it
  // ended: items are always the same.
  engine::Commands Ask(int begin, bool stopping);

 private:
  std::optional<v1::TransferItem> ItemAt(int number) const {
    return snapshot_.Get(kTransferItems, TransferItemName(transfer_.name(), number));
  }

  const v1::Transfer& transfer_;
  const engine::EventMeta& meta_;
  const bool undoing_;
  const engine::Snapshot& snapshot_;
  std::unique_ptr<v1::ContinueTransferRequest> next_;
  engine::Commands commands_;
};

// Whoever leaves need not read it any more: the receiver was told.
void Acknowledge(const std::string& notification, engine::Commands& commands) {
  auto acknowledge = std::make_unique<v1::AcknowledgeNotificationRequest>();
  acknowledge->set_name(notification);
  commands.push_back(std::move(acknowledge));
}

void Step::Judge(int begin, int end, int64_t asked_revision) {
  const PassedByTarget passed = PassedOf(transfer_.name(), asked_revision, snapshot_);
  for (int number = begin; number < end; ++number) {
    const auto item = ItemAt(number);
    if (!item.has_value()) continue;
    const v1::TransferItemState state = item->state();
    const bool was_moved = state == v1::TRANSFER_ITEM_STATE_MOVED;
    v1::TransferItemResult result;
    if (IsUnsettled(*item, undoing_)) {
      result = undoing_ ? OutcomeOfReturn(transfer_, *item, passed, snapshot_)
                        : OutcomeOfMove(transfer_, *item, passed, snapshot_);
      result.set_asked_revision(asked_revision);
      *next_->add_results() = result;
    }
    const bool moved = !undoing_ && (was_moved || result.state() == v1::TRANSFER_ITEM_STATE_MOVED);
    if (moved && item->kind() == v1::TRANSFER_KIND_NOTIFICATION)
      Acknowledge(item->target(), commands_);
  }
}

engine::Commands Step::Ask(int begin, bool stopping) {
  int number = begin;
  std::set<std::string> asked;
  for (; !stopping && number < begin + kTriedItemsMax; ++number) {
    const auto item = ItemAt(number);
    // Two for one target do not go at once.
    if (!item.has_value() || !asked.insert(AskedOf(*item)).second) break;
    const v1::TransferItemState open =
        undoing_ ? v1::TRANSFER_ITEM_STATE_MOVED : v1::TRANSFER_ITEM_STATE_PLANNED;
    if (item->state() != open) continue;
    MessagePtr command =
        undoing_ ? ReturnItem(transfer_, *item) : MoveItem(transfer_, *item, meta_.time, snapshot_);
    if (command != nullptr) commands_.push_back(std::move(command));
  }
  next_->set_name(transfer_.name());
  next_->set_start_number(begin);
  next_->set_next_number(number);
  next_->set_asked_revision(meta_.revision);
  next_->set_undoing(undoing_);
  commands_.push_back(std::move(next_));
  return std::move(commands_);
}

// Everybody once who has to do with the transfer: it has ended, or was undone.
engine::Commands Tell(const v1::Transfer& transfer, const v1::TransferEnd& end, bool undone,
                      const engine::EventMeta& meta) {
  const v1::TransferCounts& sum = end.counts();
  const std::string note =
      undone ? absl::StrCat("returned ", sum.returned_count(), ", kept ", sum.kept_count())
             : absl::StrCat("moved ", sum.moved_count(), ", refused ", sum.refused_count());
  std::set<std::string> told = {StaffOfActor(transfer.creator()), StaffOfActor(transfer.starter())};
  if (undone) told.insert(StaffOfActor(transfer.undoer()));
  for (const v1::TransferReceiver& receiver : transfer.receivers()) {
    if (receiver.customer_count() + receiver.other_count() > 0)
      told.insert(std::string(base::LastIdOf(receiver.staff())));
  }
  engine::Commands commands;
  for (const std::string& staff : told) {
    AddNotice(meta,
              {.staff = staff,
               .reason = v1::NOTIFICATION_REASON_TRANSFER_ENDED,
               .about = transfer.name(),
               .note = note,
               .also_own_acts = true},
              commands);
  }
  return commands;
}

engine::Commands GoOn(const v1::Transfer& transfer, const v1::TransferContinued& continued,
                      const engine::EventMeta& meta, const engine::Snapshot& snapshot) {
  if (continued.has_end()) return Tell(transfer, continued.end(), continued.undoing(), meta);
  if (continued.start_number() == continued.next_number()) return {};
  Step step(transfer, meta, continued.undoing(), snapshot);
  step.Judge(continued.start_number(), continued.next_number(), continued.asked_revision());
  return step.Ask(continued.next_number(), continued.stopping());
}

// What rested on something that did not show here when the items were asked for.
template <class Fact>
engine::Commands AskAgain(const v1::Transfer& transfer, const Fact& fact,
                          const engine::EventMeta& meta, const engine::Snapshot& snapshot) {
  engine::Commands commands;
  for (const int32_t number : fact.asked_numbers()) {
    const auto item = snapshot.Get(kTransferItems, TransferItemName(transfer.name(), number));
    if (!item.has_value() || item->state() != v1::TRANSFER_ITEM_STATE_WAITING) continue;
    MessagePtr command = MoveItem(transfer, *item, meta.time, snapshot);
    if (command != nullptr) commands.push_back(std::move(command));
  }
  return commands;
}

engine::Commands Settled(const v1::Transfer& transfer, const v1::TransferItemsSettled& settled,
                         const engine::EventMeta& meta, const engine::Snapshot& snapshot) {
  // None when it ends with this.
  engine::Commands commands = AskAgain(transfer, settled, meta, snapshot);
  if (settled.has_end()) commands = Tell(transfer, settled.end(), settled.undoing(), meta);
  for (const v1::TransferItemResult& result : settled.results()) {
    if (result.kind() == v1::TRANSFER_KIND_NOTIFICATION &&
        result.state() == v1::TRANSFER_ITEM_STATE_MOVED)
      Acknowledge(result.target(), commands);
  }
  return commands;
}

}  // namespace

engine::Commands OnTransfer(const engine::ForeignEvent<Event>& event,
                            const engine::Snapshot& snapshot) {
  const auto transfer = snapshot.Get(kTransfers, event.meta.name);
  if (!transfer.has_value()) return {};
  switch (event.event.event_case()) {
    case Event::kCreated:
      return ListMore(event.meta.name, event.event.created().transfer().position());
    case Event::kItemsListed:
      if (event.event.items_listed().last()) return {};
      return ListMore(event.meta.name, event.event.items_listed().next());
    case Event::kStarted:
      return Step(*transfer, event.meta, /*undoing=*/false, snapshot).Ask(1, false);
    case Event::kUndoStarted:
      return Step(*transfer, event.meta, /*undoing=*/true, snapshot).Ask(1, false);
    case Event::kContinued:
      return GoOn(*transfer, event.event.continued(), event.meta, snapshot);
    case Event::kItemsSettled:
      return Settled(*transfer, event.event.items_settled(), event.meta, snapshot);
    case Event::kChecked:
      return AskAgain(*transfer, event.event.checked(), event.meta, snapshot);
    case Event::kCancelled:
    case Event::EVENT_NOT_SET:
      return {};
  }
  return {};
}

engine::Commands OnTransferredCustomer(const engine::ForeignEvent<v1::CustomerEvent>& event,
                                       const engine::Snapshot&) {
  const bool granted = event.event.has_owner_granted();
  const v1::PendingOwner& request = event.event.owner_granted().owner_request();
  const v1::OwnerRefusal& refusal = event.event.owner_refused().refusal();
  const std::string& transfer = granted ? request.transfer() : refusal.transfer();
  if (transfer.empty()) return {};
  const v1::OwnerRequestKind kind = granted ? request.kind() : refusal.kind();
  const bool back = kind == v1::OWNER_REQUEST_KIND_RETURN;
  auto settle = std::make_unique<v1::SettleTransferItemRequest>();
  settle->set_name(transfer);
  v1::TransferItemResult& result = *settle->mutable_result();
  result.set_kind(v1::TRANSFER_KIND_CUSTOMER);
  result.set_target(event.meta.name);
  if (granted) {
    result.set_state(back ? v1::TRANSFER_ITEM_STATE_RETURNED : v1::TRANSFER_ITEM_STATE_MOVED);
  } else {
    result.set_state(back ? v1::TRANSFER_ITEM_STATE_KEPT : v1::TRANSFER_ITEM_STATE_REFUSED);
    result.set_refusal(RefusalWord(refusal.reason()));
  }
  engine::Commands commands;
  commands.push_back(std::move(settle));
  return commands;
}

}  // namespace crm::customer
