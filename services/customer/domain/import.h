// Import: a file of customers or contacts on its way in.
//
//   UPLOADING -> CHECKING -> READY -> RUNNING -> DONE     the file unreadable, in CHECKING or
//                                                         RUNNING: FAILED
//   and CANCELLED from all but DONE and FAILED
//
// The parts of the file are its own facts, and so are the steps of check and run: a reaction to
// each step does the next one, so that an import goes on by itself wherever it stopped. Pure: no
// I/O, no clock, no randomness.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "crm/customer/v1/import.pb.h"
#include "crm/customer/v1/import_event.pb.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/custom_declarations.h"
#include "services/customer/domain/data_exchange.h"

namespace crm::customer {

// Every part of a file but the last has this length, so that an offset gives its number.
inline constexpr int64_t kImportChunkBytes = 256 << 10;
inline constexpr int64_t kImportFileBytesMax = int64_t{64} << 20;
// A file with more rows, or more bad ones, fails.
inline constexpr int64_t kImportRowsMax = 1'000'000;
inline constexpr int64_t kImportBadRowsMax = 10'000;

// What an import is judged by: the policy, and the declarations of the custom fields that it names.
struct ImportFacts {
  DataExchangeFacts exchange;
  CustomFields custom_fields;
  absl::Status refusal;  // They cannot be kept.
};

// What an upload is judged by.
struct UploadFacts {
  DataExchangeFacts exchange;
  bool damaged = false;  // With this part the file is whole, and has another SHA-256.
  CustomFields custom_fields;
  absl::Status refusal;  // They cannot be kept, or the heading names one that is not known here.
};

// A Reason as reports have it: its name without prefix, and its text.
struct ReasonWords {
  std::string reason;
  common::v1::ReasonText text;
};
ReasonWords WordsOf(v1::Reason reason);

// Whether a run goes on at the same place.
bool SamePlace(const v1::ImportPosition& a, const v1::ImportPosition& b);

struct ImportModel {
  using State = v1::Import;
  using Event = v1::ImportEvent;
  using Due = v1::ExpireImportRequest;

  // Custom fields are on other keys, which may be behind: then a mapping is refused, and said once
  // more it is not.
  static ImportFacts Gather(const v1::CreateImportRequest&, const engine::Context&,
                            const engine::Snapshot&);
  static engine::Decision<ImportModel> Decide(const State&, const v1::CreateImportRequest&,
                                              const engine::Context&, const ImportFacts&);
  // With the last part it reads the others: rows of its own key. Cost: the length of the file. A
  // custom field of the heading that is not known here is refused, and said once more it may be.
  static UploadFacts Gather(const v1::UploadChunkRequest&, const engine::Context&,
                            const engine::Snapshot&);
  // Refuses IMPORT_NOT_UPLOADING, IMPORT_CHUNK_OUT_OF_ORDER, IMPORT_FILE_DAMAGED.
  static engine::Decision<ImportModel> Decide(const State&, const v1::UploadChunkRequest&,
                                              const engine::Context&, const UploadFacts&);
  // Reads the first part of the file: a row of its own key.
  static ImportFacts Gather(const v1::CheckImportRequest&, const engine::Context&,
                            const engine::Snapshot&);
  // Refuses IMPORT_NOT_READY.
  static engine::Decision<ImportModel> Decide(const State&, const v1::CheckImportRequest&,
                                              const engine::Context&, const ImportFacts&);
  // Refuses IMPORT_NOT_READY.
  static engine::Decision<ImportModel> Decide(const State&, const v1::RunImportRequest&,
                                              const engine::Context&);
  // Refuses IMPORT_CLOSED.
  static engine::Decision<ImportModel> Decide(const State&, const v1::CancelImportRequest&,
                                              const engine::Context&);

  // What the reaction sends. Quiet when the import went another way meanwhile.
  static DataExchangeFacts Gather(const v1::RecordImportCheckRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<ImportModel> Decide(const State&, const v1::RecordImportCheckRequest&,
                                              const engine::Context&, const DataExchangeFacts&);
  static engine::Decision<ImportModel> Decide(const State&, const v1::FailImportRequest&,
                                              const engine::Context&);
  static engine::Decision<ImportModel> Decide(const State&, const v1::ContinueImportRequest&,
                                              const engine::Context&);
  static engine::Decision<ImportModel> Decide(const State&, const v1::FinishImportRequest&,
                                              const engine::Context&);
  static engine::Decision<ImportModel> Decide(const State&, const v1::ExpireImportRequest&,
                                              const engine::Context&);

  // When an import that waits for somebody is cancelled.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
