#include "services/customer/domain/tier_plan.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/calendar.h"
#include "services/customer/read/ranking.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using Event = TierPlanModel::Event;

constexpr int kDefaultWindowMonths = 12;

// What is not said means the default; it is written down, so that a new default does not change an
// old plan.
void FillIn(v1::TierPlan& plan) {
  if (plan.window_months() == 0) plan.set_window_months(kDefaultWindowMonths);
  if (plan.measure() == v1::MEASURE_UNSPECIFIED) plan.set_measure(v1::MEASURE_REVENUE);
  if (!plan.has_sizes()) *plan.mutable_sizes() = DefaultTierSizes();
}

absl::Status CheckPlan(const v1::TierPlan& plan) {
  if (plan.window_months() < 1 || plan.window_months() > 120) {
    return base::Invalid("tier_plan.window_months", "must be 1 to 120");
  }
  if (!v1::Measure_IsValid(plan.measure()))
    return base::Invalid("tier_plan.measure", "must be one of the list");
  if (plan.compute_hour() < 0 || plan.compute_hour() > 23) {
    return base::Invalid("tier_plan.compute_hour", "must be 0 to 23");
  }
  const v1::TierSizes& sizes = plan.sizes();
  const std::pair<const char*, int64_t> parts[] = {
      {"tier_plan.sizes.top_bps", sizes.top_bps()},
      {"tier_plan.sizes.big_bps", sizes.big_bps()},
      {"tier_plan.sizes.medium_bps", sizes.medium_bps()}};
  int64_t sum = 0;
  for (const auto& [field, part] : parts) {
    sum += part;
    if (part < 0 || part > 10'000 || sum > 10'000) {
      return base::Invalid(field, "must not be negative, and all together at most 10,000");
    }
  }
  return absl::OkStatus();
}

TierFacts Compute(const std::string& name, const engine::Context& context,
                  const engine::Snapshot& snapshot) {
  v1::TierPlan plan = snapshot.Get(kTierPlans, name).value_or(v1::TierPlan());
  FillIn(plan);
  const absl::CivilDay start = AddMonths(context.business_date, -plan.window_months());
  auto sums = SumOrders(snapshot, start, context.business_date);
  if (!sums.ok()) return {.status = sums.status()};
  const std::string currency = sums->currency_code;
  const std::vector<RankedCustomer> ranking = Rank(*std::move(sums), plan.measure());

  TierFacts facts;
  facts.computation.set_measure(plan.measure());
  *facts.computation.mutable_period()->mutable_start() = base::DateOf(start);
  *facts.computation.mutable_period()->mutable_end() = base::DateOf(context.business_date);
  facts.computation.set_customer_count(static_cast<int64_t>(ranking.size()));
  for (v1::TierBound& bound : BoundsOf(ranking, plan.sizes(), currency)) {
    *facts.computation.add_bounds() = std::move(bound);
  }
  return facts;
}

Event Outdated(absl::Time since, absl::Time look) {
  Event event;
  *event.mutable_outdated()->mutable_outdated_time() = base::TimestampOf(since);
  *event.mutable_outdated()->mutable_next_compute_time() = base::TimestampOf(look);
  return event;
}

// Until when an import is waited for; nullopt when there is none, or no longer.
std::optional<absl::Time> WaitForImport(const v1::TierPlan& plan, const engine::Context& context,
                                        const engine::Snapshot& snapshot) {
  if (!plan.has_outdated_time()) return std::nullopt;
  const std::optional<absl::Time> last = LastOrderImport(snapshot);
  if (!last.has_value()) return std::nullopt;
  const absl::Time until =
      std::min(*last + kImportQuiet, base::TimeOf(plan.outdated_time()) + kImportPatience);
  return until > context.time ? std::optional(until) : std::nullopt;
}

engine::Decision<TierPlanModel> Computed(const v1::TierPlan& plan, const engine::Context& context,
                                         const TierFacts& facts) {
  if (!facts.status.ok()) return facts.status;
  Event event;
  auto& computed = *event.mutable_computed();
  *computed.mutable_computation() = facts.computation;
  *computed.mutable_computation()->mutable_compute_time() = base::TimestampOf(context.time);
  computed.mutable_computation()->set_number(plan.last_computation().number() + 1);
  *computed.mutable_next_compute_time() =
      base::TimestampOf(NextAtHour(plan.compute_hour(), context.time, context.zone));
  return event;
}

}  // namespace

engine::Decision<TierPlanModel> TierPlanModel::Decide(const State&,
                                                      const v1::CreateTierPlanRequest& create,
                                                      const engine::Context& context) {
  if (context.name != kStandardTierPlan)
    return base::Invalid("tier_plan_id", "must be \"standard\"");
  Event event;
  v1::TierPlan& plan = *event.mutable_created()->mutable_tier_plan();
  plan = create.tier_plan();
  FillIn(plan);
  if (absl::Status s = CheckPlan(plan); !s.ok()) return s;
  *plan.mutable_next_compute_time() = base::TimestampOf(context.time);
  return event;
}

engine::Decision<TierPlanModel> TierPlanModel::Decide(const State& plan,
                                                      const v1::UpdateTierPlanRequest& update,
                                                      const engine::Context& context) {
  const auto meant = engine::ChangedFields(update.tier_plan(), update.update_mask(), plan);
  if (!meant.ok()) return meant.status();
  State next = plan;
  base::ApplyMask(*meant, update.tier_plan(), next);
  FillIn(next);
  if (absl::Status s = CheckPlan(next); !s.ok()) return s;
  if (google::protobuf::util::MessageDifferencer::Equals(next, plan)) return std::nullopt;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *meant;
  base::ApplyMask(*meant, next, *updated.mutable_tier_plan());
  *updated.mutable_next_compute_time() = base::TimestampOf(context.time);
  return event;
}

TierFacts TierPlanModel::Gather(const v1::ComputeTierPlanRequest& compute,
                                const engine::Context& context, const engine::Snapshot& snapshot) {
  return Compute(compute.name(), context, snapshot);
}

TierFacts TierPlanModel::Gather(const v1::TierPlanDueRequest& due, const engine::Context& context,
                                const engine::Snapshot& snapshot) {
  const auto plan = snapshot.Get(kTierPlans, due.name());
  if (plan.has_value()) {
    const auto wait_until = WaitForImport(*plan, context, snapshot);
    if (wait_until.has_value()) return {.wait_until = wait_until};
  }
  return Compute(due.name(), context, snapshot);
}

engine::Decision<TierPlanModel> TierPlanModel::Decide(const State& plan,
                                                      const v1::ComputeTierPlanRequest&,
                                                      const engine::Context& context,
                                                      const TierFacts& facts) {
  return Computed(plan, context, facts);
}

engine::Decision<TierPlanModel> TierPlanModel::Decide(const State& plan,
                                                      const v1::TierPlanDueRequest&,
                                                      const engine::Context& context,
                                                      const TierFacts& facts) {
  if (context.time < base::TimeOf(plan.next_compute_time())) return std::nullopt;
  if (facts.wait_until.has_value())
    return Outdated(base::TimeOf(plan.outdated_time()), *facts.wait_until);
  return Computed(plan, context, facts);
}

engine::Decision<TierPlanModel> TierPlanModel::Decide(const State& plan,
                                                      const v1::NoteOrderImportRequest&,
                                                      const engine::Context& context) {
  if (plan.has_outdated_time()) return std::nullopt;
  const absl::Time look = context.time + kImportQuiet;
  return Outdated(context.time, plan.has_next_compute_time()
                                    ? std::min(look, base::TimeOf(plan.next_compute_time()))
                                    : look);
}

engine::Decision<TierPlanModel> TierPlanModel::Decide(
    const State& plan, const v1::ContinueTierAssignmentRequest& assignment,
    const engine::Context&) {
  if (assignment.computation_number() != plan.last_computation().number()) return std::nullopt;
  if (assignment.after_customer() <= plan.assigned_through()) return std::nullopt;
  Event event;
  auto& continued = *event.mutable_assignment_continued();
  *continued.mutable_computation() = plan.last_computation();
  continued.set_after_customer(assignment.after_customer());
  return event;
}

std::optional<absl::Time> TierPlanModel::NextDue(const State& state) {
  if (!state.has_next_compute_time()) return std::nullopt;
  return base::TimeOf(state.next_compute_time());
}

void TierPlanModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().tier_plan();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().tier_plan(), state);
      *state.mutable_next_compute_time() = event.updated().next_compute_time();
      return;
    case Event::kComputed:
      *state.mutable_last_computation() = event.computed().computation();
      *state.mutable_next_compute_time() = event.computed().next_compute_time();
      state.clear_outdated_time();
      state.clear_assigned_through();
      return;
    case Event::kOutdated:
      *state.mutable_outdated_time() = event.outdated().outdated_time();
      *state.mutable_next_compute_time() = event.outdated().next_compute_time();
      return;
    case Event::kAssignmentContinued:
      state.set_assigned_through(event.assignment_continued().after_customer());
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
