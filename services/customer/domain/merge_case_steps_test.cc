// What a case records of the answers of the two that it is about, in every field.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "libs/testing/decisions.h"
#include "services/customer/domain/merge_case.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;

// FixedContext is on 2026-03-02 10:00 UTC.
const std::string kNow = "{ seconds: 1772445600 }";
const std::string kOpened =
    "opened { merge_case { first_customer: 'customers/a' second_customer: 'customers/b' state: "
    "MERGE_CASE_STATE_SUGGESTED } }";
const std::string kConfirmed = "confirmed { survivor: 'customers/b' absorbed: 'customers/a' }";
const std::string kUndo = "undo_begun { survivor: 'customers/b' absorbed: 'customers/a' }";
const std::vector<std::string> kOpen = {kOpened}, kRunning = {kOpened, kConfirmed},
                               kMerged = {kOpened, kConfirmed, "done {}"},
                               kUnmerging = {kOpened, kConfirmed, "done {}", kUndo};

TEST(FinishMerge, Rules) {
  const std::string fields = "merged_fields: 'region' merged_fields: 'personal.phones' ";
  CheckDecisions<MergeCaseModel, v1::FinishMergeRequest>({
      {"says what the survivor took over", kRunning, fields,
       "done { " + fields + "merge_time " + kNow + " }"},
      {"is quiet the second time", kMerged, fields, ""},
      {"is quiet when nobody confirmed it", kOpen, fields, ""},
  });
}

TEST(FailMerge, Rules) {
  const std::string why = "customer: 'customers/a' reason: REASON_CUSTOMER_ERASED ";
  CheckDecisions<MergeCaseModel, v1::FailMergeRequest>({
      {"says who would not be merged, and why", kRunning, why, "failed { " + why + "}"},
      {"says who would not be unmerged", kUnmerging, why, "failed { " + why + "}"},
      {"is quiet the second time", {kOpened, kConfirmed, "failed { " + why + "}"}, why, ""},
      {"is quiet when it is done", kMerged, why, ""},
  });
}

TEST(FinishUnmerge, Rules) {
  const std::string kept =
      "kept { fields: 'region' resources: 'customers/b/touchpoints/t' resources_incomplete: true }";
  CheckDecisions<MergeCaseModel, v1::FinishUnmergeRequest>({
      {"says what stays as it is", kUnmerging, kept,
       "undone { kept_fields: 'region' kept_resources: 'customers/b/touchpoints/t' "
       "kept_resources_incomplete: true unmerge_time " +
           kNow + " }"},
      {"is quiet the second time", {kOpened, kConfirmed, "done {}", kUndo, "undone {}"}, kept, ""},
      {"is quiet when nobody wants it taken back", kMerged, kept, ""},
  });
}

}  // namespace
}  // namespace crm::customer
