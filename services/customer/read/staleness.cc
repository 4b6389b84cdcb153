#include "services/customer/read/staleness.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "crm/customer/v1/staleness.pb.h"
#include "libs/base/date.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/consent.h"
#include "services/customer/domain/position.h"
#include "services/customer/domain/staleness.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

absl::Time BeforeTime(const v1::StaleCheck& check, v1::Tier tier) {
  if (tier == v1::TIER_TOP) return base::TimeOf(check.top_before_time());
  if (tier == v1::TIER_BIG) return base::TimeOf(check.big_before_time());
  return base::TimeOf(check.other_before_time());
}

std::unique_ptr<v1::MarkStaleRequest> Mark(const std::string& customer, v1::Tier tier,
                                           const v1::StaleCheck& check) {
  auto mark = std::make_unique<v1::MarkStaleRequest>();
  mark->set_name(customer);
  *mark->mutable_business_date() = check.business_date();
  mark->set_tier(tier);
  mark->set_limit_days(LimitDays(check.limits(), tier));
  return mark;
}

// What was checked lately enough for the tier that it has now, or the limit of now. Returns whether
// there are more than fit.
bool AddNoLongerStale(v1::Tier tier, const v1::StaleCheck& check, size_t commands_max,
                      const engine::Snapshot& snapshot, engine::Commands& commands) {
  v1::StaleCustomer from;
  from.set_tier(tier);
  *from.mutable_data_check_time() = base::TimestampOf(BeforeTime(check, tier));
  bool more = false;
  snapshot.ScanAfter(
      kStaleCustomers, "by_check", from,
      [&](const v1::StaleCustomer& stale) {
        more = commands.size() == commands_max;
        if (!more) commands.push_back(Mark(stale.customer(), tier, check));
        return !more;
      },
      tier);
  return more;
}

}  // namespace

void ProjectStaleCustomers(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  const v1::Customer& customer = change.after;
  const bool listed = customer.has_stale_since_date() &&
                      customer.status() != v1::CUSTOMER_STATUS_ERASED &&
                      customer.merged_into().empty();
  if (!listed) {
    if (change.before != nullptr && change.before->has_stale_since_date())
      rows.Delete(kStaleCustomers, change.meta.name);
    return;
  }
  v1::StaleCustomer row;
  row.set_customer(change.meta.name);
  row.set_owner(customer.owner());
  row.set_tier(customer.tier());
  *row.mutable_stale_since_date() = customer.stale_since_date();
  *row.mutable_data_check_time() = customer.data_check_time();
  rows.Put(kStaleCustomers, row);
}

engine::Commands MarkStaleCustomers(const v1::StaleCheck& check, const std::string& policy,
                                    size_t commands_max, const engine::Snapshot& snapshot) {
  engine::Commands commands;
  bool more = false;
  for (int value = v1::Tier_MIN; value <= v1::Tier_MAX && !more; ++value) {
    const auto tier = static_cast<v1::Tier>(value);
    const absl::Time before = BeforeTime(check, tier);
    snapshot.Scan(
        kCustomers, "by_data_check",
        [&](const v1::Customer& customer) {
          if (customer.has_data_check_time() && DataCheckTime(customer) >= before) return false;
          if (customer.status() == v1::CUSTOMER_STATUS_ERASED || !customer.merged_into().empty() ||
              DataCheckTime(customer) >= before)
            return true;
          if (!HasDataToCheck(customer) &&
              !AnybodyHolds(customer.name(), base::DayOf(check.business_date()), snapshot))
            return true;
          more = commands.size() == commands_max;
          if (more) return false;
          commands.push_back(Mark(customer.name(), tier, check));
          return true;
        },
        std::string(), tier);
    more = more || AddNoLongerStale(tier, check, commands_max, snapshot, commands);
  }
  if (more) {
    auto next = std::make_unique<v1::ContinueStaleCheckRequest>();
    next->set_name(policy);
    next->set_number(check.number());
    commands.push_back(std::move(next));
  }
  return commands;
}

absl::StatusOr<v1::Customer> QueryCustomerVersion(const v1::GetCustomerVersionRequest& request,
                                                  const engine::Snapshot& snapshot,
                                                  const engine::Context&) {
  if (!request.has_known_at() && !request.has_as_of())
    return base::Invalid("known_at", "must be given, or as_of");
  absl::Status s = base::CheckTimestamp("known_at", request.known_at());
  if (s.ok()) s = base::CheckTimestamp("as_of", request.as_of());
  if (!s.ok()) return s;
  const absl::Time known =
      request.has_known_at() ? base::TimeOf(request.known_at()) : absl::InfiniteFuture();
  const absl::Time as_of = request.has_as_of() ? base::TimeOf(request.as_of()) : known;
  const auto version = [&](absl::Time at) {
    return at == absl::InfiniteFuture() ? snapshot.Get(kCustomers, request.name())
                                        : snapshot.GetAsOf(kCustomers, at, at, request.name());
  };
  auto customer = version(std::min(as_of, known));
  if (!customer.has_value()) return base::NotFound(request.name());
  if (as_of >= known) return *std::move(customer);
  // What they said is known by what was recorded since, too.
  const v1::Customer last = version(known).value_or(v1::Customer());
  customer->clear_consents();
  for (const v1::ConsentTerm& term : last.consents()) {
    if (base::TimeOf(term.effect_time()) <= as_of) *customer->add_consents() = term;
  }
  return *std::move(customer);
}

absl::StatusOr<v1::GetConsentsResponse> QueryConsents(const v1::GetConsentsRequest& request,
                                                      const engine::Snapshot& snapshot,
                                                      const engine::Context& context) {
  absl::Status s = base::CheckTimestamp("as_of", request.as_of());
  if (s.ok()) s = base::CheckTimestamp("known_at", request.known_at());
  if (!s.ok()) return s;
  auto customer = snapshot.Get(kCustomers, SurvivorOf(request.name(), snapshot));
  if (!customer.has_value()) return base::NotFound(request.name());
  const absl::Time as_of = request.has_as_of() ? base::TimeOf(request.as_of()) : context.time;
  absl::Time known = absl::InfiniteFuture();
  v1::GetConsentsResponse response;
  if (request.has_known_at()) {
    // A merge brings the other's terms along, with the times at which they were recorded there.
    known = base::TimeOf(request.known_at());
    customer =
        snapshot.GetAsOf(kCustomers, known, known, SurvivorAt(request.name(), known, snapshot));
    if (!customer.has_value()) return response;
  }
  for (v1::ConsentTerm& term : ConsentsAt(*customer, as_of, known))
    *response.add_consents() = std::move(term);
  return response;
}

}  // namespace crm::customer
