#include "services/customer/domain/data_exchange.h"

#include <cstdint>
#include <limits>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "services/customer/domain/checks.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

constexpr char kPhoneCountry[] = "CN";
constexpr int kKeepDays = 7, kKeepDaysMax = 365;
constexpr int kLargeRows = 1'000;
constexpr int kLargeBookBps = 2'000, kBpsMax = 10'000;
constexpr int kExportRows = 200'000, kExportRowsMax = 1'000'000;
constexpr int kStretch = 2'000, kStretchMax = 100'000;

absl::Status CheckRange(const char* field, int64_t value, int64_t max, const char* words) {
  if (value >= 0 && value <= max) return absl::OkStatus();
  return base::Invalid(absl::StrCat("customer_policy.data_exchange.", field), words);
}

}  // namespace

v1::DataExchangePolicy WithDefaults(v1::DataExchangePolicy policy) {
  if (policy.phone_country_code().empty()) policy.set_phone_country_code(kPhoneCountry);
  if (policy.import_keep_days() == 0) policy.set_import_keep_days(kKeepDays);
  if (policy.export_keep_days() == 0) policy.set_export_keep_days(kKeepDays);
  if (policy.large_export_rows() == 0) policy.set_large_export_rows(kLargeRows);
  if (policy.large_export_book_bps() == 0) policy.set_large_export_book_bps(kLargeBookBps);
  if (policy.export_rows_max() == 0) policy.set_export_rows_max(kExportRows);
  if (policy.export_stretch_customers() == 0) policy.set_export_stretch_customers(kStretch);
  return policy;
}

absl::Status CheckDataExchange(const v1::DataExchangePolicy& policy) {
  if (!policy.phone_country_code().empty() && !IsCountryCode(policy.phone_country_code())) {
    return base::Invalid("customer_policy.data_exchange.phone_country_code",
                         "must be two capital letters of ISO 3166-1");
  }
  if (absl::Status s = CheckRange("import_keep_days", policy.import_keep_days(), kKeepDaysMax,
                                  "must be 0 to 365");
      !s.ok())
    return s;
  if (absl::Status s = CheckRange("export_keep_days", policy.export_keep_days(), kKeepDaysMax,
                                  "must be 0 to 365");
      !s.ok())
    return s;
  if (absl::Status s = CheckRange("large_export_rows", policy.large_export_rows(),
                                  std::numeric_limits<int32_t>::max(), "must not be negative");
      !s.ok())
    return s;
  if (absl::Status s = CheckRange("large_export_book_bps", policy.large_export_book_bps(), kBpsMax,
                                  "must be 0 to 10,000");
      !s.ok())
    return s;
  if (absl::Status s = CheckRange("export_rows_max", policy.export_rows_max(), kExportRowsMax,
                                  "must be 0 to 1,000,000");
      !s.ok())
    return s;
  return CheckRange("export_stretch_customers", policy.export_stretch_customers(), kStretchMax,
                    "must be 0 to 100,000");
}

DataExchangeFacts GatherDataExchange(const engine::Snapshot& snapshot) {
  const auto policy = snapshot.Get(kCustomerPolicies, kStandardCustomerPolicy);
  if (!policy.has_value()) return {WithDefaults({}), ""};
  return {WithDefaults(policy->data_exchange()), policy->etag()};
}

}  // namespace crm::customer
