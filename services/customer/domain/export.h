// Export: customers on their way out, as a file of parts. Who asked for it, why, and for how many
// is what it is about.
//
//   RUNNING -> DONE -> EXPIRED     too many rows: FAILED     and CANCELLED from RUNNING and DONE
//
// Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "crm/customer/v1/export.pb.h"
#include "crm/customer/v1/export_event.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/data_exchange.h"

namespace crm::customer {

// The fields on the way that a path of Customer leads, spelt as they are; none: it leads nowhere.
std::vector<const google::protobuf::FieldDescriptor*> ExportSteps(std::string_view path);

// The name of a part of a file.
// The id of the custom field at the end of such a path; empty: it leads to none.
std::string CustomFieldOfPath(std::string_view path);

std::string ExportChunkId(int attempt, int number);
std::string ExportChunkName(const std::string& name, int attempt, int number);

// What is written of a stretch, by rows of its own key, and the policy.
struct ExportParts {
  DataExchangeFacts exchange;
  int chunks = 0;
  bool mixed = false;  // Of several readings.
};

struct ExportModel {
  using State = v1::Export;
  using Event = v1::ExportEvent;
  using Due = v1::ExpireExportRequest;

  // Why it cannot name the custom fields that it names.
  static absl::Status Gather(const v1::CreateExportRequest&, const engine::Context&,
                             const engine::Snapshot&);
  static engine::Decision<ExportModel> Decide(const State&, const v1::CreateExportRequest&,
                                              const engine::Context&,
                                              const absl::Status& custom_fields = {});
  // Refuses EXPORT_CLOSED.
  static engine::Decision<ExportModel> Decide(const State&, const v1::CancelExportRequest&,
                                              const engine::Context&);
  // UNAVAILABLE while parts are missing: they are on their way. Of several readings: the rows are
  // read anew. Quiet when it is further.
  static ExportParts Gather(const v1::ContinueExportRequest&, const engine::Context&,
                            const engine::Snapshot&);
  static engine::Decision<ExportModel> Decide(const State&, const v1::ContinueExportRequest&,
                                              const engine::Context&, const ExportParts&);
  static ExportParts Gather(const v1::FinishExportRequest&, const engine::Context&,
                            const engine::Snapshot&);
  static engine::Decision<ExportModel> Decide(const State&, const v1::FinishExportRequest&,
                                              const engine::Context&, const ExportParts&);
  static engine::Decision<ExportModel> Decide(const State&, const v1::FailExportRequest&,
                                              const engine::Context&);
  static engine::Decision<ExportModel> Decide(const State&, const v1::ExpireExportRequest&,
                                              const engine::Context&);

  // When the file is thrown away.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
