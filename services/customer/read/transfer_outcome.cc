#include "services/customer/read/transfer_outcome.h"

#include <algorithm>
#include <string_view>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/resource_name.h"
#include "services/customer/domain/activity_series.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/transfer_plan.h"

namespace crm::customer {
namespace {

// As a refusal names it: without the prefix of the enum.
std::string Word(v1::Reason reason) {
  constexpr std::string_view kPrefix = "REASON_";
  return v1::Reason_Name(reason).substr(kPrefix.size());
}

bool Has(const v1::Customer& customer, std::string_view staff) {
  const auto& parts = customer.collaborators();
  return std::find(parts.begin(), parts.end(), staff) != parts.end();
}

// Why a customer is not whose it was to be.
v1::Reason WhyNot(const v1::Customer& customer, std::string_view giver, std::string_view receiver) {
  if (customer.status() == v1::CUSTOMER_STATUS_ERASED) return v1::REASON_CUSTOMER_ERASED;
  if (!customer.merged_into().empty()) return v1::REASON_CUSTOMER_MERGED;
  if (customer.has_owner_refusal() && customer.owner() == giver &&
      customer.owner_refusal().owner() == receiver)
    return customer.owner_refusal().reason();
  return v1::REASON_OWNER_CHANGED;
}

v1::Reason WhyNot(const v1::Activity& activity) {
  return IsOpen(activity) ? v1::REASON_OWNER_CHANGED : v1::REASON_ACTIVITY_CLOSED;
}

v1::Reason WhyNot(const v1::Interview& interview) {
  return interview.status() == v1::INTERVIEW_STATUS_PLANNED ? v1::REASON_OWNER_CHANGED
                                                            : v1::REASON_INTERVIEW_CLOSED;
}

// Done, or why not: what the log said of it goes before what the row shows.
class Outcome {
 public:
  Outcome(const v1::TransferItem& item, v1::TransferItemState done, v1::TransferItemState failed,
          const std::string& refusal)
      : done_(done), failed_(failed), refusal_(refusal), result_(ResultOf(item)) {}

  v1::TransferItemResult Of(bool done, v1::Reason why_not) {
    result_.set_state(done ? done_ : failed_);
    if (!done) result_.set_refusal(refusal_.empty() ? Word(why_not) : refusal_);
    return result_;
  }
  v1::TransferItemResult Waits() {
    result_.set_state(v1::TRANSFER_ITEM_STATE_WAITING);
    return result_;
  }

 private:
  const v1::TransferItemState done_, failed_;
  const std::string& refusal_;
  v1::TransferItemResult result_;
};

}  // namespace

v1::TransferItemResult ResultOf(const v1::TransferItem& item) {
  v1::TransferItemResult result;
  result.set_number(NumberOf(item));
  result.set_kind(item.kind());
  result.set_target(item.target());
  result.set_customer(item.customer());
  result.set_receiver(item.receiver());
  return result;
}

v1::TransferItemResult OutcomeOfMove(const v1::Transfer& transfer, const v1::TransferItem& item,
                                     const std::string& refusal, const engine::Snapshot& snapshot) {
  Outcome outcome(item, v1::TRANSFER_ITEM_STATE_MOVED, v1::TRANSFER_ITEM_STATE_REFUSED, refusal);
  if (item.receiver().empty()) return outcome.Of(false, v1::REASON_TRANSFER_NO_RECEIVER);
  const std::string_view receiver = base::LastIdOf(item.receiver());
  const std::string_view giver = base::LastIdOf(transfer.giver());
  switch (item.kind()) {
    case v1::TRANSFER_KIND_CUSTOMER: {
      const auto row = snapshot.Get(kCustomers, item.target()).value_or(v1::Customer());
      const v1::Reason why_not = WhyNot(row, giver, receiver);
      const bool open = row.status() != v1::CUSTOMER_STATUS_ERASED && row.merged_into().empty();
      if (open && row.has_owner_request() && row.owner_request().owner() == receiver)
        return outcome.Waits();
      return outcome.Of(row.owner() == receiver, why_not);
    }
    case v1::TRANSFER_KIND_COLLABORATION: {
      const auto row = snapshot.Get(kCustomers, item.target()).value_or(v1::Customer());
      const bool done = !Has(row, giver) && (Has(row, receiver) || row.owner() == receiver);
      return outcome.Of(done, WhyNot(row, "", ""));
    }
    case v1::TRANSFER_KIND_ACTIVITY: {
      const auto row = snapshot.Get(kActivities, item.target()).value_or(v1::Activity());
      return outcome.Of(IsOpen(row) && row.owner() == receiver, WhyNot(row));
    }
    case v1::TRANSFER_KIND_INTERVIEW: {
      const auto row = snapshot.Get(kInterviews, item.target()).value_or(v1::Interview());
      const bool open = row.status() == v1::INTERVIEW_STATUS_PLANNED;
      return outcome.Of(open && row.staff() == receiver, WhyNot(row));
    }
    case v1::TRANSFER_KIND_NEXT_STEP:
      return outcome.Of(snapshot.Get(kActivities, item.copy()).has_value(),
                        v1::REASON_OWNER_CHANGED);
    case v1::TRANSFER_KIND_NOTIFICATION:
      return outcome.Of(snapshot.Get(kNotifications, item.copy()).has_value(),
                        v1::REASON_OWNER_CHANGED);
    default:
      return outcome.Of(false, v1::REASON_OWNER_CHANGED);
  }
}

v1::TransferItemResult OutcomeOfReturn(const v1::Transfer& transfer, const v1::TransferItem& item,
                                       const std::string& refusal,
                                       const engine::Snapshot& snapshot) {
  Outcome outcome(item, v1::TRANSFER_ITEM_STATE_RETURNED, v1::TRANSFER_ITEM_STATE_KEPT, refusal);
  const std::string_view giver = base::LastIdOf(transfer.giver());
  switch (item.kind()) {
    case v1::TRANSFER_KIND_CUSTOMER: {
      const auto row = snapshot.Get(kCustomers, item.target()).value_or(v1::Customer());
      return outcome.Of(row.owner() == giver, WhyNot(row, "", ""));
    }
    case v1::TRANSFER_KIND_COLLABORATION: {
      const auto row = snapshot.Get(kCustomers, item.target()).value_or(v1::Customer());
      return outcome.Of(Has(row, giver), WhyNot(row, "", ""));
    }
    case v1::TRANSFER_KIND_ACTIVITY: {
      const auto row = snapshot.Get(kActivities, item.target()).value_or(v1::Activity());
      return outcome.Of(row.owner() == giver, WhyNot(row));
    }
    case v1::TRANSFER_KIND_INTERVIEW: {
      const auto row = snapshot.Get(kInterviews, item.target()).value_or(v1::Interview());
      return outcome.Of(row.staff() == giver, WhyNot(row));
    }
    case v1::TRANSFER_KIND_NEXT_STEP: {
      const auto row = snapshot.Get(kActivities, item.copy()).value_or(v1::Activity());
      const bool taken_back =
          row.state() == v1::ACTIVITY_STATE_CANCELLED && row.cancel_reason() == transfer.name();
      return outcome.Of(taken_back, WhyNot(row));
    }
    default:
      return outcome.Of(false, v1::REASON_TRANSFER_ITEM_TOLD);
  }
}

bool IsStillMoved(const v1::Transfer& transfer, const v1::TransferItem& item,
                  const v1::Customer& customer, const engine::Snapshot& snapshot) {
  if (customer.owner() != base::LastIdOf(item.receiver())) return false;
  bool still = false;
  snapshot.Scan(
      kOwnerTerms, "by_customer_end",
      [&](const v1::OwnerTerm& term) {
        still = !term.has_end_time() && term.start_reason() == transfer.name();
        return false;
      },
      base::KeyOf(customer.name()));
  return still;
}

}  // namespace crm::customer
