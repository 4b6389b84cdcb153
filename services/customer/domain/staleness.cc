#include "services/customer/domain/staleness.h"

#include "libs/base/timestamp.h"

namespace crm::customer {
namespace {

constexpr int kTopDays = 90;
constexpr int kBigDays = 180;
constexpr int kOtherDays = 365;
constexpr int kCheckDays = 7;

}  // namespace

v1::VerificationLimits LimitsOf(const v1::CustomerPolicy& policy) {
  v1::VerificationLimits limits = policy.verification_limits();
  if (limits.top_days() == 0) limits.set_top_days(kTopDays);
  if (limits.big_days() == 0) limits.set_big_days(kBigDays);
  if (limits.other_days() == 0) limits.set_other_days(kOtherDays);
  return limits;
}

int DataCheckDays(const v1::CustomerPolicy& policy) {
  return policy.data_check_days() == 0 ? kCheckDays : policy.data_check_days();
}

int LimitDays(const v1::VerificationLimits& limits, v1::Tier tier) {
  if (tier == v1::TIER_TOP) return limits.top_days();
  if (tier == v1::TIER_BIG) return limits.big_days();
  return limits.other_days();
}

bool HasDataToCheck(const v1::Customer& customer) {
  const v1::CustomerPersonal& personal = customer.personal();
  return !personal.phones().empty() || !personal.emails().empty() ||
         !personal.addresses().empty() || !personal.tax_id().empty() || !customer.website().empty();
}

absl::Time DataCheckTime(const v1::Customer& customer) {
  return base::TimeOf(customer.has_data_check_time() ? customer.data_check_time()
                                                     : customer.create_time());
}

absl::CivilDay StaleSince(const v1::Customer& customer, int limit_days, absl::TimeZone zone) {
  return absl::ToCivilDay(DataCheckTime(customer), zone) + limit_days + 1;
}

}  // namespace crm::customer
