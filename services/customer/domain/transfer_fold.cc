// What each fact makes of a transfer.
#include "libs/base/check.h"
#include "services/customer/domain/transfer.h"
#include "services/customer/domain/transfer_counts.h"

namespace crm::customer {
namespace {

using Event = TransferModel::Event;

void FoldEnd(const v1::TransferEnd& end, v1::Transfer& state) {
  state.clear_check_time();
  if (state.state() == v1::TRANSFER_STATE_UNDOING) {
    state.set_state(v1::TRANSFER_STATE_UNDONE);
    *state.mutable_undo_end_time() = end.end_time();
    state.clear_undo_expire_time();
    return;
  }
  const bool stopped = state.stopping() || state.state() != v1::TRANSFER_STATE_RUNNING;
  state.set_state(stopped ? v1::TRANSFER_STATE_CANCELLED : v1::TRANSFER_STATE_DONE);
  state.clear_stopping();
  *state.mutable_end_time() = end.end_time();
  if (end.has_undo_expire_time()) *state.mutable_undo_expire_time() = end.undo_expire_time();
  state.set_customer_policy_etag(end.customer_policy_etag());
}

void Begin(v1::TransferState state, v1::Transfer& transfer) {
  transfer.set_state(state);
  transfer.clear_position();
  transfer.mutable_position()->set_item_number(1);
}

void FoldCreated(const v1::TransferCreated& created, v1::Transfer& state) {
  state = created.transfer();
}

void FoldListed(const v1::TransferItemsListed& listed, v1::Transfer& state) {
  // What was expected is replaced by what is listed.
  if (state.item_count() == 0) ClearCounts(state);
  for (const v1::TransferItem& item : listed.transfer_items()) CountItem(item, state);
  *state.mutable_position() = listed.next();
  FoldMeant(listed, state);
  if (!listed.last()) return;
  state.set_state(v1::TRANSFER_STATE_PREVIEWED);
  state.clear_position();
}

void FoldContinued(const v1::TransferContinued& continued, v1::Transfer& state) {
  for (const v1::TransferItemResult& result : continued.results()) FoldResult(result, state);
  state.mutable_position()->set_item_number(continued.next_number());
  state.mutable_position()->set_complete(continued.start_number() == continued.next_number());
  if (continued.has_check_time()) *state.mutable_check_time() = continued.check_time();
  if (continued.has_end()) FoldEnd(continued.end(), state);
}

void FoldSettled(const v1::TransferItemsSettled& settled, v1::Transfer& state) {
  for (const v1::TransferItemResult& result : settled.results()) FoldResult(result, state);
  state.mutable_position()->set_checked_through(settled.checked_through());
  if (settled.has_check_time()) *state.mutable_check_time() = settled.check_time();
  if (settled.has_end()) FoldEnd(settled.end(), state);
}

void FoldCancelled(const v1::TransferCancelled& cancelled, v1::Transfer& state) {
  state.set_cancel_reason(cancelled.reason());
  state.set_stopping(cancelled.stopping());
  if (cancelled.has_end()) FoldEnd(cancelled.end(), state);
}

}  // namespace

void TransferModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      FoldCreated(event.created(), state);
      return;
    case Event::kItemsListed:
      FoldListed(event.items_listed(), state);
      return;
    case Event::kStarted:
      Begin(v1::TRANSFER_STATE_RUNNING, state);
      state.set_starter(event.started().starter());
      *state.mutable_start_time() = event.started().start_time();
      return;
    case Event::kContinued:
      FoldContinued(event.continued(), state);
      return;
    case Event::kItemsSettled:
      FoldSettled(event.items_settled(), state);
      return;
    case Event::kUndoStarted:
      Begin(v1::TRANSFER_STATE_UNDOING, state);
      state.set_undoer(event.undo_started().undoer());
      *state.mutable_undo_start_time() = event.undo_started().undo_start_time();
      state.set_undo_reason(event.undo_started().reason());
      return;
    case Event::kCancelled:
      FoldCancelled(event.cancelled(), state);
      return;
    case Event::kChecked:
      *state.mutable_check_time() = event.checked().check_time();
      state.mutable_position()->set_checked_through(event.checked().checked_through());
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
