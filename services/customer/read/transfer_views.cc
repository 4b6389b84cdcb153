#include "services/customer/read/transfer_views.h"

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "libs/table/rows.h"
#include "services/customer/read/transfer_plan.h"
#include "services/customer/read/transfer_tables.h"

namespace crm::customer {
namespace {

constexpr std::string_view kTransfersPrefix = "transfers/";

void PutListed(const v1::TransferItemsListed& listed, const engine::EventMeta& meta,
               engine::Rows& rows) {
  for (v1::TransferItem item : listed.transfer_items()) {
    item.set_etag(engine::EtagOf(meta.revision));
    *item.mutable_create_time() = base::TimestampOf(meta.time);
    *item.mutable_update_time() = base::TimestampOf(meta.time);
    rows.Put(kTransferItems, item);
  }
}

template <class Results>
void PutResults(const Results& results, const engine::EventMeta& meta, engine::Rows& rows) {
  for (const v1::TransferItemResult& result : results) {
    auto item = rows.Get(kTransferItems, TransferItemName(meta.name, result.number()));
    if (!item.has_value()) continue;
    item->set_state(result.state());
    item->set_refusal(result.refusal());
    item->set_asked_revision(result.asked_revision());
    item->set_etag(engine::EtagOf(meta.revision));
    *item->mutable_update_time() = base::TimestampOf(meta.time);
    rows.Put(kTransferItems, *item);
  }
}

// Since when they wait stays.
template <class Fact>
void PutAskedAgain(const Fact& fact, const engine::EventMeta& meta, engine::Rows& rows) {
  for (const int32_t number : fact.asked_numbers()) {
    auto item = rows.Get(kTransferItems, TransferItemName(meta.name, number));
    if (!item.has_value()) continue;
    item->set_asked_revision(meta.revision);
    item->set_etag(engine::EtagOf(meta.revision));
    rows.Put(kTransferItems, *item);
  }
}

}  // namespace

void ProjectTransfer(const engine::Change<TransferModel>& change, engine::Rows& rows) {
  using Event = TransferModel::Event;
  switch (change.event.event_case()) {
    case Event::kItemsListed:
      PutListed(change.event.items_listed(), change.meta, rows);
      return;
    case Event::kContinued:
      PutResults(change.event.continued().results(), change.meta, rows);
      return;
    case Event::kItemsSettled:
      PutResults(change.event.items_settled().results(), change.meta, rows);
      PutAskedAgain(change.event.items_settled(), change.meta, rows);
      return;
    case Event::kChecked:
      PutAskedAgain(change.event.checked(), change.meta, rows);
      return;
    case Event::kCreated:
    case Event::kStarted:
    case Event::kUndoStarted:
    case Event::kCancelled:
    case Event::EVENT_NOT_SET:
      return;
  }
}

void ProjectTransferRefusal(const engine::Passed& passed, engine::Rows& rows) {
  if (passed.reaction != kOnTransfer || passed.target.starts_with(kTransfersPrefix)) return;
  v1::TransferRefusal refusal;
  refusal.set_transfer(passed.source);
  refusal.set_revision(passed.source_revision);
  refusal.set_partition(passed.partition);
  refusal.set_target(passed.target);
  refusal.set_reason(passed.reason);
  rows.Put(kTransferRefusals, refusal);
}

}  // namespace crm::customer
