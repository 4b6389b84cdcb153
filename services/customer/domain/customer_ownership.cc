#include "services/customer/domain/customer_ownership.h"

#include <algorithm>
#include <string_view>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/customer_merge.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using Event = CustomerModel::Event;

// A slot is named after what the customer was when it asked, which it never is again.
v1::PendingOwner Request(const v1::Customer& customer, const OwnerWish& wish,
                         const std::string& pool, const engine::Context& context) {
  v1::PendingOwner request;
  request.set_owner(wish.owner);
  request.set_kind(wish.kind);
  request.set_owner_slot(SlotOf(wish.owner, {context.name, customer.etag()}));
  request.set_pool(pool);
  request.set_reason(wish.reason);
  request.set_transfer(wish.transfer);
  request.set_actor(context.actor);
  *request.mutable_request_time() = base::TimestampOf(context.time);
  return request;
}

std::string PickerOf(const v1::PickCustomerRequest& pick, const engine::Context& context) {
  return pick.picker().empty() ? StaffOfActor(context.actor) : pick.picker();
}

template <class List>
bool Among(const List& allowed, const std::string& value) {
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

absl::Status CheckPick(const v1::Customer& customer, const PickFacts& facts,
                       const engine::Context& context) {
  if (!facts.refused.ok()) return facts.refused;
  if (!facts.pool.has_value() || !facts.picker.has_value())
    return base::Refused(v1::REASON_POOL_UNKNOWN, "the pool is not known here",
                         {{"name", customer.pool()}});
  if (facts.pool->paused()) return base::Refused(v1::REASON_POOL_PAUSED, "the pool is paused");
  const v1::PickRule& rule = facts.pool->pick_rule();
  if (!Among(rule.branches(), facts.picker->branch()) || !Among(rule.teams(), facts.picker->team()))
    return base::Refused(v1::REASON_PICKER_OUTSIDE_POOL,
                         "who picks belongs to no branch or team that may");
  // By the clock, as what is recorded is: the business date may stand in the past.
  const absl::CivilDay today = absl::ToCivilDay(context.time, context.zone);
  if (facts.given_up.has_value() && today - *facts.given_up < rule.former_owner_days())
    return base::Refused(v1::REASON_FORMER_OWNER_WAITS, "a former owner may not pick it yet");
  const absl::CivilDay made = absl::ToCivilDay(base::TimeOf(customer.create_time()), context.zone);
  if (today - made < rule.new_data_days())
    return base::Refused(v1::REASON_DATA_TOO_NEW, "the customer was recorded too recently");
  return absl::OkStatus();
}

void TakeOut(std::string_view path, google::protobuf::FieldMask& mask) {
  auto& paths = *mask.mutable_paths();
  paths.erase(std::remove(paths.begin(), paths.end(), path), paths.end());
}

}  // namespace

absl::Status CheckOpen(const v1::Customer& customer) {
  if (absl::Status s = CheckNotErased(customer.status()); !s.ok()) return s;
  return CheckNotMerged(customer);
}

absl::Status OwnerPending(const v1::Customer& customer) {
  return base::Refused(v1::REASON_OWNER_PENDING,
                       "another owner is being asked for the customer; try again",
                       {{"owner", customer.owner_request().owner()}});
}

v1::CustomerEvent GiveTo(const OwnerWish& wish, const v1::Customer& customer,
                         const OwnerFacts& facts, const engine::Context& context) {
  Event event;
  if (facts.asks_book) {
    *event.mutable_owner_requested()->mutable_owner_request() =
        Request(customer, wish, facts.pool, context);
    return event;
  }
  auto& transferred = *event.mutable_transferred();
  transferred.set_previous_owner(customer.owner());
  transferred.set_owner(wish.owner);
  transferred.set_reason(wish.reason);
  transferred.set_transfer(wish.transfer);
  return event;
}

absl::Status GiveOwner(const OwnerFacts& facts, const engine::Context& context,
                       v1::CustomerCreated& created) {
  v1::Customer& customer = *created.mutable_customer();
  if (customer.owner().empty()) {
    if (!facts.pool_takes_unowned) return absl::OkStatus();
    customer.set_pool(facts.pool);
    *customer.mutable_ownership()->mutable_pool_time() = base::TimestampOf(context.time);
    return absl::OkStatus();
  }
  if (!base::IsResourceId(customer.owner()))
    return base::Invalid("customer.owner", "must be an id of staff");
  if (!facts.refused.ok()) return facts.refused;
  if (!facts.asks_book) return absl::OkStatus();
  *created.mutable_owner_request() =
      Request({}, {.owner = customer.owner(), .kind = v1::OWNER_REQUEST_KIND_ASSIGN, .reason = ""},
              facts.pool, context);
  customer.clear_owner();
  return absl::OkStatus();
}

absl::Status GiveOwner(const v1::Customer& customer, const OwnerFacts& facts,
                       const std::string& reason, const engine::Context& context,
                       v1::CustomerUpdated& updated) {
  const auto& paths = updated.changed().paths();
  if (std::find(paths.begin(), paths.end(), "owner") == paths.end()) return absl::OkStatus();
  const std::string owner = updated.customer().owner();
  if (!owner.empty() && !base::IsResourceId(owner))
    return base::Invalid("customer.owner", "must be an id of staff");
  if (customer.has_owner_request()) {
    if (owner != customer.owner_request().owner()) return OwnerPending(customer);
    TakeOut("owner", *updated.mutable_changed());
    updated.mutable_customer()->clear_owner();
    return absl::OkStatus();
  }
  if (owner.empty()) {
    updated.set_owner_reason(reason);
    updated.set_previous_owner(customer.owner());
    if (!facts.pool_takes_unowned) return absl::OkStatus();
    updated.set_pool(facts.pool);
    *updated.mutable_pool_time() = base::TimestampOf(context.time);
    return absl::OkStatus();
  }
  if (!facts.refused.ok()) return facts.refused;
  if (!facts.asks_book) {
    updated.set_owner_reason(reason);
    updated.set_previous_owner(customer.owner());
    return absl::OkStatus();
  }
  *updated.mutable_owner_request() =
      Request(customer, {.owner = owner, .kind = v1::OWNER_REQUEST_KIND_ASSIGN, .reason = reason},
              facts.pool, context);
  TakeOut("owner", *updated.mutable_changed());
  updated.mutable_customer()->clear_owner();
  return absl::OkStatus();
}

OwnerFacts CustomerModel::Gather(const v1::TransferCustomerRequest& transfer,
                                 const engine::Context& context, const engine::Snapshot& snapshot) {
  const auto customer = snapshot.Get(kCustomers, transfer.name());
  if (!customer.has_value()) return {};
  return LookUpOwner(*customer, transfer.owner(), context, snapshot);
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::TransferCustomerRequest& transfer,
                                                      const engine::Context& context,
                                                      const OwnerFacts& facts) {
  if (absl::Status s = CheckOpen(customer); !s.ok()) return s;
  if (!base::IsResourceId(transfer.owner()))
    return base::Invalid("owner", "must be an id of staff");
  if (customer.has_owner_request()) {
    if (customer.owner_request().owner() == transfer.owner()) return std::nullopt;
    return OwnerPending(customer);
  }
  if (customer.owner() == transfer.owner()) return std::nullopt;
  if (!facts.refused.ok()) return facts.refused;
  return GiveTo({.owner = transfer.owner(), .reason = transfer.reason()}, customer, facts, context);
}

OwnerFacts CustomerModel::Gather(const v1::ReleaseCustomerRequest& release,
                                 const engine::Context& context, const engine::Snapshot& snapshot) {
  if (!release.pool().empty()) {
    OwnerFacts facts;
    if (snapshot.Get(kPools, release.pool()).has_value()) {
      facts.pool = release.pool();
    } else {
      facts.refused = base::Refused(v1::REASON_POOL_UNKNOWN, "the pool is not known here",
                                    {{"name", release.pool()}});
    }
    return facts;
  }
  const auto customer = snapshot.Get(kCustomers, release.name());
  if (!customer.has_value()) return {};
  return LookUpOwner(*customer, "", context, snapshot);
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::ReleaseCustomerRequest& release,
                                                      const engine::Context& context,
                                                      const OwnerFacts& facts) {
  if (absl::Status s = CheckOpen(customer); !s.ok()) return s;
  if (base::IsBlank(release.reason())) return base::Invalid("reason", "must be given");
  if (absl::Status s = CheckName("pool", "pools", release.pool()); !s.ok()) return s;
  if (customer.has_owner_request()) return OwnerPending(customer);
  if (!facts.refused.ok()) return facts.refused;
  // Only who names a pool means to put there what nobody looks after.
  const bool moves = !release.pool().empty() && release.pool() != customer.pool();
  if (customer.owner().empty() && !moves) return std::nullopt;
  Event event;
  auto& released = *event.mutable_released();
  released.set_previous_owner(customer.owner());
  released.set_reason(release.reason());
  if (!facts.pool.empty()) {
    released.set_pool(facts.pool);
    *released.mutable_pool_time() = base::TimestampOf(context.time);
  }
  return event;
}

PickFacts CustomerModel::Gather(const v1::PickCustomerRequest& pick, const engine::Context& context,
                                const engine::Snapshot& snapshot) {
  PickFacts facts;
  const auto customer = snapshot.Get(kCustomers, pick.name());
  const std::string picker = PickerOf(pick, context);
  if (!customer.has_value() || !base::IsResourceId(picker)) return facts;
  facts.pool = snapshot.Get(kPools, customer->pool());
  RefusedReferences refused;
  NoteStaff("picker", "staff/" + picker, context.business_date, snapshot, refused);
  facts.refused = RefusedAt(refused, "picker");
  facts.picker = snapshot.Get(kStaff, "staff/" + picker);
  for (const std::string& name : NamesOf(pick.name(), snapshot)) {
    snapshot.Scan(
        kOwnerTerms, "by_customer",
        [&](const v1::OwnerTerm& term) {
          if (term.owner() != picker || !term.has_end_time()) return true;
          // They did not give it up.
          if (!term.merged_into().empty()) return true;
          const auto day = absl::ToCivilDay(base::TimeOf(term.end_time()), context.zone);
          facts.given_up = std::max(facts.given_up.value_or(day), day);
          return true;
        },
        base::KeyOf(name));
  }
  return facts;
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::PickCustomerRequest& pick,
                                                      const engine::Context& context,
                                                      const PickFacts& facts) {
  if (absl::Status s = CheckOpen(customer); !s.ok()) return s;
  const std::string picker = PickerOf(pick, context);
  if (!base::IsResourceId(picker)) return base::Invalid("picker", "must be an id of staff");
  if (customer.has_owner_request()) {
    if (customer.owner_request().owner() == picker) return std::nullopt;
    return OwnerPending(customer);
  }
  if (customer.owner() == picker) return std::nullopt;
  if (!customer.owner().empty())
    return base::Refused(v1::REASON_CUSTOMER_OWNED, "somebody looks after the customer");
  if (customer.pool().empty())
    return base::Refused(v1::REASON_NOT_IN_POOL, "the customer is in no pool");
  if (absl::Status s = CheckPick(customer, facts, context); !s.ok()) return s;
  Event event;
  *event.mutable_owner_requested()->mutable_owner_request() = Request(
      customer, {.owner = picker, .kind = v1::OWNER_REQUEST_KIND_PICK, .reason = pick.reason()},
      customer.pool(), context);
  return event;
}

OwnerFacts CustomerModel::Gather(const v1::SettleOwnerRequest& settle,
                                 const engine::Context& context, const engine::Snapshot& snapshot) {
  const auto customer = snapshot.Get(kCustomers, settle.name());
  if (!customer.has_value()) return {};
  return LookUpOwner(*customer, "", context, snapshot);
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::SettleOwnerRequest& settle,
                                                      const engine::Context& context,
                                                      const OwnerFacts& facts) {
  const v1::PendingOwner& request = customer.owner_request();
  if (!customer.has_owner_request() || request.owner_slot() != settle.owner_slot())
    return std::nullopt;
  if (customer.status() == v1::CUSTOMER_STATUS_ERASED) return std::nullopt;
  Event event;
  if (settle.refusal() == v1::REASON_UNSPECIFIED) {
    *event.mutable_owner_granted()->mutable_owner_request() = request;
    event.mutable_owner_granted()->set_previous_owner(customer.owner());
    return event;
  }
  auto& refused = *event.mutable_owner_refused();
  v1::OwnerRefusal& refusal = *refused.mutable_refusal();
  refusal.set_owner(request.owner());
  refusal.set_kind(request.kind());
  refusal.set_reason(settle.refusal());
  refusal.set_actor(request.actor());
  refusal.set_transfer(request.transfer());
  refusal.set_imported(request.imported());
  *refusal.mutable_refuse_time() = base::TimestampOf(context.time);
  if (customer.owner().empty() && customer.pool().empty() && facts.pool_takes_unowned) {
    refused.set_pool(facts.pool);
    *refused.mutable_pool_time() = base::TimestampOf(context.time);
  }
  return event;
}

RecycleFacts CustomerModel::Gather(const v1::RecycleCustomerRequest& recycle,
                                   const engine::Context&, const engine::Snapshot& snapshot) {
  const auto customer = snapshot.Get(kCustomers, recycle.name());
  if (!customer.has_value()) return {};
  return LookUpRecycling(*customer, recycle.pool(), snapshot);
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::RecycleCustomerRequest&,
                                                      const engine::Context& context,
                                                      const RecycleFacts& facts) {
  if (!CheckOpen(customer).ok()) return std::nullopt;
  const v1::RecycleRule* rule = RuleFor(customer, facts, context.business_date, context.zone);
  if (rule == nullptr) return std::nullopt;
  Event event;
  auto& recycled = *event.mutable_recycled();
  recycled.set_previous_owner(customer.owner());
  recycled.set_pool(facts.pool->name());
  *recycled.mutable_pool_time() = base::TimestampOf(context.time);
  recycled.set_recycle_rule(rule->id());
  recycled.set_pool_etag(facts.pool->etag());
  if (facts.last_touched.has_value()) {
    *recycled.mutable_touch_date() =
        base::DateOf(absl::ToCivilDay(*facts.last_touched, context.zone));
  }
  return event;
}

}  // namespace crm::customer
