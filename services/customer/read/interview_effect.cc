#include "services/customer/read/interview_effect.h"

#include <cmath>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/stats/welch.h"
#include "services/customer/domain/calendar.h"
#include "services/customer/domain/periods.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/order_facts.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/sources.h"

namespace crm::customer {
namespace {

using base::Invalid;
using base::Nanos;

constexpr double kConfidence = 0.95;
constexpr char kMethod[] = "welch-t/intention-to-treat";

// One customer as it is today, whoever was merged into it, and what it ordered.
struct Unit {
  bool treated = false;
  bool control = false;
  Nanos before = 0;
  Nanos after = 0;
};
using Units = std::map<std::string, Unit>;

absl::Status SetPeriods(const v1::GetInterviewEffectRequest& request,
                        const v1::InterviewProgramme& programme, const engine::Context& context,
                        v1::GetInterviewEffectResponse& effect) {
  const absl::CivilDay start = base::DayOf(programme.period().start());
  const absl::CivilDay end = base::DayOf(programme.period().end());
  *effect.mutable_before() =
      request.has_before() ? request.before() : PeriodOf(AddMonths(start, -12), start);
  *effect.mutable_after() =
      request.has_after() ? request.after() : PeriodOf(end, AddMonths(end, 12));
  absl::Status s = CheckRunOfDays("before", effect.before(), kEffectDaysMax);
  if (s.ok()) s = CheckRunOfDays("after", effect.after(), kEffectDaysMax);
  if (!s.ok()) return s;
  if (base::DayOf(effect.before().end()) > start)
    return Invalid("before.end", "must not be later than the programme's start");
  if (base::DayOf(effect.after().start()) < start)
    return Invalid("after.start", "must not be earlier than the programme's start");
  if (base::DayOf(effect.after().end()) > context.business_date + 1)
    return Invalid("after.end", "must have passed by the business date");
  return absl::OkStatus();
}

// The customer that stands for each merged one, or the name itself.
const std::string& Standing(const std::unordered_map<std::string, std::string>& redirects,
                            const std::string& customer) {
  const auto found = redirects.find(customer);
  return found == redirects.end() ? customer : found->second;
}

// Adds up one period for the units, and gives its currency.
absl::StatusOr<std::string> AddPeriod(const common::v1::Period& period, Nanos Unit::*sum,
                                      const std::unordered_map<std::string, std::string>& redirects,
                                      const engine::Snapshot& snapshot, Units& units) {
  const auto sums = SumOrders(snapshot, base::DayOf(period.start()), base::DayOf(period.end()));
  if (!sums.ok()) return sums.status();
  for (const auto& [customer, of_customer] : sums->customers) {
    const auto unit = units.find(Standing(redirects, customer));
    if (unit != units.end()) unit->second.*sum += of_customer.revenue;
  }
  return sums->currency_code;
}

// The figures of one group, and the changes that are compared.
std::vector<double> SetGroup(const Units& units, bool Unit::*in, const std::string& currency,
                             v1::GetInterviewEffectResponse& effect, v1::EffectGroup& group) {
  const bool relative = effect.measure() == v1::EFFECT_MEASURE_RELATIVE_CHANGE;
  std::vector<double> changes;
  Nanos before = 0, after = 0;
  for (const auto& [name, unit] : units) {
    if (!(unit.*in)) continue;
    group.set_size(group.size() + 1);
    before += unit.before;
    after += unit.after;
    const bool both = unit.treated && unit.control;
    if (both || (relative && unit.before <= 0)) {
      group.set_excluded_count(group.excluded_count() + 1);
      continue;
    }
    const auto change = static_cast<double>(unit.after - unit.before);
    changes.push_back(change / (relative ? static_cast<double>(unit.before) : 1e9));
  }
  group.set_compared_count(static_cast<int>(changes.size()));
  *group.mutable_revenue_before() = base::MoneyOf(before, currency);
  *group.mutable_revenue_after() = base::MoneyOf(after, currency);
  if (before > 0)
    group.set_revenue_change(static_cast<double>(after - before) / static_cast<double>(before));
  return changes;
}

void CountHeld(const std::string& programme, const engine::Snapshot& snapshot,
               v1::EffectGroup& treated) {
  for (const v1::InterviewStatus status :
       {v1::INTERVIEW_STATUS_HELD, v1::INTERVIEW_STATUS_FOLLOWED_UP}) {
    snapshot.Scan(
        kInterviews, "by_programme",
        [&](const v1::Interview&) {
          treated.set_held_count(treated.held_count() + 1);
          return true;
        },
        programme, status);
  }
}

absl::Status Compare(const std::vector<double>& treated, const std::vector<double>& control,
                     v1::GetInterviewEffectResponse& effect) {
  const stats::Sample a = stats::SampleOf(treated), b = stats::SampleOf(control);
  effect.mutable_treated()->set_mean_change(a.mean);
  effect.mutable_treated()->set_standard_deviation(std::sqrt(a.variance));
  effect.mutable_control()->set_mean_change(b.mean);
  effect.mutable_control()->set_standard_deviation(std::sqrt(b.variance));
  if (a.count < 2 || b.count < 2)
    return base::Refused(
        v1::REASON_GROUP_TOO_SMALL, "a group has fewer than two to compare",
        {{"treated", std::to_string(a.count)}, {"control", std::to_string(b.count)}});
  const auto welch = stats::Welch(a, b, kConfidence);
  if (!welch.has_value())
    return base::Refused(v1::REASON_NO_VARIATION, "the changes do not vary in either group");
  effect.set_difference(welch->difference);
  effect.set_interval_low(welch->low);
  effect.set_interval_high(welch->high);
  effect.set_confidence(kConfidence);
  effect.set_standard_error(welch->standard_error);
  effect.set_t_statistic(welch->t);
  effect.set_degrees_freedom(welch->degrees_freedom);
  effect.set_p_value(welch->p_value);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::GetInterviewEffectResponse> QueryInterviewEffect(
    const v1::GetInterviewEffectRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context) {
  if (!v1::EffectMeasure_IsValid(request.measure()))
    return Invalid("measure", "must be one of the list");
  const auto programme = snapshot.Get(kInterviewProgrammes, request.name());
  if (!programme.has_value()) return base::NotFound(request.name());
  v1::GetInterviewEffectResponse effect;
  effect.set_measure(request.measure() == v1::EFFECT_MEASURE_UNSPECIFIED
                         ? v1::EFFECT_MEASURE_RELATIVE_CHANGE
                         : request.measure());
  if (absl::Status s = SetPeriods(request, *programme, context, effect); !s.ok()) return s;
  if (programme->status() == v1::PROGRAMME_STATUS_DRAFT ||
      programme->books_drawn() < programme->managers_size())
    return base::Refused(v1::REASON_PROGRAMME_NOT_DRAWN, "not all groups were drawn");
  *effect.add_sources() = SourceOf(kCustomerSource, {}, context);
  const v1::SourceReading& sales = *effect.add_sources() = SourceOf(kSalesSource, {}, context);
  if (!CanBeTold(sales))
    return base::Refused(v1::REASON_REPORT_NOT_AVAILABLE, "there is no service that has orders",
                         {{"service", std::string(kSalesSource)}});

  const auto redirects = Redirects(snapshot);
  Units units;
  snapshot.Scan(
      kProgrammeMembers, "by_programme",
      [&](const v1::ProgrammeMember& member) {
        Unit& unit = units[Standing(redirects, member.customer())];
        (member.group() == v1::PROGRAMME_GROUP_TREATED ? unit.treated : unit.control) = true;
        return true;
      },
      base::KeyOf(programme->name()));
  const auto before = AddPeriod(effect.before(), &Unit::before, redirects, snapshot, units);
  if (!before.ok()) return before.status();
  const auto after = AddPeriod(effect.after(), &Unit::after, redirects, snapshot, units);
  if (!after.ok()) return after.status();
  if (!before->empty() && !after->empty() && *before != *after)
    return base::Refused(v1::REASON_CURRENCIES_MIXED, "the periods are in several currencies");

  std::string currency = before->empty() ? *after : *before;
  if (currency.empty()) currency = context.reporting_currency;
  const auto treated = SetGroup(units, &Unit::treated, currency, effect, *effect.mutable_treated());
  const auto control = SetGroup(units, &Unit::control, currency, effect, *effect.mutable_control());
  CountHeld(programme->name(), snapshot, *effect.mutable_treated());
  effect.set_method(kMethod);
  effect.set_seed(programme->seed());
  if (absl::Status s = Compare(treated, control, effect); !s.ok()) return s;
  return effect;
}

}  // namespace crm::customer
