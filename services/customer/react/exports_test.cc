#include "services/customer/react/exports.h"

#include <gmock/gmock.h>

#include <sstream>
#include <string>
#include <vector>

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

TEST_F(Exports, OfALargeOneTheManagerIsToldToo) {
  Add("a", "Acme", "tester");
  v1::Staff staff;
  staff.set_name("staff/tester");
  staff.set_manager("staff/boss");
  world_.rows().Put(kStaff, staff);
  v1::Export done = Run("fields: 'display_name'");
  ASSERT_TRUE(done.large());
  EXPECT_THAT(world_.Notices(),
              ::testing::ElementsAre("EXPORT_ENDED staff/tester", "LARGE_EXPORT staff/boss"));
  const auto told = [&](const std::string& manager, bool large) {
    staff.set_manager(manager);
    world_.rows().Put(kStaff, staff);
    done.set_large(large);
    world_.rows().Put(kExports, done);
    v1::ExportEvent event;
    event.mutable_finished();
    std::vector<std::string> parents;
    for (const auto& command : OnExport(
             {event, {absl::UnixEpoch(), "service:customer", "exports/e", 3, 3}}, world_.rows())) {
      const auto& notify = dynamic_cast<const v1::NotifyRequest&>(*command);
      EXPECT_EQ(notify.notification().about(), "exports/e");
      parents.push_back(notify.parent());
    }
    return parents;
  };
  EXPECT_THAT(told("staff/boss", true), ::testing::ElementsAre("staff/tester", "staff/boss"));
  EXPECT_THAT(told("staff/boss", false), ::testing::ElementsAre("staff/tester"));
  EXPECT_THAT(told("", true), ::testing::ElementsAre("staff/tester"));
  EXPECT_THAT(told("staff/tester", true), ::testing::ElementsAre("staff/tester"));
}

TEST_F(Exports, AFileThatIsStillWrittenIsNotGivenOut) {
  Add("a", "Acme");
  ASSERT_EQ(world_.Do<ExportModel>("exports/e", testing::ParseText<v1::CreateExportRequest>(
                                                    "export { reason: 'fair' fields: "
                                                    "'display_name' }")),
            "created");
  v1::DownloadExportRequest request;
  request.set_name("exports/e");
  EXPECT_EQ(base::ReasonOf(QueryDownload(request, world_.rows(), {}).status()), "EXPORT_NOT_DONE");
  world_.React();
  EXPECT_TRUE(QueryDownload(request, world_.rows(), {}).ok());
  request.set_chunk_number(1);
  EXPECT_EQ(base::FieldOf(QueryDownload(request, world_.rows(), {}).status()), "chunk_number");
  request.set_name("exports/none");
  EXPECT_TRUE(absl::IsNotFound(QueryDownload(request, world_.rows(), {}).status()));
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
    const auto field = FindImportField(v1::IMPORT_KIND_CUSTOMERS, heading.fields[i], {});
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
  Add("a", "Read already");
  Add("b", "Before");
  v1::Customer old = *world_.rows().Get(kCustomers, "customers/b");
  world_.rows().PutVersion(kCustomers, old, moment - absl::Hours(1), moment - absl::Hours(1));
  v1::Customer changed = old;
  changed.set_display_name("After");
  *changed.mutable_update_time() = base::TimestampOf(moment + absl::Seconds(1));
  world_.rows().Put(kCustomers, changed);
  v1::Customer made = changed;
  made.set_name("customers/c");
  world_.rows().Put(kCustomers, made);
  auto running = testing::ParseText<v1::Export>(
      "name: 'exports/e' state: EXPORT_STATE_RUNNING attempt: 1 fields: 'display_name' "
      "last_customer: 'customers/a'");
  world_.rows().Put(kExports, running);
  v1::ExportEvent event;
  v1::ExportContinued& continued = *event.mutable_continued();
  continued.set_attempt(1);
  continued.set_last_customer("customers/a");
  continued.mutable_result()->set_rows(1);
  *continued.mutable_result()->mutable_read_time() = base::TimestampOf(moment);
  const engine::EventMeta meta{moment + absl::Minutes(1), "user:tester", "exports/e", 2, 3};
  const engine::Commands commands = OnExport({event, meta}, world_.rows());
  ASSERT_EQ(commands.size(), 2u);
  const auto* write = dynamic_cast<const v1::WriteExportChunkRequest*>(commands[0].get());
  ASSERT_NE(write, nullptr);
  EXPECT_EQ(write->written().personal().content(), "Before\r\n");
  const auto* finish = dynamic_cast<const v1::FinishExportRequest*>(commands[1].get());
  ASSERT_NE(finish, nullptr);
  EXPECT_EQ(base::TimeOf(finish->result().read_time()), moment);
  continued.clear_attempt();
  EXPECT_EQ(OnExport({event, meta}, world_.rows()).size(), 2u) << "events from before";
  continued.set_attempt(1);
  running.set_attempt(2);
  world_.rows().Put(kExports, running);
  EXPECT_TRUE(OnExport({event, meta}, world_.rows()).empty()) << "it is read anew";
}

// The clock of the customer's owner is ahead of the one of the export's.
TEST_F(Exports, WhatIsHereWhenItIsAskedForGoesOut) {
  const absl::Time ahead = testing::FixedContext<ExportModel>().time + absl::Seconds(1);
  for (const char* id : {"a", "b", "c"}) {
    Add(id, id);
    v1::Customer customer = *world_.rows().Get(kCustomers, absl::StrCat("customers/", id));
    *customer.mutable_update_time() = base::TimestampOf(ahead - absl::Hours(*id - 'a'));
    world_.rows().Put(kCustomers, customer);
  }
  ReadAtOnce(1);
  const v1::Export done = Run("fields: 'display_name'");
  EXPECT_EQ(File(), "display_name\r\na\r\nb\r\nc\r\n");
  EXPECT_EQ(base::TimeOf(done.result().read_time()), ahead);
}

// As long as the moment is to come a change would count as of it, whatever was read already.
TEST_F(Exports, NothingIsReadBeforeTheMomentHasPassed) {
  const absl::Time now = testing::FixedContext<ExportModel>().time;
  const auto change = [&](absl::Time time) {
    v1::Customer customer = *world_.rows().Get(kCustomers, "customers/a");
    *customer.mutable_update_time() = base::TimestampOf(time);
    world_.rows().Put(kCustomers, customer);
  };
  Add("a", "Acme");
  world_.rows().Put(kExports,
                    testing::ParseText<v1::Export>("name: 'exports/e' state: EXPORT_STATE_RUNNING "
                                                   "attempt: 2 fields: 'display_name'"));
  v1::ExportEvent event;
  event.mutable_restarted()->set_attempt(2);
  const engine::EventMeta meta{now, "user:tester", "exports/e", 4, 3};
  change(now);
  EXPECT_EQ(OnExport({event, meta}, world_.rows()).size(), 2u) << "a part, and the end";
  change(now + absl::Minutes(1));
  const engine::Commands commands = OnExport({event, meta}, world_.rows());
  ASSERT_EQ(commands.size(), 1u);
  const auto* wait = dynamic_cast<const v1::ContinueExportRequest*>(commands[0].get());
  ASSERT_NE(wait, nullptr);
  EXPECT_EQ(wait->attempt(), 2);
  EXPECT_EQ(base::TimeOf(wait->continued().result().read_time()), now + absl::Minutes(1));
  EXPECT_TRUE(wait->continued().last_customer().empty());
  *event.mutable_continued() = wait->continued();
  event.mutable_continued()->set_attempt(2);
  const auto said = [&](absl::Time time) {
    return OnExport({event, {time, "service:customer", "exports/e", 5, 3}}, world_.rows()).size();
  };
  EXPECT_EQ(said(now), 0u) << "nothing waits for the clock here";
  EXPECT_EQ(said(now + absl::Minutes(1)), 0u);
  EXPECT_EQ(said(now + absl::Minutes(1) + absl::Nanoseconds(1)), 2u) << "a part, and the end";
}

TEST_F(Exports, AClockThatIsFarAheadIsNotWaitedFor) {
  const absl::Time now = testing::FixedContext<ExportModel>().time;
  for (const char* id : {"a", "b", "c"}) {
    Add(id, id);
    v1::Customer customer = *world_.rows().Get(kCustomers, absl::StrCat("customers/", id));
    *customer.mutable_update_time() =
        base::TimestampOf(now + (*id == 'a' ? absl::Seconds(2) : absl::Hours(1)));
    if (*id == 'b') world_.rows().PutVersion(kCustomers, customer, now, now);
    world_.rows().Put(kCustomers, customer);
  }
  const v1::Export done = Run("fields: 'display_name'");
  EXPECT_EQ(base::TimeOf(done.result().read_time()), now + absl::Seconds(2));
  EXPECT_EQ(File(), "display_name\r\na\r\nb\r\n") << "c is not there for another hour";
}

TEST_F(Exports, AStretchEndsBeforeItIsLong) {
  for (int i = 0; i < 40; ++i) Add(absl::StrCat("c", 10 + i), std::string(200'000, 'n'));
  ASSERT_EQ(world_.Do<ExportModel>("exports/e", testing::ParseText<v1::CreateExportRequest>(
                                                    "export { reason: 'fair' fields: "
                                                    "'display_name' }")),
            "created");
  v1::ExportEvent event;
  event.mutable_created();
  const engine::EventMeta meta{absl::UnixEpoch(), "user:tester", "exports/e", 1, 3};
  EXPECT_LE(OnExport({event, meta}, world_.rows()).size(), 18u) << "parts, and where it goes on";
  world_.React();
  EXPECT_EQ(world_.rows().Get(kExports, std::string("exports/e"))->result().rows(), 40);
  EXPECT_EQ(File().size(), 14u + 40 * 200'002u);
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
