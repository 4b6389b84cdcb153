#include "services/customer/read/operations.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "crm/customer/v1/operation.pb.h"
#include "google/rpc/code.pb.h"
#include "libs/base/status.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/exchange_tables.h"
#include "services/customer/read/linkage_tables.h"
#include "services/customer/read/transfer_tables.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;

class Operations : public ::testing::Test {
 protected:
  Operations() : rows_(kImports, kExports, kTransfers, kDuplicateScans) {
    v1::Import import;
    import.set_name("imports/a");
    import.set_state(v1::IMPORT_STATE_RUNNING);
    import.mutable_run_time()->set_seconds(1);
    import.mutable_ran()->set_rows(7);
    import.mutable_checked()->set_good_rows(10);
    rows_.Put(kImports, import);
    import.set_name("imports/b");
    import.set_state(v1::IMPORT_STATE_DONE);
    rows_.Put(kImports, import);
    import.set_name("imports/c");
    import.set_state(v1::IMPORT_STATE_CANCELLED);
    rows_.Put(kImports, import);
    v1::Export exported;
    exported.set_name("exports/a");
    exported.set_state(v1::EXPORT_STATE_FAILED);
    rows_.Put(kExports, exported);
  }
  google::longrunning::Operation Get(const std::string& name) {
    google::longrunning::GetOperationRequest request;
    request.set_name(name);
    auto operation = QueryOperation(request, rows_, {});
    EXPECT_TRUE(operation.ok()) << operation.status();
    return operation.ok() ? *operation : google::longrunning::Operation();
  }

  testing::FakeRows rows_;
};

TEST_F(Operations, AreReadingsOfTheirResources) {
  const auto running = Get("operations/imports/a");
  EXPECT_FALSE(running.done());
  v1::OperationMetadata metadata;
  ASSERT_TRUE(running.metadata().UnpackTo(&metadata));
  EXPECT_EQ(metadata.target(), "imports/a");
  EXPECT_EQ(metadata.state(), "RUNNING");
  EXPECT_EQ(metadata.done_rows(), 7);
  EXPECT_EQ(metadata.total_rows(), 10);
  const auto done = Get("operations/imports/b");
  v1::Import import;
  EXPECT_TRUE(done.done() && done.response().UnpackTo(&import));
  EXPECT_EQ(import.name(), "imports/b");
  EXPECT_EQ(Get("operations/imports/c").error().code(), google::rpc::CANCELLED);
  EXPECT_EQ(Get("operations/exports/a").error().code(), google::rpc::FAILED_PRECONDITION);
  google::longrunning::GetOperationRequest request;
  for (const char* name : {"operations/imports/x", "imports/a", "operations/tickets/a", ""}) {
    request.set_name(name);
    EXPECT_TRUE(absl::IsNotFound(QueryOperation(request, rows_, {}).status())) << name;
  }
}

TEST_F(Operations, AreListedInPages) {
  google::longrunning::ListOperationsRequest request;
  request.set_name("operations");
  request.set_page_size(1);
  std::vector<std::string> names;
  do {
    const auto page = QueryOperations(request, rows_, {});
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& operation : page->operations()) names.push_back(operation.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ElementsAre("operations/exports/a", "operations/imports/a",
                                 "operations/imports/b", "operations/imports/c"));
  request.set_page_size(0);
  request.set_filter("done = false");
  EXPECT_EQ(QueryOperations(request, rows_, {})->operations_size(), 1);
  request.set_filter("done = maybe");
  EXPECT_EQ(base::FieldOf(QueryOperations(request, rows_, {}).status()), "filter");
  request.set_filter("");
  request.set_page_token("x");
  EXPECT_EQ(base::FieldOf(QueryOperations(request, rows_, {}).status()), "page_token");
  request.set_name("x");
  EXPECT_EQ(base::FieldOf(QueryOperations(request, rows_, {}).status()), "name");
}

TEST_F(Operations, CancelIsTheCommandOfTheResource) {
  google::longrunning::CancelOperationRequest request;
  request.set_name("operations/exports/a");
  const auto cancel = CancelOperation(request);
  ASSERT_TRUE(cancel.ok());
  EXPECT_EQ(static_cast<const v1::CancelExportRequest&>(**cancel).name(), "exports/a");
  EXPECT_TRUE(static_cast<const v1::CancelExportRequest&>(**cancel).only_running());
  request.set_name("operations/x");
  EXPECT_TRUE(absl::IsNotFound(CancelOperation(request).status()));
  EXPECT_TRUE(absl::IsUnimplemented(DeleteOperation({}).status()));
}

// Of its own rows, so that the lists above stay as they are.
TEST_F(Operations, ATransferIsOneToo) {
  v1::Transfer transfer;
  transfer.set_name("transfers/t");
  transfer.set_state(v1::TRANSFER_STATE_RUNNING);
  transfer.set_item_count(9);
  transfer.add_counts()->set_moved_count(4);
  transfer.add_counts()->set_refused_count(1);
  rows_.Put(kTransfers, transfer);
  v1::OperationMetadata metadata;
  ASSERT_TRUE(Get("operations/transfers/t").metadata().UnpackTo(&metadata));
  EXPECT_FALSE(Get("operations/transfers/t").done());
  EXPECT_EQ(metadata.state(), "RUNNING");
  EXPECT_EQ(metadata.done_rows(), 5);
  EXPECT_EQ(metadata.total_rows(), 9);
  transfer.set_state(v1::TRANSFER_STATE_DONE);
  rows_.Put(kTransfers, transfer);
  EXPECT_TRUE(Get("operations/transfers/t").has_response());
  transfer.set_state(v1::TRANSFER_STATE_CANCELLED);
  rows_.Put(kTransfers, transfer);
  EXPECT_EQ(Get("operations/transfers/t").error().code(), google::rpc::CANCELLED);
}

TEST_F(Operations, ASearchForDuplicatesIsOneToo) {
  v1::DuplicateScan scan;
  scan.set_name("duplicateScans/s");
  scan.set_state(v1::DUPLICATE_SCAN_STATE_PLANNED);
  scan.set_customer_count(9);
  scan.mutable_create_time()->set_seconds(1);
  rows_.Put(kDuplicateScans, scan);
  const std::string name = "operations/duplicateScans/s";
  v1::OperationMetadata metadata;
  ASSERT_TRUE(Get(name).metadata().UnpackTo(&metadata));
  EXPECT_FALSE(Get(name).done());
  EXPECT_EQ(metadata.state(), "PLANNED");
  scan.set_state(v1::DUPLICATE_SCAN_STATE_RUNNING);
  scan.mutable_progress()->set_scanned_customer_count(4);
  rows_.Put(kDuplicateScans, scan);
  ASSERT_TRUE(Get(name).metadata().UnpackTo(&metadata));
  EXPECT_FALSE(Get(name).done());
  EXPECT_EQ(metadata.target(), "duplicateScans/s");
  EXPECT_EQ(metadata.state(), "RUNNING");
  EXPECT_EQ(metadata.done_rows(), 4);
  EXPECT_EQ(metadata.total_rows(), 9);
  EXPECT_FALSE(metadata.has_end_time());
  google::longrunning::WaitOperationRequest wait;
  wait.set_name(name);
  EXPECT_FALSE(QueryWaitOperation(wait, rows_, {})->done());
  scan.set_state(v1::DUPLICATE_SCAN_STATE_DONE);
  scan.mutable_end_time()->set_seconds(5);
  rows_.Put(kDuplicateScans, scan);
  v1::DuplicateScan done;
  ASSERT_TRUE(Get(name).done() && Get(name).response().UnpackTo(&done));
  EXPECT_EQ(done.name(), "duplicateScans/s");
  ASSERT_TRUE(Get(name).metadata().UnpackTo(&metadata));
  EXPECT_EQ(metadata.end_time().seconds(), 5);
  scan.set_state(v1::DUPLICATE_SCAN_STATE_CANCELLED);
  scan.set_cancel_reason("wrong");
  rows_.Put(kDuplicateScans, scan);
  EXPECT_TRUE(Get(name).done());
  EXPECT_EQ(Get(name).error().code(), google::rpc::CANCELLED);
  EXPECT_EQ(Get(name).error().message(), "wrong");

  google::longrunning::ListOperationsRequest list;
  list.set_name("operations");
  list.set_page_size(1);
  const auto first = QueryOperations(list, rows_, {});
  ASSERT_TRUE(first.ok() && first->operations_size() == 1);
  EXPECT_EQ(first->operations(0).name(), name);
  list.set_page_token(first->next_page_token());
  EXPECT_EQ(QueryOperations(list, rows_, {})->operations(0).name(), "operations/exports/a");
  google::longrunning::CancelOperationRequest cancel;
  cancel.set_name(name);
  const auto command = CancelOperation(cancel);
  ASSERT_TRUE(command.ok());
  const auto* ends = dynamic_cast<const v1::CancelDuplicateScanRequest*>(command->get());
  ASSERT_NE(ends, nullptr);
  EXPECT_EQ(ends->name(), "duplicateScans/s");
  EXPECT_TRUE(ends->only_running());
}

}  // namespace
}  // namespace crm::customer
