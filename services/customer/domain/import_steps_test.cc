// What the steps of an import record, in every field.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "libs/testing/decisions.h"
#include "services/customer/domain/import.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;

// FixedContext is on 2026-03-02 10:00 UTC.
const std::string kNow = "{ seconds: 1772445600 }";
const std::string kCreated =
    "created { import { kind: IMPORT_KIND_CUSTOMERS format: IMPORT_FORMAT_CSV file_bytes: 5 state: "
    "IMPORT_STATE_UPLOADING expire_time { seconds: 1772440000 } } }";
const std::string kBasis =
    "basis { reporting_currency: 'USD' business_date { year: 2026 month: 3 day: 2 } "
    "phone_country_code: 'CN' customer_policy_etag: '7' } ";
const std::string kUploaded = "chunk_uploaded { uploaded_bytes: 5 " + kBasis + "}";
const std::string kChecked =
    "stretch_checked { stretch { number: 1 rows: 2 } next { stretch: 2 } last: true expire_time { "
    "seconds: 1772440000 } }";
const std::string kStarted =
    "run_started { runner: 'user:tester' " + kBasis + "run_time " + kNow + " }";
const std::vector<std::string> kUploading = {kCreated}, kChecking = {kCreated, kUploaded},
                               kReady = {kCreated, kUploaded, kChecked},
                               kRunning = {kCreated, kUploaded, kChecked, kStarted},
                               kDone = {kCreated, kUploaded, kChecked, kStarted, "finished {}"};

TEST(CheckImport, Rules) {
  CheckDecisions<ImportModel, v1::CheckImportRequest>(
      {
          {"checks anew, by the policy of now", kReady, "", "check_started { " + kBasis + "}"},
          {"is quiet while it checks", kChecking, "", ""},
          {"refuses before the file is here", kUploading, "", "!IMPORT_NOT_READY"},
          {"refuses one that has run", kDone, "", "!IMPORT_NOT_READY"},
      },
      FixedContext<ImportModel>(), ImportFacts{{WithDefaults({}), "7"}});
}

TEST(RunImport, Rules) {
  CheckDecisions<ImportModel, v1::RunImportRequest>({
      {"runs by what it was checked by", kReady, "", kStarted},
      {"is quiet while it runs", kRunning, "", ""},
      {"is quiet when it has run", kDone, "", ""},
      {"refuses one that is not checked", kChecking, "", "!IMPORT_NOT_READY"},
  });
}

TEST(CancelImport, Rules) {
  const std::string cancelled = "cancelled { reason: 'wrong file' end_time " + kNow + " }";
  CheckDecisions<ImportModel, v1::CancelImportRequest>({
      {"ends one that waits", kReady, "reason: 'wrong file'", cancelled},
      {"ends one that runs", kRunning, "reason: 'wrong file'", cancelled},
      {"is quiet the second time", {kCreated, cancelled}, "reason: 'again'", ""},
      {"refuses one that is over", kDone, "reason: 'x'", "!IMPORT_CLOSED"},
      {"is quiet about it when only what goes on is meant", kDone, "only_running: true", ""},
  });
}

TEST(FailImport, Rules) {
  const std::string failure =
      "failure { reason: 'IMPORT_FILE_UNREADABLE' text { en: 'no text' zh_cn: '不是文本' } } ";
  CheckDecisions<ImportModel, v1::FailImportRequest>({
      {"says why", kChecking, "check_number: 1 " + failure,
       "failed { " + failure + "end_time " + kNow + " }"},
      {"is quiet of another check", kChecking, "check_number: 2 " + failure, ""},
      {"is quiet when it was cancelled",
       {kCreated, kUploaded, "cancelled {}"},
       "check_number: 1 " + failure,
       ""},
      {"ends a run that cannot go on", kRunning, "check_number: 1 running: true " + failure,
       "failed { " + failure + "end_time " + kNow + " }"},
      {"is quiet of the check while it runs", kRunning, "check_number: 1 " + failure, ""},
      {"is quiet of a run that has ended", kDone, "check_number: 1 running: true " + failure, ""},
  });
}

TEST(ContinueImport, Rules) {
  const std::string continued =
      "{ sent_rows: 1000 unchanged_rows: 3 refused_rows: 1 start { stretch: 1 } next { stretch: 2 "
      "} "
      "}";
  CheckDecisions<ImportModel, v1::ContinueImportRequest>({
      {"says what was sent and what became of it", kRunning, "continued " + continued,
       "run_continued " + continued},
      {"is quiet the second time",
       {kCreated, kUploaded, kChecked, kStarted, "run_continued " + continued},
       "continued " + continued,
       ""},
      {"is quiet when it does not run", kReady, "continued " + continued, ""},
  });
}

TEST(FinishImport, Rules) {
  const std::string counts = "unchanged_rows: 2 refused_rows: 1 refused_positions: 1 ";
  CheckDecisions<ImportModel, v1::FinishImportRequest>({
      {"says what became of the last rows", kRunning, "finished { " + counts + "}",
       "finished { " + counts + "end_time " + kNow + " }"},
      {"is quiet the second time", kDone, "finished { " + counts + "}", ""},
      {"is quiet when it was cancelled",
       {kCreated, kUploaded, kChecked, kStarted, "cancelled {}"},
       "finished {}",
       ""},
  });
}

TEST(ExpireImport, Rules) {
  const std::string cancelled =
      "cancelled { reason: 'nobody went on with it' end_time " + kNow + " }";
  CheckDecisions<ImportModel, v1::ExpireImportRequest>({
      {"ends one whose file did not come", kUploading, "", cancelled},
      {"ends one that nobody let run", kReady, "", cancelled},
      {"is quiet while it is checked", kChecking, "", ""},
      {"is quiet while it runs", kRunning, "", ""},
      {"is quiet before its time",
       {"created { import { state: IMPORT_STATE_UPLOADING expire_time { seconds: 1772445601 } } }"},
       "",
       ""},
      {"is quiet when it is over", kDone, "", ""},
  });
}

}  // namespace
}  // namespace crm::customer
