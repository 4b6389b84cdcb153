// Pipeline: the stages through which sales of one kind go, and why sales are lost.
// Pure: no I/O, no clock, no randomness.
#pragma once

#include <string_view>

#include "crm/sales/v1/pipeline.pb.h"
#include "libs/engine/model.h"

namespace crm::sales {

struct PipelineModel {
  using State = v1::Pipeline;
  using Event = v1::PipelineEvent;

  // kInvalidArgument: stages or loss reasons that make no pipeline; names the field.
  static engine::Decision<PipelineModel> Decide(const State&, const v1::CreatePipelineRequest&,
                                                const engine::Context&);
  // The same. Nothing when nothing would change.
  static engine::Decision<PipelineModel> Decide(const State&, const v1::UpdatePipelineRequest&,
                                                const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

// The loss reason that asks for a note.
inline constexpr std::string_view kOtherLossReason = "other";

// Where a stage stands in its pipeline, from 0; -1 when it has no such stage.
int StageIndex(const v1::Pipeline& pipeline, std::string_view stage);
// The first stage of a kind; nullptr when there is none. Lives as long as the pipeline.
const v1::Stage* FirstStage(const v1::Pipeline& pipeline, v1::StageKind kind);
bool HasLossReason(const v1::Pipeline& pipeline, std::string_view loss_reason);

}  // namespace crm::sales
