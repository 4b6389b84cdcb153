#include "services/customer/domain/customer_merge.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/consent.h"
#include "services/customer/domain/contact_person.h"
#include "services/customer/domain/ownership.h"
#include "services/customer/domain/parent.h"
#include "services/customer/domain/personal_facts.h"
#include "services/customer/domain/recorded_since.h"
#include "services/customer/domain/survivorship.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using Event = CustomerModel::Event;

constexpr absl::CivilDay kEpoch(1970, 1, 1);

// What the customer remembers from now on.
template <class Fact>
void Remember(const Fact& fact, const std::string& other, v1::MergeRole role,
              v1::MergeOutcome outcome, const google::protobuf::Timestamp& time,
              v1::Customer& state) {
  auto merge = MergeOf<v1::CustomerMerge>(fact.merge_case(), role, outcome, time);
  merge.set_customer(other);
  RememberMerge(std::move(merge), *state.mutable_merges());
}

Event Declined(const std::string& merge_case, const std::string& other, v1::MergeRole role,
               v1::Reason reason, const engine::Context& context) {
  Event event;
  auto& declined = *event.mutable_merge_declined();
  declined.set_merge_case(merge_case);
  declined.set_other(other);
  declined.set_role(role);
  declined.set_reason(reason);
  *declined.mutable_decline_time() = base::TimestampOf(context.time);
  return event;
}

// Why a customer as it stands takes part in no merge; unspecified: it does.
v1::Reason WhyNot(const v1::Customer& customer, const std::string& seen_etag) {
  if (!customer.merged_into().empty()) return v1::REASON_CUSTOMER_MERGED;
  if (customer.status() == v1::CUSTOMER_STATUS_ERASED) return v1::REASON_CUSTOMER_ERASED;
  if (!seen_etag.empty() && seen_etag != customer.etag()) return v1::REASON_MERGE_CUSTOMER_CHANGED;
  return v1::REASON_UNSPECIFIED;
}

template <class Fact>
void SetFacts(const google::protobuf::FieldMask& changed, const v1::Customer& before,
              const v1::Customer& values, Fact& fact) {
  *fact.mutable_changed() = changed;
  *fact.mutable_customer() = Only(changed, values);
  MovePersonal(*fact.mutable_customer(), *fact.mutable_personal());
  SetFormerWays(before, fact);
}

template <class Fact>
void FoldFacts(const Fact& fact, v1::Customer& state) {
  TakeFields(fact.changed(), Joined(fact.customer(), fact.personal()), state);
}

// What was recorded under the survivor since the merge, by the other services as far as their logs
// were read here.
v1::MergeKept ResourcesSince(const v1::MergeUndo& undo, const engine::Snapshot& snapshot) {
  const auto below = [&](const char* collection) {
    return table::StartsWith{absl::StrCat(undo.survivor(), "/", collection, "/")};
  };
  RecordedSince since(base::TimeOf(undo.merge_time()), snapshot);
  since.Look(kActivities, "by_customer", undo.survivor());
  since.Look(kErasures, "by_subject", undo.survivor());
  since.Look(kExpenses, "", below("expenses"));
  since.Look(kInsightSheets, "", below("insightSheets"));
  since.Look(kInterviews, "", below("interviews"));
  since.Look(kPositions, "", below("positions"));
  since.Look(kProgrammeMembers, "by_customer", undo.survivor());
  since.Look(kReminders, "by_customer", undo.survivor());
  since.Look(kTouchpoints, "", below("touchpoints"));
  for (const v1::TimelineKind kind :
       {v1::TIMELINE_KIND_OPPORTUNITY, v1::TIMELINE_KIND_ORDER, v1::TIMELINE_KIND_TICKET})
    since.LookAtOthers(kind, undo.survivor());
  return since.Take();
}

// A merge keeps also what orders had said, changed or not: what they say later is taken back too.
google::protobuf::FieldMask UndoFields(const v1::MergeUndo& undo) {
  google::protobuf::FieldMask fields = undo.changed();
  AddOrderFields(fields);
  return fields;
}

// The last day of an order of one of these.
std::optional<absl::CivilDay> LastOrder(const std::vector<std::string>& customers,
                                        const engine::Snapshot& snapshot) {
  std::optional<absl::CivilDay> last;
  for (const std::string& customer : customers) {
    snapshot.Scan(
        kOrderFacts, "by_customer",
        [&](const v1::OrderFact& fact) {
          const absl::CivilDay day = kEpoch + fact.day();
          if (!fact.cancelled() && (!last.has_value() || *last < day)) last = day;
          return true;
        },
        customer);
  }
  return last;
}

// Whose orders there are, once the absorbed one goes by itself.
OrderDays OrdersApart(const v1::MergeUndo& undo, const engine::Snapshot& snapshot) {
  const std::vector<std::string> theirs = NamesOf(undo.absorbed(), snapshot);
  std::vector<std::string> own = NamesOf(undo.survivor(), snapshot);
  own.erase(std::remove_if(own.begin(), own.end(),
                           [&](const std::string& name) {
                             return std::find(theirs.begin(), theirs.end(), name) != theirs.end();
                           }),
            own.end());
  return {LastOrder(own, snapshot), LastOrder(theirs, snapshot)};
}

void PutUndo(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  const v1::CustomerAbsorbed& absorbed = change.event.absorbed();
  v1::MergeUndo undo;
  undo.set_survivor(change.meta.name);
  undo.set_merge_case(absorbed.merge_case());
  undo.set_absorbed(absorbed.absorbed());
  *undo.mutable_changed() = absorbed.changed();
  *undo.mutable_before() = Only(UndoFields(undo), *change.before);
  *undo.mutable_after() = Only(UndoFields(undo), change.after);
  *undo.mutable_merge_time() = absorbed.merge_time();
  undo.set_revision(change.meta.revision);
  rows.Put(kMergeUndos, undo);
}

// Where the survivor is to stand: it cannot stand below the absorbed one, which it is from now on.
// Then it takes that one's place, unless that is below one of the two. Nothing: where it stands.
std::optional<std::string> ParentOnceMerged(const std::string& survivor,
                                            const v1::AbsorbCustomerRequest& absorb,
                                            const engine::Snapshot& snapshot) {
  const auto leads_to = [&](const std::string& customer, const std::string& parent) {
    return LeadsTo(customer, parent, absorb.absorbed(), snapshot);
  };
  const auto customer = snapshot.Get(kCustomers, survivor);
  if (!customer.has_value() || !leads_to(absorb.absorbed(), customer->parent()))
    return std::nullopt;
  const std::string& place = absorb.merged().customer().parent();
  if (leads_to(survivor, place) || leads_to(absorb.absorbed(), place)) return std::string();
  return place;
}

// Makes what a later merge changed what it would be without the one that is gone.
void Rebase(const v1::MergeUndo& gone, v1::MergeUndo& later) {
  std::vector<std::string> kept;
  const google::protobuf::FieldMask fields = UndoFields(later);
  *later.mutable_before() = Only(fields, Unmerged(later.before(), gone, kept));
  *later.mutable_after() = Only(fields, Unmerged(later.after(), gone, kept));
}

}  // namespace

absl::Status CheckNotMerged(const v1::Customer& customer) {
  if (customer.merged_into().empty()) return absl::OkStatus();
  return base::Refused(v1::REASON_CUSTOMER_MERGED, "the customer was merged into another one",
                       {{"survivor", customer.merged_into()}});
}

v1::Reason WhyNotOne(const v1::Customer& a, const v1::Customer& b,
                     const std::string& reporting_currency) {
  if ((a.kind() == v1::CUSTOMER_KIND_PERSON) != (b.kind() == v1::CUSTOMER_KIND_PERSON))
    return v1::REASON_MERGE_KINDS_DIFFER;
  const auto currency = [&](const v1::Customer& of) {
    return of.currency_code().empty() ? reporting_currency : of.currency_code();
  };
  if (a.has_last_order_date() && b.has_last_order_date() && currency(a) != currency(b))
    return v1::REASON_MERGE_CURRENCIES_DIFFER;
  return v1::REASON_UNSPECIFIED;
}

MergeBar CustomerModel::Gather(const v1::MergeCustomerRequest& merge,
                               const engine::Context& context, const engine::Snapshot& snapshot) {
  return MergeBarOf(context.name, merge.survivor(), snapshot);
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::MergeCustomerRequest& merge,
                                                      const engine::Context& context,
                                                      const MergeBar& bar) {
  if (customer.merge_case() == merge.merge_case()) return std::nullopt;
  v1::Reason why_not = WhyNot(customer, merge.absorbed_etag());
  // The book that is being asked would find nobody to give its answer to.
  if (why_not == v1::REASON_UNSPECIFIED && customer.has_owner_request())
    why_not = v1::REASON_OWNER_PENDING;
  if (why_not == v1::REASON_UNSPECIFIED && !bar.erasure.empty()) why_not = v1::REASON_ERASURE_ASKED;
  if (why_not != v1::REASON_UNSPECIFIED) {
    return Declined(merge.merge_case(), merge.survivor(), v1::MERGE_ROLE_ABSORBED, why_not,
                    context);
  }
  Event event;
  auto& merged = *event.mutable_merged();
  merged.set_merge_case(merge.merge_case());
  merged.set_survivor(merge.survivor());
  *merged.mutable_customer() = customer;
  engine::ClearStamps(*merged.mutable_customer());
  MovePersonal(*merged.mutable_customer(), *merged.mutable_personal());
  *merged.mutable_choices() = merge.choices();
  merged.set_survivor_etag(merge.survivor_etag());
  *merged.mutable_merge_time() = base::TimestampOf(context.time);
  return event;
}

AbsorbFacts CustomerModel::Gather(const v1::AbsorbCustomerRequest& absorb,
                                  const engine::Context& context,
                                  const engine::Snapshot& snapshot) {
  AbsorbFacts facts;
  facts.parent = ParentOnceMerged(context.name, absorb, snapshot);
  facts.bar = MergeBarOf(context.name, absorb.absorbed(), snapshot);
  const auto policy = snapshot.Get(kCustomerPolicies, kStandardCustomerPolicy);
  if (!policy.has_value()) return facts;
  facts.customer_policy_etag = policy->etag();
  for (const v1::MergeFieldRule& rule : policy->merge_rules())
    facts.rules[rule.field()] = rule.rule();
  return facts;
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::AbsorbCustomerRequest& absorb,
                                                      const engine::Context& context,
                                                      const AbsorbFacts& facts) {
  const auto& there = customer.absorbed_customers();
  if (std::find(there.begin(), there.end(), absorb.absorbed()) != there.end()) return std::nullopt;
  const v1::Customer absorbed = Joined(absorb.merged().customer(), absorb.merged().personal());
  v1::Reason why_not = WhyNot(customer, absorb.merged().survivor_etag());
  if (why_not == v1::REASON_UNSPECIFIED)
    why_not = WhyNotOne(customer, absorbed, context.reporting_currency);
  if (why_not == v1::REASON_UNSPECIFIED && customer.absorbed_customers_size() >= kAbsorbedMax)
    why_not = v1::REASON_MERGE_TOO_MANY;
  if (why_not == v1::REASON_UNSPECIFIED &&
      customer.consents_size() + absorbed.consents_size() > kConsentTermsMax)
    why_not = v1::REASON_CONSENTS_FULL;
  if (why_not == v1::REASON_UNSPECIFIED && !facts.bar.erasure.empty())
    why_not = v1::REASON_ERASURE_ASKED;
  if (why_not != v1::REASON_UNSPECIFIED) {
    return Declined(absorb.merge_case(), absorb.absorbed(), v1::MERGE_ROLE_SURVIVOR, why_not,
                    context);
  }
  MergeRules rules = facts.rules;
  for (const v1::MergeFieldRule& choice : absorb.merged().choices())
    rules[choice.field()] = choice.rule();
  v1::Customer next = Merged(customer, absorbed, rules);
  if (facts.parent.has_value()) next.set_parent(*facts.parent);
  Event event;
  auto& fact = *event.mutable_absorbed();
  fact.set_merge_case(absorb.merge_case());
  fact.set_absorbed(absorb.absorbed());
  SetFacts(MergedFields(customer, next), customer, next, fact);
  fact.set_customer_policy_etag(facts.customer_policy_etag);
  fact.set_owner(next.owner());
  fact.set_absorbed_owner(absorbed.owner());
  *fact.mutable_merge_time() = base::TimestampOf(context.time);
  return event;
}

MergeUndoFacts CustomerModel::Gather(const v1::ReverseMergeRequest& reverse,
                                     const engine::Context& context,
                                     const engine::Snapshot& snapshot) {
  MergeUndoFacts facts{snapshot.Get(kMergeUndos, context.name, reverse.merge_case()), {}, {}};
  if (!facts.undo.has_value()) return facts;
  const std::string& apart = facts.undo->absorbed();
  const auto absorbed = snapshot.Get(kCustomers, apart);
  facts.absorbed_leads_back =
      absorbed.has_value() && LeadsTo(apart, absorbed->parent(), apart, snapshot);
  facts.parent_leads_back = LeadsTo(context.name, facts.undo->before().parent(), apart, snapshot);
  facts.kept = ResourcesSince(*facts.undo, snapshot);
  facts.orders = OrdersApart(*facts.undo, snapshot);
  return facts;
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::ReverseMergeRequest& reverse,
                                                      const engine::Context& context,
                                                      const MergeUndoFacts& facts) {
  const v1::CustomerMerge* known = Remembered(customer.merges(), reverse.merge_case());
  if (known != nullptr && known->outcome() == v1::MERGE_OUTCOME_UNMERGED) return std::nullopt;
  v1::Reason why_not = WhyNot(customer, "");
  if (why_not == v1::REASON_UNSPECIFIED && !facts.undo.has_value()) why_not = v1::REASON_NOT_MERGED;
  if (why_not == v1::REASON_UNSPECIFIED && facts.absorbed_leads_back)
    why_not = v1::REASON_PARENT_CYCLE;
  if (why_not != v1::REASON_UNSPECIFIED) {
    Event event = Declined(reverse.merge_case(), reverse.absorbed(), v1::MERGE_ROLE_SURVIVOR,
                           why_not, context);
    event.mutable_merge_declined()->set_reversal(true);
    return event;
  }
  std::vector<std::string> kept;
  v1::Customer next = Unmerged(customer, *facts.undo, kept);
  TakeOrdersApart(customer, *facts.undo, facts.orders, next, kept);
  if (facts.parent_leads_back && next.parent() != customer.parent()) {
    next.set_parent(customer.parent());
    kept.push_back("parent");
  }
  Event event;
  auto& fact = *event.mutable_merge_reversed();
  fact.set_merge_case(reverse.merge_case());
  fact.set_absorbed(facts.undo->absorbed());
  SetFacts(MergedFields(customer, next), customer, next, fact);
  *fact.mutable_kept() = facts.kept;
  fact.set_owner(next.owner());
  for (std::string& field : kept) fact.mutable_kept()->add_fields(std::move(field));
  *fact.mutable_unmerge_time() = base::TimestampOf(context.time);
  return event;
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::ReleaseMergedRequest& release,
                                                      const engine::Context& context) {
  if (customer.merge_case() != release.merge_case()) return std::nullopt;
  Event event;
  auto& unmerged = *event.mutable_unmerged();
  unmerged.set_merge_case(release.merge_case());
  unmerged.set_survivor(customer.merged_into());
  if (release.has_kept()) *unmerged.mutable_kept() = release.kept();
  unmerged.set_decline_reason(release.decline_reason());
  unmerged.set_owner(customer.owner());
  *unmerged.mutable_unmerge_time() = base::TimestampOf(context.time);
  return event;
}

void FoldMerge(const v1::CustomerEvent& event, v1::Customer& state) {
  if (event.has_merged()) {
    const v1::CustomerMerged& fact = event.merged();
    state.set_merged_into(fact.survivor());
    state.set_merge_case(fact.merge_case());
    // Nobody makes way for it when it comes back: it is its owner's without a slot then.
    if (state.has_ownership()) state.mutable_ownership()->clear_owner_slot();
    FoldOwnershipState(state);
    Remember(fact, fact.survivor(), v1::MERGE_ROLE_ABSORBED, v1::MERGE_OUTCOME_MERGED,
             fact.merge_time(), state);
  } else if (event.has_absorbed()) {
    const v1::CustomerAbsorbed& fact = event.absorbed();
    FoldFacts(fact, state);
    state.add_absorbed_customers(fact.absorbed());
    Remember(fact, fact.absorbed(), v1::MERGE_ROLE_SURVIVOR, v1::MERGE_OUTCOME_MERGED,
             fact.merge_time(), state);
  } else if (event.has_unmerged()) {
    const v1::CustomerUnmerged& fact = event.unmerged();
    state.clear_merged_into();
    state.clear_merge_case();
    FoldOwnershipState(state);
    Remember(fact, fact.survivor(), v1::MERGE_ROLE_ABSORBED, v1::MERGE_OUTCOME_UNMERGED,
             fact.unmerge_time(), state);
  } else if (event.has_merge_reversed()) {
    const v1::CustomerMergeReversed& fact = event.merge_reversed();
    FoldFacts(fact, state);
    RemoveName(fact.absorbed(), *state.mutable_absorbed_customers());
    Remember(fact, fact.absorbed(), v1::MERGE_ROLE_SURVIVOR, v1::MERGE_OUTCOME_UNMERGED,
             fact.unmerge_time(), state);
  } else if (event.has_merge_declined()) {
    const v1::CustomerMergeDeclined& fact = event.merge_declined();
    const v1::MergeOutcome outcome =
        fact.reversal() ? v1::MERGE_OUTCOME_HELD : v1::MERGE_OUTCOME_DECLINED;
    Remember(fact, fact.other(), fact.role(), outcome, fact.decline_time(), state);
  }
}

void ProjectMerges(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  if (change.event.has_merged()) {
    v1::Redirect redirect;
    redirect.set_customer(change.meta.name);
    redirect.set_survivor(change.event.merged().survivor());
    rows.Put(kRedirects, redirect);
  } else if (change.event.has_unmerged()) {
    rows.Delete(kRedirects, change.meta.name);
  } else if (change.event.has_absorbed()) {
    PutUndo(change, rows);
  } else if (change.event.has_merge_reversed()) {
    DropUndo(kMergeUndos, change.meta.name, change.event.merge_reversed().merge_case(), rows,
             Rebase);
  }
}

}  // namespace crm::customer
