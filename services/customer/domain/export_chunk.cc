#include "services/customer/domain/export_chunk.h"

#include "libs/base/check.h"

namespace crm::customer {

engine::Decision<ExportChunkModel> ExportChunkModel::Decide(
    const State&, const v1::WriteExportChunkRequest& write, const engine::Context&) {
  Event event;
  *event.mutable_written() = write.written();
  return event;
}

engine::Decision<ExportChunkModel> ExportChunkModel::Decide(const State& chunk,
                                                            const v1::DropExportChunkRequest&,
                                                            const engine::Context&) {
  if (!chunk.has_personal()) return std::nullopt;
  Event event;
  event.mutable_dropped()->set_dropped_bytes(
      static_cast<int64_t>(chunk.personal().content().size()));
  return event;
}

void ExportChunkModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kWritten:
      state.set_reading(event.written().reading());
      *state.mutable_personal() = event.written().personal();
      return;
    case Event::kDropped:
      state.clear_personal();
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
