#include "services/customer/react/care_reactions.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/owner_term.pb.h"
#include "crm/customer/v1/transfer_internal.pb.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/staleness.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/staleness.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

// How many are asked for in one staleness, each of somebody else or once more.
constexpr int kStalenessChecksMax = 1'000;

void AddOpenChecks(const std::string& customer, const engine::Snapshot& snapshot,
                   std::vector<std::string>& names) {
  for (const auto state : {v1::ACTIVITY_STATE_PLANNED, v1::ACTIVITY_STATE_IN_PROGRESS}) {
    snapshot.Scan(
        kActivities, "by_customer",
        [&](const v1::Activity& activity) {
          if (activity.cause() == v1::ACTIVITY_CAUSE_CUSTOMER_STALE)
            names.push_back(activity.name());
          return true;
        },
        customer, state);
  }
}

// The open activities that asked for a check of the data of these.
std::vector<std::string> OpenChecks(const std::vector<std::string>& customers,
                                    const engine::Snapshot& snapshot) {
  std::vector<std::string> names;
  for (const std::string& customer : customers) AddOpenChecks(customer, snapshot, names);
  return names;
}

// The data were checked: what asked for it is done.
engine::Commands CompleteChecks(const std::string& customer, const engine::Snapshot& snapshot) {
  engine::Commands commands;
  for (const std::string& name : OpenChecks(NamesOf(customer, snapshot), snapshot)) {
    auto complete = std::make_unique<v1::CompleteActivityRequest>();
    complete->set_name(name);
    complete->set_skip_touchpoint(true);
    commands.push_back(std::move(complete));
  }
  return commands;
}

// They need no check any more.
engine::Commands CancelChecks(const std::vector<std::string>& customers,
                              const engine::Snapshot& snapshot) {
  engine::Commands commands;
  for (const std::string& name : OpenChecks(customers, snapshot)) {
    auto cancel = std::make_unique<v1::CancelActivityRequest>();
    cancel->set_name(name);
    cancel->set_cancel_reason("nobody asks for this check any more");
    commands.push_back(std::move(cancel));
  }
  return commands;
}

// The survivor of a merge and all that were merged into it, without the absorbed one and those
// merged into that: how they redirect is read here later, maybe.
std::vector<std::string> NamesWithout(const std::vector<std::string>& theirs,
                                      const std::string& survivor,
                                      const engine::Snapshot& snapshot) {
  std::vector<std::string> own = NamesOf(survivor, snapshot);
  const auto is_theirs = [&](const std::string& name) {
    return std::find(theirs.begin(), theirs.end(), name) != theirs.end();
  };
  own.erase(std::remove_if(own.begin(), own.end(), is_theirs), own.end());
  return own;
}

// Another one was merged into the customer: one activity asks for the check of both, none when the
// data are fresh. Where the survivor has none, what asked for one of the other's data stays; it
// ends with the staleness of both.
engine::Commands JoinChecks(const std::string& absorbed, const std::string& survivor,
                            const engine::Snapshot& snapshot) {
  const auto row = snapshot.Get(kCustomers, survivor);
  if (!row.has_value()) return {};
  std::vector<std::string> ended = NamesOf(absorbed, snapshot);
  const std::vector<std::string> own = NamesWithout(ended, survivor, snapshot);
  if (!row->has_stale_since_date()) {
    ended.insert(ended.end(), own.begin(), own.end());
  } else if (OpenChecks(own, snapshot).empty()) {
    return {};
  }
  return CancelChecks(ended, snapshot);
}

// One ever for that event.
std::string CheckId(const engine::EventMeta& meta) {
  return base::DeriveId({"stale", meta.name, std::to_string(meta.revision)});
}

struct NextCheck {
  std::string id;
  bool owner_was_asked = false;  // One of those before was theirs.
};

// The checks of one staleness are numbered, whoever is asked: the next comes when all before were
// over at the event. So what another replica asked for has the same id, if it shows here or not.
NextCheck NextCheckOf(const v1::Customer& customer, const engine::EventMeta& meta,
                      const engine::Snapshot& snapshot) {
  const std::string since = absl::FormatCivilTime(base::DayOf(customer.stale_since_date()));
  NextCheck next;
  for (int number = 0; number < kStalenessChecksMax; ++number) {
    next.id = base::DeriveId({"stale", customer.name(), since, std::to_string(number)});
    const auto before = snapshot.Get(kActivities, "activities/" + next.id);
    const bool was_over = before.has_value() && before->has_close_time() &&
                          base::TimeOf(before->close_time()) <= meta.time;
    if (!was_over) break;
    next.owner_was_asked = next.owner_was_asked || before->owner() == customer.owner();
  }
  return next;
}

// `since`: when the days of who is asked begin.
engine::Commands PlanCheck(absl::CivilDay since, const std::string& id,
                           const engine::EventMeta& meta, const engine::Snapshot& snapshot) {
  engine::Commands commands;
  const auto row = snapshot.Get(kCustomers, meta.name);
  if (!row.has_value() || row->owner().empty() || !row->has_stale_since_date()) return commands;
  const auto policy = snapshot.Get(kCustomerPolicies, kStandardCustomerPolicy);
  auto plan = std::make_unique<v1::PlanActivityRequest>();
  plan->set_activity_id(id);
  v1::Activity& activity = *plan->mutable_activity();
  activity.set_kind(v1::ACTIVITY_KIND_TASK);
  activity.set_customer(meta.name);
  activity.set_owner(row->owner());
  activity.set_cause(v1::ACTIVITY_CAUSE_CUSTOMER_STALE);
  *activity.mutable_due_date() =
      base::DateOf(since + DataCheckDays(policy.value_or(v1::CustomerPolicy())));
  commands.push_back(std::move(plan));
  return commands;
}

engine::Commands PlanCheck(const v1::CustomerBecameStale& stale, const engine::EventMeta& meta,
                           const engine::Snapshot& snapshot) {
  // Marked later than it became so when a limit was lowered: the days count from then.
  // Events from before do not say on which day.
  const absl::CivilDay marked = stale.has_mark_date()
                                    ? base::DayOf(stale.mark_date())
                                    : absl::ToCivilDay(meta.time, absl::UTCTimeZone());
  const auto row = snapshot.Get(kCustomers, meta.name);
  if (!row.has_value()) return {};
  return PlanCheck(std::max(base::DayOf(stale.stale_since_date()), marked),
                   NextCheckOf(*row, meta, snapshot).id, meta, snapshot);
}

// A merge was taken back: data that are stale again and that nobody is asked to check, since that
// ended with the merge. `names`: whose activities count.
engine::Commands AskAgain(const std::vector<std::string>& names, const engine::EventMeta& meta,
                          const engine::Snapshot& snapshot) {
  if (!OpenChecks(names, snapshot).empty()) return {};
  return PlanCheck(absl::ToCivilDay(meta.time, absl::UTCTimeZone()), CheckId(meta), meta, snapshot);
}

struct GivenOwner {
  std::string owner;     // Empty: the event gives none.
  std::string transfer;  // Empty: by hand.
};

GivenOwner GivenBy(const v1::CustomerEvent& event) {
  if (event.has_transferred()) return {event.transferred().owner(), event.transferred().transfer()};
  if (event.has_owner_granted()) {
    const v1::PendingOwner& request = event.owner_granted().owner_request();
    return {request.owner(), request.transfer()};
  }
  if (event.has_updated() && base::MaskTouches(event.updated().changed(), "owner"))
    return {event.updated().customer().owner(), ""};
  return {};
}

bool IsToBeChecked(const std::optional<v1::Customer>& customer) {
  return customer.has_value() && customer->has_stale_since_date() &&
         customer->merged_into().empty();
}

// Somebody else looks after the customer: where no check of its data is open they are asked for
// one, once for each staleness. Who looks after it by now is asked by the event that says so.
engine::Commands AskNewOwner(const GivenOwner& given, const engine::EventMeta& meta,
                             const engine::Snapshot& snapshot) {
  const auto row = snapshot.Get(kCustomers, meta.name);
  if (given.owner.empty() || !IsToBeChecked(row) || row->owner() != given.owner) return {};
  if (!OpenChecks(NamesOf(meta.name, snapshot), snapshot).empty()) return {};
  const NextCheck next = NextCheckOf(*row, meta, snapshot);
  if (next.owner_was_asked) return {};
  return PlanCheck(absl::ToCivilDay(meta.time, absl::UTCTimeZone()), next.id, meta, snapshot);
}

// Who looked after the customer last before the event: while nobody does, the check stays theirs.
std::string HolderBefore(const engine::EventMeta& meta, const engine::Snapshot& snapshot) {
  std::string holder;
  int64_t latest = 0;
  snapshot.Scan(
      kOwnerTerms, "by_customer",
      [&](const v1::OwnerTerm& term) {
        int64_t began = 0;
        const bool known = absl::SimpleAtoi(std::string(base::LastIdOf(term.name())), &began);
        if (known && began < meta.revision && began >= latest) {
          holder = term.owner();
          latest = began;
        }
        return true;
      },
      base::KeyOf(meta.name));
  return holder;
}

bool HasHeld(const std::string& staff, const std::string& customer,
             const engine::Snapshot& snapshot) {
  bool has = false;
  snapshot.Scan(
      kOwnerTerms, "by_customer",
      [&](const v1::OwnerTerm& term) {
        has = term.owner() == staff;
        return !has;
      },
      base::KeyOf(customer));
  return has;
}

// From whom the check goes on: only from those who looked after the customer, or after the one
// merged into it. Empty: somebody gave it to whoever has it, and there it stays. Whose the
// customer's own is it says itself, as the rows here may be behind.
std::string GiverOf(const v1::Activity& check, const std::string& customer,
                    const std::string& holder, const engine::Snapshot& snapshot) {
  if (check.customer() == customer) return holder;
  const bool theirs = check.owner() == holder || HasHeld(check.owner(), check.customer(), snapshot);
  return theirs ? check.owner() : "";
}

engine::Commands HandChecks(const GivenOwner& given, const engine::EventMeta& meta,
                            const engine::Snapshot& snapshot) {
  engine::Commands commands;
  const auto row = snapshot.Get(kCustomers, meta.name);
  if (given.owner.empty() || !IsToBeChecked(row)) return commands;
  const std::string holder = HolderBefore(meta, snapshot);
  const auto hand_on = [&](const std::string& check, const std::string& giver) {
    if (giver.empty() || giver == given.owner) return;
    auto hand = std::make_unique<v1::HandActivityRequest>();
    hand->set_name(check);
    hand->set_giver(giver);
    hand->set_receiver(given.owner);
    // So that its undo finds it, and that it tells of all it gives.
    hand->set_transfer(given.transfer);
    commands.push_back(std::move(hand));
  };
  const std::vector<std::string> open = OpenChecks(NamesOf(meta.name, snapshot), snapshot);
  for (const std::string& name : open) {
    const auto check = snapshot.Get(kActivities, name);
    if (check.has_value()) hand_on(name, GiverOf(*check, meta.name, holder, snapshot));
  }
  // One that another replica asked for need not show here.
  if (open.empty()) hand_on("activities/" + NextCheckOf(*row, meta, snapshot).id, holder);
  return commands;
}

}  // namespace

engine::Commands OnCustomerPolicy(const engine::ForeignEvent<v1::CustomerPolicyEvent>& policy,
                                  const engine::Snapshot& snapshot) {
  const v1::CustomerPolicyEvent& event = policy.event;
  constexpr StaleStretchMax kMax{.commands = kStaleCommandsMax, .rows = kStaleRowsMax};
  if (event.has_stale_check_started())
    return MarkStaleCustomers(event.stale_check_started().check(), policy.meta.name, kMax,
                              snapshot);
  if (event.has_stale_check_continued())
    return MarkStaleCustomers(event.stale_check_continued().check(), policy.meta.name, kMax,
                              snapshot);
  return {};
}

engine::Commands OnStaleCustomer(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                                 const engine::Snapshot& snapshot) {
  const v1::CustomerEvent& event = customer.event;
  if (event.has_became_stale()) return PlanCheck(event.became_stale(), customer.meta, snapshot);
  if (event.has_verified()) return CompleteChecks(customer.meta.name, snapshot);
  if (event.has_stale_ended()) return CancelChecks(NamesOf(customer.meta.name, snapshot), snapshot);
  if (event.has_absorbed())
    return JoinChecks(event.absorbed().absorbed(), customer.meta.name, snapshot);
  if (event.has_unmerged())
    return AskAgain(NamesOf(customer.meta.name, snapshot), customer.meta, snapshot);
  if (event.has_merge_reversed()) {
    const auto theirs = NamesOf(event.merge_reversed().absorbed(), snapshot);
    return AskAgain(NamesWithout(theirs, customer.meta.name, snapshot), customer.meta, snapshot);
  }
  return AskNewOwner(GivenBy(event), customer.meta, snapshot);
}

engine::Commands OnNewOwner(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                            const engine::Snapshot& snapshot) {
  return HandChecks(GivenBy(customer.event), customer.meta, snapshot);
}

engine::Commands OnOptOut(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                          const engine::Snapshot& snapshot) {
  engine::Commands commands;
  const v1::ConsentTerm& term = customer.event.consent_recorded().consent();
  if (term.state() != v1::CONSENT_STATE_OPTED_OUT) return commands;
  const std::string survivor = SurvivorOf(customer.meta.name, snapshot);
  if (survivor == customer.meta.name) return commands;
  auto record = std::make_unique<v1::RecordConsentRequest>();
  record->set_name(survivor);
  record->set_channel(term.channel());
  record->set_state(term.state());
  record->set_source(term.source());
  record->set_lawful_basis(term.lawful_basis());
  *record->mutable_effect_time() = term.effect_time();
  record->set_evidence(term.evidence());
  commands.push_back(std::move(record));
  return commands;
}

}  // namespace crm::customer
