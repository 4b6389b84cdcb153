// What came of a programme of interviews: the change of revenue of those who were drawn to be
// interviewed against that of the control group.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/interview_effect.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// The longest period that is compared, in days.
inline constexpr int kEffectDaysMax = 3'660;

// InterviewEffectService.GetInterviewEffect. Welch's t test over the groups as they were drawn,
// whoever was interviewed in the end; floating point only here. A customer that was merged counts
// as the one that stands for it, once; one that stands for both groups is left out. NOT_FOUND,
// INVALID_ARGUMENT: periods, measure. FAILED_PRECONDITION: PROGRAMME_NOT_DRAWN, GROUP_TOO_SMALL,
// NO_VARIATION, CURRENCIES_MIXED, SUM_TOO_LARGE, REPORT_NOT_AVAILABLE: no service has orders. Cost:
// a row for each member of the programme, and the sums of both periods.
absl::StatusOr<v1::GetInterviewEffectResponse> QueryInterviewEffect(
    const v1::GetInterviewEffectRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context);

}  // namespace crm::customer
