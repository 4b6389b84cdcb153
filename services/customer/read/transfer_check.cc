#include "services/customer/read/transfer_check.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/transfer.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/transfer_outcome.h"
#include "services/customer/read/transfer_plan.h"
#include "services/customer/read/transfer_tables.h"

namespace crm::customer {
namespace {

// The two kinds that are made anew by what shows here. Said twice they are made once.
bool CanBeAskedAgain(const v1::TransferItem& item, const engine::Snapshot& snapshot) {
  if (item.kind() == v1::TRANSFER_KIND_NEXT_STEP) return ShownNextStep(item, snapshot).has_value();
  return item.kind() == v1::TRANSFER_KIND_NOTIFICATION &&
         snapshot.Get(kNotifications, item.target()).has_value();
}

// One stretch of a look.
class Stretch {
 public:
  Stretch(const v1::Transfer& transfer, absl::Time time, const engine::Snapshot& snapshot)
      : transfer_(transfer),
        undoing_(transfer.state() == v1::TRANSFER_STATE_UNDOING),
        time_(time),
        snapshot_(snapshot) {}

  void LookAt(const v1::TransferItem& item) {
    const v1::TransferItemResult result = OutcomeOf(item);
    if (result.state() != v1::TRANSFER_ITEM_STATE_WAITING) {
      look_.items.emplace(result.number(), item);
      look_.found.push_back(result);
    } else if (!undoing_ && CanBeAskedAgain(item, snapshot_)) {
      look_.ask_again.push_back(result.number());
    }
    look_.through = result.number();
  }
  int said() const { return static_cast<int>(look_.found.size() + look_.ask_again.size()); }
  // `whole`: nothing is left for another stretch.
  TransferLook Take(bool whole) {
    if (whole) look_.through = 0;
    return std::move(look_);
  }

 private:
  v1::TransferItemResult OutcomeOf(const v1::TransferItem& item) {
    const PassedByTarget& passed = PassedAt(item.asked_revision());
    v1::TransferItemResult result = undoing_ ? OutcomeOfReturn(transfer_, item, passed, snapshot_)
                                             : OutcomeOfMove(transfer_, item, passed, snapshot_);
    result.set_asked_revision(item.asked_revision());
    const bool in_time = time_ - base::TimeOf(item.update_time()) < kTransferAnswerMax;
    if (result.state() != v1::TRANSFER_ITEM_STATE_WAITING || in_time ||
        IsAsked(transfer_, item, snapshot_))
      return result;
    result.set_state(undoing_ ? v1::TRANSFER_ITEM_STATE_KEPT : v1::TRANSFER_ITEM_STATE_REFUSED);
    result.set_refusal(RefusalWord(v1::REASON_OWNER_CHANGED));
    return result;
  }
  const PassedByTarget& PassedAt(int64_t revision) {
    const auto [passed, is_new] = passed_.try_emplace(revision);
    if (is_new) passed->second = PassedOf(transfer_.name(), revision, snapshot_);
    return passed->second;
  }

  const v1::Transfer& transfer_;
  const bool undoing_;
  const absl::Time time_;
  const engine::Snapshot& snapshot_;
  std::map<int64_t, PassedByTarget> passed_;  // By the revision that asked.
  TransferLook look_;
};

}  // namespace

TransferLook LookAtWaiting(const v1::Transfer& transfer, const TransferStretchMax& max,
                           absl::Time time, const engine::Snapshot& snapshot) {
  v1::TransferItem after;
  after.set_name(TransferItemName(transfer.name(), transfer.position().checked_through()));
  after.set_state(v1::TRANSFER_ITEM_STATE_WAITING);
  Stretch stretch(transfer, time, snapshot);
  int looked_at = 0;
  bool whole = true;
  snapshot.ScanAfter(
      kTransferItems, "by_state", after,
      [&](const v1::TransferItem& item) {
        whole = looked_at < max.items && stretch.said() < max.said;
        if (!whole) return false;
        ++looked_at;
        stretch.LookAt(item);
        return true;
      },
      std::string(base::LastIdOf(transfer.name())), v1::TRANSFER_ITEM_STATE_WAITING);
  return stretch.Take(whole);
}

}  // namespace crm::customer
