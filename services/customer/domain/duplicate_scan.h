// DuplicateScan: one search of all customers, or all contacts, for those that are the same.
//
// PLANNED -> RUNNING when its time has come; RUNNING -> DONE when all were looked at; PLANNED and
// RUNNING -> CANCELLED. A reaction looks at a stretch of them, suggests merges, and says how far it
// came (react/duplicate_reactions.h). Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "crm/customer/v1/duplicate.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// What there is when a scan begins.
struct ScanFacts {
  bool model_known = false;
  int64_t customer_count = 0;
};

struct DuplicateScanModel {
  using State = v1::DuplicateScan;
  using Event = v1::DuplicateScanEvent;
  using Due = v1::BeginDuplicateScanRequest;

  // The model is configuration, records are counted by a view: both may be behind.
  static ScanFacts Gather(const v1::FindDuplicatesRequest&, const engine::Context&,
                          const engine::Snapshot&);
  // Refuses LINKAGE_MODEL_MISSING.
  static engine::Decision<DuplicateScanModel> Decide(const State&, const v1::FindDuplicatesRequest&,
                                                     const engine::Context&, const ScanFacts&);
  // Nothing unless it is planned and its time has come.
  static engine::Decision<DuplicateScanModel> Decide(const State&,
                                                     const v1::BeginDuplicateScanRequest&,
                                                     const engine::Context&);
  // Nothing when it is cancelled already, or is done and only what runs is meant. Refuses
  // DUPLICATE_SCAN_OVER.
  static engine::Decision<DuplicateScanModel> Decide(const State&,
                                                     const v1::CancelDuplicateScanRequest&,
                                                     const engine::Context&);
  // Nothing when it does not run, or has gone on from there already.
  static engine::Decision<DuplicateScanModel> Decide(const State&,
                                                     const v1::ContinueDuplicateScanRequest&,
                                                     const engine::Context&);

  // When a planned one begins.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
