// Everything that is recorded about a customer or a contact, for whoever asks to see it.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/erasure.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Records of one kind that are shown.
inline constexpr int kSubjectRecordsMax = 1'000;

// ErasureService.ExportSubjectData. NOT_FOUND: no such subject. Cost: the rows that are shown.
absl::StatusOr<v1::ExportSubjectDataResponse> QuerySubjectData(
    const v1::ExportSubjectDataRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context);

}  // namespace crm::customer
