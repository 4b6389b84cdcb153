#include "services/customer/react/exports.h"

#include <gmock/gmock.h>

#include <sstream>
#include <string>

#include "libs/base/timestamp.h"
#include "libs/files/cell.h"
#include "libs/files/csv.h"
#include "services/customer/domain/import_fields.h"
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
  void ReadAtOnce(int customers) {
    v1::CustomerPolicy policy;
    policy.set_name(kStandardCustomerPolicy);
    policy.mutable_data_exchange()->set_export_stretch_customers(customers);
    world_.rows().Put(kCustomerPolicies, policy);
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
  v1::Customer merged;
  merged.set_name("customers/d");
  merged.set_display_name("Merged");
  merged.set_merged_into("customers/c");
  world_.rows().Put(kCustomers, merged);
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

TEST_F(Exports, NothingIsKeptOfOneThatFails) {
  for (int i = 0; i < 30; ++i) Add(absl::StrCat("c", i), "Acme");
  v1::CustomerPolicy policy;
  policy.set_name(kStandardCustomerPolicy);
  policy.mutable_data_exchange()->set_export_rows_max(29);
  policy.mutable_data_exchange()->set_export_stretch_customers(10);
  world_.rows().Put(kCustomerPolicies, policy);
  EXPECT_EQ(Run("fields: 'display_name'").state(), v1::EXPORT_STATE_FAILED);
  EXPECT_EQ(world_.rows().Size("export_chunks"), 2u) << "the stretches before had been written";
  world_.rows().Scan(kExportChunks, "", [](const v1::ExportChunk& chunk) {
    EXPECT_FALSE(chunk.has_personal());
    return true;
  });
  EXPECT_THAT(world_.Notices(), ::testing::ElementsAre("EXPORT_ENDED staff/tester"));
}

TEST_F(Exports, OnesBookIsWithoutWhatWasMergedAway) {
  for (int i = 0; i < 4; ++i) {
    Add(absl::StrCat("c", i), i == 0 ? "Acme" : "Other", "tester");
    Add(absl::StrCat("m", i), "Merged", "tester");
    v1::Customer merged = *world_.rows().Get(kCustomers, absl::StrCat("customers/m", i));
    merged.set_merged_into("customers/c0");
    world_.rows().Put(kCustomers, merged);
  }
  const v1::Export done = Run("fields: 'display_name' filter: 'display_name = \"Acme\"'");
  EXPECT_EQ(done.result().own_rows(), 1);
  EXPECT_EQ(done.result().book_size(), 4);
  EXPECT_TRUE(done.large()) << "more than a fifth";
}

TEST_F(Exports, WhatIsWrittenIsReadAgain) {
  v1::CreateCustomerRequest create;
  v1::Customer& customer = *create.mutable_customer();
  customer.set_kind(v1::CUSTOMER_KIND_COMPANY);
  customer.set_display_name("'=Say \"hi\"; all");
  for (const char* tag : {"Smith, Ltd", "a;b", "\"quoted\"", "=1+1", "plain"})
    customer.add_tags(tag);
  customer.add_relations(v1::CUSTOMER_RELATION_PARTNER);
  customer.add_relations(v1::CUSTOMER_RELATION_SUPPLIER);
  auto& id = *customer.add_external_ids();
  id.set_system("erp");
  id.set_id("7");
  ASSERT_EQ(world_.Do<CustomerModel>("customers/a", create), "created");
  Run("fields: ['display_name', 'tags', 'relations']");
  std::istringstream in(File());
  files::CsvReader reader(in);
  files::CsvRecord heading, record;
  ASSERT_TRUE(reader.Next(heading) && reader.Next(record));
  v1::Customer read;
  for (size_t i = 0; i < heading.fields.size(); ++i) {
    const auto field = FindImportField(v1::IMPORT_KIND_CUSTOMERS, heading.fields[i]);
    ASSERT_TRUE(field.ok());
    ASSERT_TRUE(SetImportField(read, *field, files::UnguardFormula(record.fields[i])).ok());
  }
  EXPECT_EQ(read.display_name(), customer.display_name());
  EXPECT_THAT(read.tags(), ::testing::ElementsAreArray(customer.tags()));
  EXPECT_THAT(read.relations(), ::testing::ElementsAreArray(customer.relations()));
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

TEST_F(Exports, StretchesGiveTheSameFileAsOneReading) {
  for (int i = 0; i < 30; ++i)
    Add(absl::StrCat("c", 10 + i), absl::StrCat("Name ", i), i % 2 == 0 ? "tester" : "");
  const v1::Export whole = Run("fields: 'display_name' filter: 'owner = \"tester\"'");
  const std::string file = File();
  for (const int stretch : {1, 7, 15, 29, 30, 31}) {
    world_.Forget(kExports, "exports/e");
    std::vector<std::string> chunks;
    world_.rows().Scan(kExportChunks, "", [&](const v1::ExportChunk& chunk) {
      chunks.push_back(chunk.name());
      return true;
    });
    for (const std::string& chunk : chunks) world_.Forget(kExportChunks, chunk);
    ReadAtOnce(stretch);
    const v1::Export done = Run("fields: 'display_name' filter: 'owner = \"tester\"'");
    EXPECT_EQ(done.state(), v1::EXPORT_STATE_DONE) << stretch;
    EXPECT_EQ(File(), file) << stretch;
    EXPECT_EQ(done.result().rows(), 15);
    EXPECT_EQ(done.result().book_size(), 15);
    EXPECT_EQ(done.result().total_bytes(), whole.result().total_bytes());
    EXPECT_TRUE(done.last_customer().empty());
    EXPECT_EQ(done.attempt(), 1);
  }
}

TEST_F(Exports, AllRowsAreAsOfOneMoment) {
  const absl::Time moment = testing::FixedContext<ExportModel>().time;
  Add("a", "Before");
  v1::Customer old = *world_.rows().Get(kCustomers, "customers/a");
  world_.rows().PutVersion(kCustomers, old, moment - absl::Hours(1), moment - absl::Hours(1));
  const auto later = base::TimestampOf(moment + absl::Seconds(1));
  v1::Customer changed = old;
  changed.set_display_name("After");
  *changed.mutable_update_time() = later;
  world_.rows().Put(kCustomers, changed);
  v1::Customer made = changed;
  made.set_name("customers/b");
  world_.rows().Put(kCustomers, made);
  const v1::Export done = Run("fields: 'display_name'");
  EXPECT_EQ(File(), "display_name\r\nBefore\r\n");
  EXPECT_EQ(base::TimeOf(done.result().read_time()), moment);
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
