#include "services/customer/domain/transfer_counts.h"

#include <algorithm>

#include "services/customer/read/transfer_plan.h"

namespace crm::customer {
namespace {

v1::TransferCounts& CountsOf(v1::TransferKind kind, v1::Transfer& transfer) {
  for (v1::TransferCounts& counts : *transfer.mutable_counts()) {
    if (counts.kind() == kind) return counts;
  }
  v1::TransferCounts& counts = *transfer.add_counts();
  counts.set_kind(kind);
  return counts;
}

// What was moved stays counted as such when it is given back.
void Add(v1::TransferItemState state, int more, v1::TransferCounts& counts) {
  switch (state) {
    case v1::TRANSFER_ITEM_STATE_WAITING:
      counts.set_waiting_count(counts.waiting_count() + more);
      return;
    case v1::TRANSFER_ITEM_STATE_MOVED:
      if (more > 0) counts.set_moved_count(counts.moved_count() + more);
      return;
    case v1::TRANSFER_ITEM_STATE_REFUSED:
      counts.set_refused_count(counts.refused_count() + more);
      return;
    case v1::TRANSFER_ITEM_STATE_RETURNED:
      counts.set_returned_count(counts.returned_count() + more);
      return;
    case v1::TRANSFER_ITEM_STATE_KEPT:
      counts.set_kept_count(counts.kept_count() + more);
      return;
    default:
      return;
  }
}

}  // namespace

void ClearCounts(v1::Transfer& transfer) {
  transfer.clear_counts();
  for (const v1::TransferKind kind : KindsOf(transfer)) transfer.add_counts()->set_kind(kind);
}

void CountItem(const v1::TransferItem& item, v1::Transfer& transfer) {
  v1::TransferCounts& counts = CountsOf(item.kind(), transfer);
  counts.set_item_count(counts.item_count() + 1);
  if (!item.foreseen_refusal().empty())
    counts.set_foreseen_refusal_count(counts.foreseen_refusal_count() + 1);
  transfer.set_item_count(transfer.item_count() + 1);
}

void FoldResult(const v1::TransferItemResult& result, v1::Transfer& transfer) {
  v1::TransferCounts& counts = CountsOf(result.kind(), transfer);
  Add(result.previous_state(), -1, counts);
  Add(result.state(), +1, counts);
}

void FoldMeant(const v1::TransferItemsListed& listed, v1::Transfer& transfer) {
  const int receivers = std::min(transfer.receivers_size(), listed.receivers_size());
  for (int i = 0; i < receivers; ++i) {
    v1::TransferReceiver& receiver = *transfer.mutable_receivers(i);
    receiver.set_customer_count(listed.receivers(i).customer_count());
    receiver.set_other_count(listed.receivers(i).other_count());
  }
}

v1::TransferCounts SumOf(const v1::Transfer& transfer) {
  v1::TransferCounts sum;
  for (const v1::TransferCounts& counts : transfer.counts()) {
    sum.set_item_count(sum.item_count() + counts.item_count());
    sum.set_foreseen_refusal_count(sum.foreseen_refusal_count() + counts.foreseen_refusal_count());
    sum.set_waiting_count(sum.waiting_count() + counts.waiting_count());
    sum.set_moved_count(sum.moved_count() + counts.moved_count());
    sum.set_refused_count(sum.refused_count() + counts.refused_count());
    sum.set_returned_count(sum.returned_count() + counts.returned_count());
    sum.set_kept_count(sum.kept_count() + counts.kept_count());
  }
  return sum;
}

}  // namespace crm::customer
