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
#include "services/customer/domain/custom_declarations.h"
#include "services/customer/domain/data_exchange.h"

namespace crm::customer {

// A field of Customer that goes out.
struct ExportField {
  // The fields on the way that its path leads, spelt as they are; none: it leads nowhere.
  std::vector<const google::protobuf::FieldDescriptor*> steps;
  std::string custom_field;  // Of a value of one, which is in the list at the end: its id.
};
ExportField FindExportField(std::string_view path);

// The id, and the name, of a part of a file.
std::string ExportChunkId(int attempt, int number);
std::string ExportChunkName(const std::string& name, int attempt, int number);

// What the custom fields are that an export names.
struct ExportFacts {
  absl::Status refusal;        // It cannot name them.
  CustomFields custom_fields;  // That its filter names.
};

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

  // Custom fields are on other keys, which may be behind.
  static ExportFacts Gather(const v1::CreateExportRequest&, const engine::Context&,
                            const engine::Snapshot&);
  static engine::Decision<ExportModel> Decide(const State&, const v1::CreateExportRequest&,
                                              const engine::Context&,
                                              const ExportFacts& facts = {});
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

  // When the file is thrown away, or the reading begins: the clock has passed the moment as of
  // which all rows are, which a fact said when it was still to come. A reaction that waited for the
  // clock would keep all others of its source waiting.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
