// SavedReportService.RunReport: the answers to managers' questions.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/saved_report.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

inline constexpr int kReportRowsDefault = 100, kReportRowsMax = 1'000;

// NOT_FOUND: no such question, or its list is gone. FAILED_PRECONDITION: CURRENCIES_MIXED,
// SUM_TOO_LARGE, REPORT_NOT_AVAILABLE. Cost, by kind: the sums of the period and, but for
// complaints, products and birthdays, a row for each customer of the tiers that are asked for;
// complaints: a row for each ticket; birthdays: a row for each.
absl::StatusOr<v1::RunReportResponse> QueryReport(const v1::RunReportRequest& request,
                                                  const engine::Snapshot& snapshot,
                                                  const engine::Context& context);

}  // namespace crm::customer
