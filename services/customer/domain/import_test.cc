#include "services/customer/domain/import.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "libs/base/hash.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/import_fields.h"
#include "services/customer/read/custom_field_tables.h"
#include "services/customer/read/exchange_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;

const char kHash[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct File {
  std::string bytes = "5";
  std::string hash = kHash;
  std::string format = "IMPORT_FORMAT_CSV";
};
std::string Announced(const std::string& more = "", const File& file = {}) {
  return absl::StrCat("kind: IMPORT_KIND_CUSTOMERS format: ", file.format,
                      " file_bytes: ", file.bytes, " file_sha256: '", file.hash, "' ", more);
}
std::string Created(int64_t bytes = 5) {
  const std::string state = "state: IMPORT_STATE_UPLOADING expire_time { seconds: 1773050400 }";
  return "created { import { " + Announced(state, {.bytes = absl::StrCat(bytes)}) + " } }";
}

DataExchangeFacts Exchange() { return {WithDefaults({}), "7"}; }

TEST(CreateImport, Rules) {
  CheckDecisions<ImportModel, v1::CreateImportRequest>(
      {
          {"waits for the file",
           {},
           "import { " + Announced() + " }",
           "created { import { " +
               Announced("state: IMPORT_STATE_UPLOADING operation: 'operations/imports/import-1' "
                         "creator: 'user:tester' expire_time { seconds: 1773050400 }") +
               " } }"},
          {"refuses no kind", {}, "import { format: IMPORT_FORMAT_CSV }", "!field:import.kind"},
          {"refuses no format",
           {},
           "import { kind: IMPORT_KIND_CONTACTS }",
           "!field:import.format"},
          {"refuses an unknown encoding",
           {},
           "import { " + Announced("encoding: 9") + " }",
           "!field:import.encoding"},
          {"refuses another delimiter",
           {},
           "import { " + Announced("delimiter: 'x'") + " }",
           "!field:import.delimiter"},
          {"refuses no country",
           {},
           "import { " + Announced("phone_country_code: 'cn'") + " }",
           "!field:import.phone_country_code"},
          {"refuses another status",
           {},
           "import { " + Announced("initial_status: CUSTOMER_STATUS_ACTIVE") + " }",
           "!field:import.initial_status"},
          {"refuses an empty file",
           {},
           "import { " + Announced("", {.bytes = "0"}) + " }",
           "!field:import.file_bytes"},
          {"refuses a large file",
           {},
           "import { " + Announced("", {.bytes = "67108865"}) + " }",
           "!field:import.file_bytes"},
          {"refuses no hash",
           {},
           "import { " + Announced("", {.hash = "AB"}) + " }",
           "!field:import.file_sha256"},
      },
      FixedContext<ImportModel>(), ImportFacts{Exchange()});
}

TEST(CreateImport, Mappings) {
  const auto mapped = [](const std::string& mapping) {
    return "import { " + Announced("mappings { " + mapping + " }") + " }";
  };
  CheckDecisions<ImportModel, v1::CreateImportRequest>(
      {
          {"refuses a field that there is not",
           {},
           mapped("column: 'c' field: 'colour'"),
           "!field:import.mappings[0].field"},
          {"refuses what only the server sets",
           {},
           mapped("column: 'c' field: 'tier'"),
           "!field:import.mappings[0].field"},
          {"refuses neither column nor constant",
           {},
           mapped("field: 'industry'"),
           "!field:import.mappings[0].column"},
          {"refuses a constant that is no value",
           {},
           mapped("field: 'employees' constant: 'x'"),
           "!field:import.mappings[0].constant"},
          {"refuses a second column of a field that has one value, by whichever of its names",
           {},
           mapped("column: 'a' field: 'display_name' } mappings { column: 'b' field: "
                  "'personal.display_name'"),
           "!field:import.mappings[1].field"},
          {"refuses a constant of one that has a column",
           {},
           mapped("column: 'a' field: 'region' } mappings { field: 'region' constant: 'north'"),
           "!field:import.mappings[1].field"},
          {"refuses columns of a vCard",
           {},
           "import { " +
               Announced("mappings { column: 'c' field: 'industry' }",
                         {.format = "IMPORT_FORMAT_VCARD"}) +
               " }",
           "!field:import.mappings[0].column"},
      },
      FixedContext<ImportModel>(), ImportFacts{Exchange()});
}

const char kShade[] =
    "name: 'customFields/shade' type: CUSTOM_FIELD_TYPE_CHOICE state: CUSTOM_FIELD_STATE_ACTIVE "
    "path: 'custom_fields.shade' choices { id: 'red' label { en: 'Red' } } ";

TEST(CreateImport, MappingsOfCustomFields) {
  const auto mapped = [](const std::string& mapping, const std::string& more = "") {
    return "import { " + Announced("mappings { " + mapping + " } " + more) + " }";
  };
  const std::string red = "field: 'custom_fields.shade' constant: 'Red'";
  ImportFacts facts{Exchange()};
  *facts.custom_fields.Add() = ParseText<v1::CustomField>(kShade);
  *facts.custom_fields.Add() = ParseText<v1::CustomField>(
      "name: 'customFields/fax' type: CUSTOM_FIELD_TYPE_TEXT state: CUSTOM_FIELD_STATE_RETIRED "
      "path: 'custom_fields.fax'");
  const std::string basis = absl::StrCat("basis { custom_fields { ", kShade,
                                         "} custom_fields { name: 'customFields/fax' type: "
                                         "CUSTOM_FIELD_TYPE_TEXT state: CUSTOM_FIELD_STATE_RETIRED "
                                         "path: 'custom_fields.fax' } } ");
  CheckDecisions<ImportModel, v1::CreateImportRequest>(
      {
          {"keeps what they are",
           {},
           mapped(red),
           "created { " +
               mapped(red,
                      "state: IMPORT_STATE_UPLOADING operation: 'operations/imports/import-1' "
                      "creator: 'user:tester' expire_time { seconds: 1773050400 } " +
                          basis) +
               " }"},
          {"refuses a constant that is no value",
           {},
           mapped("field: 'custom_fields.shade' constant: 'Green'"),
           "!field:import.mappings[0].constant"},
          {"refuses one that there is not",
           {},
           mapped("field: 'custom_fields.none' constant: 'Red'"),
           "!field:import.mappings[0].field"},
          {"refuses one that was retired",
           {},
           mapped("field: 'custom_fields.fax' constant: 'x'"),
           "!field:import.mappings[0].field"},
      },
      FixedContext<ImportModel>(), facts);
}

TEST(UploadChunk, CustomFieldsAreAsTheyWereWhenTheyAreNotShown) {
  v1::Import import = Given<ImportModel>({Created()});
  *import.mutable_basis()->add_custom_fields() = ParseText<v1::CustomField>(kShade);
  UploadFacts facts{Exchange()};
  *facts.custom_fields.Add() = ParseText<v1::CustomField>("name: 'customFields/fax'");
  const auto names = [&] {
    const auto decided =
        ImportModel::Decide(import, ParseText<v1::UploadChunkRequest>("content: '12345'"),
                            FixedContext<ImportModel>(), facts);
    std::vector<std::string> found;
    for (const auto& field : (*decided)->chunk_uploaded().basis().custom_fields())
      found.push_back(absl::StrCat(field.name(), ":", field.choices_size()));
    return absl::StrJoin(found, " ");
  };
  EXPECT_EQ(names(), "customFields/fax:0 customFields/shade:1");
  *facts.custom_fields.Add() = ParseText<v1::CustomField>("name: 'customFields/shade'");
  EXPECT_EQ(names(), "customFields/fax:0 customFields/shade:0") << "as it is now";
}

TEST(UploadChunk, TheHeadingSaysWhichCustomFields) {
  const std::string file =
      "kind,custom_fields.shade,\"display_name\"\ncompany,red,custom_fields.fax\n";
  testing::FakeRows rows(kImports, kImportChunks, kCustomerPolicies, kCustomFields);
  v1::CustomField shade = ParseText<v1::CustomField>(kShade);
  shade.set_target(v1::CUSTOM_FIELD_TARGET_CUSTOMER);
  rows.Put(kCustomFields, shade);
  v1::CustomField fax = shade;
  fax.set_name("customFields/fax");
  rows.Put(kCustomFields, fax);
  auto import = ParseText<v1::Import>(
      "name: 'imports/a' state: IMPORT_STATE_UPLOADING " +
      Announced("", {.bytes = absl::StrCat(file.size()), .hash = base::Sha256Hex(file)}));
  rows.Put(kImports, import);
  v1::UploadChunkRequest upload;
  upload.set_name("imports/a");
  upload.set_content(file);
  const engine::Context context = FixedContext<ImportModel>();
  ASSERT_EQ(ImportModel::Gather(upload, context, rows).custom_fields.size(), 1)
      << "none of those that only a row names";
  EXPECT_TRUE(ImportModel::Gather(upload, context, rows).refusal.ok());
  rows.Delete(kCustomFields, std::string("customFields/shade"));
  EXPECT_EQ(WordOf(ImportModel::Decide(import, upload, context,
                                       ImportModel::Gather(upload, context, rows))),
            "!field:content")
      << "it was declared a moment ago";
  rows.Put(kCustomFields, shade);
  v1::ImportChunk chunk;
  chunk.set_import("imports/a");
  chunk.mutable_personal()->set_content(file);
  rows.Put(kImportChunks, chunk);
  const auto check = ParseText<v1::CheckImportRequest>("name: 'imports/a'");
  EXPECT_EQ(ImportModel::Gather(check, context, rows).custom_fields.size(), 1);
  import.add_mappings()->set_field("custom_fields.none");
  rows.Put(kImports, import);
  EXPECT_EQ(ImportModel::Gather(check, context, rows).custom_fields.size(), 0)
      << "with mappings the heading says nothing";
}

TEST(UploadChunk, AHeadingOfGb18030IsRead) {
  const std::string name = "\xD6\xD0\xB9\xFA";
  EXPECT_THAT(FieldNamesOf(ParseText<v1::Import>(Announced("delimiter: ';'")),
                           "\r\n kind ;" + name + ";\"custom_fields.shade\"\nx;custom_fields.y;z"),
              ::testing::ElementsAre("kind", "中国", "custom_fields.shade"));
}

TEST(ImportBasis, WhatDoesNotFitIsSaid) {
  v1::Import import = Given<ImportModel>({Created()});
  CustomFields large;
  for (const char* id : {"a", "b"}) {
    v1::CustomField& field = *large.Add();
    field.set_name(absl::StrCat("customFields/", id));
    field.add_choices()->mutable_label()->set_en(std::string(300'000, 'x'));
  }
  *import.mutable_basis()->add_custom_fields() = large[0];
  UploadFacts facts{Exchange()};
  const auto upload = ParseText<v1::UploadChunkRequest>("content: '12345'");
  const engine::Context context = FixedContext<ImportModel>();
  EXPECT_EQ(WordOf(ImportModel::Decide(import, upload, context, facts)), "chunk_uploaded");
  *facts.custom_fields.Add() = large[1];
  EXPECT_EQ(WordOf(ImportModel::Decide(import, upload, context, facts)), "!field:content");
  ImportFacts check{Exchange(), facts.custom_fields};
  import.set_state(v1::IMPORT_STATE_READY);
  EXPECT_EQ(WordOf(ImportModel::Decide(import, v1::CheckImportRequest(), context, check)),
            "!field:name");
  testing::FakeRows rows(kCustomerPolicies, kCustomFields);
  v1::CreateImportRequest create =
      ParseText<v1::CreateImportRequest>("import { " + Announced() + " }");
  for (v1::CustomField& field : large) {
    field.set_target(v1::CUSTOM_FIELD_TARGET_CUSTOMER);
    rows.Put(kCustomFields, field);
    create.mutable_import()->add_mappings()->set_field("custom_fields." + field.name().substr(13));
  }
  EXPECT_EQ(
      WordOf(ImportModel::Decide({}, create, context, ImportModel::Gather(create, context, rows))),
      "!field:import.mappings");
}

TEST(UploadChunk, Rules) {
  const std::string first =
      "chunk_uploaded { number: 0 uploaded_bytes: 262144 personal { content: 'x' } }";
  const std::string full(262144, 'x');
  const std::string basis =
      "basis { reporting_currency: 'USD' business_date { year: 2026 month: 3 day: 2 } "
      "phone_country_code: 'CN' customer_policy_etag: '7' } ";
  CheckDecisions<ImportModel, v1::UploadChunkRequest>(
      {
          {"takes the whole file and begins the check",
           {Created()},
           "content: 'a\\n1\\n2'",
           "chunk_uploaded { uploaded_bytes: 5 personal { content: 'a\\n1\\n2' } " + basis + "}"},
          {"takes a part",
           {Created(300000)},
           "content: '" + full + "'",
           "chunk_uploaded { uploaded_bytes: 262144 personal { content: '" + full +
               "' } expire_time { seconds: 1773050400 } }"},
          {"takes the last part",
           {Created(262149), first},
           "offset: 262144 content: '12345'",
           "chunk_uploaded { number: 1 uploaded_bytes: 262149 personal { content: '12345' } " +
               basis + "}"},
          {"is quiet for a part that is here",
           {Created(300000), first},
           "content: '" + full + "'",
           ""},
          {"refuses a part too far",
           {Created(600000)},
           "offset: 262144 content: '" + full + "'",
           "!IMPORT_CHUNK_OUT_OF_ORDER"},
          {"refuses an odd offset", {Created(300000)}, "offset: 7 content: 'x'", "!field:offset"},
          {"refuses an offset behind the file",
           {Created()},
           "offset: 262144 content: 'x'",
           "!field:offset"},
          {"refuses a short part", {Created(300000)}, "content: 'x'", "!field:content"},
          {"refuses more than is left", {Created()}, "content: '123456'", "!field:content"},
          {"refuses a cancelled import",
           {Created(), "cancelled {}"},
           "content: '12345'",
           "!IMPORT_NOT_UPLOADING"},
      },
      FixedContext<ImportModel>(), UploadFacts{Exchange()});
  CheckDecisions<ImportModel, v1::UploadChunkRequest>(
      {{"refuses another file", {Created()}, "content: '12345'", "!IMPORT_FILE_DAMAGED"}},
      FixedContext<ImportModel>(), UploadFacts{Exchange(), true});
}

TEST(UploadChunk, TheLastPartIsComparedWithTheWholeFile) {
  const std::string file(300000, 'q');
  testing::FakeRows rows(kImports, kImportChunks, kCustomerPolicies);
  v1::Import import;
  import.set_name("imports/a");
  import.set_state(v1::IMPORT_STATE_UPLOADING);
  import.set_file_bytes(300000);
  import.set_uploaded_bytes(262144);
  import.set_file_sha256(base::Sha256Hex(file));
  rows.Put(kImports, import);
  v1::ImportChunk chunk;
  chunk.set_import("imports/a");
  chunk.mutable_personal()->set_content(file.substr(0, 262144));
  rows.Put(kImportChunks, chunk);
  v1::UploadChunkRequest upload;
  upload.set_name("imports/a");
  upload.set_offset(262144);
  upload.set_content(file.substr(262144));
  const engine::Context context = FixedContext<ImportModel>();
  EXPECT_FALSE(ImportModel::Gather(upload, context, rows).damaged);
  upload.mutable_content()->back() = 'z';
  EXPECT_TRUE(ImportModel::Gather(upload, context, rows).damaged);
}

// What each verb gives in each state, in the order of VerbsIn; "-": nothing.
struct StateRow {
  const char* name;
  std::vector<std::string> facts;
  const char* then;
};

std::vector<StateRow> States() {
  const std::string uploaded =
      "chunk_uploaded { uploaded_bytes: 5 basis { reporting_currency: 'USD' } }";
  const std::string checked =
      "stretch_checked { stretch { number: 1 rows: 2 } counts { rows: 2 good_rows: 1 bad_rows: 1 } "
      "next { stretch: 2 } last: true expire_time { seconds: 1 } }";
  const std::string started = "run_started { runner: 'user:ann' }";
  return {
      {"UPLOADING", {Created()}, "chunk_uploaded !NOT_READY !NOT_READY cancelled - - - - -"},
      {"CHECKING", {Created(), uploaded}, "- - !NOT_READY cancelled stretch_checked failed - - -"},
      {"READY", {Created(), uploaded, checked}, "- check_started run_started cancelled - - - - -"},
      {"RUNNING",
       {Created(), uploaded, checked, started},
       "- !NOT_READY - cancelled - - failed run_continued finished"},
      {"DONE",
       {Created(), uploaded, checked, started, "finished {}"},
       "- !NOT_READY - !CLOSED - - - - -"},
      {"FAILED", {Created(), uploaded, "failed {}"}, "- !NOT_READY !NOT_READY !CLOSED - - - - -"},
      {"CANCELLED",
       {Created(), "cancelled {}"},
       "!NOT_UPLOADING !NOT_READY !NOT_READY - - - - - -"},
  };
}

std::string VerbsIn(const v1::Import& state) {
  const engine::Context context = FixedContext<ImportModel>();
  std::vector<std::string> words;
  const auto say = [&](const auto& request, const auto&... facts) {
    words.push_back(WordOf(ImportModel::Decide(state, request, context, facts...)));
    if (words.back().empty()) words.back() = "-";
  };
  say(ParseText<v1::UploadChunkRequest>("content: '12345'"), UploadFacts{Exchange()});
  say(v1::CheckImportRequest(), ImportFacts{Exchange()});
  say(v1::RunImportRequest());
  say(v1::CancelImportRequest());
  say(ParseText<v1::RecordImportCheckRequest>("check_number: 1 checked { stretch { number: 1 } }"),
      Exchange());
  say(ParseText<v1::FailImportRequest>("check_number: 1"));
  say(ParseText<v1::FailImportRequest>("check_number: 1 running: true"));
  say(ParseText<v1::ContinueImportRequest>("continued { start { stretch: 1 } }"));
  say(v1::FinishImportRequest());
  return absl::StrReplaceAll(absl::StrJoin(words, " "), {{"!IMPORT_", "!"}});
}

TEST(ImportStates, EveryVerbInEveryState) {
  for (const StateRow& row : States()) {
    SCOPED_TRACE(row.name);
    const v1::Import state = Given<ImportModel>(row.facts);
    EXPECT_EQ(v1::ImportState_Name(state.state()), absl::StrCat("IMPORT_STATE_", row.name));
    EXPECT_EQ(VerbsIn(state), row.then);
  }
}

TEST(ImportSteps, AStepOfAnotherWayIsQuiet) {
  const std::string uploaded =
      "chunk_uploaded { uploaded_bytes: 5 basis { reporting_currency: 'USD' } }";
  CheckDecisions<ImportModel, v1::RecordImportCheckRequest>(
      {{"of another check",
        {Created(), uploaded},
        "check_number: 2 checked { stretch { number: 1 } }",
        ""},
       {"said twice",
        {Created(), uploaded, "stretch_checked { next { stretch: 2 } }"},
        "check_number: 1 checked { stretch { number: 1 } }",
        ""},
       {"waits for somebody at the end",
        {Created(), uploaded},
        "check_number: 1 checked { stretch { number: 1 } last: true }",
        "stretch_checked { stretch { number: 1 } last: true "
        "expire_time { seconds: 1773050400 } }"}},
      FixedContext<ImportModel>(), Exchange());
  CheckDecisions<ImportModel, v1::ContinueImportRequest>(
      {{"said twice",
        {Created(), uploaded, "run_started {}", "run_continued { next { stretch: 2 } }"},
        "continued { start { stretch: 1 } }",
        ""}});
}

TEST(ImportSteps, CountsAddUp) {
  const v1::Import state = Given<ImportModel>(
      {Created(), "chunk_uploaded { uploaded_bytes: 5 basis {} }",
       "stretch_checked { counts { rows: 10 good_rows: 9 bad_rows: 1 warnings: 2 new_rows: 5 } "
       "encoding: IMPORT_ENCODING_GB18030 next { stretch: 2 } }",
       "stretch_checked { counts { rows: 1 good_rows: 1 } encoding: IMPORT_ENCODING_GB18030 "
       "next { stretch: 3 } last: true }",
       "run_started { runner: 'user:bob' }",
       "run_continued { sent_rows: 9 start { stretch: 1 } next { stretch: 2 } }",
       "run_continued { sent_rows: 1 unchanged_rows: 3 refused_rows: 1 next { stretch: 3 } }",
       "finished { unchanged_rows: 1 end_time { seconds: 9 } }"});
  EXPECT_THAT(state.checked(),
              testing::EqualsProto("rows: 11 good_rows: 10 bad_rows: 1 warnings: 2 new_rows: 5"));
  EXPECT_THAT(state.ran(), testing::EqualsProto("rows: 10 unchanged_rows: 4 refused_rows: 1"));
  EXPECT_EQ(state.found_encoding(), v1::IMPORT_ENCODING_GB18030);
  EXPECT_EQ(state.end_time().seconds(), 9);
}

TEST(CancelImport, QuietWhenItIsOverAndOnlyWhatGoesOnIsMeant) {
  const engine::Context context = FixedContext<ImportModel>();
  v1::CancelImportRequest cancel;
  cancel.set_only_running(true);
  const v1::Import over = Given<ImportModel>({Created(), "failed {}"});
  EXPECT_EQ(WordOf(ImportModel::Decide(over, cancel, context)), "");
  EXPECT_EQ(WordOf(ImportModel::Decide(Given<ImportModel>({Created()}), cancel, context)),
            "cancelled");
}

TEST(ExpireImport, WhatNobodyGoesOnWithIsCancelled) {
  const v1::Import waiting = Given<ImportModel>({Created()});
  EXPECT_EQ(ImportModel::NextDue(waiting), absl::FromUnixSeconds(1773050400));
  engine::Context context = FixedContext<ImportModel>();
  EXPECT_EQ(WordOf(ImportModel::Decide(waiting, v1::ExpireImportRequest(), context)), "");
  context.time = absl::FromUnixSeconds(1773050400);
  EXPECT_EQ(WordOf(ImportModel::Decide(waiting, v1::ExpireImportRequest(), context)), "cancelled");
  const v1::Import checking =
      Given<ImportModel>({Created(), "chunk_uploaded { uploaded_bytes: 5 basis {} }"});
  EXPECT_FALSE(ImportModel::NextDue(checking).has_value());
  EXPECT_EQ(WordOf(ImportModel::Decide(checking, v1::ExpireImportRequest(), context)), "");
}

}  // namespace
}  // namespace crm::customer
