#include "services/customer/domain/export.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/testing/decisions.h"
#include "services/customer/domain/export_chunk.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;

const char kCreated[] =
    "created { export { fields: 'display_name' reason: 'fair' format: EXPORT_FORMAT_CSV "
    "state: EXPORT_STATE_RUNNING attempt: 1 } }";
const char kFinished[] =
    "finished { result { rows: 3 chunk_count: 1 } expire_time { seconds: 1773050400 } }";

ExportParts Parts(int chunks, bool mixed = false) {
  return {{WithDefaults({}), "7"}, chunks, mixed};
}

TEST(CreateExport, Rules) {
  CheckDecisions<ExportModel, v1::CreateExportRequest>({
      {"begins",
       {},
       "export { fields: ['display_name', 'personal.phones'] reason: 'fair' }",
       "created { export { fields: ['display_name', 'personal.phones'] reason: 'fair' format: "
       "EXPORT_FORMAT_CSV state: EXPORT_STATE_RUNNING operation: 'operations/exports/export-1' "
       "creator: 'user:tester' attempt: 1 } }"},
      {"refuses no reason",
       {},
       "export { fields: 'display_name' reason: ' ' }",
       "!field:export.reason"},
      {"refuses no field", {}, "export { reason: 'fair' }", "!field:export.fields"},
      {"refuses an unknown field",
       {},
       "export { fields: 'colour' reason: 'fair' }",
       "!field:export.fields[0]"},
      {"refuses a field that is spelt otherwise",
       {},
       "export { fields: 'display-name' reason: 'fair' }",
       "!field:export.fields[0]"},
      {"refuses a field behind a text",
       {},
       "export { fields: 'display_name.x' reason: 'fair' }",
       "!field:export.fields[0]"},
      {"keeps the filter apart",
       {},
       "export { fields: 'kind' reason: 'fair' filter: 'display_name = \"Acme\"' }",
       "created { export { fields: 'kind' reason: 'fair' format: EXPORT_FORMAT_CSV state: "
       "EXPORT_STATE_RUNNING operation: 'operations/exports/export-1' creator: 'user:tester' "
       "attempt: 1 } personal { filter: 'display_name = \"Acme\"' } }"},
      {"refuses a field twice",
       {},
       "export { fields: ['kind', 'kind'] reason: 'fair' }",
       "!field:export.fields[1]"},
      {"refuses a filter that is none",
       {},
       "export { fields: 'kind' reason: 'fair' filter: 'colour = 1' }",
       "!field:export.filter"},
      {"refuses an unknown format",
       {},
       "export { fields: 'kind' reason: 'fair' format: 9 }",
       "!field:export.format"},
  });
}

TEST(ExportStates, EveryVerbInEveryState) {
  const struct {
    const char* name;
    std::vector<std::string> facts;
    const char *cancel, *finish, *fail, *expire;
  } table[] = {
      {"RUNNING", {kCreated}, "cancelled", "finished", "failed", ""},
      {"DONE", {kCreated, kFinished}, "cancelled", "", "", "expired"},
      {"FAILED", {kCreated, "failed {}"}, "!EXPORT_CLOSED", "", "", ""},
      {"CANCELLED", {kCreated, "cancelled {}"}, "", "", "", ""},
      {"EXPIRED", {kCreated, kFinished, "expired {}"}, "!EXPORT_CLOSED", "", "", ""},
  };
  engine::Context context = FixedContext<ExportModel>();
  context.time = absl::FromUnixSeconds(1773050400);
  for (const auto& row : table) {
    SCOPED_TRACE(row.name);
    const v1::Export state = Given<ExportModel>(row.facts);
    EXPECT_EQ(v1::ExportState_Name(state.state()), absl::StrCat("EXPORT_STATE_", row.name));
    EXPECT_EQ(WordOf(ExportModel::Decide(state, v1::CancelExportRequest(), context)), row.cancel);
    EXPECT_EQ(WordOf(ExportModel::Decide(state, ParseText<v1::FinishExportRequest>("attempt: 1"),
                                         context, Parts(0))),
              row.finish);
    EXPECT_EQ(WordOf(ExportModel::Decide(state, v1::FailExportRequest(), context)), row.fail);
    EXPECT_EQ(WordOf(ExportModel::Decide(state, v1::ExpireExportRequest(), context)), row.expire);
  }
}

TEST(CancelExport, OnlyWhatRunsWhenAskedSo) {
  const auto cancel = ParseText<v1::CancelExportRequest>("only_running: true");
  const engine::Context context = FixedContext<ExportModel>();
  EXPECT_EQ(WordOf(ExportModel::Decide(Given<ExportModel>({kCreated}), cancel, context)),
            "cancelled");
  for (const char* end : {kFinished, "failed {}", "cancelled {}"}) {
    EXPECT_EQ(WordOf(ExportModel::Decide(Given<ExportModel>({kCreated, end}), cancel, context)), "")
        << end;
  }
}

TEST(ExportEvents, AFilterIsReadWhereverItStands) {
  EXPECT_EQ(Given<ExportModel>({"created { export { filter: 'a' } }"}).filter(), "a");
  EXPECT_EQ(Given<ExportModel>({"created { export {} personal { filter: 'b' } }"}).filter(), "b");
}

TEST(FinishExport, WaitsForPartsAndReadsAnewWhatWasReadTwice) {
  const v1::Export state = Given<ExportModel>({kCreated});
  const engine::Context context = FixedContext<ExportModel>();
  const auto finish =
      ParseText<v1::FinishExportRequest>("attempt: 1 result { rows: 1 chunk_count: 2 }");
  EXPECT_TRUE(absl::IsUnavailable(ExportModel::Decide(state, finish, context, Parts(1)).status()));
  EXPECT_EQ(WordOf(ExportModel::Decide(state, finish, context, Parts(2, true))), "restarted");
  EXPECT_EQ(WordOf(ExportModel::Decide(state, ParseText<v1::FinishExportRequest>("attempt: 2"),
                                       context, Parts(0))),
            "");
}

TEST(FinishExport, LargeOnesAreFlagged) {
  const struct {
    int rows, own, book;
    bool large;
  } table[] = {{1000, 0, 0, false}, {1001, 0, 0, true},   {20, 20, 100, false},
               {21, 21, 100, true}, {21, 20, 100, false}, {0, 0, 100, false}};
  for (const auto& row : table) {
    v1::FinishExportRequest finish;
    finish.set_attempt(1);
    finish.mutable_result()->set_rows(row.rows);
    finish.mutable_result()->set_own_rows(row.own);
    finish.mutable_result()->set_book_size(row.book);
    const auto decided = ExportModel::Decide(Given<ExportModel>({kCreated}), finish,
                                             FixedContext<ExportModel>(), Parts(0));
    ASSERT_TRUE(decided.ok() && decided->has_value());
    EXPECT_EQ((*decided)->finished().large(), row.large) << row.rows << " " << row.own;
    EXPECT_EQ((*decided)->finished().expire_time().seconds(), 1773050400) << "seven days";
    EXPECT_EQ((*decided)->finished().customer_policy_etag(), "7");
  }
}

TEST(ExportChunk, IsWrittenAndThrownAwayOnce) {
  const std::string written = "written { reading: 1 personal { content: 'abc' } }";
  CheckDecisions<ExportChunkModel, v1::WriteExportChunkRequest>(
      {{"writes", {}, "written { reading: 1 personal { content: 'abc' } }", written}});
  CheckDecisions<ExportChunkModel, v1::DropExportChunkRequest>(
      {{"drops", {written}, "", "dropped { dropped_bytes: 3 }"},
       {"is quiet the second time", {written, "dropped {}"}, "", ""}});
}

}  // namespace
}  // namespace crm::customer
