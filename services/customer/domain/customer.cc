#include "services/customer/domain/customer.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/field_limits.h"
#include "libs/base/field_mask.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/calendar.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/consent.h"
#include "services/customer/domain/contact_person.h"
#include "services/customer/domain/customer_hand.h"
#include "services/customer/domain/customer_merge.h"
#include "services/customer/domain/customer_ownership.h"
#include "services/customer/domain/customer_policy.h"
#include "services/customer/domain/customer_references.h"
#include "services/customer/domain/parent.h"
#include "services/customer/domain/personal_facts.h"
#include "services/customer/domain/phones.h"
#include "services/customer/domain/position.h"
#include "services/customer/domain/staleness.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using Event = CustomerModel::Event;

// The last day on which an order of `last_order_day` keeps a customer ACTIVE, and the moment to
// look again: when the day after begins, counted from the business date, which need not be the day
// of the clock.
void SetActiveUntil(absl::CivilDay last_order_day, const ActivityWindow& window,
                    const engine::Context& context, v1::OrderActivity& activity) {
  const absl::CivilDay until = AddMonths(last_order_day, window.months);
  *activity.mutable_active_until_date() = base::DateOf(until);
  const absl::CivilDay look =
      absl::ToCivilDay(context.time, context.zone) + (until + 1 - context.business_date);
  *activity.mutable_activity_check_time() = base::TimestampOf(absl::FromCivil(look, context.zone));
}

void FoldActivity(v1::Customer& state, const v1::OrderActivity& activity) {
  *state.mutable_last_order_date() = activity.last_order_date();
  if (!activity.has_active_until_date()) return;
  *state.mutable_active_until_date() = activity.active_until_date();
  *state.mutable_activity_check_time() = activity.activity_check_time();
  state.set_activity_tier_plan_etag(activity.tier_plan_etag());
}

// What only an ACTIVE customer has.
void ClearActivity(v1::Customer& state) {
  state.clear_active_until_date();
  state.clear_activity_check_time();
  state.clear_activity_tier_plan_etag();
}

// Facts for the owner that a change of the fields of `mask` brings; nothing when it brings none.
OwnerFacts LookUpNewOwner(const std::string& name, const v1::Customer& values,
                          const google::protobuf::FieldMask& mask, const engine::Context& context,
                          const engine::Snapshot& snapshot) {
  const auto& paths = mask.paths();
  const bool meant = std::any_of(paths.begin(), paths.end(), [](const std::string& path) {
    return path == "owner" || path == "*";
  });
  if (!meant && !(paths.empty() && !values.owner().empty())) return {};
  const auto customer = snapshot.Get(kCustomers, name);
  if (!customer.has_value()) return {};
  const auto changed = engine::ChangedFields(values, mask, *customer);
  if (!changed.ok()) return {};
  v1::Customer next = *customer;
  base::ApplyMask(*changed, values, next);
  return LookUpOwner(next, next.owner(), context, snapshot);
}

// The fact that the fields of `mask` (empty: those set) become what they are in `values`.
engine::Decision<CustomerModel> Update(const v1::Customer& customer, v1::Customer values,
                                       const google::protobuf::FieldMask& mask,
                                       const std::string& owner_reason,
                                       const engine::Context& context, const CustomerFacts& facts) {
  if (values.has_personal()) ReadPhones(facts.phone_country, *values.mutable_personal());
  const std::string& reporting_currency = context.reporting_currency;
  if (absl::Status s = CheckNotErased(customer.status()); !s.ok()) return s;
  const auto changed = engine::ChangedFields(values, mask, customer);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  v1::Customer next = customer;
  base::ApplyMask(*changed, values, next);
  const auto currency = [&](const v1::Customer& of) {
    return of.currency_code().empty() ? reporting_currency : of.currency_code();
  };
  if (customer.has_last_order_date() && currency(next) != currency(customer)) {
    return base::Refused(v1::REASON_CURRENCY_FIXED, "the customer has ordered in its currency");
  }
  if (absl::Status s = CheckCustomer(next, reporting_currency); !s.ok()) return s;
  if (absl::Status s = CheckPlaces(customer, next); !s.ok()) return s;
  if (absl::Status s = RefusedAt(facts.references, *changed); !s.ok()) return s;
  if (TouchesCustomFields(*changed)) {
    if (absl::Status s = CheckCustomFields(customer, next, facts.custom_fields); !s.ok()) return s;
  }
  const auto& paths = changed->paths();
  if (!facts.parent.ok() && std::find(paths.begin(), paths.end(), "parent") != paths.end())
    return facts.parent;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, values, *updated.mutable_customer());
  MovePersonal(*updated.mutable_customer(), *updated.mutable_personal());
  if (absl::Status s = GiveOwner(customer, facts.owner, owner_reason, context, updated); !s.ok())
    return s;
  SetFormerWays(customer, updated);
  if (!updated.changed().paths().empty()) return event;
  if (!updated.has_owner_request()) return std::nullopt;
  Event request;
  *request.mutable_owner_requested()->mutable_owner_request() = updated.owner_request();
  return request;
}

// Its owner loses it by the event, or will when another's book says so.
bool TakesFromOwner(const v1::Customer& customer, const Event& event) {
  if (customer.owner().empty()) return false;
  return RequestOf(event) != nullptr || base::MaskTouches(event.updated().changed(), "owner");
}

bool SameExternalId(const common::v1::ExternalId& a, const common::v1::ExternalId& b) {
  return a.system() == b.system() && a.id() == b.id();
}

// Makes `more` what is there and, behind it, what it adds.
template <class List, class Same>
void AddTo(const List& there, List& more, const Same& same) {
  List all = there;
  for (const auto& one : more) {
    const bool known =
        std::any_of(all.begin(), all.end(), [&](const auto& other) { return same(other, one); });
    if (!known) *all.Add() = one;
  }
  more = std::move(all);
}

}  // namespace

CustomerFacts CustomerModel::Gather(const v1::CreateCustomerRequest& create,
                                    const engine::Context& context,
                                    const engine::Snapshot& snapshot) {
  return {LookUpOwner(create.customer(), create.customer().owner(), context, snapshot),
          ParentRefusal(context.name, create.customer().parent(), snapshot),
          LookUpCustomFields(create.customer(), context, snapshot),
          PhoneCountry(create.customer().personal(), snapshot),
          RefusedReferencesOf({}, create.customer(), context, snapshot)};
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State&,
                                                      const v1::CreateCustomerRequest& create,
                                                      const engine::Context& context,
                                                      const CustomerFacts& facts) {
  v1::CustomerStatus status = create.initial_status();
  if (status == v1::CUSTOMER_STATUS_UNSPECIFIED) status = v1::CUSTOMER_STATUS_PROSPECT;
  if (status != v1::CUSTOMER_STATUS_SUSPECT && status != v1::CUSTOMER_STATUS_PROSPECT) {
    return base::Invalid("initial_status", "must be SUSPECT or PROSPECT");
  }
  v1::Customer customer = create.customer();
  if (customer.has_personal()) ReadPhones(facts.phone_country, *customer.mutable_personal());
  if (absl::Status s = CheckCustomer(customer, context.reporting_currency); !s.ok()) return s;
  if (absl::Status s = CheckPlaces({}, customer); !s.ok()) return s;
  if (absl::Status s = CheckCustomFields({}, customer, facts.custom_fields); !s.ok()) return s;
  if (!facts.parent.ok()) return facts.parent;
  if (!create.imported() && IsByHand(context.actor)) {
    if (absl::Status s = RefusedAt(facts.references, "collaborators"); !s.ok()) return s;
  }
  Event event;
  auto& created = *event.mutable_created();
  *created.mutable_customer() = std::move(customer);
  created.mutable_customer()->set_status(status);
  created.set_imported(create.imported());
  *created.mutable_customer()->mutable_data_check_time() = base::TimestampOf(context.time);
  MovePersonal(*created.mutable_customer(), *created.mutable_personal());
  if (absl::Status s = GiveOwner(facts.owner, context, created); !s.ok()) return s;
  if (create.imported() && created.has_owner_request())
    created.mutable_owner_request()->set_imported(true);
  return event;
}

CustomerFacts CustomerModel::Gather(const v1::UpdateCustomerRequest& update,
                                    const engine::Context& context,
                                    const engine::Snapshot& snapshot) {
  return {LookUpNewOwner(context.name, update.customer(), update.update_mask(), context, snapshot),
          ParentRefusal(context.name, update.customer().parent(), snapshot),
          LookUpCustomFields(update.customer(), update.update_mask(), context, snapshot),
          PhoneCountry(update.customer().personal(), snapshot),
          RefusedReferencesOf(snapshot.Get(kCustomers, context.name).value_or(v1::Customer()),
                              update.customer(), context, snapshot)};
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::UpdateCustomerRequest& update,
                                                      const engine::Context& context,
                                                      const CustomerFacts& facts) {
  auto decision = Update(customer, update.customer(), update.update_mask(), update.owner_reason(),
                         context, facts);
  const bool must_say_why = IsByHand(context.actor) && base::IsBlank(update.owner_reason());
  if (must_say_why && decision.ok() && decision->has_value() &&
      TakesFromOwner(customer, **decision))
    return base::Invalid("owner_reason", "must be given");
  return decision;
}

CustomerFacts CustomerModel::Gather(const v1::ReimportCustomerRequest& import,
                                    const engine::Context& context,
                                    const engine::Snapshot& snapshot) {
  return {LookUpNewOwner(import.name(), import.customer(), {}, context, snapshot),
          ParentRefusal(import.name(), import.customer().parent(), snapshot),
          LookUpCustomFields(import.customer(), {}, context, snapshot),
          PhoneCountry(import.customer().personal(), snapshot)};
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::ReimportCustomerRequest& import,
                                                      const engine::Context& context,
                                                      const CustomerFacts& facts) {
  v1::ReimportCustomerRequest added = import;
  v1::Customer& row = *added.mutable_customer();
  AddTo(customer.external_ids(), *row.mutable_external_ids(), SameExternalId);
  AddTo(customer.tags(), *row.mutable_tags(), std::equal_to<>());
  AddTo(customer.relations(), *row.mutable_relations(), std::equal_to<>());
  AddCustomFields(customer, row);
  if (absl::Status s = base::ValidateLimits(added); !s.ok()) return s;
  auto decision = Update(customer, row, {}, "", context, facts);
  if (!decision.ok() || !decision->has_value()) return decision;
  Event& event = **decision;
  if (event.has_updated()) {
    event.mutable_updated()->set_imported(true);
    if (event.updated().has_owner_request())
      event.mutable_updated()->mutable_owner_request()->set_imported(true);
  } else if (event.has_owner_requested()) {
    event.mutable_owner_requested()->mutable_owner_request()->set_imported(true);
  }
  return decision;
}

CheckedFacts CustomerModel::Gather(const v1::VerifyCustomerRequest& verify,
                                   const engine::Context& context,
                                   const engine::Snapshot& snapshot) {
  return {AnybodyHolds(verify.name(), context.business_date, snapshot)};
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::VerifyCustomerRequest&,
                                                      const engine::Context& context,
                                                      const CheckedFacts& facts) {
  if (absl::Status s = CheckNotErased(customer.status()); !s.ok()) return s;
  // Who was once said to be stale can always be checked.
  if (!customer.has_stale_since_date() && !facts.anybody_there && !HasDataToCheck(customer))
    return base::Refused(v1::REASON_NOTHING_TO_VERIFY, "nothing is known that could be checked");
  const auto day = [&](absl::Time time) { return absl::ToCivilDay(time, context.zone); };
  if (customer.has_verify_time() && day(base::TimeOf(customer.verify_time())) == day(context.time))
    return std::nullopt;
  Event event;
  *event.mutable_verified()->mutable_verify_time() = base::TimestampOf(context.time);
  return event;
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::QualifyCustomerRequest&,
                                                      const engine::Context&) {
  if (customer.status() == v1::CUSTOMER_STATUS_PROSPECT) return std::nullopt;
  if (customer.status() != v1::CUSTOMER_STATUS_SUSPECT) {
    return base::Refused(v1::REASON_NOT_A_SUSPECT, "the customer is not a suspect",
                         {{"status", v1::CustomerStatus_Name(customer.status())}});
  }
  Event event;
  event.mutable_qualified()->set_previous_status(customer.status());
  return event;
}

LossReasonFacts CustomerModel::Gather(const v1::MarkLostRequest& lost, const engine::Context&,
                                      const engine::Snapshot& snapshot) {
  const auto policy = snapshot.Get(kCustomerPolicies, kStandardCustomerPolicy);
  if (!policy.has_value()) return {};
  const auto& reasons = policy->loss_reasons();
  const bool known = std::any_of(reasons.begin(), reasons.end(), [&](const auto& reason) {
    return reason.id() == lost.loss_reason();
  });
  return {.known = known, .customer_policy_etag = policy->etag()};
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::MarkLostRequest& lost,
                                                      const engine::Context& context,
                                                      const LossReasonFacts& reason) {
  if (absl::Status s = CheckNotErased(customer.status()); !s.ok()) return s;
  if (!reason.known)
    return base::Invalid("loss_reason", "must be one of the policy's loss reasons");
  if (lost.loss_reason() == kOtherLossReason && base::IsBlank(lost.note()))
    return base::Invalid("note", "must be given when the reason is \"other\"");
  if (customer.status() == v1::CUSTOMER_STATUS_LOST &&
      customer.loss().loss_reason() == lost.loss_reason() && customer.loss().note() == lost.note())
    return std::nullopt;
  Event event;
  event.mutable_lost()->set_previous_status(customer.status());
  event.mutable_lost()->set_owner(customer.owner());
  v1::CustomerLoss& loss = *event.mutable_lost()->mutable_loss();
  loss.set_loss_reason(lost.loss_reason());
  loss.set_note(lost.note());
  *loss.mutable_lost_time() = base::TimestampOf(context.time);
  loss.set_customer_policy_etag(reason.customer_policy_etag);
  // Another reason does not move the day.
  *loss.mutable_lost_date() = customer.loss().has_lost_date() ? customer.loss().lost_date()
                                                              : base::DateOf(context.business_date);
  return event;
}

ActivityWindow CustomerModel::Gather(const v1::ActivateCustomerRequest&, const engine::Context&,
                                     const engine::Snapshot& snapshot) {
  const auto plan = snapshot.Get(kTierPlans, kStandardTierPlan);
  if (!plan.has_value()) return {};
  return {.months = plan->window_months(), .tier_plan_etag = plan->etag()};
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::ActivateCustomerRequest& activate,
                                                      const engine::Context& context,
                                                      const ActivityWindow& window) {
  if (absl::Status s = base::CheckDate("order_date", activate.order_date()); !s.ok()) return s;
  if (customer.status() == v1::CUSTOMER_STATUS_ERASED) return std::nullopt;
  // An order of one that it has not absorbed yet, or not any more: a merge brings it along.
  const auto& there = customer.absorbed_customers();
  if (!activate.absorbed().empty() &&
      std::find(there.begin(), there.end(), activate.absorbed()) == there.end())
    return std::nullopt;
  absl::CivilDay last = base::DayOf(activate.order_date());
  if (customer.has_last_order_date())
    last = std::max(last, base::DayOf(customer.last_order_date()));
  const bool later =
      !customer.has_last_order_date() || last > base::DayOf(customer.last_order_date());
  const bool in_window = context.business_date <= AddMonths(last, window.months);
  const bool active = customer.status() == v1::CUSTOMER_STATUS_ACTIVE;
  // The first order makes a customer ACTIVE, however old it is; time then makes it INACTIVE.
  const bool never_ordered = customer.status() == v1::CUSTOMER_STATUS_SUSPECT ||
                             customer.status() == v1::CUSTOMER_STATUS_PROSPECT;
  // An order from before it was lost, told late or corrected, does not take that back.
  const bool lost_since = customer.status() == v1::CUSTOMER_STATUS_LOST &&
                          customer.loss().has_lost_date() &&
                          (!later || last < base::DayOf(customer.loss().lost_date()));
  const bool activates = !active && !lost_since && (in_window || never_ordered);
  if (!activates && !later) return std::nullopt;
  Event event;
  auto& activity = activates ? *event.mutable_activated()->mutable_activity()
                             : *event.mutable_order_noted()->mutable_activity();
  activity.set_order(activate.order());
  *activity.mutable_last_order_date() = base::DateOf(last);
  activity.set_tier_plan_etag(window.tier_plan_etag);
  if (activates || active) SetActiveUntil(last, window, context, activity);
  return event;
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::CheckActivityRequest&,
                                                      const engine::Context& context) {
  if (customer.status() != v1::CUSTOMER_STATUS_ACTIVE) return std::nullopt;
  if (context.business_date <= base::DayOf(customer.active_until_date())) return std::nullopt;
  Event event;
  *event.mutable_became_inactive()->mutable_last_order_date() = customer.last_order_date();
  event.mutable_became_inactive()->set_tier_plan_etag(customer.activity_tier_plan_etag());
  return event;
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::AssignTierRequest& assign,
                                                      const engine::Context&) {
  if (!v1::Tier_IsValid(assign.tier())) return base::Invalid("tier", "must be one of the list");
  if (absl::Status s = base::CheckDate("business_date", assign.business_date()); !s.ok()) return s;
  if (customer.tier() == assign.tier() || customer.status() == v1::CUSTOMER_STATUS_ERASED)
    return std::nullopt;
  Event event;
  auto& changed = *event.mutable_tier_changed();
  changed.set_from(customer.tier());
  changed.set_to(assign.tier());
  *changed.mutable_business_date() = assign.business_date();
  changed.set_tier_plan(assign.tier_plan());
  return event;
}

std::optional<absl::Time> CustomerModel::NextDue(const State& state) {
  if (!state.merged_into().empty()) return std::nullopt;
  if (state.status() != v1::CUSTOMER_STATUS_ACTIVE || !state.has_activity_check_time())
    return std::nullopt;
  return base::TimeOf(state.activity_check_time());
}

void CustomerModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = Joined(event.created().customer(), event.created().personal());
      if (event.created().has_owner_request())
        *state.mutable_owner_request() = event.created().owner_request();
      FoldOwnershipState(state);
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(),
                      Joined(event.updated().customer(), event.updated().personal()), state);
      FoldUpdatedOwner(event.updated(), state);
      FoldHands(event.updated(), state);
      return;
    case Event::kVerified:
      *state.mutable_verify_time() = event.verified().verify_time();
      *state.mutable_data_check_time() = event.verified().verify_time();
      state.clear_stale_since_date();
      return;
    case Event::kActivated:
      state.set_status(v1::CUSTOMER_STATUS_ACTIVE);
      state.clear_loss();
      FoldActivity(state, event.activated().activity());
      return;
    case Event::kOrderNoted:
      FoldActivity(state, event.order_noted().activity());
      return;
    case Event::kBecameInactive:
      state.set_status(v1::CUSTOMER_STATUS_INACTIVE);
      *state.mutable_last_order_date() = event.became_inactive().last_order_date();
      ClearActivity(state);
      return;
    case Event::kTierChanged:
      state.set_tier(event.tier_changed().to());
      return;
    case Event::kQualified:
      state.set_status(v1::CUSTOMER_STATUS_PROSPECT);
      return;
    case Event::kLost:
      state.set_status(v1::CUSTOMER_STATUS_LOST);
      *state.mutable_loss() = event.lost().loss();
      ClearActivity(state);
      return;
    case Event::kTransferred:
      FoldOwner(event.transferred().owner(), "", event.transferred().transfer(), state);
      return;
    case Event::kReleased:
      FoldUnowned(event.released().pool(), event.released().pool_time(), state);
      return;
    case Event::kOwnerRequested:
      *state.mutable_owner_request() = event.owner_requested().owner_request();
      FoldOwnershipState(state);
      return;
    case Event::kOwnerGranted: {
      const v1::PendingOwner& request = event.owner_granted().owner_request();
      FoldOwner(request.owner(), request.owner_slot(), request.transfer(), state);
      return;
    }
    case Event::kOwnerRefused:
      FoldRefusal(event.owner_refused(), state);
      return;
    case Event::kRecycled:
      FoldUnowned(event.recycled().pool(), event.recycled().pool_time(), state);
      return;
    case Event::kMerged:
    case Event::kAbsorbed:
    case Event::kUnmerged:
    case Event::kMergeReversed:
    case Event::kMergeDeclined:
      FoldMerge(event, state);
      FoldOwnershipState(state);
      return;
    case Event::kConsentRecorded:
      AddConsent(event.consent_recorded().consent(), state);
      return;
    case Event::kBecameStale:
      *state.mutable_stale_since_date() = event.became_stale().stale_since_date();
      return;
    case Event::kStaleEnded:
      state.clear_stale_since_date();
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
