#include "services/customer/react/ownership_reactions.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/ownership_internal.pb.h"
#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "libs/engine/update.h"
#include "services/customer/domain/notice.h"
#include "services/customer/domain/ownership.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using CustomerEvent = v1::CustomerEvent;

// Most events say nothing of an owner; a new kind of event is looked at.
bool LeavesOwner(const CustomerEvent& event) {
  if (event.has_updated()) {
    const auto& paths = event.updated().changed().paths();
    return std::find(paths.begin(), paths.end(), "owner") == paths.end();
  }
  return event.has_created() || event.has_verified() || event.has_activated() ||
         event.has_order_noted() || event.has_became_inactive() || event.has_tier_changed() ||
         event.has_qualified() || event.has_lost() || event.has_owner_requested();
}

void Free(const std::string& slot, engine::Commands& commands) {
  if (slot.empty()) return;
  auto free = std::make_unique<v1::FreeSlotRequest>();
  free->set_name(slot);
  commands.push_back(std::move(free));
}

// Nobody owns what is erased, and nobody comes to own it.
void FreeOfErased(const v1::Customer& customer, engine::Commands& commands) {
  if (customer.status() != v1::CUSTOMER_STATUS_ERASED) return;
  Free(customer.owner_request().owner_slot(), commands);
  if (customer.ownership().owner_slot() != customer.owner_request().owner_slot())
    Free(customer.ownership().owner_slot(), commands);
}

// The slots of terms that ended with the event of this revision.
std::vector<std::string> EndedSlots(const engine::EventMeta& meta,
                                    const engine::Snapshot& snapshot) {
  std::vector<std::string> slots;
  snapshot.Scan(
      kOwnerTerms, "by_customer",
      [&](const v1::OwnerTerm& term) {
        const bool ended = term.has_end_time() && term.etag() == engine::EtagOf(meta.revision);
        if (ended) slots.push_back(term.owner_slot());
        return true;
      },
      base::KeyOf(meta.name));
  return slots;
}

}  // namespace

engine::Commands OnOwnerChange(const engine::ForeignEvent<CustomerEvent>& customer,
                               const engine::Snapshot& snapshot) {
  engine::Commands commands;
  if (const v1::PendingOwner* request = RequestOf(customer.event); request != nullptr) {
    auto reserve = std::make_unique<v1::ReserveSlotRequest>();
    reserve->set_parent(BookOf(request->owner()));
    reserve->set_owner_slot_id(std::string(base::LastIdOf(request->owner_slot())));
    v1::OwnerSlot& slot = *reserve->mutable_owner_slot();
    slot.set_customer(customer.meta.name);
    slot.set_pool(request->pool());
    slot.set_kind(request->kind());
    commands.push_back(std::move(reserve));
  }
  if (LeavesOwner(customer.event)) return commands;
  if (customer.event.has_merged()) {
    Free(customer.event.merged().customer().ownership().owner_slot(), commands);
    return commands;
  }
  const std::vector<std::string> ended = EndedSlots(customer.meta, snapshot);
  for (const std::string& slot : ended) Free(slot, commands);
  if (commands.empty()) {
    const auto row = snapshot.Get(kCustomers, customer.meta.name);
    if (row.has_value()) FreeOfErased(*row, commands);
  }
  return commands;
}

engine::Commands OnOwnerSlot(const engine::ForeignEvent<v1::OwnerSlotEvent>& slot,
                             const engine::Snapshot&) {
  engine::Commands commands;
  if (!slot.event.has_reserved() && !slot.event.has_refused()) return commands;
  const v1::OwnerSlot& decided = slot.event.has_reserved() ? slot.event.reserved().owner_slot()
                                                           : slot.event.refused().owner_slot();
  auto settle = std::make_unique<v1::SettleOwnerRequest>();
  settle->set_name(decided.customer());
  settle->set_owner_slot(slot.meta.name);
  settle->set_refusal(decided.refusal());
  commands.push_back(std::move(settle));
  return commands;
}

engine::Commands OnPool(const engine::ForeignEvent<v1::PoolEvent>& pool,
                        const engine::Snapshot& snapshot) {
  if (pool.event.has_swept()) {
    return Recycle(pool.event.swept().sweep(), pool.meta.name, SweepStretch(), snapshot);
  }
  if (pool.event.has_sweep_continued()) {
    return Recycle(pool.event.sweep_continued().sweep(), pool.meta.name, SweepStretch(), snapshot);
  }
  return {};
}

engine::Commands Recycle(const v1::PoolSweep& sweep, const std::string& pool,
                         const SweepStretch& stretch, const engine::Snapshot& snapshot) {
  // The company's time zone is not known here; who is asked a day too early says so.
  const absl::CivilDay today = base::DayOf(sweep.business_date()) + 1;
  v1::Customer after;
  after.set_name(sweep.told_through());
  engine::Commands commands;
  size_t looked_at = 0;
  bool more = false;
  snapshot.ScanAfter(kCustomers, "", after, [&](const v1::Customer& customer) {
    more = looked_at == stretch.rows_max || commands.size() == stretch.commands_max;
    if (more) return false;
    ++looked_at;
    after.set_name(customer.name());
    if (customer.ownership_state() != v1::OWNERSHIP_STATE_OWNED) return true;
    const RecycleFacts facts = LookUpRecycling(customer, pool, snapshot);
    if (RuleFor(customer, facts, today, absl::UTCTimeZone()) == nullptr) return true;
    auto recycle = std::make_unique<v1::RecycleCustomerRequest>();
    recycle->set_name(customer.name());
    recycle->set_pool(pool);
    commands.push_back(std::move(recycle));
    return true;
  });
  if (!more) return commands;
  auto next = std::make_unique<v1::ContinueSweepRequest>();
  next->set_name(pool);
  next->set_number(sweep.number());
  next->set_told_through(after.name());
  commands.push_back(std::move(next));
  return commands;
}

engine::Commands OnOwnerNews(const engine::ForeignEvent<CustomerEvent>& customer,
                             const engine::Snapshot&) {
  engine::Commands commands;
  const auto tell = [&](const std::string& staff, v1::NotificationReason reason,
                        const std::string& note) {
    AddNotice(customer.meta,
              {.staff = staff,
               .reason = reason,
               .about = customer.meta.name,
               .customer = customer.meta.name,
               .note = note},
              commands);
  };
  if (customer.event.has_owner_granted()) {
    const v1::CustomerOwnerGranted& granted = customer.event.owner_granted();
    const v1::PendingOwner& request = granted.owner_request();
    // A transfer tells each receiver once, when it has ended.
    if (!request.transfer().empty()) return commands;
    // Who picks is told too: the answer comes after the call.
    tell(request.owner(), v1::NOTIFICATION_REASON_CUSTOMER_GIVEN, request.reason());
    tell(granted.previous_owner(), v1::NOTIFICATION_REASON_CUSTOMER_TAKEN, request.reason());
  } else if (customer.event.has_owner_refused()) {
    const v1::OwnerRefusal& refusal = customer.event.owner_refused().refusal();
    // A transfer tells when it has ended; thousands of rows would be thousands of notices.
    if (!refusal.transfer().empty() || refusal.imported()) return commands;
    const bool is_pick = refusal.kind() == v1::OWNER_REQUEST_KIND_PICK;
    tell(is_pick ? refusal.owner() : StaffOfActor(refusal.actor()),
         v1::NOTIFICATION_REASON_PICK_REFUSED, v1::Reason_Name(refusal.reason()));
  } else if (customer.event.has_recycled()) {
    tell(customer.event.recycled().previous_owner(), v1::NOTIFICATION_REASON_CUSTOMER_RECYCLED,
         customer.event.recycled().recycle_rule());
  }
  return commands;
}

}  // namespace crm::customer
