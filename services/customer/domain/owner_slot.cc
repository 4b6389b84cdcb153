#include "services/customer/domain/owner_slot.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "services/customer/domain/ownership.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using Event = OwnerSlotModel::Event;

v1::OwnerBookPart PartOf(const BookFacts& facts, const std::string& pool) {
  if (!facts.book.has_value()) return {};
  for (const v1::OwnerBookPart& part : facts.book->parts()) {
    if (part.pool() == pool) return part;
  }
  return {};
}

// The day on which a pick counts: replicas may stand at two days, and days do not go back.
absl::CivilDay PickDay(const v1::OwnerBookPart& part, absl::CivilDay today) {
  return part.has_pick_date() ? std::max(today, base::DayOf(part.pick_date())) : today;
}

int PicksOf(const v1::OwnerBookPart& part, absl::CivilDay today) {
  const bool same = part.has_pick_date() && base::DayOf(part.pick_date()) == PickDay(part, today);
  return same ? part.pick_count() : 0;
}

v1::Reason WhyNot(const v1::OwnerSlot& slot, const v1::OwnerLimits& limits, const BookFacts& facts,
                  absl::CivilDay today) {
  const bool pick = slot.kind() == v1::OWNER_REQUEST_KIND_PICK;
  const bool must_be_known = pick || (facts.pool.has_value() && facts.pool->requires_staff());
  // Who has left, or never was recorded, gets back what was theirs all the same.
  const bool comes_back = slot.kind() == v1::OWNER_REQUEST_KIND_RETURN;
  if (!facts.staff.has_value() && must_be_known && !comes_back) return v1::REASON_STAFF_UNKNOWN;
  if (facts.has_left && !comes_back) return v1::REASON_STAFF_LEFT;
  const v1::OwnerBookPart part = PartOf(facts, slot.pool());
  const int slots = facts.book.has_value() ? facts.book->slot_count() : 0;
  const bool bound = limits.capacity() > 0 || limits.pool_capacity() > 0;
  if (bound && facts.too_many_unslotted) return v1::REASON_CAPACITY_REACHED;
  if (limits.capacity() > 0 && slots + facts.unslotted >= limits.capacity())
    return v1::REASON_CAPACITY_REACHED;
  if (limits.pool_capacity() > 0 &&
      part.slot_count() + facts.pool_unslotted >= limits.pool_capacity())
    return v1::REASON_CAPACITY_REACHED;
  if (pick && limits.daily_limit() > 0 && PicksOf(part, today) >= limits.daily_limit())
    return v1::REASON_DAILY_LIMIT_REACHED;
  return v1::REASON_UNSPECIFIED;
}

// Counts until the answer is known.
void CountUnslotted(const std::string& owner, const v1::OwnerSlot& slot,
                    const v1::OwnerLimits& limits, const engine::Snapshot& snapshot,
                    BookFacts& facts) {
  const auto enough = [](int count, int limit) { return limit > 0 && count >= limit; };
  if (limits.capacity() == 0 && limits.pool_capacity() == 0) return;
  int looked_at = 0;
  for (const auto state : {v1::OWNERSHIP_STATE_OWNED, v1::OWNERSHIP_STATE_TRANSFERRING}) {
    snapshot.Scan(
        kCustomers, "by_ownership",
        [&](const v1::Customer& customer) {
          facts.too_many_unslotted = ++looked_at > kUnslottedMax;
          if (facts.too_many_unslotted) return false;
          ++facts.unslotted;
          const auto pool = PoolOf(customer, snapshot);
          if (pool.has_value() && pool->name() == slot.pool()) ++facts.pool_unslotted;
          return !enough(facts.unslotted, limits.capacity()) &&
                 !enough(facts.pool_unslotted, limits.pool_capacity());
        },
        state, owner, std::string());
  }
}

}  // namespace

BookFacts OwnerSlotModel::Gather(const v1::ReserveSlotRequest& reserve,
                                 const engine::Context& context, const engine::Snapshot& snapshot) {
  const std::string owner(base::KeyOf(context.name));
  BookFacts facts;
  facts.book = snapshot.Get(kOwnerBooks, BookOf(owner));
  const std::string staff = absl::StrCat("staff/", owner);
  facts.staff = snapshot.Get(kStaff, staff);
  RefusedReferences refused;
  NoteStaff("owner", staff, context.business_date, snapshot, refused);
  facts.has_left = facts.staff.has_value() && !refused.empty();
  const std::string& pool = reserve.owner_slot().pool();
  if (!pool.empty()) facts.pool = snapshot.Get(kPools, pool);
  CountUnslotted(owner, reserve.owner_slot(), LimitsOf(owner, facts.pool, facts.staff), snapshot,
                 facts);
  return facts;
}

engine::Decision<OwnerSlotModel> OwnerSlotModel::Decide(const State&,
                                                        const v1::ReserveSlotRequest& reserve,
                                                        const engine::Context& context,
                                                        const BookFacts& facts) {
  const std::string owner(base::KeyOf(context.name));
  v1::OwnerSlot slot = reserve.owner_slot();
  const bool pick = slot.kind() == v1::OWNER_REQUEST_KIND_PICK;
  const absl::CivilDay today = context.business_date;
  *slot.mutable_slot_date() =
      base::DateOf(pick ? PickDay(PartOf(facts, slot.pool()), today) : today);
  const v1::OwnerLimits limits = LimitsOf(owner, facts.pool, facts.staff);
  slot.set_refusal(WhyNot(slot, limits, facts, today));
  Event event;
  if (slot.refusal() != v1::REASON_UNSPECIFIED) {
    slot.set_state(v1::OWNER_SLOT_STATE_REFUSED);
    *event.mutable_refused()->mutable_owner_slot() = slot;
    *event.mutable_refused()->mutable_limits() = limits;
    return event;
  }
  slot.set_state(v1::OWNER_SLOT_STATE_HELD);
  *event.mutable_reserved()->mutable_owner_slot() = slot;
  *event.mutable_reserved()->mutable_limits() = limits;
  return event;
}

engine::Decision<OwnerSlotModel> OwnerSlotModel::Decide(const State& slot,
                                                        const v1::FreeSlotRequest&,
                                                        const engine::Context&) {
  if (slot.state() != v1::OWNER_SLOT_STATE_HELD) return std::nullopt;
  Event event;
  event.mutable_freed()->set_pool(slot.pool());
  return event;
}

void OwnerSlotModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kReserved:
      state = event.reserved().owner_slot();
      return;
    case Event::kRefused:
      state = event.refused().owner_slot();
      return;
    case Event::kFreed:
      state.set_state(v1::OWNER_SLOT_STATE_FREE);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
