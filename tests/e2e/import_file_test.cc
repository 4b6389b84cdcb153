// Files of customers, one row in a hundred bad, taken in by the suite on the embedded log, which is
// killed in the middle of check and run.
#include <gmock/gmock.h>
#include <google/protobuf/empty.pb.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/export.pb.h"
#include "crm/customer/v1/import.pb.h"
#include "google/longrunning/operations.pb.h"
#include "libs/base/hash.h"
#include "libs/testing/matchers.h"
#include "libs/testing/temp_directory.h"
#include "tests/e2e/harness.h"

namespace crm::e2e {
namespace {

namespace v1 = ::crm::customer::v1;
using testing::IsOk;

constexpr int kRows = 4'000;
constexpr size_t kChunkBytes = 256 << 10;

std::string Read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class ImportFile : public ::testing::TestWithParam<const char*> {
 protected:
  ImportFile() : suite_({CRM_SUITE, directory_.path(), {}, "", ""}) {
    path_ = directory_.path() + "/customers.csv";
    const std::string make = absl::StrCat(CRM_PYTHON, " ", CRM_DIRTY_CUSTOMERS, " --rows ", kRows,
                                          " --encoding ", GetParam(), " ", path_);
    EXPECT_EQ(std::system(make.c_str()), 0);
    suite_.Start();
    EXPECT_TRUE(suite_.WaitUntilReady());
  }

  void Upload() {
    const std::string file = Read(path_);
    v1::CreateImportRequest create;
    create.set_import_id("book");
    create.set_request_id("create");
    create.mutable_import()->set_kind(v1::IMPORT_KIND_CUSTOMERS);
    create.mutable_import()->set_format(v1::IMPORT_FORMAT_CSV);
    create.mutable_import()->set_file_bytes(static_cast<int64_t>(file.size()));
    create.mutable_import()->set_file_sha256(base::Sha256Hex(file));
    ASSERT_THAT(suite_.client().Insist<v1::Import>(create).status(), IsOk());
    for (size_t offset = 0; offset < file.size(); offset += kChunkBytes) {
      v1::UploadChunkRequest upload;
      upload.set_name("imports/book");
      upload.set_request_id(absl::StrCat("chunk-", offset));
      upload.set_offset(static_cast<int64_t>(offset));
      upload.set_content(file.substr(offset, kChunkBytes));
      ASSERT_THAT(suite_.client().Insist<v1::Import>(upload).status(), IsOk());
    }
  }
  v1::Import Import() {
    v1::GetImportRequest get;
    get.set_name("imports/book");
    return suite_.client().Insist<v1::Import>(get).value_or(v1::Import());
  }
  void KillAndStart() {
    suite_.Kill();
    suite_.Start();
    ASSERT_TRUE(suite_.WaitUntilReady());
  }
  void AwaitState(v1::ImportState state) {
    ASSERT_TRUE(Until(v1::ImportState_Name(state), [&] { return Import().state() == state; }));
  }
  // "line column reason", as the generator says what is expected.
  std::vector<std::string> Errors() {
    std::vector<std::string> errors;
    v1::ListImportErrorsRequest list;
    list.set_parent("imports/book");
    list.set_page_size(7);
    list.set_filter("fault.severity = IMPORT_SEVERITY_ERROR");
    do {
      const auto page = suite_.client().Insist<v1::ListImportErrorsResponse>(list);
      EXPECT_THAT(page.status(), IsOk());
      if (!page.ok()) return errors;
      for (const v1::ImportError& error : page->import_errors()) {
        const std::string& column = error.fault().column();
        errors.push_back(absl::StrCat(error.fault().line(), " ", column.empty() ? "-" : column, " ",
                                      error.fault().reason()));
      }
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    return errors;
  }
  std::vector<std::string> Expected() const {
    std::ifstream in(path_ + ".expected");
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

  testing::TempDirectory directory_{"import-file"};
  std::string path_;
  Service suite_;
};

TEST_P(ImportFile, AllGoodRowsAreInAndEachBadOneIsReported) {
  const absl::Time begin = absl::Now();
  Upload();
  KillAndStart();
  AwaitState(v1::IMPORT_STATE_READY);
  EXPECT_EQ(Import().checked().rows(), kRows);
  EXPECT_EQ(Import().checked().bad_rows(), kRows / 100);
  v1::RunImportRequest run;
  run.set_name("imports/book");
  run.set_request_id("run");
  ASSERT_THAT(suite_.client().Insist<v1::Import>(run).status(), IsOk());
  ASSERT_TRUE(Until("some rows are in", [&] { return Import().ran().rows() > 0; }));
  KillAndStart();
  AwaitState(v1::IMPORT_STATE_DONE);
  std::cout << GetParam() << ": "
            << absl::StrFormat("%.0f rows/s with two kills",
                               kRows / absl::ToDoubleSeconds(absl::Now() - begin))
            << std::endl;
  const v1::Import done = Import();
  EXPECT_EQ(done.ran().rows(), kRows - kRows / 100);
  EXPECT_EQ(done.ran().refused_rows(), 0);
  EXPECT_EQ(Errors(), Expected());

  google::longrunning::GetOperationRequest operation;
  operation.set_name(done.operation());
  const auto ended = suite_.client().Insist<google::longrunning::Operation>(operation);
  ASSERT_THAT(ended.status(), IsOk());
  v1::Import response;
  EXPECT_TRUE(ended->done() && ended->response().UnpackTo(&response));
  EXPECT_EQ(response.name(), done.name());
  google::longrunning::ListOperationsRequest operations;
  operations.set_name("operations");
  const auto listed =
      suite_.client().Insist<google::longrunning::ListOperationsResponse>(operations);
  ASSERT_THAT(listed.status(), IsOk());
  EXPECT_EQ(listed->operations_size(), 1);
  google::longrunning::CancelOperationRequest cancel;
  cancel.set_name(done.operation());
  EXPECT_THAT(suite_.client().Call<google::protobuf::Empty>(cancel).status(), IsOk());

  v1::CreateExportRequest create;
  create.set_export_id("all");
  create.set_request_id("export");
  create.mutable_export_()->add_fields("display_name");
  create.mutable_export_()->set_reason("to see what is there");
  ASSERT_THAT(suite_.client().Insist<v1::Export>(create).status(), IsOk());
  v1::GetExportRequest get;
  get.set_name("exports/all");
  v1::Export exported;
  ASSERT_TRUE(Until("the export", [&] {
    exported = suite_.client().Insist<v1::Export>(get).value_or(v1::Export());
    return exported.state() == v1::EXPORT_STATE_DONE;
  }));
  EXPECT_EQ(exported.result().rows(), kRows - kRows / 100);
  EXPECT_TRUE(exported.large());
  cancel.set_name(exported.operation());
  EXPECT_THAT(suite_.client().Call<google::protobuf::Empty>(cancel).status(), IsOk());
  // What is over stays as it is: its file can still be had.
  EXPECT_EQ(suite_.client().Insist<v1::Export>(get)->state(), v1::EXPORT_STATE_DONE);
}

INSTANTIATE_TEST_SUITE_P(Encodings, ImportFile, ::testing::Values("utf-8", "utf-8-sig", "gb18030"));

}  // namespace
}  // namespace crm::e2e
