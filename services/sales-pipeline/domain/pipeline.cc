#include "services/sales-pipeline/domain/pipeline.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/engine/update.h"

namespace crm::sales {
namespace {

using base::Invalid;
using engine::Context;
using engine::Decision;

constexpr int kStagesMin = 3;
constexpr int kRottingDaysMax = 3650;

absl::Status CheckStage(const std::string& field, const v1::Stage& stage,
                        std::set<std::string>& seen) {
  if (!base::IsResourceId(stage.id())) {
    return Invalid(field + ".id", "must be 1 to 63 characters of a-z, 0-9 and -");
  }
  if (!seen.insert(stage.id()).second) return Invalid(field + ".id", "must be unique");
  if (base::IsBlank(stage.display_name())) return Invalid(field + ".display_name", "must be given");
  const int percent = stage.probability_percent();
  if (percent < 0 || percent > 100) {
    return Invalid(field + ".probability_percent", "must be 0 to 100");
  }
  if (stage.rotting_days() < 0 || stage.rotting_days() > kRottingDaysMax) {
    return Invalid(field + ".rotting_days", "must be 0 to 3,650");
  }
  if (stage.kind() == v1::STAGE_KIND_UNSPECIFIED || !v1::StageKind_IsValid(stage.kind())) {
    return Invalid(field + ".kind", "must be a kind of stage");
  }
  if ((stage.kind() == v1::STAGE_KIND_WON && percent != 100) ||
      (stage.kind() == v1::STAGE_KIND_LOST && percent != 0)) {
    return Invalid(field + ".probability_percent", "must be 100 for won and 0 for lost");
  }
  return absl::OkStatus();
}

int CountKind(const v1::Pipeline& pipeline, v1::StageKind kind) {
  int count = 0;
  for (const v1::Stage& stage : pipeline.stages()) count += stage.kind() == kind ? 1 : 0;
  return count;
}

absl::Status CheckStages(const v1::Pipeline& pipeline) {
  if (pipeline.stages_size() < kStagesMin) {
    return Invalid("pipeline.stages", "must be at least 3");
  }
  std::set<std::string> seen;
  for (int i = 0; i < pipeline.stages_size(); ++i) {
    absl::Status s = CheckStage(absl::StrCat("pipeline.stages[", i, "]"), pipeline.stages(i), seen);
    if (!s.ok()) return s;
  }
  if (CountKind(pipeline, v1::STAGE_KIND_OPEN) == 0) {
    return Invalid("pipeline.stages", "must have an open stage");
  }
  if (CountKind(pipeline, v1::STAGE_KIND_WON) != 1 ||
      CountKind(pipeline, v1::STAGE_KIND_LOST) != 1) {
    return Invalid("pipeline.stages", "must have exactly one won and one lost stage");
  }
  return absl::OkStatus();
}

absl::Status CheckPipeline(const v1::Pipeline& pipeline) {
  if (base::IsBlank(pipeline.display_name()))
    return Invalid("pipeline.display_name", "must be given");
  if (!v1::BusinessModel_IsValid(pipeline.business_model())) {
    return Invalid("pipeline.business_model", "must be a way of selling");
  }
  if (!v1::OrderSource_IsValid(pipeline.order_source())) {
    return Invalid("pipeline.order_source", "must be a source of orders");
  }
  if (absl::Status s = CheckStages(pipeline); !s.ok()) return s;
  if (pipeline.loss_reasons().empty()) return Invalid("pipeline.loss_reasons", "must be given");
  std::set<std::string> seen;
  for (int i = 0; i < pipeline.loss_reasons_size(); ++i) {
    const v1::LossReason& reason = pipeline.loss_reasons(i);
    const std::string field = absl::StrCat("pipeline.loss_reasons[", i, "]");
    if (!base::IsResourceId(reason.id())) {
      return Invalid(field + ".id", "must be 1 to 63 characters of a-z, 0-9 and -");
    }
    if (!seen.insert(reason.id()).second) return Invalid(field + ".id", "must be unique");
    if (base::IsBlank(reason.display_name()))
      return Invalid(field + ".display_name", "must be given");
  }
  return absl::OkStatus();
}

}  // namespace

Decision<PipelineModel> PipelineModel::Decide(const State&, const v1::CreatePipelineRequest& create,
                                              const Context&) {
  if (absl::Status s = CheckPipeline(create.pipeline()); !s.ok()) return s;
  Event event;
  v1::Pipeline& created = *event.mutable_created()->mutable_pipeline();
  created = create.pipeline();
  engine::ClearStamps(created);
  return event;
}

Decision<PipelineModel> PipelineModel::Decide(const State& pipeline,
                                              const v1::UpdatePipelineRequest& update,
                                              const Context&) {
  v1::Pipeline after = pipeline;
  engine::ClearStamps(after);
  const absl::StatusOr<google::protobuf::FieldMask> changed =
      engine::ChangedFields(update.pipeline(), update.update_mask(), pipeline);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  base::ApplyMask(*changed, update.pipeline(), after);
  if (absl::Status s = CheckPipeline(after); !s.ok()) return s;
  Event event;
  *event.mutable_updated()->mutable_pipeline() = std::move(after);
  return event;
}

void PipelineModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().pipeline();
      return;
    case Event::kUpdated: {
      v1::Pipeline stamps = state;
      state = event.updated().pipeline();
      state.set_name(stamps.name());
      *state.mutable_create_time() = stamps.create_time();
      return;
    }
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

int StageIndex(const v1::Pipeline& pipeline, std::string_view stage) {
  for (int i = 0; i < pipeline.stages_size(); ++i) {
    if (pipeline.stages(i).id() == stage) return i;
  }
  return -1;
}

const v1::Stage* FirstStage(const v1::Pipeline& pipeline, v1::StageKind kind) {
  for (const v1::Stage& stage : pipeline.stages()) {
    if (stage.kind() == kind) return &stage;
  }
  return nullptr;
}

bool HasLossReason(const v1::Pipeline& pipeline, std::string_view loss_reason) {
  for (const v1::LossReason& reason : pipeline.loss_reasons()) {
    if (reason.id() == loss_reason) return true;
  }
  return false;
}

}  // namespace crm::sales
