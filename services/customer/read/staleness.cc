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

// One stretch of a look: from the place on that the look has come to.
class Stretch {
 public:
  Stretch(const v1::StaleCheck& check, const StaleStretchMax& max, const engine::Snapshot& snapshot)
      : check_(check), max_(max), snapshot_(snapshot), place_(check.after()) {}

  // False when something is left for the next stretch.
  bool Run() {
    for (int value = place_.tier(); value <= v1::Tier_MAX && !more_; ++value) {
      const auto tier = static_cast<v1::Tier>(value);
      if (place_.tier() != tier) Enter(tier, false);
      if (!place_.stale()) {
        AddNewlyStale(tier);
        if (!more_) Enter(tier, true);
      }
      if (!more_) AddNoLongerStale(tier);
    }
    return !more_;
  }

  const v1::StaleCheckPlace& place() const { return place_; }
  engine::Commands Take() { return std::move(commands_); }

 private:
  void Enter(v1::Tier tier, bool stale) {
    place_.Clear();
    place_.set_tier(tier);
    place_.set_stale(stale);
  }

  // False: the row is the next stretch's.
  bool MayLookAt() {
    more_ = looked_at_ == max_.rows;
    if (!more_) ++looked_at_;
    return !more_;
  }
  // False: it does not fit any more.
  bool Add(const std::string& customer, v1::Tier tier) {
    more_ = commands_.size() == max_.commands;
    if (!more_) commands_.push_back(Mark(customer, tier, check_));
    return !more_;
  }
  void Pass(const std::string& customer, const google::protobuf::Timestamp* data_check_time) {
    place_.set_customer(customer);
    place_.clear_data_check_time();
    if (data_check_time != nullptr) *place_.mutable_data_check_time() = *data_check_time;
  }

  bool IsStaleNow(const v1::Customer& customer, absl::Time before) const {
    if (customer.status() == v1::CUSTOMER_STATUS_ERASED || !customer.merged_into().empty() ||
        DataCheckTime(customer) >= before)
      return false;
    return HasDataToCheck(customer) ||
           AnybodyHolds(customer.name(), base::DayOf(check_.business_date()), snapshot_);
  }

  void AddNewlyStale(v1::Tier tier) {
    const absl::Time before = BeforeTime(check_, tier);
    v1::Customer from;
    from.set_name(place_.customer());
    from.set_tier(tier);
    if (place_.has_data_check_time()) *from.mutable_data_check_time() = place_.data_check_time();
    snapshot_.ScanAfter(
        kCustomers, "by_data_check", from,
        [&](const v1::Customer& customer) {
          if (customer.has_data_check_time() && DataCheckTime(customer) >= before) return false;
          if (!MayLookAt()) return false;
          if (IsStaleNow(customer, before) && !Add(customer.name(), tier)) return false;
          Pass(customer.name(),
               customer.has_data_check_time() ? &customer.data_check_time() : nullptr);
          return true;
        },
        std::string(), tier);
  }

  // What was checked lately enough for the tier that it has now, or the limit of now.
  void AddNoLongerStale(v1::Tier tier) {
    v1::StaleCustomer from;
    from.set_tier(tier);
    from.set_customer(place_.customer());
    *from.mutable_data_check_time() = place_.has_data_check_time()
                                          ? place_.data_check_time()
                                          : base::TimestampOf(BeforeTime(check_, tier));
    snapshot_.ScanAfter(
        kStaleCustomers, "by_check", from,
        [&](const v1::StaleCustomer& stale) {
          if (!MayLookAt() || !Add(stale.customer(), tier)) return false;
          Pass(stale.customer(), &stale.data_check_time());
          return true;
        },
        tier);
  }

  const v1::StaleCheck& check_;
  const StaleStretchMax max_;
  const engine::Snapshot& snapshot_;
  v1::StaleCheckPlace place_;
  engine::Commands commands_;
  size_t looked_at_ = 0;
  bool more_ = false;
};

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
                                    const StaleStretchMax& max, const engine::Snapshot& snapshot) {
  Stretch stretch(check, max, snapshot);
  const bool whole = stretch.Run();
  engine::Commands commands = stretch.Take();
  if (whole) return commands;
  auto next = std::make_unique<v1::ContinueStaleCheckRequest>();
  next->set_name(policy);
  next->set_number(check.number());
  *next->mutable_after() = stretch.place();
  commands.push_back(std::move(next));
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
