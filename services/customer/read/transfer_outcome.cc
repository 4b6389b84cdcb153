#include "services/customer/read/transfer_outcome.h"

#include <string_view>

#include "absl/strings/numbers.h"
#include "libs/base/resource_name.h"
#include "services/customer/domain/customer_hand.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/transfer_plan.h"
#include "services/customer/read/transfer_tables.h"

namespace crm::customer {
namespace {

// What the log says of a command with a field that cannot be.
constexpr std::string_view kInvalidField = "INVALID_FIELD";

int64_t RevisionOf(const std::string& etag) {
  int64_t revision = 0;
  return absl::SimpleAtoi(etag, &revision) ? revision : 0;
}

// One way of a transfer for one item: forth to the receiver, or back to the giver.
class Way {
 public:
  Way(const v1::Transfer& transfer, const v1::TransferItem& item, const PassedByTarget& passed,
      bool back, const engine::Snapshot& snapshot)
      : transfer_(transfer.name()),
        item_(item),
        back_(back),
        to_(base::LastIdOf(back ? transfer.giver() : item.receiver())),
        snapshot_(snapshot),
        result_(ResultOf(item)) {
    if (const auto said = passed.find(AskedOf(item)); said != passed.end()) passed_ = &said->second;
  }

  v1::TransferItemResult OfCustomer();
  v1::TransferItemResult OfPart();
  v1::TransferItemResult OfActivity();
  v1::TransferItemResult OfInterview();
  v1::TransferItemResult OfNextStep();
  v1::TransferItemResult OfNotification();
  v1::TransferItemResult Failed(v1::Reason reason) { return FailedFor(RefusalWord(reason)); }

 private:
  v1::TransferItemResult Done() {
    result_.set_state(back_ ? v1::TRANSFER_ITEM_STATE_RETURNED : v1::TRANSFER_ITEM_STATE_MOVED);
    return result_;
  }
  v1::TransferItemResult FailedFor(const std::string& refusal) {
    result_.set_state(back_ ? v1::TRANSFER_ITEM_STATE_KEPT : v1::TRANSFER_ITEM_STATE_REFUSED);
    result_.set_refusal(refusal);
    return result_;
  }
  v1::TransferItemResult Waits() {
    result_.set_state(v1::TRANSFER_ITEM_STATE_WAITING);
    return result_;
  }
  v1::TransferItemResult DoneIf(bool done) { return done ? Done() : Waits(); }

  bool WasRefused() const { return passed_ != nullptr && !passed_->empty(); }
  // It was theirs before it was asked for: nothing is asked for twice.
  bool WasTheirsBefore() const { return passed_ != nullptr && passed_->empty(); }
  bool WasGiven(const v1::Customer& customer) const;

  const std::string& transfer_;
  const v1::TransferItem& item_;
  const std::string* passed_ = nullptr;
  const bool back_;
  const std::string_view to_;
  const engine::Snapshot& snapshot_;
  v1::TransferItemResult result_;
};

// Also when the customer has changed hands again since.
bool Way::WasGiven(const v1::Customer& customer) const {
  if (customer.owner() == to_ && customer.ownership().transfer() == transfer_) return true;
  bool was = false;
  snapshot_.Scan(
      kOwnerTerms, "by_customer",
      [&](const v1::OwnerTerm& term) {
        was = term.owner() == to_ && term.start_transfer() == transfer_;
        return !was;
      },
      base::KeyOf(customer.name()));
  return was;
}

v1::TransferItemResult Way::OfCustomer() {
  if (WasRefused()) return FailedFor(*passed_);
  if (WasTheirsBefore()) return Done();
  const auto row = snapshot_.Get(kCustomers, item_.target());
  if (!row.has_value()) return Waits();
  if (WasGiven(*row)) return Done();
  // Nobody comes to own it any more, so a book's answer is never heard.
  if (row->status() == v1::CUSTOMER_STATUS_ERASED) return Failed(v1::REASON_CUSTOMER_ERASED);
  if (row->owner_request().transfer() == transfer_) return Waits();
  const v1::OwnerRefusal& refusal = row->owner_refusal();
  if (refusal.transfer() == transfer_ && refusal.owner() == to_) return Failed(refusal.reason());
  return Waits();
}

v1::TransferItemResult Way::OfPart() {
  if (WasRefused()) return FailedFor(*passed_);
  if (WasTheirsBefore()) return Done();
  const auto row = snapshot_.Get(kCustomers, item_.target());
  if (!row.has_value()) return Waits();
  const v1::CollaborationHand hand = HandOf(*row, transfer_);
  return DoneIf(!hand.transfer().empty() && hand.returned() == back_);
}

v1::TransferItemResult Way::OfActivity() {
  if (WasRefused()) return FailedFor(*passed_);
  if (WasTheirsBefore()) return Done();
  const auto row = snapshot_.Get(kActivities, item_.target());
  return DoneIf(row.has_value() && row->owner() == to_ && row->transfer() == transfer_);
}

v1::TransferItemResult Way::OfInterview() {
  if (WasRefused()) return FailedFor(*passed_);
  if (WasTheirsBefore()) return Done();
  const auto row = snapshot_.Get(kInterviews, item_.target());
  return DoneIf(row.has_value() && row->staff() == to_ && row->transfer() == transfer_);
}

v1::TransferItemResult Way::OfNextStep() {
  const auto copy = snapshot_.Get(kActivities, item_.copy());
  // Asked for once more it is refused, as it is there.
  if (!back_ && copy.has_value()) return Done();
  // It was taken away, so an activity of nothing was asked for; and none is there, as the answer
  // and the activity have one key.
  if (!back_ && WasRefused() && *passed_ == kInvalidField) return Failed(v1::REASON_OWNER_CHANGED);
  if (WasRefused()) return FailedFor(*passed_);
  return DoneIf(back_ && copy.has_value() && copy->state() == v1::ACTIVITY_STATE_CANCELLED &&
                copy->cancel_reason() == transfer_);
}

v1::TransferItemResult Way::OfNotification() {
  if (back_) return Failed(v1::REASON_TRANSFER_ITEM_TOLD);
  if (snapshot_.Get(kNotifications, item_.copy()).has_value()) return Done();
  return WasRefused() ? FailedFor(*passed_) : Waits();
}

v1::TransferItemResult OutcomeOf(v1::TransferKind kind, Way way) {
  switch (kind) {
    case v1::TRANSFER_KIND_CUSTOMER:
      return way.OfCustomer();
    case v1::TRANSFER_KIND_COLLABORATION:
      return way.OfPart();
    case v1::TRANSFER_KIND_ACTIVITY:
      return way.OfActivity();
    case v1::TRANSFER_KIND_NEXT_STEP:
      return way.OfNextStep();
    case v1::TRANSFER_KIND_INTERVIEW:
      return way.OfInterview();
    case v1::TRANSFER_KIND_NOTIFICATION:
      return way.OfNotification();
    default:
      return way.Failed(v1::REASON_OWNER_CHANGED);
  }
}

}  // namespace

std::string RefusalWord(v1::Reason reason) {
  constexpr std::string_view kPrefix = "REASON_";
  return v1::Reason_Name(reason).substr(kPrefix.size());
}

bool IsUnsettled(const v1::TransferItem& item, bool undoing) {
  if (item.state() == v1::TRANSFER_ITEM_STATE_WAITING) return true;
  return item.state() ==
         (undoing ? v1::TRANSFER_ITEM_STATE_MOVED : v1::TRANSFER_ITEM_STATE_PLANNED);
}

v1::TransferItemResult ResultOf(const v1::TransferItem& item) {
  v1::TransferItemResult result;
  result.set_number(NumberOf(item));
  result.set_kind(item.kind());
  result.set_target(item.target());
  result.set_customer(item.customer());
  result.set_receiver(item.receiver());
  return result;
}

std::string AskedOf(const v1::TransferItem& item) {
  return item.copy().empty() ? item.target() : item.copy();
}

PassedByTarget PassedOf(const std::string& transfer, int64_t revision,
                        const engine::Snapshot& snapshot) {
  PassedByTarget passed;
  snapshot.Scan(
      kTransferRefusals, "",
      [&](const v1::TransferRefusal& refusal) {
        passed.emplace(refusal.target(), refusal.reason());
        return true;
      },
      transfer, revision);
  return passed;
}

std::optional<v1::Touchpoint> ShownNextStep(const v1::TransferItem& item,
                                            const engine::Snapshot& snapshot) {
  auto touchpoint = snapshot.Get(kTouchpoints, item.target());
  if (touchpoint.has_value() && RevisionOf(touchpoint->etag()) < RevisionOf(item.target_etag()))
    touchpoint.reset();
  return touchpoint;
}

v1::TransferItemResult OutcomeOfMove(const v1::Transfer& transfer, const v1::TransferItem& item,
                                     const PassedByTarget& passed,
                                     const engine::Snapshot& snapshot) {
  Way way(transfer, item, passed, /*back=*/false, snapshot);
  if (item.receiver().empty()) return way.Failed(v1::REASON_TRANSFER_NO_RECEIVER);
  return OutcomeOf(item.kind(), way);
}

v1::TransferItemResult OutcomeOfReturn(const v1::Transfer& transfer, const v1::TransferItem& item,
                                       const PassedByTarget& passed,
                                       const engine::Snapshot& snapshot) {
  return OutcomeOf(item.kind(), Way(transfer, item, passed, /*back=*/true, snapshot));
}

bool IsAsked(const v1::Transfer& transfer, const v1::TransferItem& item,
             const engine::Snapshot& snapshot) {
  if (item.kind() != v1::TRANSFER_KIND_CUSTOMER) return false;
  const auto row = snapshot.Get(kCustomers, item.target());
  return row.has_value() && row->owner_request().transfer() == transfer.name();
}

}  // namespace crm::customer
