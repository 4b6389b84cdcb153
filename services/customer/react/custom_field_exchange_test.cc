// Custom fields in files, in and out.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/hash.h"
#include "services/customer/domain/custom_field.h"
#include "services/customer/react/exchange_test_world.h"
#include "services/customer/react/imports.h"
#include "services/customer/read/download.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;

class CustomFieldExchange : public ::testing::Test {
 protected:
  CustomFieldExchange() {
    Declare("budget", "type: CUSTOM_FIELD_TYPE_NUMBER");
    Declare("since", "type: CUSTOM_FIELD_TYPE_DATE");
    Declare("shade",
            "type: CUSTOM_FIELD_TYPE_CHOICE choices { id: 'red' label { en: 'Red' zh_cn: '红' } }");
    Declare("hobby", "type: CUSTOM_FIELD_TYPE_TEXT personal: true");
    Declare("fax", "type: CUSTOM_FIELD_TYPE_TEXT state: CUSTOM_FIELD_STATE_RETIRED");
    Declare("vip", "type: CUSTOM_FIELD_TYPE_BOOL target: CUSTOM_FIELD_TARGET_CONTACT");
  }

  void Declare(const std::string& id, const std::string& rest) {
    v1::CustomField field;
    field.set_target(v1::CUSTOM_FIELD_TARGET_CUSTOMER);
    field.set_state(v1::CUSTOM_FIELD_STATE_ACTIVE);
    field.MergeFrom(testing::ParseText<v1::CustomField>(rest));
    field.set_name("customFields/" + id);
    field.set_path((field.personal() ? "personal.custom_fields." : "custom_fields.") + id);
    world_.rows().Put(kCustomFields, field);
  }

  // What the last part is answered with.
  std::string Upload(const std::string& file, const std::string& kind) {
    auto create = testing::ParseText<v1::CreateImportRequest>("import { kind: " + kind +
                                                              " format: IMPORT_FORMAT_CSV }");
    create.mutable_import()->set_file_bytes(static_cast<int64_t>(file.size()));
    create.mutable_import()->set_file_sha256(base::Sha256Hex(file));
    EXPECT_EQ(world_.Do<ImportModel>("imports/i", create), "created");
    v1::UploadChunkRequest upload;
    upload.set_content(file);
    return world_.Do<ImportModel>("imports/i", upload);
  }
  // Announced, uploaded and checked.
  v1::Import Check(const std::string& file, const std::string& kind = "IMPORT_KIND_CUSTOMERS") {
    EXPECT_EQ(Upload(file, kind), "chunk_uploaded");
    world_.React();
    return *world_.rows().Get(kImports, "imports/i");
  }
  void Run() {
    EXPECT_EQ(world_.Do<ImportModel>("imports/i", v1::RunImportRequest()), "run_started");
    world_.React();
  }
  // "line:column:field:value".
  std::vector<std::string> Errors() {
    std::vector<std::string> errors;
    world_.rows().Scan(kImportErrors, "", [&](const v1::ImportError& error) {
      const v1::ImportFault& fault = error.fault();
      errors.push_back(
          absl::StrCat(fault.line(), ":", fault.column(), ":", fault.field(), ":", error.value()));
      return true;
    });
    return errors;
  }
  v1::Customer Only() {
    v1::Customer only;
    world_.rows().Scan(kCustomers, "", [&](const v1::Customer& customer) {
      only = customer;
      return true;
    });
    return only;
  }
  std::string Export(const std::string& text) {
    const auto create =
        testing::ParseText<v1::CreateExportRequest>("export { reason: 'fair' " + text + " }");
    const std::string word = world_.Do<ExportModel>("exports/e", create);
    if (word != "created") return word;
    world_.React();
    v1::DownloadExportRequest request;
    request.set_name("exports/e");
    const auto part = QueryDownload(request, world_.rows(), {});
    return part.ok() ? part->content() : part.status().ToString();
  }

  ExchangeWorld world_;
};

constexpr char kHeading[] = "external_system,external_id,kind,display_name";

TEST_F(CustomFieldExchange, ARowHasValuesOfTheirTypes) {
  const v1::Import checked = Check(
      absl::StrCat(kHeading, ",custom_fields.budget,custom_fields.since,custom_fields.shade,",
                   "custom_fields.hobby\r\nerp,1,company,Acme,-12.50,2024/2/29,红,chess\r\n"));
  EXPECT_EQ(checked.state(), v1::IMPORT_STATE_READY) << checked.failure().ShortDebugString();
  EXPECT_THAT(Errors(), ElementsAre());
  Run();
  EXPECT_THAT(
      Only().custom_fields(),
      ElementsAre(testing::EqualsProto("field: 'budget' number { units: -12 nanos: "
                                       "-500000000 }"),
                  testing::EqualsProto("field: 'since' date { year: 2024 month: 2 day: 29 }"),
                  testing::EqualsProto("field: 'shade' choice: 'red'")));
  EXPECT_THAT(Only().personal().custom_fields(),
              ElementsAre(testing::EqualsProto("field: 'hobby' text: 'chess'")));
}

TEST_F(CustomFieldExchange, ALaterRowChangesWhatItHas) {
  Check(absl::StrCat(kHeading, ",custom_fields.budget,custom_fields.shade\r\n",
                     "erp,1,company,Acme,5,red\r\n"));
  Run();
  world_.Forget(kImports, "imports/i");
  Check(absl::StrCat(kHeading, ",custom_fields.since,custom_fields.budget\r\n",
                     "erp,1,company,Acme,2024-02-29,6\r\n"));
  Run();
  EXPECT_THAT(Only().custom_fields(),
              ElementsAre(testing::EqualsProto("field: 'budget' number { units: 6 }"),
                          testing::EqualsProto("field: 'shade' choice: 'red'"),
                          testing::EqualsProto("field: 'since' date { year: 2024 month: 2 day: 29 "
                                               "}")));
}

TEST_F(CustomFieldExchange, BadValuesAreReportedWithLineAndColumn) {
  const v1::Import checked = Check(absl::StrCat(
      kHeading, ",custom_fields.budget,custom_fields.shade\r\n", "erp,1,company,A,much,red\r\n",
      "erp,2,company,B,5,pink\r\n", "erp,3,company,C,,\r\n"));
  EXPECT_THAT(checked.checked(), testing::EqualsProto("rows: 3 good_rows: 1 bad_rows: 2 new_rows: "
                                                      "1"));
  EXPECT_THAT(Errors(), ElementsAre("2:custom_fields.budget:custom_fields.budget:much",
                                    "3:custom_fields.shade:custom_fields.shade:pink"));
}

TEST_F(CustomFieldExchange, AValueThatIsTooLongIsReportedWithItsColumn) {
  Check(absl::StrCat(kHeading, ",custom_fields.budget,custom_fields.hobby\r\nerp,1,company,A,5,",
                     std::string(501, 'x'), "\r\n"));
  EXPECT_THAT(Errors(),
              ElementsAre(absl::StrCat("2:custom_fields.hobby:personal.custom_fields.text:",
                                       std::string(100, 'x'))));
}

TEST_F(CustomFieldExchange, ARowWithoutWhatIsRequiredIsBad) {
  Declare("region", "type: CUSTOM_FIELD_TYPE_TEXT required: true");
  const v1::Import checked = Check(absl::StrCat(kHeading, ",custom_fields.region\r\n",
                                                "erp,1,company,A,north\r\nerp,2,company,B,\r\n"));
  EXPECT_THAT(checked.checked(), testing::EqualsProto("rows: 2 good_rows: 1 bad_rows: 1 new_rows: "
                                                      "1"));
  EXPECT_THAT(Errors(), ElementsAre("3::custom_fields:"));
}

TEST_F(CustomFieldExchange, AColumnOfNoFieldEndsTheCheck) {
  for (const char* column :
       {"custom_fields.fax", "custom_fields.", "custom_fields.a.b", "custom_fields"}) {
    const v1::Import checked = Check(absl::StrCat(kHeading, ",", column, "\r\n"));
    EXPECT_EQ(checked.state(), v1::IMPORT_STATE_FAILED) << column;
    EXPECT_EQ(checked.failure().detail(), "column 5 is no field") << column;
    world_.Forget(kImports, "imports/i");
  }
}

TEST_F(CustomFieldExchange, AColumnThatIsDeclaredAMomentLaterIsTakenWhenItIsSentAgain) {
  const std::string kind = "IMPORT_KIND_CUSTOMERS";
  EXPECT_EQ(Upload(absl::StrCat(kHeading, ",custom_fields.vip\r\n"), kind), "!field:content")
      << "of contacts";
  world_.Forget(kImports, "imports/i");
  const std::string file = absl::StrCat(kHeading, ",custom_fields.none\r\nerp,1,company,A,x\r\n");
  EXPECT_EQ(Upload(file, kind), "!field:content");
  EXPECT_EQ(world_.rows().Get(kImports, "imports/i")->state(), v1::IMPORT_STATE_UPLOADING);
  Declare("none", "type: CUSTOM_FIELD_TYPE_TEXT");
  v1::UploadChunkRequest upload;
  upload.set_content(file);
  EXPECT_EQ(world_.Do<ImportModel>("imports/i", upload), "chunk_uploaded");
  world_.React();
  EXPECT_EQ(world_.rows().Get(kImports, "imports/i")->checked().good_rows(), 1);
}

TEST_F(CustomFieldExchange, OfContactsAreTheirOwn) {
  const v1::Import checked =
      Check("external_system,external_id,family_name,custom_fields.vip\r\nerp,1,Li,yes\r\n",
            "IMPORT_KIND_CONTACTS");
  EXPECT_EQ(checked.state(), v1::IMPORT_STATE_READY) << checked.failure().ShortDebugString();
  Run();
  int contacts = 0;
  world_.rows().Scan(kContacts, "", [&](const v1::Contact& contact) {
    EXPECT_THAT(contact.custom_fields(),
                ElementsAre(testing::EqualsProto("field: 'vip' flag: true")));
    ++contacts;
    return true;
  });
  EXPECT_EQ(contacts, 1);
}

TEST_F(CustomFieldExchange, ARunGoesByWhatWasChecked) {
  std::string file = absl::StrCat(kHeading, ",custom_fields.shade,custom_fields.budget\r\n");
  for (int i = 0; i < 1'200; ++i)
    absl::StrAppend(&file, "erp,", i, ",company,N", i, ",", i == 7 ? "Red" : "", ",\r\n");
  EXPECT_EQ(Check(file).checked().good_rows(), 1'200);
  // It is not called that any more, and the other one is not shown by this replica.
  Declare("shade", "type: CUSTOM_FIELD_TYPE_CHOICE choices { id: 'red' label { en: 'Ruby' } }");
  world_.Forget(kCustomFields, "customFields/budget");
  Run();
  const v1::Import done = *world_.rows().Get(kImports, "imports/i");
  EXPECT_EQ(done.state(), v1::IMPORT_STATE_DONE);
  EXPECT_THAT(done.ran(), testing::EqualsProto("rows: 1200"));
  EXPECT_EQ(world_.CustomerNames().size(), 1'200u);
  int red = 0;
  world_.rows().Scan(kCustomers, "", [&](const v1::Customer& customer) {
    red += customer.custom_fields_size() == 1 && customer.custom_fields(0).choice() == "red";
    return true;
  });
  EXPECT_EQ(red, 1);
}

TEST_F(CustomFieldExchange, WhatIsNotTakenAnyMoreIsRefusedByTheRun) {
  Check(absl::StrCat(kHeading, ",custom_fields.shade,custom_fields.budget\r\n",
                     "erp,1,company,A,red,\r\nerp,2,company,B,,5\r\nerp,3,company,C,,\r\n"));
  Declare("shade",
          "type: CUSTOM_FIELD_TYPE_CHOICE choices { id: 'red' label { en: 'Red' } retired: true }");
  Declare("budget", "type: CUSTOM_FIELD_TYPE_NUMBER state: CUSTOM_FIELD_STATE_RETIRED");
  Run();
  const v1::Import done = *world_.rows().Get(kImports, "imports/i");
  EXPECT_EQ(done.state(), v1::IMPORT_STATE_DONE);
  EXPECT_THAT(done.ran(), testing::EqualsProto("rows: 3 refused_rows: 2"));
  EXPECT_THAT(world_.CustomerNames(), ElementsAre("C"));
  EXPECT_THAT(Errors(), ElementsAre("2:::", "3:::"));
}

TEST_F(CustomFieldExchange, ARunThatCannotReadItsFileFails) {
  Check(absl::StrCat(kHeading, ",custom_fields.budget\r\nerp,1,company,A,5\r\n"));
  v1::Import import = *world_.rows().Get(kImports, "imports/i");
  import.mutable_basis()->mutable_custom_fields(0)->set_name("customFields/other");
  world_.rows().Put(kImports, import);
  Run();
  import = *world_.rows().Get(kImports, "imports/i");
  EXPECT_EQ(import.state(), v1::IMPORT_STATE_FAILED);
  EXPECT_EQ(import.failure().reason(), "IMPORT_FILE_UNREADABLE");
  EXPECT_EQ(import.failure().detail(), "column 5 is no field");
}

// Of the part that was sent last, too.
TEST_F(CustomFieldExchange, ARunThatFailsHasReportedWhatWasRefused) {
  Check(absl::StrCat(kHeading, ",custom_fields.budget\r\nerp,1,company,A,5\r\n"));
  EXPECT_EQ(world_.Do<ImportModel>("imports/i", v1::RunImportRequest()), "run_started");
  v1::Import import = *world_.rows().Get(kImports, "imports/i");
  import.mutable_basis()->mutable_custom_fields(0)->set_name("customFields/other");
  import.mutable_ran()->set_sent_rows(1);
  world_.rows().Put(kImports, import);
  v1::ImportRefusal refusal;
  refusal.set_import("imports/i");
  refusal.set_revision(8);
  refusal.set_target("customers/gone");
  refusal.set_reason("CUSTOMER_ERASED");
  world_.rows().Put(kImportRefusals, refusal);
  v1::ImportEvent event;
  *event.mutable_run_continued()->mutable_start() = import.position();
  *event.mutable_run_continued()->mutable_next() = import.position();
  const auto react = [&](int64_t revision) {
    return OnImport({event, {absl::UnixEpoch(), "user:tester", "imports/i", revision, 3}},
                    world_.rows());
  };
  engine::Commands commands = react(9);
  ASSERT_EQ(commands.size(), 1u);
  const auto* more = dynamic_cast<const v1::ContinueImportRequest*>(commands[0].get());
  ASSERT_NE(more, nullptr);
  EXPECT_EQ(more->continued().refused_rows(), 1);
  EXPECT_EQ(world_.Do<ImportModel>("imports/i", *more), "run_continued");
  EXPECT_EQ(Errors().size(), 1u);
  commands = react(10);
  ASSERT_EQ(commands.size(), 1u);
  EXPECT_NE(dynamic_cast<const v1::FailImportRequest*>(commands[0].get()), nullptr);
}

TEST_F(CustomFieldExchange, AnImportFromBeforeDeclarationsWereKeptGoesByThoseOfNow) {
  Check(absl::StrCat(kHeading, ",custom_fields.budget\r\nerp,1,company,A,5\r\n"));
  v1::Import import = *world_.rows().Get(kImports, "imports/i");
  import.mutable_basis()->clear_custom_fields();
  world_.rows().Put(kImports, import);
  Run();
  EXPECT_EQ(world_.rows().Get(kImports, "imports/i")->state(), v1::IMPORT_STATE_DONE);
  EXPECT_THAT(Only().custom_fields(),
              ElementsAre(testing::EqualsProto("field: 'budget' number { units: 5 }")));
}

TEST_F(CustomFieldExchange, AConstantOfAVcardThatIsNotTakenAnyMoreIsReported) {
  const std::string file = "BEGIN:VCARD\nVERSION:4.0\nFN:Acme\nEND:VCARD\n";
  v1::CreateImportRequest create = testing::ParseText<v1::CreateImportRequest>(
      "import { kind: IMPORT_KIND_CUSTOMERS format: IMPORT_FORMAT_VCARD mappings { field: "
      "'custom_fields.shade' constant: 'red' } }");
  create.mutable_import()->set_file_bytes(static_cast<int64_t>(file.size()));
  create.mutable_import()->set_file_sha256(base::Sha256Hex(file));
  v1::UploadChunkRequest upload;
  upload.set_content(file);
  for (const bool retired : {false, true}) {
    const std::string name = retired ? "imports/i" : "imports/before";
    ASSERT_EQ(world_.Do<ImportModel>(name, create), "created");
    if (retired) Declare("shade", "type: CUSTOM_FIELD_TYPE_CHOICE choices { id: 'blue' }");
    ASSERT_EQ(world_.Do<ImportModel>(name, upload), "chunk_uploaded");
    world_.React();
    EXPECT_EQ(world_.rows().Get(kImports, name)->checked().bad_rows(), retired ? 1 : 0);
  }
  EXPECT_THAT(Errors(), ElementsAre("1::custom_fields.shade:red"));
}

// What is there comes first in what the rule looks at.
TEST_F(CustomFieldExchange, ARefusalOfOneThatIsHereNamesItsColumn) {
  Check(absl::StrCat(kHeading, ",custom_fields.budget\r\nerp,1,company,Acme,5\r\n"));
  Run();
  world_.Forget(kImports, "imports/i");
  EXPECT_EQ(Upload(absl::StrCat(kHeading, ",custom_fields.since,custom_fields.budget\r\n",
                                "erp,1,company,Acme,2024-02-29,6\r\n"),
                   "IMPORT_KIND_CUSTOMERS"),
            "chunk_uploaded");
  Declare("since", "type: CUSTOM_FIELD_TYPE_DATE state: CUSTOM_FIELD_STATE_RETIRED");
  world_.React();
  EXPECT_THAT(Errors(), ElementsAre("2:custom_fields.since:custom_fields:2024-02-29"));
}

TEST_F(CustomFieldExchange, GoOutByTheirPathsAndFilters) {
  Check(absl::StrCat(kHeading, ",custom_fields.budget,custom_fields.hobby\r\n",
                     "erp,1,company,Acme,12.5,chess\r\nerp,2,company,Beta,4,\r\n"));
  Run();
  EXPECT_EQ(Export("fields: ['display_name', 'personal.custom_fields.hobby', "
                   "'custom_fields.budget', 'custom_fields.since']"),
            "display_name,personal.custom_fields.hobby,custom_fields.budget,custom_fields.since\r\n"
            "Acme,chess,12.5,\r\nBeta,,4,\r\n");
  world_.Forget(kExports, "exports/e");
  EXPECT_EQ(Export("fields: 'display_name' filter: 'custom_fields.budget < \"5\"'"),
            "display_name\r\nBeta\r\n");
  world_.Forget(kExports, "exports/e");
  ASSERT_EQ(world_.Do<ExportModel>(
                "exports/e", testing::ParseText<v1::CreateExportRequest>(
                                 "export { reason: 'fair' fields: 'display_name' filter: "
                                 "'custom_fields:budget AND custom_fields.budget < \"5\"' }")),
            "created");
  const v1::CustomField budget = *world_.rows().Get(kCustomFields, "customFields/budget");
  world_.Forget(kCustomFields, "customFields/budget");
  world_.React();
  const v1::Export done = *world_.rows().Get(kExports, "exports/e");
  EXPECT_EQ(done.state(), v1::EXPORT_STATE_DONE) << "a replica that does not show the field";
  EXPECT_EQ(done.result().rows(), 1);
  world_.rows().Put(kCustomFields, budget);
  world_.Forget(kExports, "exports/e");
  EXPECT_EQ(Export("fields: 'custom_fields.none'"), "!field:export.fields[0]");
  EXPECT_EQ(Export("fields: 'custom_fields.hobby'"), "!field:export.fields[0]");
  EXPECT_EQ(Export("fields: 'custom_fields.a.b'"), "!field:export.fields[0]");
  EXPECT_EQ(Export("fields: 'display_name' filter: 'custom_fields.none = 1'"),
            "!field:export.filter");
}

}  // namespace
}  // namespace crm::customer
