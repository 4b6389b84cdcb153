#include "services/customer/domain/ownership.h"

#include <algorithm>
#include <utility>

#include "libs/base/date.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

template <class List, class Value>
bool Fits(const List& allowed, const Value& value) {
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

bool Exempt(const std::string& name, const v1::Pool& pool) {
  const auto& exempt = pool.capacity_exempt_staff();
  return std::find(exempt.begin(), exempt.end(), name) != exempt.end();
}

bool FitsStatus(const v1::RecycleRule& rule, v1::CustomerStatus status) {
  if (rule.statuses().empty()) {
    return status == v1::CUSTOMER_STATUS_SUSPECT || status == v1::CUSTOMER_STATUS_PROSPECT;
  }
  return std::find(rule.statuses().begin(), rule.statuses().end(), status) != rule.statuses().end();
}

// What is not asked for holds always, also by a business date that stands in the past.
bool HasPassed(absl::civil_diff_t days, int wanted) { return wanted == 0 || days >= wanted; }

}  // namespace

bool InScope(const v1::Customer& customer, const v1::PoolScope& scope) {
  return Fits(scope.branches(), customer.branch()) && Fits(scope.teams(), customer.team()) &&
         Fits(scope.territories(), customer.territory()) &&
         Fits(scope.regions(), customer.region()) && Fits(scope.kinds(), customer.kind());
}

std::optional<v1::Pool> PoolOf(const v1::Customer& customer, const engine::Snapshot& snapshot) {
  std::optional<v1::Pool> first;
  snapshot.Scan(kPools, "by_rank", [&](const v1::Pool& pool) {
    if (InScope(customer, pool.scope())) first = pool;
    return !first.has_value();
  });
  return first;
}

v1::OwnerLimits LimitsOf(const std::string& owner, const std::optional<v1::Pool>& pool,
                         const std::optional<v1::Staff>& staff) {
  v1::OwnerLimits limits;
  const bool exempt = staff.has_value() && staff->capacity_exempt();
  if (staff.has_value() && !exempt) limits.set_capacity(staff->capacity());
  if (!pool.has_value()) return limits;
  if (!exempt && !Exempt("staff/" + owner, *pool)) limits.set_pool_capacity(pool->capacity());
  limits.set_daily_limit(pool->pick_rule().daily_limit());
  limits.set_pool_etag(pool->etag());
  return limits;
}

OwnerFacts LookUpOwner(const v1::Customer& customer, const std::string& owner,
                       const engine::Context& context, const engine::Snapshot& snapshot) {
  OwnerFacts facts;
  const std::optional<v1::Pool> pool = PoolOf(customer, snapshot);
  if (pool.has_value()) {
    facts.pool = pool->name();
    facts.pool_takes_unowned = pool->takes_unowned();
  }
  if (owner.empty()) return facts;
  const std::string name = "staff/" + owner;
  const auto staff = snapshot.Get(kStaff, name);
  const v1::OwnerLimits limits = LimitsOf(owner, pool, staff);
  facts.asks_book = limits.capacity() > 0 || limits.pool_capacity() > 0;
  const bool must_be_known = facts.asks_book || (pool.has_value() && pool->requires_staff());
  if (staff.has_value() || must_be_known) {
    RefusedReferences refused;
    NoteStaff("owner", name, context.business_date, snapshot, refused);
    facts.refused = RefusedAt(refused, "owner");
  }
  return facts;
}

bool HeldAt(const v1::OwnerTerm& term, absl::Time as_of, absl::Time known_at) {
  const absl::Time start = base::TimeOf(term.start_time());
  if (start > as_of || start > known_at) return false;
  if (!term.has_end_time()) return true;
  const absl::Time end = base::TimeOf(term.end_time());
  return end > known_at || end > as_of;
}

std::string BookOf(std::string_view owner) { return "ownerBooks/" + std::string(owner); }

std::string SlotOf(std::string_view owner, std::initializer_list<std::string_view> cause) {
  return BookOf(owner) + "/ownerSlots/" + base::DeriveId(cause);
}

const v1::PendingOwner* RequestOf(const v1::CustomerEvent& event) {
  if (event.has_owner_requested()) return &event.owner_requested().owner_request();
  if (event.has_created() && event.created().has_owner_request())
    return &event.created().owner_request();
  if (event.has_updated() && event.updated().has_owner_request())
    return &event.updated().owner_request();
  return nullptr;
}

const v1::RecycleRule* RuleFor(const v1::Customer& customer, const RecycleFacts& facts,
                               absl::CivilDay today, absl::TimeZone zone) {
  if (!facts.pool.has_value() || facts.pool->paused() || !facts.owned_since.has_value())
    return nullptr;
  if (customer.owner().empty() || customer.has_owner_request()) return nullptr;
  if (!customer.merged_into().empty()) return nullptr;
  const auto days_since = [&](absl::Time time) { return today - absl::ToCivilDay(time, zone); };
  const absl::Time alone_since =
      std::max(*facts.owned_since, facts.last_touched.value_or(*facts.owned_since));
  for (const v1::RecycleRule& rule : facts.pool->recycle_rules()) {
    if (rule.disabled() || !FitsStatus(rule, customer.status())) continue;
    if (customer.key_account() && !rule.key_accounts_too()) continue;
    if (!HasPassed(days_since(alone_since), rule.untouched_days())) continue;
    if (!HasPassed(days_since(base::TimeOf(customer.create_time())), rule.created_days())) continue;
    return &rule;
  }
  return nullptr;
}

RecycleFacts LookUpRecycling(const v1::Customer& customer, const std::string& pool,
                             const engine::Snapshot& snapshot) {
  RecycleFacts facts;
  const std::optional<v1::Pool> of_customer = PoolOf(customer, snapshot);
  if (!of_customer.has_value() || of_customer->name() != pool) return facts;
  facts.pool = of_customer;
  snapshot.Scan(
      kOwnerTerms, "by_customer_end",
      [&](const v1::OwnerTerm& term) {
        facts.owned_since = base::TimeOf(term.start_time());
        return false;
      },
      base::KeyOf(customer.name()), std::string());
  for (const std::string& name : NamesOf(customer.name(), snapshot)) {
    const auto touch = snapshot.Get(kStaffTouches, name, customer.owner());
    if (!touch.has_value()) continue;
    const absl::Time time = base::TimeOf(touch->touch_time());
    facts.last_touched = std::max(facts.last_touched.value_or(time), time);
  }
  return facts;
}

void FoldOwner(const std::string& owner, const std::string& owner_slot, const std::string& transfer,
               v1::Customer& state) {
  state.set_owner(owner);
  state.clear_owner_request();
  state.clear_owner_refusal();
  state.clear_pool();
  state.clear_ownership();
  if (!owner_slot.empty()) state.mutable_ownership()->set_owner_slot(owner_slot);
  if (!transfer.empty()) state.mutable_ownership()->set_transfer(transfer);
  FoldOwnershipState(state);
}

void FoldUnowned(const std::string& pool, const google::protobuf::Timestamp& pool_time,
                 v1::Customer& state) {
  FoldOwner("", "", "", state);
  if (pool.empty()) return;
  state.set_pool(pool);
  *state.mutable_ownership()->mutable_pool_time() = pool_time;
  FoldOwnershipState(state);
}

void FoldUpdatedOwner(const v1::CustomerUpdated& updated, v1::Customer& state) {
  const auto& paths = updated.changed().paths();
  if (std::find(paths.begin(), paths.end(), "owner") != paths.end()) {
    if (state.owner().empty()) {
      FoldUnowned(updated.pool(), updated.pool_time(), state);
    } else {
      FoldOwner(state.owner(), "", "", state);
    }
  }
  if (updated.has_owner_request()) *state.mutable_owner_request() = updated.owner_request();
  FoldOwnershipState(state);
}

void FoldRefusal(const v1::CustomerOwnerRefused& refused, v1::Customer& state) {
  state.clear_owner_request();
  if (!refused.pool().empty()) FoldUnowned(refused.pool(), refused.pool_time(), state);
  *state.mutable_owner_refusal() = refused.refusal();
  FoldOwnershipState(state);
}

void FoldOwnershipState(v1::Customer& state) {
  const std::string& slot = state.ownership().owner_slot();
  if (!slot.empty() && !slot.starts_with(BookOf(state.owner()) + "/"))
    state.mutable_ownership()->clear_owner_slot();
  const bool asked = state.has_owner_request();
  if (!state.merged_into().empty()) {
    state.set_ownership_state(v1::OWNERSHIP_STATE_UNSPECIFIED);
  } else if (!state.owner().empty()) {
    state.set_ownership_state(asked ? v1::OWNERSHIP_STATE_TRANSFERRING : v1::OWNERSHIP_STATE_OWNED);
  } else if (asked) {
    state.set_ownership_state(v1::OWNERSHIP_STATE_PICKING);
  } else {
    state.set_ownership_state(state.pool().empty() ? v1::OWNERSHIP_STATE_UNSPECIFIED
                                                   : v1::OWNERSHIP_STATE_IN_POOL);
  }
}

}  // namespace crm::customer
