#include "services/customer/read/transfer_plan.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "services/customer/domain/ownership.h"
#include "services/customer/domain/transfer.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/transfer_outcome.h"
#include "services/customer/read/transfer_tables.h"

namespace crm::customer {
namespace {

constexpr v1::TransferKind kKinds[] = {v1::TRANSFER_KIND_CUSTOMER,  v1::TRANSFER_KIND_COLLABORATION,
                                       v1::TRANSFER_KIND_ACTIVITY,  v1::TRANSFER_KIND_NEXT_STEP,
                                       v1::TRANSFER_KIND_INTERVIEW, v1::TRANSFER_KIND_NOTIFICATION};

bool SaysNothing(const v1::PoolScope& scope) { return scope.ByteSizeLong() == 0; }

// Pools and receivers whose counts a position carries.
constexpr int kPoolCountsMax = 1'000;

void Foresee(v1::Reason reason, v1::TransferItem& item) {
  if (item.foreseen_refusal().empty()) item.set_foreseen_refusal(RefusalWord(reason));
}

bool IsErased(const v1::Customer& customer) {
  return customer.status() == v1::CUSTOMER_STATUS_ERASED;
}

// Why nobody could give the customer to another.
void ForeseeOf(const v1::Customer& customer, v1::TransferItem& item) {
  if (!customer.merged_into().empty()) Foresee(v1::REASON_CUSTOMER_MERGED, item);
  if (IsErased(customer)) Foresee(v1::REASON_CUSTOMER_ERASED, item);
}

// What the receiver is given instead of the item itself.
std::string CopyOf(const v1::Transfer& transfer, const v1::TransferItem& item) {
  if (item.receiver().empty()) return "";
  const std::string id = base::DeriveId({"transfer-copy", transfer.name(), item.target()});
  if (item.kind() == v1::TRANSFER_KIND_NEXT_STEP) return "activities/" + id;
  if (item.kind() == v1::TRANSFER_KIND_NOTIFICATION)
    return item.receiver() + "/notifications/" + id;
  return "";
}

template <class List, class Value>
bool Has(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

std::vector<v1::TransferKind> KindsOf(const v1::Transfer& transfer) {
  std::vector<v1::TransferKind> kinds;
  for (const v1::TransferKind kind : kKinds) {
    if (transfer.kinds().empty() || Has(transfer.kinds(), kind)) kinds.push_back(kind);
  }
  return kinds;
}

std::string TransferItemName(const std::string& transfer, int number) {
  return absl::StrFormat("%s/transferItems/%08d", transfer, number);
}

int NumberOf(const v1::TransferItem& item) {
  int number = 0;
  const std::string_view id = base::LastIdOf(item.name());
  return absl::SimpleAtoi(absl::string_view(id.data(), id.size()), &number) ? number : 0;
}

TransferPlan::TransferPlan(const v1::Transfer& transfer, absl::TimeZone zone,
                           const engine::Snapshot& snapshot)
    : transfer_(transfer),
      zone_(zone),
      snapshot_(snapshot),
      receivers_(transfer.receivers().begin(), transfer.receivers().end()) {
  for (const v1::TransferPoolCount& count : transfer.position().pool_counts())
    given_by_pool_[{count.receiver(), count.pool()}] = count.customer_count();
  for (const v1::TransferOwnedCount& count : transfer.position().owned_counts())
    owned_[count.receiver()] = count.customer_count();
  // Until something is listed they say what was expected.
  if (transfer.item_count() > 0) return;
  for (v1::TransferReceiver& receiver : receivers_) {
    receiver.clear_customer_count();
    receiver.clear_other_count();
  }
}

v1::TransferItemsListed TransferPlan::Next(int items_max) {
  v1::TransferItemsListed listed;
  listed.set_last(true);
  v1::TransferPosition& next = *listed.mutable_next();
  next = transfer_.position();
  int number = transfer_.item_count();
  for (const v1::TransferKind kind : KindsOf(transfer_)) {
    if (kind < next.kind()) continue;
    const std::string behind = kind == next.kind() ? next.told_through() : "";
    for (const Holding& holding : Behind(kind, behind)) {
      if (listed.transfer_items_size() == items_max) {
        listed.set_last(false);
        break;
      }
      v1::TransferItem item = ItemOf(kind, holding);
      item.set_name(TransferItemName(transfer_.name(), ++number));
      *listed.add_transfer_items() = std::move(item);
      next.set_kind(kind);
      next.set_told_through(holding.target);
    }
    if (!listed.last()) break;
  }
  for (const v1::TransferReceiver& receiver : receivers_) {
    v1::TransferReceiver& meant = *listed.add_receivers();
    meant = receiver;
    meant.clear_scope();
  }
  SetCounts(next);
  return listed;
}

void TransferPlan::SetCounts(v1::TransferPosition& next) const {
  next.clear_pool_counts();
  for (const auto& [given, customers] : given_by_pool_) {
    if (next.pool_counts_size() == kPoolCountsMax) break;
    v1::TransferPoolCount& count = *next.add_pool_counts();
    count.set_receiver(given.first);
    count.set_pool(given.second);
    count.set_customer_count(customers);
  }
  next.clear_owned_counts();
  for (const auto& [receiver, customers] : owned_) {
    v1::TransferOwnedCount& count = *next.add_owned_counts();
    count.set_receiver(receiver);
    count.set_customer_count(customers);
  }
}

std::vector<Holding> TransferPlan::Behind(v1::TransferKind kind, const std::string& told_through) {
  std::vector<Holding> holdings;
  const bool saw_all =
      VisitHoldings(kind, transfer_.giver(), base::DayOf(transfer_.business_date()), zone_,
                    snapshot_, kTransferItemsMax, [&](const Holding& holding) {
                      if (holding.target > told_through && InScopeOf(holding))
                        holdings.push_back(holding);
                      return true;
                    });
  saw_too_much_ = saw_too_much_ || !saw_all;
  std::sort(holdings.begin(), holdings.end(),
            [](const Holding& a, const Holding& b) { return a.target < b.target; });
  return holdings;
}

bool TransferPlan::InScopeOf(const Holding& holding) const {
  if (SaysNothing(transfer_.scope())) return true;
  if (holding.customer.empty()) return false;
  const auto customer = snapshot_.Get(kCustomers, holding.customer);
  return customer.has_value() && InScope(*customer, transfer_.scope());
}

v1::TransferItem TransferPlan::ItemOf(v1::TransferKind kind, const Holding& holding) {
  v1::TransferItem item;
  item.set_kind(kind);
  item.set_target(holding.target);
  item.set_customer(holding.customer);
  item.set_target_etag(holding.etag);
  item.set_state(v1::TRANSFER_ITEM_STATE_PLANNED);
  std::optional<v1::Customer> customer;
  if (!holding.customer.empty()) customer = snapshot_.Get(kCustomers, holding.customer);
  if (kind == v1::TRANSFER_KIND_CUSTOMER && customer.has_value()) {
    GiveCustomer(*customer, item);
  } else {
    GiveOther(holding, customer, item);
  }
  item.set_copy(CopyOf(transfer_, item));
  return item;
}

void TransferPlan::GiveCustomer(const v1::Customer& customer, v1::TransferItem& item) {
  ForeseeOf(customer, item);
  if (customer.has_owner_request()) Foresee(v1::REASON_OWNER_PENDING, item);
  const std::vector<int> fitting = Fitting(customer);
  if (fitting.empty()) {
    Foresee(v1::REASON_TRANSFER_NO_RECEIVER, item);
    return;
  }
  const std::optional<v1::Pool> pool = PoolOf(customer, snapshot_);
  const int chosen = Choose(fitting, pool);
  v1::TransferReceiver& receiver = receivers_[chosen];
  item.set_receiver(receiver.staff());
  const std::optional<int> room = RoomOf(chosen, pool);
  if (room.has_value() && *room <= 0) Foresee(v1::REASON_CAPACITY_REACHED, item);
  receivers_by_customer_[customer.name()] = receiver.staff();
  if (!item.foreseen_refusal().empty()) return;
  receiver.set_customer_count(receiver.customer_count() + 1);
  if (LimitsAt(chosen, pool).pool_capacity() > 0)
    ++given_by_pool_[{receiver.staff(), pool->name()}];
}

void TransferPlan::GiveOther(const Holding& holding, const std::optional<v1::Customer>& customer,
                             v1::TransferItem& item) {
  if (customer.has_value() && item.kind() == v1::TRANSFER_KIND_COLLABORATION)
    ForeseeOf(*customer, item);
  const bool needs_customer =
      item.kind() == v1::TRANSFER_KIND_NEXT_STEP || item.kind() == v1::TRANSFER_KIND_INTERVIEW;
  if (customer.has_value() && needs_customer && IsErased(*customer))
    Foresee(v1::REASON_CUSTOMER_ERASED, item);
  item.set_receiver(ReceiverOf(holding.customer));
  for (v1::TransferReceiver& receiver : receivers_) {
    if (receiver.staff() == item.receiver()) receiver.set_other_count(receiver.other_count() + 1);
  }
  if (item.receiver().empty()) {
    const std::vector<int> fitting = Fitting(customer);
    if (fitting.empty()) {
      Foresee(v1::REASON_TRANSFER_NO_RECEIVER, item);
      return;
    }
    const int chosen = *std::min_element(fitting.begin(), fitting.end(), [&](int a, int b) {
      return receivers_[a].other_count() < receivers_[b].other_count();
    });
    receivers_[chosen].set_other_count(receivers_[chosen].other_count() + 1);
    item.set_receiver(receivers_[chosen].staff());
  }
  if (item.kind() != v1::TRANSFER_KIND_COLLABORATION || !customer.has_value()) return;
  const std::string_view receiver = base::LastIdOf(item.receiver());
  item.set_already_theirs(customer->owner() == receiver ||
                          Has(customer->collaborators(), receiver));
}

std::vector<int> TransferPlan::Fitting(const std::optional<v1::Customer>& customer) const {
  std::vector<int> by_scope, without;
  for (size_t i = 0; i < receivers_.size(); ++i) {
    const v1::PoolScope& scope = receivers_[i].scope();
    if (SaysNothing(scope) || !customer.has_value()) {
      without.push_back(static_cast<int>(i));
    } else if (InScope(*customer, scope)) {
      by_scope.push_back(static_cast<int>(i));
    }
  }
  return by_scope.empty() ? without : by_scope;
}

v1::OwnerLimits TransferPlan::LimitsAt(int receiver, const std::optional<v1::Pool>& pool) {
  const std::string& name = receivers_[receiver].staff();
  const auto [staff, is_new] = staff_.try_emplace(receiver);
  if (is_new) staff->second = snapshot_.Get(kStaff, name);
  return LimitsOf(std::string(base::LastIdOf(name)), pool, staff->second);
}

// How many customers a receiver has, counted once: up to their capacity; 0: they have none.
int TransferPlan::OwnedBy(int receiver, int capacity) {
  const std::string& name = receivers_[receiver].staff();
  const auto [found, is_new] = owned_.try_emplace(name, 0);
  int& owned = found->second;
  if (!is_new) return owned;
  int looked_at = 0;
  snapshot_.Scan(
      kCustomers, "by_owner",
      [&](const v1::Customer& customer) {
        if (customer.merged_into().empty()) ++owned;
        return ++looked_at <= kTransferItemsMax && (capacity == 0 || owned < capacity);
      },
      std::string(base::LastIdOf(name)));
  return owned;
}

std::optional<int> TransferPlan::RoomOf(int receiver, const std::optional<v1::Pool>& pool) {
  const v1::OwnerLimits limits = LimitsAt(receiver, pool);
  std::optional<int> room;
  if (limits.capacity() > 0) {
    room = limits.capacity() - OwnedBy(receiver, limits.capacity()) -
           receivers_[receiver].customer_count();
  }
  if (limits.pool_capacity() == 0 || !pool.has_value()) return room;
  const int of_pool = limits.pool_capacity() - GivenOfPool(receiver, pool->name());
  return room.has_value() ? std::min(*room, of_pool) : of_pool;
}

// What the receiver has of a pool, and was given of it by this transfer.
int TransferPlan::GivenOfPool(int receiver, const std::string& pool) {
  const auto found = given_by_pool_.find({receivers_[receiver].staff(), pool});
  int given = found == given_by_pool_.end() ? 0 : found->second;
  const auto book =
      snapshot_.Get(kOwnerBooks, BookOf(base::LastIdOf(receivers_[receiver].staff())));
  if (!book.has_value()) return given;
  for (const v1::OwnerBookPart& part : book->parts()) {
    if (part.pool() == pool) given += part.slot_count();
  }
  return given;
}

int TransferPlan::Choose(const std::vector<int>& among, const std::optional<v1::Pool>& pool) {
  constexpr int kNoLimit = std::numeric_limits<int>::max();
  const bool most_room = transfer_.rule() == v1::TRANSFER_RULE_MOST_ROOM;
  // The smallest is chosen: who has room, then as the rule says, then the first.
  const auto rank = [&](int receiver) {
    const int room = RoomOf(receiver, pool).value_or(kNoLimit);
    const int given = receivers_[receiver].customer_count();
    const int had = most_room ? OwnedBy(receiver, LimitsAt(receiver, pool).capacity()) : 0;
    return std::make_pair(std::make_pair(room <= 0, most_room ? -room : 0), had + given);
  };
  int chosen = among.front();
  for (const int receiver : among) {
    if (rank(receiver) < rank(chosen)) chosen = receiver;
  }
  return chosen;
}

// Who receives the customer by this transfer; empty: it does not move it.
std::string TransferPlan::ReceiverOf(const std::string& customer) const {
  if (customer.empty()) return "";
  const std::string name = SurvivorOf(customer, snapshot_);
  const auto found = receivers_by_customer_.find(name);
  if (found != receivers_by_customer_.end()) return found->second;
  std::string receiver;
  snapshot_.Scan(
      kTransferItems, "by_target",
      [&](const v1::TransferItem& item) {
        const bool ours = item.kind() == v1::TRANSFER_KIND_CUSTOMER &&
                          base::ParentOf(item.name()) == transfer_.name();
        if (ours) receiver = item.receiver();
        return !ours;
      },
      name);
  return receiver;
}

}  // namespace crm::customer
