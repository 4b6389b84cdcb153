// DownloadExport: the file of an export, part by part.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/export.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// kNotFound; EXPORT_NOT_DONE, EXPORT_CLOSED; kInvalidArgument: there is no such part.
absl::StatusOr<v1::DownloadExportResponse> QueryDownload(const v1::DownloadExportRequest& request,
                                                         const engine::Snapshot& snapshot,
                                                         const engine::Context& context);

}  // namespace crm::customer
