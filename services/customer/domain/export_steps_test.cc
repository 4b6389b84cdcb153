// What the steps of an export record, in every field.
#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/testing/decisions.h"
#include "services/customer/domain/export.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::WordOf;

// FixedContext is on 2026-03-02 10:00 UTC.
const std::string kNow = "{ seconds: 1772445600 }";
const std::string kCreated =
    "created { export { fields: 'display_name' reason: 'fair' format: EXPORT_FORMAT_CSV state: "
    "EXPORT_STATE_RUNNING attempt: 1 } }";
const std::string kFinished =
    "finished { result { rows: 3 chunk_count: 2 } expire_time { seconds: 1772440000 } }";
const std::vector<std::string> kRunning = {kCreated}, kDone = {kCreated, kFinished};

TEST(CancelExport, Rules) {
  CheckDecisions<ExportModel, v1::CancelExportRequest>({
      {"ends one that runs", kRunning, "reason: 'not needed'",
       "cancelled { reason: 'not needed' end_time " + kNow + " }"},
      {"throws away a file that is done", kDone, "reason: 'wrong'",
       "cancelled { reason: 'wrong' chunk_count: 2 end_time " + kNow + " }"},
      {"is quiet the second time", {kCreated, "cancelled {}"}, "reason: 'again'", ""},
      {"is quiet about one that is done when only what goes on is meant", kDone,
       "only_running: true", ""},
      {"refuses one that is over", {kCreated, "failed {}"}, "reason: 'x'", "!EXPORT_CLOSED"},
  });
}

TEST(FinishExport, Rules) {
  const std::string result = "result { rows: 3 own_rows: 1 book_size: 10 chunk_count: 2 ";
  CheckDecisions<ExportModel, v1::FinishExportRequest>(
      {
          {"says what went out, and for how long it is kept", kRunning,
           "attempt: 1 " + result + "read_time { seconds: 1772445000 } }",
           "finished { " + result +
               "read_time { seconds: 1772445000 } } customer_policy_etag: '7' end_time " + kNow +
               " expire_time { seconds: 1773050400 } }"},
          {"flags a large part of somebody's book", kRunning,
           "attempt: 1 result { rows: 30 own_rows: 30 book_size: 40 chunk_count: 2 read_time { "
           "seconds: 1 } }",
           "finished { result { rows: 30 own_rows: 30 book_size: 40 chunk_count: 2 read_time { "
           "seconds: 1 } } large: true customer_policy_etag: '7' end_time " +
               kNow + " expire_time { seconds: 1773050400 } }"},
          {"is quiet of another attempt", kRunning, "attempt: 2 " + result + "}", ""},
          {"is quiet the second time", kDone, "attempt: 1 " + result + "}", ""},
      },
      FixedContext<ExportModel>(), ExportParts{{WithDefaults({}), "7"}, 2, false});
  CheckDecisions<ExportModel, v1::FinishExportRequest>(
      {{"reads anew what was read twice", kRunning, "attempt: 1 " + result + "}",
        "restarted { attempt: 2 }"}},
      FixedContext<ExportModel>(), ExportParts{{WithDefaults({}), "7"}, 2, true});
}

TEST(ContinueExport, Rules) {
  const std::string so_far =
      "result { rows: 3 chunk_count: 2 read_time { seconds: 1 } } last_customer: 'customers/c' ";
  const std::string further =
      "continued { result { chunk_count: 1 } last_customer: 'customers/b' }";
  const std::string more = "attempt: 1 continued { " + so_far + "} ";
  const std::string said = "continued { " + so_far + "attempt: 1 }";
  const ExportParts whole{{WithDefaults({}), "7"}, 2, false};
  CheckDecisions<ExportModel, v1::ContinueExportRequest>(
      {
          {"says how far it is", kRunning, more, said},
          {"goes on behind what was read",
           {kCreated, further},
           more + "previous_customer: 'customers/b' first_chunk_number: 1",
           said},
          {"is quiet of another place", {kCreated, further}, more, ""},
          {"is quiet of another attempt", {kCreated, "restarted { attempt: 2 }"}, more, ""},
          {"is quiet when it is done", kDone, more, ""},
          {"is quiet when it was cancelled", {kCreated, "cancelled {}"}, more, ""},
      },
      FixedContext<ExportModel>(), whole);
  v1::Export running;
  running.set_state(v1::EXPORT_STATE_RUNNING);
  running.set_attempt(1);
  EXPECT_TRUE(absl::IsUnavailable(
      ExportModel::Decide(running, testing::ParseText<v1::ContinueExportRequest>(more),
                          FixedContext<ExportModel>(),
                          ExportParts{{WithDefaults({}), "7"}, 1, false})
          .status()))
      << "a part is on its way";
  // FixedContext is on 1772445600.
  const auto ahead = [](int seconds) {
    return absl::StrCat("attempt: 1 continued { result { read_time { seconds: ", seconds, " } } }");
  };
  CheckDecisions<ExportModel, v1::ContinueExportRequest>(
      {{"says the moment when it has passed", kRunning, ahead(1772445599),
        "continued { result { read_time { seconds: 1772445599 } } attempt: 1 }"},
       {"says it at once when it is to come", kRunning, ahead(1772445660),
        "continued { result { read_time { seconds: 1772445660 } } attempt: 1 }"}},
      FixedContext<ExportModel>(), whole);
  CheckDecisions<ExportModel, v1::ContinueExportRequest>(
      {{"reads anew what was read twice", kRunning, more, "restarted { attempt: 2 }"}},
      FixedContext<ExportModel>(), ExportParts{{WithDefaults({}), "7"}, 2, true});
}

TEST(FailExport, Rules) {
  const std::string failure =
      "failure { reason: 'EXPORT_TOO_LARGE' text { en: 'too many' zh_cn: '过多' } } ";
  CheckDecisions<ExportModel, v1::FailExportRequest>({
      {"says why", kRunning, failure, "failed { " + failure + "end_time " + kNow + " }"},
      {"is quiet when it is done", kDone, failure, ""},
      {"is quiet when it was cancelled", {kCreated, "cancelled {}"}, failure, ""},
  });
}

TEST(ExpireExport, Rules) {
  CheckDecisions<ExportModel, v1::ExpireExportRequest>({
      {"throws the parts away", kDone, "", "expired { chunk_count: 2 }"},
      {"is quiet before its time",
       {kCreated, "finished { expire_time { seconds: 1772445601 } }"},
       "",
       ""},
      {"is quiet the second time", {kCreated, kFinished, "expired {}"}, "", ""},
      {"is quiet while it runs", kRunning, "", ""},
      {"is quiet until the moment has passed",
       {kCreated, "continued { result { read_time { seconds: 1772445600 } } attempt: 1 }"},
       "",
       ""},
  });
}

// No reaction waits for the clock: what was said before the moment is said again after it, once.
TEST(ExpireExport, BeginsTheReadingWhenTheMomentHasPassed) {
  engine::Context context = FixedContext<ExportModel>();
  const absl::Time moment = context.time + absl::Minutes(10);
  v1::Export state = testing::Given<ExportModel>(
      {kCreated, "continued { result { read_time { seconds: 1772446200 } } attempt: 1 }"});
  EXPECT_EQ(ExportModel::NextDue(state), moment + absl::Nanoseconds(1));
  context.time = moment;
  EXPECT_EQ(WordOf(ExportModel::Decide(state, v1::ExpireExportRequest(), context)), "");
  context.time += absl::Nanoseconds(1);
  const auto decided = ExportModel::Decide(state, v1::ExpireExportRequest(), context);
  ASSERT_TRUE(decided.ok() && decided->has_value());
  EXPECT_THAT((*decided)->continued(),
              testing::EqualsProto("result { read_time { seconds: 1772446200 } } attempt: 1"));
  ExportModel::Evolve(state, **decided);
  testing::Stamp(context, 3, state);
  EXPECT_EQ(ExportModel::NextDue(state), std::nullopt);
  EXPECT_EQ(WordOf(ExportModel::Decide(state, v1::ExpireExportRequest(), context)), "");
  const v1::Export cancelled = testing::Given<ExportModel>(
      {kCreated, "continued { result { read_time { seconds: 1772446200 } } attempt: 1 }",
       "cancelled {}"});
  EXPECT_EQ(ExportModel::NextDue(cancelled), std::nullopt);
}

}  // namespace
}  // namespace crm::customer
