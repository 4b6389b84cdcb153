#include "services/customer/react/exports.h"

#include <gmock/gmock.h>

#include <string>

#include "services/customer/react/exchange_test_world.h"
#include "services/customer/read/download.h"

namespace crm::customer {
namespace {

class Exports : public ::testing::Test {
 protected:
  v1::Export Run(const std::string& text) {
    EXPECT_EQ(world_.Do<ExportModel>("exports/e", testing::ParseText<v1::CreateExportRequest>(
                                                      "export { reason: 'fair' " + text + " }")),
              "created");
    world_.React();
    return *world_.rows().Get(kExports, "exports/e");
  }
  std::string File() {
    std::string file;
    for (int number = 0, count = 1; number < count; ++number) {
      v1::DownloadExportRequest request;
      request.set_name("exports/e");
      request.set_chunk_number(number);
      const auto part = QueryDownload(request, world_.rows(), {});
      EXPECT_TRUE(part.ok()) << part.status();
      if (!part.ok()) return file;
      count = part->chunk_count();
      file += part->content();
    }
    return file;
  }
  void Add(const std::string& id, const std::string& name, const std::string& owner = "") {
    v1::Customer customer;
    customer.set_name("customers/" + id);
    customer.set_display_name(name);
    customer.set_owner(owner);
    customer.mutable_personal()->add_phones("+4315885");
    customer.mutable_personal()->add_phones("+4315886");
    world_.rows().Put(kCustomers, customer);
  }

  ExchangeWorld world_;
};

TEST_F(Exports, WritesWhatWasAskedFor) {
  Add("a", "=1+1", "tester");
  Add("b", "Say \"hi\", all\nof you", "tester");
  Add("c", "Other", "ann");
  Add("d", "Merged");
  v1::Redirect redirect;
  redirect.set_customer("customers/d");
  redirect.set_survivor("customers/c");
  world_.rows().Put(kRedirects, redirect);
  const v1::Export done =
      Run("fields: ['display_name', 'personal.phones'] format: EXPORT_FORMAT_CSV_BOM");
  EXPECT_EQ(done.state(), v1::EXPORT_STATE_DONE);
  EXPECT_EQ(File(),
            "\xEF\xBB\xBF"
            "display_name,personal.phones\r\n"
            "'=1+1,'+4315885;+4315886\r\n"
            "\"Say \"\"hi\"\", all\nof you\",'+4315885;+4315886\r\n"
            "Other,'+4315885;+4315886\r\n");
  EXPECT_EQ(done.result().rows(), 3);
  EXPECT_EQ(done.result().own_rows(), 2);
  EXPECT_EQ(done.result().book_size(), 2);
  EXPECT_EQ(done.result().total_bytes(), static_cast<int64_t>(File().size()));
  EXPECT_TRUE(done.large()) << "all of one's own book";
  EXPECT_THAT(world_.Notices(), ::testing::ElementsAre("EXPORT_ENDED staff/tester"));
}

TEST_F(Exports, FiltersAndFails) {
  for (int i = 0; i < 30; ++i) Add(absl::StrCat("c", i), i % 3 == 0 ? "Acme" : "Other");
  EXPECT_EQ(Run("fields: 'display_name' filter: 'display_name = \"Acme\"'").result().rows(), 10);
  world_.Forget(kExports, "exports/e");
  v1::CustomerPolicy policy;
  policy.set_name(kStandardCustomerPolicy);
  policy.mutable_data_exchange()->set_export_rows_max(29);
  world_.rows().Put(kCustomerPolicies, policy);
  const v1::Export failed = Run("fields: 'display_name'");
  EXPECT_EQ(failed.state(), v1::EXPORT_STATE_FAILED);
  EXPECT_EQ(failed.failure().reason(), "EXPORT_TOO_LARGE");
}

TEST_F(Exports, WhatCannotBeWrittenFails) {
  Add("a", "Acme");
  v1::Export old;
  old.set_name("exports/e");
  old.set_state(v1::EXPORT_STATE_RUNNING);
  old.set_attempt(1);
  const auto reason = [&] {
    world_.rows().Put(kExports, old);
    v1::ExportEvent event;
    event.mutable_created();
    const engine::Commands commands =
        OnExport({event, {absl::UnixEpoch(), "user:tester", "exports/e", 1, 3}}, world_.rows());
    const auto* fail = dynamic_cast<const v1::FailExportRequest*>(commands.at(0).get());
    return fail == nullptr ? "" : fail->failure().reason();
  };
  old.add_fields("display_name");
  EXPECT_EQ(reason(), "");
  Add("b", std::string(260'000, 'n'));
  EXPECT_EQ(reason(), "");
  Add("c", std::string(262'144, 'n'));
  EXPECT_EQ(reason(), "EXPORT_NOT_WRITABLE") << "a row longer than a part";
  world_.Forget(kCustomers, "customers/c");
  old.set_fields(0, "display-name");
  EXPECT_EQ(reason(), "EXPORT_NOT_WRITABLE") << "a field that is spelt otherwise";
  old.set_fields(0, "display_name");
  old.set_filter("colour = 1");
  EXPECT_EQ(reason(), "EXPORT_NOT_WRITABLE");
}

TEST_F(Exports, NoPartIsLongerThanOneHolds) {
  for (int i = 0; i < 4; ++i) Add(absl::StrCat("c", i), std::string(200'000, 'n'));
  EXPECT_EQ(Run("fields: 'display_name'").result().chunk_count(), 4);
  world_.rows().Scan(kExportChunks, "", [](const v1::ExportChunk& chunk) {
    EXPECT_LE(chunk.personal().content().size(), 262'144u);
    return true;
  });
  EXPECT_EQ(File().size(), 14u + 4 * 200'002u);
}

TEST_F(Exports, AStopInBetweenReadsAnewAndTheFileGoesWithTheExport) {
  const std::string name(150, 'n');
  for (int i = 0; i < 4'000; ++i) Add(absl::StrCat("c", i), name);
  world_.StopOften();
  const v1::Export done = Run("fields: 'display_name'");
  EXPECT_EQ(done.state(), v1::EXPORT_STATE_DONE);
  EXPECT_GT(done.result().chunk_count(), 2);
  EXPECT_EQ(File().size(), 14u + 4'000u * 152u);
  EXPECT_EQ(world_.Do<ExportModel>("exports/e", v1::CancelExportRequest()), "cancelled");
  world_.React();
  world_.rows().Scan(kExportChunks, "", [](const v1::ExportChunk& chunk) {
    EXPECT_FALSE(chunk.has_personal());
    return true;
  });
  v1::DownloadExportRequest request;
  request.set_name("exports/e");
  EXPECT_EQ(base::ReasonOf(QueryDownload(request, world_.rows(), {}).status()), "EXPORT_CLOSED");
}

}  // namespace
}  // namespace crm::customer
