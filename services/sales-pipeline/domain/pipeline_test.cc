#include "services/sales-pipeline/domain/pipeline.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "services/sales-pipeline/domain/seed.h"

namespace crm::sales {
namespace {

using testing::CheckDecisions;

constexpr char kStages[] = R"(
    stages { id: "first" display_name: "First" probability_percent: 10 kind: STAGE_KIND_OPEN }
    stages { id: "won" display_name: "Won" probability_percent: 100 kind: STAGE_KIND_WON }
    stages { id: "lost" display_name: "Lost" kind: STAGE_KIND_LOST })";
constexpr char kReasons[] = R"( loss_reasons { id: "price" display_name: "Price" } )";

std::string Pipeline(const std::string& rest) { return "pipeline { " + rest + " }"; }
std::string Simple(const std::string& name = "Simple") {
  return Pipeline("display_name: '" + name + "'" + kStages + kReasons);
}
std::string With(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(CreatePipeline, Rules) {
  const std::string extra = R"(stages { id: "x" display_name: "X" kind: )";
  CheckDecisions<PipelineModel, v1::CreatePipelineRequest>({
      {"creates", {}, Simple(), "created { " + Simple() + " }"},
      {"needs what people call it",
       {},
       Pipeline(std::string(kStages) + kReasons),
       "!field:pipeline.display_name"},
      {"needs stages", {}, Pipeline("display_name: 'x'"), "!field:pipeline.stages"},
      {"needs loss reasons",
       {},
       Pipeline(std::string("display_name: 'x'") + kStages),
       "!field:pipeline.loss_reasons"},
      {"needs an open stage",
       {},
       With(Simple(), "KIND_OPEN", "KIND_ON_HOLD"),
       "!field:pipeline.stages"},
      {"needs one won stage, not two",
       {},
       Pipeline(std::string("display_name: 'x' ") + extra +
                "STAGE_KIND_WON probability_percent: 100 }" + kStages + kReasons),
       "!field:pipeline.stages"},
      {"needs a lost stage",
       {},
       With(Simple(), "KIND_LOST", "KIND_OPEN"),
       "!field:pipeline.stages"},
      {"refuses ids twice",
       {},
       With(Simple(), "\"lost\"", "\"won\""),
       "!field:pipeline.stages[2].id"},
      {"refuses ids that are none",
       {},
       With(Simple(), "\"first\"", "\"First\""),
       "!field:pipeline.stages[0].id"},
      {"refuses a stage without a kind",
       {},
       With(Simple(), "kind: STAGE_KIND_OPEN", ""),
       "!field:pipeline.stages[0].kind"},
      {"refuses 101 percent",
       {},
       With(Simple(), "percent: 10 ", "percent: 101 "),
       "!field:pipeline.stages[0].probability_percent"},
      {"refuses won at less than 100 percent",
       {},
       With(Simple(), "percent: 100", "percent: 99"),
       "!field:pipeline.stages[1].probability_percent"},
      {"refuses negative days",
       {},
       With(Simple(), "kind: STAGE_KIND_OPEN", "kind: STAGE_KIND_OPEN rotting_days: -1"),
       "!field:pipeline.stages[0].rotting_days"},
      {"refuses reasons twice",
       {},
       Pipeline(std::string("display_name: 'x'") + kStages + kReasons + kReasons),
       "!field:pipeline.loss_reasons[1].id"},
      {"refuses an unknown source of orders",
       {},
       Pipeline(std::string("display_name: 'x' order_source: 9 ") + kStages + kReasons),
       "!field:pipeline.order_source"},
  });
}

TEST(UpdatePipeline, Rules) {
  const std::string created = "created { " + Simple() + " }";
  CheckDecisions<PipelineModel, v1::UpdatePipelineRequest>({
      {"changes what is named",
       {created},
       Pipeline("display_name: 'New'") + " update_mask { paths: 'display_name' }",
       "updated { " + Simple("New") + " }"},
      {"is quiet when nothing differs",
       {created},
       Pipeline("display_name: 'Simple'") + " update_mask { paths: 'display_name' }",
       ""},
      {"refuses what would be no pipeline",
       {created},
       Pipeline("") + " update_mask { paths: 'stages' }",
       "!field:pipeline.stages"},
  });
}

TEST(UpdatePipeline, KeepsItsNameAndAge) {
  const auto context = testing::FixedContext<PipelineModel>();
  const v1::Pipeline pipeline = testing::Given<PipelineModel>(
      {"created { " + Simple() + " }", "updated { " + Simple("New") + " }"}, context);
  EXPECT_EQ(pipeline.name(), context.name);
  EXPECT_EQ(pipeline.display_name(), "New");
  EXPECT_TRUE(pipeline.has_create_time());
}

TEST(SeedPipelines, IsThePublishedTable) {
  const auto commands = SeedPipelines();
  ASSERT_EQ(commands.size(), 1u);
  const auto& create = static_cast<const v1::CreatePipelineRequest&>(*commands[0]);
  EXPECT_EQ("pipelines/" + create.pipeline_id(), kStandardPipeline);
  std::string table;
  for (const v1::Stage& stage : create.pipeline().stages()) {
    table += stage.display_name() + " " + std::to_string(stage.probability_percent()) + ", ";
  }
  EXPECT_EQ(table,
            "Prospecting 10, Qualification 20, Proposal 50, Negotiation 80, Won 100, Lost 0, ");
  EXPECT_THAT(PipelineModel::Decide({}, create, testing::FixedContext<PipelineModel>()).status(),
              testing::IsOk());
}

TEST(PipelineDeathTest, AnUnknownFactEndsTheProcess) {
  v1::Pipeline pipeline;
  EXPECT_DEATH(PipelineModel::Evolve(pipeline, v1::PipelineEvent()), "facts it does not know");
}

}  // namespace
}  // namespace crm::sales
