// SavedReport: a manager's question with all that it takes to answer it.
// Pure: no I/O, no clock, no randomness.
#pragma once

#include "crm/customer/v1/saved_report.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

struct SavedReportModel {
  using State = v1::SavedReport;
  using Event = v1::SavedReportEvent;

  static engine::Decision<SavedReportModel> Decide(const State&,
                                                   const v1::CreateSavedReportRequest&,
                                                   const engine::Context&);
  static engine::Decision<SavedReportModel> Decide(const State&,
                                                   const v1::UpdateSavedReportRequest&,
                                                   const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

// The question with the default for what it does not say.
v1::SavedReport FilledIn(v1::SavedReport report);

// One question of each kind that needs no list.
engine::Commands SeedSavedReports();

}  // namespace crm::customer
