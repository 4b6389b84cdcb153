#include "services/customer/react/transfer_reactions.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/notification.pb.h"
#include "crm/customer/v1/reason.pb.h"
#include "crm/customer/v1/transfer_internal.pb.h"
#include "libs/base/resource_name.h"
#include "services/customer/domain/notice.h"
#include "services/customer/domain/references.h"
#include "services/customer/domain/transfer.h"
#include "services/customer/domain/transfer_counts.h"
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
  std::map<std::string, std::string> RefusalsOf(int64_t revision) const;

  const v1::Transfer& transfer_;
  const engine::EventMeta& meta_;
  const bool undoing_;
  const engine::Snapshot& snapshot_;
  std::unique_ptr<v1::ContinueTransferRequest> next_;
  engine::Commands commands_;
};

std::map<std::string, std::string> Step::RefusalsOf(int64_t revision) const {
  std::map<std::string, std::string> refusals;
  snapshot_.Scan(
      kTransferRefusals, "",
      [&](const v1::TransferRefusal& refusal) {
        refusals.emplace(refusal.target(), refusal.reason());
        return true;
      },
      transfer_.name(), revision);
  return refusals;
}

void Step::Judge(int begin, int end, int64_t asked_revision) {
  const std::map<std::string, std::string> refusals = RefusalsOf(asked_revision);
  for (int number = begin; number < end; ++number) {
    const auto item = ItemAt(number);
    if (!item.has_value()) continue;
    const auto refused = refusals.find(AskedOf(*item));
    const std::string refusal = refused == refusals.end() ? std::string() : refused->second;
    const v1::TransferItemState state = item->state();
    const bool was_moved = state == v1::TRANSFER_ITEM_STATE_MOVED;
    const bool open =
        state == v1::TRANSFER_ITEM_STATE_PLANNED || state == v1::TRANSFER_ITEM_STATE_WAITING;
    if (undoing_) {
      if (was_moved) *next_->add_results() = OutcomeOfReturn(transfer_, *item, refusal, snapshot_);
      continue;
    }
    v1::TransferItemResult result;
    if (open) result = OutcomeOfMove(transfer_, *item, refusal, snapshot_);
    if (open) *next_->add_results() = result;
    // Whoever leaves need not read it any more: the receiver was told.
    const bool moved = was_moved || result.state() == v1::TRANSFER_ITEM_STATE_MOVED;
    if (!moved || item->kind() != v1::TRANSFER_KIND_NOTIFICATION) continue;
    auto acknowledge = std::make_unique<v1::AcknowledgeNotificationRequest>();
    acknowledge->set_name(item->target());
    commands_.push_back(std::move(acknowledge));
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
    MessagePtr command = undoing_ ? ReturnItem(transfer_, *item, snapshot_)
                                  : MoveItem(transfer_, *item, meta_.time, snapshot_);
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
engine::Commands Tell(const v1::Transfer& transfer, const engine::EventMeta& meta) {
  const v1::TransferCounts sum = SumOf(transfer);
  const bool undone = transfer.has_undo_start_time();
  const std::string note =
      undone ? absl::StrCat("returned ", sum.returned_count(), ", kept ", sum.kept_count())
             : absl::StrCat("moved ", sum.moved_count(), ", refused ", sum.refused_count());
  std::set<std::string> told = {StaffOfActor(transfer.creator()), StaffOfActor(transfer.starter()),
                                StaffOfActor(transfer.undoer())};
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
  if (continued.has_end()) return Tell(transfer, meta);
  if (continued.start_number() == continued.next_number()) return {};
  Step step(transfer, meta, continued.undoing(), snapshot);
  step.Judge(continued.start_number(), continued.next_number(), continued.asked_revision());
  return step.Ask(continued.next_number(), continued.stopping());
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
      if (!event.event.items_settled().has_end()) return {};
      return Tell(*transfer, event.meta);
    case Event::kCancelled:
    case Event::kChecked:
    case Event::EVENT_NOT_SET:
      return {};
  }
  return {};
}

engine::Commands OnTransferredCustomer(const engine::ForeignEvent<v1::CustomerEvent>& event,
                                       const engine::Snapshot& snapshot) {
  const bool granted = event.event.has_owner_granted();
  if (!granted && !event.event.has_owner_refused()) return {};
  const std::string receiver = granted ? event.event.owner_granted().owner_request().owner()
                                       : event.event.owner_refused().refusal().owner();
  engine::Commands commands;
  snapshot.Scan(
      kTransferItems, "by_target",
      [&](const v1::TransferItem& item) {
        const bool waits = item.state() == v1::TRANSFER_ITEM_STATE_PLANNED ||
                           item.state() == v1::TRANSFER_ITEM_STATE_WAITING;
        if (!waits || item.kind() != v1::TRANSFER_KIND_CUSTOMER ||
            base::LastIdOf(item.receiver()) != receiver)
          return true;
        auto settle = std::make_unique<v1::SettleTransferItemRequest>();
        settle->set_name(std::string(base::ParentOf(item.name())));
        v1::TransferItemResult& result = *settle->mutable_result();
        result = ResultOf(item);
        result.set_state(granted ? v1::TRANSFER_ITEM_STATE_MOVED : v1::TRANSFER_ITEM_STATE_REFUSED);
        if (!granted) {
          constexpr std::string_view kPrefix = "REASON_";
          const v1::Reason reason = event.event.owner_refused().refusal().reason();
          result.set_refusal(v1::Reason_Name(reason).substr(kPrefix.size()));
        }
        commands.push_back(std::move(settle));
        return true;
      },
      event.meta.name);
  return commands;
}

}  // namespace crm::customer
