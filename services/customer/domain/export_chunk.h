// ExportChunk: a part of the file of an export, until it is thrown away. Pure: no I/O, no clock, no
// randomness.
#pragma once

#include "crm/customer/v1/export.pb.h"
#include "crm/customer/v1/export_event.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

struct ExportChunkModel {
  using State = v1::ExportChunk;
  using Event = v1::ExportChunkEvent;

  static engine::Decision<ExportChunkModel> Decide(const State&, const v1::WriteExportChunkRequest&,
                                                   const engine::Context&);
  static engine::Decision<ExportChunkModel> Decide(const State&, const v1::DropExportChunkRequest&,
                                                   const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
