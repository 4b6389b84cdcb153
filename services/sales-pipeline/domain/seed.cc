#include "services/sales-pipeline/domain/seed.h"

#include <memory>
#include <utility>

#include "crm/sales/v1/pipeline.pb.h"

namespace crm::sales {
namespace {

struct StageRow {
  const char* id;
  const char* display_name;
  int probability_percent;
  v1::StageKind kind;
  int rotting_days;
  bool may_move_back;
};

constexpr StageRow kStandardStages[] = {
    {"prospecting", "Prospecting", 10, v1::STAGE_KIND_OPEN, 30, false},
    {"qualification", "Qualification", 20, v1::STAGE_KIND_OPEN, 30, true},
    {"proposal", "Proposal", 50, v1::STAGE_KIND_OPEN, 21, true},
    {"negotiation", "Negotiation", 80, v1::STAGE_KIND_OPEN, 14, true},
    {"won", "Won", 100, v1::STAGE_KIND_WON, 0, false},
    {"lost", "Lost", 0, v1::STAGE_KIND_LOST, 0, false},
};

constexpr const char* kLossReasons[][2] = {
    {"price", "Price"},         {"competitor", "Competitor"},
    {"no-budget", "No budget"}, {"no-decision", "No decision"},
    {"timing", "Timing"},       {"no-fit", "Does not fit"},
    {"other", "Other"},
};

}  // namespace

engine::Commands SeedPipelines() {
  auto command = std::make_unique<v1::CreatePipelineRequest>();
  v1::CreatePipelineRequest& standard = *command;
  standard.set_pipeline_id("standard");
  v1::Pipeline& pipeline = *standard.mutable_pipeline();
  pipeline.set_display_name("Standard");
  pipeline.set_business_model(v1::BUSINESS_MODEL_STANDARD);
  pipeline.set_order_source(v1::ORDER_SOURCE_CRM);
  for (const StageRow& row : kStandardStages) {
    v1::Stage& stage = *pipeline.add_stages();
    stage.set_id(row.id);
    stage.set_display_name(row.display_name);
    stage.set_probability_percent(row.probability_percent);
    stage.set_kind(row.kind);
    stage.set_rotting_days(row.rotting_days);
    stage.set_may_move_back(row.may_move_back);
  }
  for (const auto& [id, display_name] : kLossReasons) {
    v1::LossReason& reason = *pipeline.add_loss_reasons();
    reason.set_id(id);
    reason.set_display_name(display_name);
  }
  engine::Commands commands;
  commands.push_back(std::move(command));
  return commands;
}

}  // namespace crm::sales
