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

// The name of a part of a file.
// The fields on the way that a path of Customer leads, spelt as they are; none: it leads nowhere.
std::vector<const google::protobuf::FieldDescriptor*> ExportSteps(std::string_view path);

std::string ExportChunkId(int attempt, int number);
std::string ExportChunkName(const std::string& name, int attempt, int number);

// What is written of an attempt, by rows of its own key, and the policy.
struct ExportParts {
  DataExchangeFacts exchange;
  int chunks = 0;
  bool mixed = false;  // Of several readings.
};

struct ExportModel {
  using State = v1::Export;
  using Event = v1::ExportEvent;
  using Due = v1::ExpireExportRequest;

  static engine::Decision<ExportModel> Decide(const State&, const v1::CreateExportRequest&,
                                              const engine::Context&);
  // Refuses EXPORT_CLOSED.
  static engine::Decision<ExportModel> Decide(const State&, const v1::CancelExportRequest&,
                                              const engine::Context&);
  static ExportParts Gather(const v1::FinishExportRequest&, const engine::Context&,
                            const engine::Snapshot&);
  // UNAVAILABLE while parts are missing: they are on their way.
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
