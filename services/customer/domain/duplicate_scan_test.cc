#include "services/customer/domain/duplicate_scan.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "libs/testing/decisions.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;

// FixedContext is 2026-03-02 10:00 UTC = 1772445600.
constexpr char kStarted[] =
    "started { duplicate_scan { state: DUPLICATE_SCAN_STATE_RUNNING customer_count: 7 "
    "operation: 'operations/duplicateScans/duplicate-scan-1' } }";
constexpr char kPlanned[] = R"(started { duplicate_scan { state: DUPLICATE_SCAN_STATE_PLANNED
    customer_count: 7 start_time { seconds: 1772488800 }
    operation: 'operations/duplicateScans/duplicate-scan-1' } })";
constexpr char kDueAlready[] = R"(started { duplicate_scan { state: DUPLICATE_SCAN_STATE_PLANNED
    customer_count: 7 start_time { seconds: 1772445600 } } })";
constexpr char kContinued[] = R"(continued { progress { scanned_through: "customers/m"
    scanned_customer_count: 5 compared_pair_count: 9 suggested_pair_count: 2
    skipped_block_count: 1 linkage_model_etag: "1" } })";
constexpr char kFinished[] = "finished { progress {} end_time { seconds: 1772445600 } }";
constexpr char kCancelled[] = "cancelled { end_time { seconds: 1772445600 } reason: 'wrong' }";

TEST(FindDuplicates, Rules) {
  CheckDecisions<DuplicateScanModel, v1::FindDuplicatesRequest>(
      {
          {"begins", {}, "duplicate_scan {}", kStarted},
          {"takes a bound",
           {},
           "duplicate_scan { suggest_bps: 9900 }",
           "started { duplicate_scan { state: DUPLICATE_SCAN_STATE_RUNNING customer_count: 7 "
           "suggest_bps: 9900 operation: 'operations/duplicateScans/duplicate-scan-1' } }"},
          {"waits for its time",
           {},
           "duplicate_scan { start_time { seconds: 1772488800 } }",
           kPlanned},
          {"begins at once when that has passed",
           {},
           "duplicate_scan { start_time { seconds: 1772445600 } }",
           kStarted},
          {"refuses a time far ahead",
           {},
           "duplicate_scan { start_time { seconds: 1775037601 } }",
           "!field:duplicate_scan.start_time"},
          {"refuses a bound below",
           {},
           "duplicate_scan { suggest_bps: -1 }",
           "!field:duplicate_scan.suggest_bps"},
          {"looks among contacts",
           {},
           "duplicate_scan { record_kind: LINKAGE_RECORD_KIND_CONTACT }",
           "started { duplicate_scan { state: DUPLICATE_SCAN_STATE_RUNNING customer_count: 7 "
           "record_kind: LINKAGE_RECORD_KIND_CONTACT "
           "operation: 'operations/duplicateScans/duplicate-scan-1' } }"},
          {"refuses a kind that is none",
           {},
           "duplicate_scan { record_kind: 7 }",
           "!field:duplicate_scan.record_kind"},
          {"refuses a bound above",
           {},
           "duplicate_scan { suggest_bps: 10001 }",
           "!field:duplicate_scan.suggest_bps"},
      },
      FixedContext<DuplicateScanModel>(), ScanFacts{.model_known = true, .customer_count = 7});
  CheckDecisions<DuplicateScanModel, v1::FindDuplicatesRequest>(
      {{"refuses without a model", {}, "duplicate_scan {}", "!LINKAGE_MODEL_MISSING"}},
      FixedContext<DuplicateScanModel>(), ScanFacts());
}

TEST(BeginDuplicateScan, Rules) {
  CheckDecisions<DuplicateScanModel, v1::BeginDuplicateScanRequest>({
      {"begins", {kDueAlready}, "", "begun {}"},
      {"is quiet before its time", {kPlanned}, "", ""},
      {"is quiet the second time", {kDueAlready, "begun {}"}, "", ""},
  });
  EXPECT_EQ(DuplicateScanModel::NextDue(Given<DuplicateScanModel>({kPlanned})),
            absl::FromUnixSeconds(1'772'488'800));
  EXPECT_EQ(DuplicateScanModel::NextDue(Given<DuplicateScanModel>({kDueAlready, "begun {}"})),
            std::nullopt);
  EXPECT_EQ(DuplicateScanModel::NextDue(Given<DuplicateScanModel>({kStarted})), std::nullopt);
}

TEST(ContinueDuplicateScan, Rules) {
  CheckDecisions<DuplicateScanModel, v1::ContinueDuplicateScanRequest>({
      {"adds the first stretch",
       {kStarted},
       R"(stretch { scanned_through: "customers/m" scanned_customer_count: 5
          compared_pair_count: 9 suggested_pair_count: 2 skipped_block_count: 1
          linkage_model_etag: "1" })",
       kContinued},
      {"adds what the next has done",
       {kStarted, kContinued},
       R"(after_customer: "customers/m" last: true stretch { scanned_through: "customers/z"
          scanned_customer_count: 2 compared_pair_count: 3 suggested_pair_count: 1
          skipped_block_count: 4 linkage_model_etag: "2" })",
       R"(finished { progress { scanned_through: "customers/z" scanned_customer_count: 7
          compared_pair_count: 12 suggested_pair_count: 3 skipped_block_count: 5
          linkage_model_etag: "2" } end_time { seconds: 1772445600 } })"},
      {"is done though nobody was left",
       {kStarted, kContinued},
       R"(after_customer: "customers/m" last: true stretch { linkage_model_etag: "1" })",
       R"(finished { progress { scanned_through: "customers/m" scanned_customer_count: 5
          compared_pair_count: 9 suggested_pair_count: 2 skipped_block_count: 1
          linkage_model_etag: "1" } end_time { seconds: 1772445600 } })"},
      {"is quiet when it has gone on from there",
       {kStarted, kContinued},
       R"(stretch { scanned_through: "customers/m" })",
       ""},
      {"is quiet when it is done", {kStarted, kFinished}, "stretch {}", ""},
      {"is quiet when it is cancelled", {kStarted, kCancelled}, "stretch {}", ""},
  });
}

TEST(CancelDuplicateScan, Rules) {
  CheckDecisions<DuplicateScanModel, v1::CancelDuplicateScanRequest>({
      {"ends it before it has begun", {kPlanned}, "reason: 'wrong'", kCancelled},
      {"ends it", {kStarted, kContinued}, "reason: 'wrong'", kCancelled},
      {"is quiet the second time", {kStarted, kCancelled}, "reason: 'other'", ""},
      {"refuses when it is done", {kStarted, kFinished}, "", "!DUPLICATE_SCAN_OVER"},
      {"is quiet about it when only what runs is meant",
       {kStarted, kFinished},
       "only_running: true",
       ""},
      {"ends what runs when only that is meant",
       {kStarted},
       "only_running: true reason: 'wrong'",
       kCancelled},
  });
}

// Every state with every verb.
TEST(DuplicateScan, StatesAndVerbs) {
  struct Row {
    std::string state;
    std::vector<std::string> facts;
    std::string cancel, begin, next;
  };
  const std::vector<Row> rows = {
      {"PLANNED", {kDueAlready}, "cancelled", "begun", ""},
      {"RUNNING", {kStarted}, "cancelled", "", "continued"},
      {"DONE", {kStarted, kFinished}, "!DUPLICATE_SCAN_OVER", "", ""},
      {"CANCELLED", {kStarted, kCancelled}, "", "", ""},
  };
  const engine::Context context = FixedContext<DuplicateScanModel>();
  for (const Row& row : rows) {
    SCOPED_TRACE(row.state);
    const auto scan = Given<DuplicateScanModel>(row.facts);
    EXPECT_EQ(WordOf(DuplicateScanModel::Decide(scan, v1::CancelDuplicateScanRequest(), context)),
              row.cancel);
    EXPECT_EQ(WordOf(DuplicateScanModel::Decide(scan, v1::BeginDuplicateScanRequest(), context)),
              row.begin);
    EXPECT_EQ(WordOf(DuplicateScanModel::Decide(scan, v1::ContinueDuplicateScanRequest(), context)),
              row.next);
  }
}

}  // namespace
}  // namespace crm::customer
