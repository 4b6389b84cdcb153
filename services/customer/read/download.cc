#include "services/customer/read/download.h"

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "services/customer/domain/export.h"
#include "services/customer/read/exchange_tables.h"

namespace crm::customer {

absl::StatusOr<v1::DownloadExportResponse> QueryDownload(const v1::DownloadExportRequest& request,
                                                         const engine::Snapshot& snapshot,
                                                         const engine::Context&) {
  const auto exported = snapshot.Get(kExports, request.name());
  if (!exported.has_value()) return base::NotFound(request.name());
  if (exported->state() == v1::EXPORT_STATE_RUNNING)
    return base::Refused(v1::REASON_EXPORT_NOT_DONE, "the file is still being written");
  if (exported->state() != v1::EXPORT_STATE_DONE) {
    return base::Refused(v1::REASON_EXPORT_CLOSED, "the export is over",
                         {{"state", v1::ExportState_Name(exported->state())}});
  }
  const int number = request.chunk_number();
  if (number < 0 || number >= exported->result().chunk_count())
    return base::Invalid("chunk_number", "must be that of a part of the file");
  const auto chunk =
      snapshot.Get(kExportChunks, ExportChunkName(request.name(), exported->attempt(), number));
  // The parts have the key of the export, so they are not behind it; but they may be gone before it
  // says so.
  if (!chunk.has_value() || !chunk->has_personal())
    return base::Refused(v1::REASON_EXPORT_CLOSED, "the part was thrown away");
  v1::DownloadExportResponse response;
  response.set_content(chunk->personal().content());
  response.set_chunk_number(number);
  response.set_chunk_count(exported->result().chunk_count());
  response.set_total_bytes(exported->result().total_bytes());
  return response;
}

}  // namespace crm::customer
