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

  // Announced, uploaded and checked.
  v1::Import Check(const std::string& file, const std::string& kind = "IMPORT_KIND_CUSTOMERS") {
    auto create = testing::ParseText<v1::CreateImportRequest>("import { kind: " + kind +
                                                              " format: IMPORT_FORMAT_CSV }");
    create.mutable_import()->set_file_bytes(static_cast<int64_t>(file.size()));
    create.mutable_import()->set_file_sha256(base::Sha256Hex(file));
    EXPECT_EQ(world_.Do<ImportModel>("imports/i", create), "created");
    v1::UploadChunkRequest upload;
    upload.set_content(file);
    EXPECT_EQ(world_.Do<ImportModel>("imports/i", upload), "chunk_uploaded");
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
  for (const char* column : {"custom_fields.none", "custom_fields.fax", "custom_fields.vip",
                             "custom_fields.", "custom_fields.a.b", "custom_fields"}) {
    const v1::Import checked = Check(absl::StrCat(kHeading, ",", column, "\r\n"));
    EXPECT_EQ(checked.state(), v1::IMPORT_STATE_FAILED) << column;
    EXPECT_EQ(checked.failure().detail(), "column 5 is no field") << column;
    world_.Forget(kImports, "imports/i");
  }
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
  EXPECT_EQ(Export("fields: 'custom_fields.none'"), "!field:export.fields[0]");
  EXPECT_EQ(Export("fields: 'custom_fields.hobby'"), "!field:export.fields[0]");
  EXPECT_EQ(Export("fields: 'custom_fields.a.b'"), "!field:export.fields[0]");
  EXPECT_EQ(Export("fields: 'display_name' filter: 'custom_fields.none = 1'"),
            "!field:export.filter");
}

}  // namespace
}  // namespace crm::customer
