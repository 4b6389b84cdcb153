#include "services/customer/react/imports.h"

#include <gmock/gmock.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/notification.pb.h"
#include "libs/base/hash.h"
#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "services/customer/domain/contact.h"
#include "services/customer/domain/customer.h"
#include "services/customer/react/exchange_test_world.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Imports in memory, step by step.
class Imports : public ::testing::Test {
 protected:
  // Announces and uploads; the check runs to its end.
  v1::Import Check(const std::string& file, const std::string& more,
                   const std::string& what =
                       "kind: IMPORT_KIND_CUSTOMERS format: "
                       "IMPORT_FORMAT_CSV ") {
    v1::CreateImportRequest create =
        testing::ParseText<v1::CreateImportRequest>("import { " + what + more + "}");
    create.mutable_import()->set_file_bytes(static_cast<int64_t>(file.size()));
    create.mutable_import()->set_file_sha256(base::Sha256Hex(file));
    EXPECT_EQ(world_.Do<ImportModel>("imports/i", create), "created");
    for (size_t offset = 0; offset < file.size(); offset += kImportChunkBytes) {
      v1::UploadChunkRequest upload;
      upload.set_name("imports/i");
      upload.set_offset(static_cast<int64_t>(offset));
      upload.set_content(file.substr(offset, kImportChunkBytes));
      EXPECT_EQ(world_.Do<ImportModel>("imports/i", upload), "chunk_uploaded");
    }
    world_.React();
    return Import();
  }
  v1::Import Run() {
    EXPECT_EQ(world_.Do<ImportModel>("imports/i", v1::RunImportRequest()), "run_started");
    world_.React();
    return Import();
  }
  v1::Import Import() { return *world_.rows().Get(kImports, "imports/i"); }
  // "line:column:reason:value", a warning with "?" before it.
  std::vector<std::string> Errors() {
    std::vector<std::string> errors;
    world_.rows().Scan(kImportErrors, "", [&](const v1::ImportError& error) {
      const v1::ImportFault& fault = error.fault();
      errors.push_back(absl::StrCat(fault.severity() == v1::IMPORT_SEVERITY_WARNING ? "?" : "",
                                    fault.line(), ":", fault.column(), ":", fault.reason(), ":",
                                    error.value(), fault.running() ? "!" : ""));
      EXPECT_FALSE(fault.text().en().empty());
      EXPECT_FALSE(fault.text().zh_cn().empty());
      return true;
    });
    return errors;
  }

  ExchangeWorld world_;
};

const char kHeading[] = "external_system,external_id,kind,display_name,phone,employees\r\n";

TEST_F(Imports, GoodRowsAreTakenAndBadOnesReported) {
  const std::string file =
      absl::StrCat(kHeading, "erp,1,company,Acme,010 6552 9988,5\r\n",     // line 2
                   "erp,2,company,\"Two\r\nlines\",,\r\n",                 // line 3 and 4
                   "erp,3,company,,,\r\n",                                 // no name
                   "erp,4,firm,Kind,,\r\n",                                // no such kind
                   "erp,5,company,Many,,many\r\n",                         // no number
                   "erp,1,company,Again,,\r\n",                            // stood in line 2
                   "erp,6,company,Fields,,,,\r\n",                         // too many fields
                   "erp,7,company,\xD6\xD0,,\r\n",                         // not UTF-8
                   "erp,8,company,Phone,ask,\r\n",                         // a number that is none
                   "erp,9,company,Phone,+86 123,\r\n",                     // of no plan
                   "erp,10,company,\"open,,\r\n",                          // a quote not closed
                   "erp,3,company,Third,,\r\n",                            // its id is free
                   "erp,11,company,", std::string(70'000, 'x'), ",,\r\n",  // too long
                   "erp,12,company,中国银行,,\r\n");
  const v1::Import checked = Check(file, "");
  EXPECT_EQ(checked.state(), v1::IMPORT_STATE_READY);
  EXPECT_EQ(checked.found_encoding(), v1::IMPORT_ENCODING_UTF8);
  EXPECT_THAT(checked.checked(),
              testing::EqualsProto("rows: 14 good_rows: 6 bad_rows: 8 warnings: 2 new_rows: 6"));
  const std::vector<std::string> expected = {
      "5:display_name:ROW_VALUE_INVALID:",
      "6:kind:ROW_VALUE_INVALID:firm",
      "7:employees:ROW_VALUE_INVALID:many",
      "8::ROW_DUPLICATE:erp:1",
      "9::ROW_UNREADABLE:",
      "10::ROW_UNREADABLE:",
      "?11:phone:PHONE_NOT_VALID:ask",
      "?12:phone:PHONE_NOT_VALID:+86 123",
      "13::ROW_UNREADABLE:",
      "15::ROW_UNREADABLE:",
  };
  EXPECT_EQ(Errors(), expected);
  EXPECT_EQ(world_.rows().Size("customers"), 0u) << "a check changes nothing";
  const v1::Import done = Run();
  EXPECT_EQ(done.state(), v1::IMPORT_STATE_DONE);
  EXPECT_THAT(done.ran(), testing::EqualsProto("rows: 6"));
  EXPECT_THAT(world_.CustomerNames(),
              ElementsAre("Acme", "Phone", "Phone", "Third", "Two\nlines", "中国银行"));
  EXPECT_EQ(world_.rows().Size("import_chunks"), 0u);
  EXPECT_EQ(world_.rows().Size("import_stretches"), 0u);
  EXPECT_EQ(Errors(), expected);
  bool phone = false;
  world_.rows().Scan(kCustomers, "", [&](const v1::Customer& customer) {
    EXPECT_EQ(customer.source(), v1::CUSTOMER_SOURCE_IMPORT);
    phone = phone || (customer.personal().phones_size() == 1 &&
                      customer.personal().phones(0) == "+861065529988");
    return true;
  });
  EXPECT_TRUE(phone);
}

TEST_F(Imports, MappingsSayWhatColumnsMean) {
  const v1::Import checked =
      Check("编号;名称;备注\n7;Acme;x\n;Nobody;y\n",
            "delimiter: ';' mappings { column: '编号' field: 'external_id' } "
            "mappings { field: 'external_system' constant: 'erp' } "
            "mappings { column: '名称' field: 'display_name' } "
            "mappings { field: 'kind' constant: 'company' } ");
  EXPECT_EQ(checked.state(), v1::IMPORT_STATE_READY) << checked.DebugString();
  EXPECT_EQ(checked.checked().good_rows(), 2) << "one of them without an external id";
  Run();
  EXPECT_THAT(world_.CustomerNames(), ElementsAre("Acme", "Nobody"));
}

TEST_F(Imports, Gb18030IsFoundOut) {
  const v1::Import checked = Check(
      absl::StrCat(kHeading, "erp,1,company,\xD6\xD0\xB9\xFA,,\n", "erp,2,company,a\xFF,,\n"), "");
  EXPECT_EQ(checked.found_encoding(), v1::IMPORT_ENCODING_GB18030);
  EXPECT_THAT(Errors(), ElementsAre("3::ROW_UNREADABLE:"));
  Run();
  EXPECT_THAT(world_.CustomerNames(), ElementsAre("中国"));
}

TEST_F(Imports, AFileThatCannotBeReadFails) {
  EXPECT_EQ(Check("a,b\n1,2\n", "").failure().detail(), "column 1 is no field");
  EXPECT_EQ(Import().state(), v1::IMPORT_STATE_FAILED);
  EXPECT_EQ(world_.Notices(), std::vector<std::string>({"IMPORT_ENDED staff/tester"}));
  world_ = ExchangeWorld();
  EXPECT_EQ(Check("kind,kind\n", "").failure().detail(), "column 2 has an earlier one's name");
  world_ = ExchangeWorld();
  EXPECT_EQ(Check(kHeading, "").failure().detail(), "the file has no rows");
  world_ = ExchangeWorld();
  EXPECT_EQ(Check("\n\n", "").failure().detail(), "the file has no heading");
  world_ = ExchangeWorld();
  EXPECT_EQ(Check(kHeading, "mappings { column: 'c' field: 'kind' }").failure().detail(),
            "column c is missing");
}

TEST_F(Imports, RowsThatAreHereBringUpToDate) {
  Check(absl::StrCat(kHeading, "erp,1,company,Old,,1\nerp,2,company,Same,,2\n"), "");
  Run();
  world_.Forget(kImports, "imports/i");
  Check(absl::StrCat(kHeading, "erp,1,company,New,,1\nerp,2,company,Same,,2\n"), "");
  EXPECT_EQ(Import().checked().new_rows(), 0);
  const v1::Import done = Run();
  EXPECT_THAT(done.ran(), testing::EqualsProto("rows: 2 unchanged_rows: 1"));
  EXPECT_THAT(world_.CustomerNames(), ElementsAre("New", "Same"));
}

TEST_F(Imports, ARefusalOfTheRunIsReportedToo) {
  Check(absl::StrCat(kHeading, "erp,1,company,A,,\nerp,2,company,B,,\nerp,3,company,C,,\n"), "");
  world_.Refuse("erp", "2", v1::REASON_CUSTOMER_ERASED);
  const v1::Import done = Run();
  EXPECT_EQ(done.state(), v1::IMPORT_STATE_DONE);
  EXPECT_THAT(done.ran(), testing::EqualsProto("rows: 3 refused_rows: 1"));
  EXPECT_THAT(Errors(), ElementsAre("3::CUSTOMER_ERASED:!"));
}

TEST_F(Imports, TwoRowsOfOneCustomerGoOneAfterTheOther) {
  world_.AddCustomer("c", {{"erp", "1"}, {"crm", "x"}});
  Check(
      "external_system,external_id,kind,display_name\nerp,1,company,First\ncrm,x,company,Second\n",
      "");
  const v1::Import done = Run();
  EXPECT_EQ(done.ran().rows(), 2);
  EXPECT_THAT(world_.CustomerNames(), ElementsAre("Second"));
}

TEST_F(Imports, IdsOfSeveralCustomersAreAmbiguous) {
  world_.AddCustomer("c", {{"erp", "1"}});
  world_.AddCustomer("d", {{"erp", "2"}});
  Check(
      "external_ids[0].system,external_ids[0].id,external_ids[1].system,external_ids[1].id,kind,"
      "display_name\nerp,1,erp,2,company,Both\n",
      "");
  EXPECT_THAT(Errors(), ElementsAre("2::ROW_AMBIGUOUS:"));
}

TEST_F(Imports, ACheckCanBeDoneAgain) {
  const std::string file = absl::StrCat(kHeading, "erp,1,company,A,,\nerp,2,firm,B,,\n");
  Check(file, "");
  EXPECT_EQ(Errors().size(), 1u);
  EXPECT_EQ(world_.Do<ImportModel>("imports/i", v1::CheckImportRequest()), "check_started");
  world_.React();
  EXPECT_EQ(Import().state(), v1::IMPORT_STATE_READY);
  EXPECT_EQ(Import().check_number(), 2);
  EXPECT_EQ(Import().checked().rows(), 2);
  EXPECT_EQ(Errors().size(), 1u);
}

TEST_F(Imports, NoRowGoesOutAfterItWasCancelled) {
  Check(absl::StrCat(kHeading, "erp,1,company,A,,\n"), "");
  EXPECT_EQ(world_.Do<ImportModel>("imports/i", v1::RunImportRequest()), "run_started");
  EXPECT_EQ(world_.Do<ImportModel>("imports/i", v1::CancelImportRequest()), "cancelled");
  world_.React();
  EXPECT_THAT(world_.CustomerNames(), IsEmpty());
  EXPECT_EQ(world_.rows().Size("import_chunks"), 0u);
}

// Whatever is said twice because a server stopped in between changes nothing.
TEST_F(Imports, AStopAtAnyPlaceGivesTheSame) {
  std::string file = kHeading;
  for (int i = 0; i < 2'500; ++i)
    absl::StrAppend(&file, "erp,", i, ",company,", i % 100 == 7 ? "" : absl::StrCat("N", i),
                    ",,\n");
  Check(file, "");
  Run();
  const std::string undisturbed = world_.Customers();
  const std::vector<std::string> errors = Errors();
  const v1::Import import = Import();
  EXPECT_EQ(import.checked().bad_rows(), 25);
  EXPECT_EQ(import.ran().rows(), 2'475);
  EXPECT_EQ(errors.size(), 25u);
  world_ = ExchangeWorld();
  world_.StopOften();
  Check(file, "");
  Run();
  EXPECT_EQ(world_.Customers(), undisturbed);
  EXPECT_EQ(Errors(), errors);
  EXPECT_THAT(Import().ran(), testing::EqualsProto(import.ran()));
}

TEST_F(Imports, Contacts) {
  v1::Import checked = Check(
      "BEGIN:VCARD\nVERSION:3.0\nN:李;华\nTEL:139 1234 5678\nUID:u1\nBDAY:--0603\nEND:VCARD\n"
      "BEGIN:VCARD\nVERSION:2.1\nEND:VCARD\n"
      "BEGIN:VCARD\nVERSION:4.0\nFN:Bob\nEMAIL;PREF=1:b@c.de\nEMAIL:nothing\nEND:VCARD\n"
      "BEGIN:VCARD\nVERSION:4.0\nFN:Eve\nBDAY:soon\u202e\nEND:VCARD\n",
      "mappings { field: 'tags' constant: 'fair' }",
      "kind: IMPORT_KIND_CONTACTS format: IMPORT_FORMAT_VCARD ");
  EXPECT_THAT(checked.checked(),
              testing::EqualsProto("rows: 4 good_rows: 2 bad_rows: 2 warnings: 1 new_rows: 2"));
  EXPECT_THAT(Errors(), ElementsAre("8::ROW_UNREADABLE:", "11::ROW_VALUE_INVALID:",
                                    "?20:BDAY:ROW_VALUE_INVALID:soon?"));
  Run();
  std::vector<std::string> contacts;
  world_.rows().Scan(kContacts, "", [&](const v1::Contact& contact) {
    contacts.push_back(absl::StrCat(
        contact.personal().family_name(), "/", contact.personal().given_name(), "/",
        contact.personal().phones_size() > 0 ? contact.personal().phones(0).number() : "", "/",
        contact.tags(0)));
    return true;
  });
  EXPECT_THAT(contacts, ::testing::UnorderedElementsAre("李/华/+8613912345678/fair", "Eve///fair"));
}

const char kPeople[] = "kind: IMPORT_KIND_CONTACTS format: IMPORT_FORMAT_CSV ";
const char kPeopleHeading[] =
    "external_system,external_id,family_name,position.customer,"
    "position.customer_external_id,position.customer_display_name,position.title,position.role\n";

TEST_F(Imports, ContactsGetTheirPositions) {
  world_.AddCustomer("acme", {{"erp", "A"}});
  world_.AddCustomer("bell", {{"erp", "B"}, {"old", "B"}});
  const std::string file = absl::StrCat(kPeopleHeading,
                                        "erp,1,Li,customers/acme,,,Buyer,buyer\n"  // line 2
                                        "erp,2,Wu,,B,,Chief,decider\n"  // the system of the row
                                        "erp,3,Ma,,,acme,Clerk,\n"      // by its name
                                        "erp,4,Xu,,,,Alone,\n"          // says no customer
                                        "erp,5,He,,C,,Nobody,\n"        // no such customer
                                        "erp,6,Qi,acme,,,Nobody,\n"     // no name of one
                                        "erp,7,Yu,customers/acme,,,Boss,king\n",  // no such role
                                        "erp,8,Bo,,,acme,", std::string(201, 't'), ",\n");
  const v1::Import checked = Check(file, "", kPeople);
  EXPECT_EQ(checked.checked().good_rows(), 4);
  EXPECT_THAT(Errors(),
              ElementsAre("6:position.customer_external_id:CUSTOMER_UNKNOWN:C",
                          "7:position.customer:ROW_VALUE_INVALID:acme",
                          "8:position.role:ROW_VALUE_INVALID:king",
                          ::testing::StartsWith("9:position.title:ROW_VALUE_INVALID:ttt")));
  EXPECT_EQ(world_.rows().Size("positions"), 0u) << "a check changes nothing";
  const v1::Import done = Run();
  EXPECT_EQ(done.state(), v1::IMPORT_STATE_DONE);
  EXPECT_THAT(done.ran(), testing::EqualsProto("rows: 4 positions: 3"));
  EXPECT_THAT(world_.Positions(), ElementsAre("Buyer at acme", "Chief at bell", "Clerk at acme"));
  EXPECT_EQ(world_.rows().Size("contacts"), 4u);
}

TEST_F(Imports, APositionIsMadeOnceAndBroughtUpToDate) {
  world_.AddCustomer("acme", {{"erp", "A"}});
  const std::string file = absl::StrCat(kPeopleHeading, "erp,1,Li,,A,,Buyer,buyer\n");
  Check(file, "", kPeople);
  Run();
  for (const char* title : {"Buyer", "Chief buyer"}) {
    world_.Forget(kImports, "imports/i");
    Check(absl::StrCat(kPeopleHeading, "erp,1,Li,,A,,", title, ",\n"), "", kPeople);
    EXPECT_EQ(Run().ran().positions(), 1);
    EXPECT_THAT(world_.Positions(), ElementsAre(absl::StrCat(title, " at acme")));
  }
}

TEST_F(Imports, APositionThatIsRefusedIsReported) {
  world_.AddCustomer("acme", {{"erp", "A"}});
  const std::string heading =
      "external_system,external_id,family_name,position.customer_external_id,position.primary\n";
  Check(absl::StrCat(heading, "erp,1,Li,A,true\nerp,2,Wu,A,true\n"), "", kPeople);
  EXPECT_THAT(Errors(), IsEmpty()) << "which of them is first the check does not know";
  const v1::Import done = Run();
  EXPECT_THAT(done.ran(), testing::EqualsProto("rows: 2 positions: 2 refused_positions: 1"));
  EXPECT_THAT(Errors(), ElementsAre("3::PRIMARY_POSITION_TAKEN:!"));
  EXPECT_EQ(world_.rows().Size("contacts"), 2u);
}

const char kPlainHeading[] =
    "external_system,external_id,family_name,position.customer_external_id,position.title\n";

TEST_F(Imports, AContactThatWasRefusedGetsNoPosition) {
  world_.AddCustomer("acme", {{"erp", "A"}});
  Check(absl::StrCat(kPlainHeading, "erp,1,Li,A,Buyer\nerp,2,Wu,A,Clerk\n"), "", kPeople);
  world_.Refuse("erp", "2", v1::REASON_CONTACT_MERGED);
  const v1::Import done = Run();
  EXPECT_EQ(done.state(), v1::IMPORT_STATE_DONE);
  EXPECT_THAT(done.ran(), testing::EqualsProto("rows: 2 refused_rows: 1 positions: 1"));
  EXPECT_THAT(world_.Positions(), ElementsAre("Buyer at acme"));
  EXPECT_THAT(Errors(), ElementsAre("3::CONTACT_MERGED:!"));
}

TEST_F(Imports, ARowWithoutADayIsOfThePositionThatIsHeld) {
  world_.AddCustomer("acme", {{"erp", "A"}});
  const auto import = [&](const std::string& title) {
    Check(absl::StrCat(kPlainHeading, "erp,1,Li,A,", title, "\n"), "", kPeople);
    EXPECT_EQ(Run().ran().refused_positions(), 0);
    world_.Forget(kImports, "imports/i");
  };
  import("First");
  v1::Position ended;
  world_.rows().Scan(kPositions, "", [&](const v1::Position& position) {
    ended = position;
    return true;
  });
  *ended.mutable_end_date() = testing::ParseText<google::type::Date>("year: 2020 month: 1 day: 1");
  world_.rows().Put(kPositions, ended);
  import("Second");
  EXPECT_THAT(world_.Positions(), ElementsAre("First at acme", "Second at acme"));
  import("Second of now");
  EXPECT_THAT(world_.Positions(), ElementsAre("First at acme", "Second of now at acme"));
}

TEST_F(Imports, ARowThatCannotBeReadAnyMoreIsReported) {
  Check(absl::StrCat(kHeading, "erp,1,company,A,,\nerp,2,company,B,,many\n"), "");
  v1::ImportStretch stretch = *world_.rows().Get(kImportStretches, "imports/i", 1);
  stretch.clear_bad_lines();
  world_.rows().Put(kImportStretches, stretch);
  EXPECT_THAT(Run().ran(), testing::EqualsProto("rows: 2 refused_rows: 1"));
  EXPECT_THAT(Errors(),
              ElementsAre("3:employees:ROW_VALUE_INVALID:many", "3::ROW_VALUE_INVALID:!"));
}

TEST_F(Imports, AStopAtAnyPlaceGivesTheSamePositions) {
  world_.AddCustomer("acme", {{"erp", "A"}});
  world_.AddCustomer("bell", {{"erp", "B"}});
  std::string file = kPeopleHeading;
  for (int i = 0; i < 2'500; ++i) {
    absl::StrAppend(&file, "erp,", i, ",Li,,", i % 50 == 0 ? "A" : "", ",",
                    i % 50 == 25 ? "bell" : "", ",T", i, ",\n");
  }
  world_.StopOften();
  Check(file, "", kPeople);
  const v1::Import done = Run();
  EXPECT_THAT(done.ran(), testing::EqualsProto("rows: 2500 positions: 100"));
  EXPECT_EQ(world_.Positions().size(), 100u);
  EXPECT_THAT(Errors(), IsEmpty());
}

TEST_F(Imports, AContactThatIsHereKeepsItsConsent) {
  const std::string kind = "kind: IMPORT_KIND_CONTACTS format: IMPORT_FORMAT_CSV ";
  const std::string file =
      "external_system,external_id,family_name,phone\nerp,1,Li,+862112345678\n";
  Check(file, "", kind);
  Run();
  v1::Contact contact;
  world_.rows().Scan(kContacts, "", [&](const v1::Contact& one) {
    contact = one;
    return true;
  });
  ASSERT_EQ(contact.personal().phones_size(), 1);
  contact.mutable_personal()->mutable_phones(0)->set_opted_out(true);
  world_.rows().Put(kContacts, contact);
  world_.Forget(kImports, "imports/i");
  Check(
      "external_system,external_id,family_name,phone\n"
      "erp,1,Li,+862112345678;+862112345679\n",
      "", kind);
  EXPECT_EQ(Import().checked().new_rows(), 0);
  Run();
  const auto after = world_.rows().Get(kContacts, contact.name());
  ASSERT_EQ(after->personal().phones_size(), 2);
  EXPECT_TRUE(after->personal().phones(0).opted_out());
}

TEST_F(Imports, WhatNoColumnHasFilledIsLeftOut) {
  Check(
      "kind,display_name,personal.addresses[0].locality,personal.addresses[1].locality,"
      "personal.addresses[1].country_code\n"
      "company,Acme,,Wien,AT\n",
      "");
  Run();
  world_.rows().Scan(kCustomers, "", [](const v1::Customer& customer) {
    EXPECT_EQ(customer.personal().addresses_size(), 1);
    EXPECT_EQ(customer.personal().addresses(0).locality(), "Wien");
    return true;
  });
  EXPECT_THAT(world_.CustomerNames(), ElementsAre("Acme"));
}

TEST_F(Imports, NoReportQuotesAValueInTheClear) {
  Check(absl::StrCat(kHeading, "erp,1,firm-of-li,Acme,,\nerp,2,company,Acme,,secret\n"), "");
  world_.rows().Scan(kImportErrors, "", [](const v1::ImportError& error) {
    EXPECT_EQ(error.fault().detail(), "is none that the field takes");
    return true;
  });
  EXPECT_EQ(Errors().size(), 2u);
}

TEST_F(Imports, WhatIsNoTextIsShownAsNone) {
  const std::string file = absl::StrCat(kHeading, "erp,1,company,\u202eemca,,\n",  // turns round
                                        "erp,2,company,a\x1b[2J,,\n",              // clears
                                        "erp,3,\u2066firm,Acme,,\n",               // no kind
                                        "erp,4,company,Acme,ask\u202c,\n",         // no number
                                        "\u202e,5,company,Acme,,\n", "erp,6,company,A,,\n");
  const v1::Import checked = Check(file, "");
  ASSERT_EQ(checked.state(), v1::IMPORT_STATE_READY);
  EXPECT_EQ(checked.checked().good_rows(), 2);
  EXPECT_THAT(
      Errors(),
      ElementsAre("2:display_name:ROW_VALUE_INVALID:?emca",
                  "3:display_name:ROW_VALUE_INVALID:a?[2J", "4:kind:ROW_VALUE_INVALID:?firm",
                  "?5:phone:PHONE_NOT_VALID:ask?", "6:external_system:ROW_VALUE_INVALID:?"));
  EXPECT_EQ(Run().state(), v1::IMPORT_STATE_DONE);
}

TEST_F(Imports, ALongIdIsCutBetweenLetters) {
  std::string id = "x";
  for (int i = 0; i < 33; ++i) id += "中";
  const std::string row = absl::StrCat("erp,", id, ",company,Acme,,\n");
  const v1::Import checked = Check(absl::StrCat(kHeading, row, row), "");
  ASSERT_EQ(checked.state(), v1::IMPORT_STATE_READY);
  EXPECT_THAT(Errors(), ElementsAre("3::ROW_DUPLICATE:erp:" + id.substr(0, 1 + 31 * 3)));
}

TEST_F(Imports, AnIdThatStoodStretchesBeforeIsFound) {
  std::string file = kHeading;
  for (int i = 0; i < 2'100; ++i)
    absl::StrAppend(&file, "erp,", i == 2'050 ? 7 : i, ",company,N,,\n");
  const v1::Import checked = Check(file, "");
  EXPECT_EQ(checked.checked().bad_rows(), 1);
  EXPECT_THAT(Errors(), ElementsAre("2052::ROW_DUPLICATE:erp:7"));
  v1::ImportError found;
  world_.rows().Scan(kImportErrors, "", [&](const v1::ImportError& error) {
    found = error;
    return true;
  });
  EXPECT_EQ(found.fault().detail(), "stood in line 9");
}

TEST_F(Imports, FaultsWithoutALineAreAllKept) {
  v1::ImportEvent event;
  v1::ImportFault& fault = *event.mutable_run_continued()->add_faults();
  fault.set_running(true);
  for (const int revision : {7, 8}) {
    fault.set_detail(absl::StrCat("part ", revision));
    const engine::EventMeta meta{absl::UnixEpoch(), "user:tester", "imports/i", revision, 3};
    ProjectImport({nullptr, {}, event, meta}, world_.rows());
  }
  EXPECT_EQ(world_.rows().Size("import_errors"), 2u);
}

TEST_F(Imports, ARowIsTheSurvivorOfWhatItMadeOnce) {
  const std::string file = absl::StrCat(kHeading, "erp,1,company,Acme,,\n");
  Check(file, "");
  Run();
  // It has lost its external id, and was merged.
  v1::Customer made =
      *world_.rows().Get(kCustomers, "customers/" + base::IdFromExternal("erp", "1"));
  made.clear_external_ids();
  made.set_merged_into("customers/s");
  world_.rows().Put(kCustomers, made);
  world_.AddCustomer("s", {});
  const auto redirect = [&](const std::string& from, const std::string& to) {
    v1::Redirect redirects;
    redirects.set_customer(from);
    redirects.set_survivor(to);
    world_.rows().Put(kRedirects, redirects);
  };
  redirect(made.name(), "customers/s");
  world_.Forget(kImports, "imports/i");
  EXPECT_EQ(Check(file, "").checked().good_rows(), 1);
  EXPECT_EQ(Run().ran().refused_rows(), 0);
  EXPECT_EQ(world_.rows().Get(kCustomers, std::string("customers/s"))->display_name(), "Acme");
  // Two merges at one moment: nobody stands for them yet.
  redirect("customers/s", made.name());
  world_.Forget(kImports, "imports/i");
  EXPECT_EQ(Check(file, "").checked().bad_rows(), 1);
  EXPECT_THAT(Errors(), ElementsAre("2::CUSTOMER_MERGED:"));
}

TEST_F(Imports, AFileWithTooManyBadRowsFails) {
  std::string file = kHeading;
  for (int64_t i = 0; i <= kImportBadRowsMax; ++i) absl::StrAppend(&file, "erp,", i, ",firm,A,,\n");
  const v1::Import failed = Check(file, "");
  EXPECT_EQ(failed.state(), v1::IMPORT_STATE_FAILED);
  EXPECT_EQ(failed.failure().reason(), "IMPORT_TOO_MANY_BAD_ROWS");
  EXPECT_LE(world_.rows().Size("import_errors"), static_cast<size_t>(kImportReportedMax));
}

TEST_F(Imports, AFileWithTooManyRowsFails) {
  Check(absl::StrCat(kHeading, "erp,1,company,A,,\n"), "");
  v1::Import import = Import();
  import.set_state(v1::IMPORT_STATE_CHECKING);
  import.mutable_position()->set_stretch(1);
  import.mutable_checked()->set_rows(kImportRowsMax);
  world_.rows().Put(kImports, import);
  v1::ImportEvent event;
  event.mutable_check_started();
  const engine::Commands commands =
      OnImport({event, {absl::UnixEpoch(), "user:tester", "imports/i", 9, 3}}, world_.rows());
  const auto* fail = dynamic_cast<const v1::FailImportRequest*>(commands.at(0).get());
  ASSERT_NE(fail, nullptr);
  EXPECT_EQ(fail->failure().reason(), "IMPORT_TOO_LARGE");
}

// The part was sent and recorded to its end; made anew, two of its rows are for one customer.
TEST_F(Imports, APartThatIsSentOnceMoreEndsWhereItEnded) {
  Check(absl::StrCat("external_system,external_id,kind,display_name\n",
                     "erp,1,company,A\ncrm,x,company,B\nerp,3,company,C\nerp,4,company,D\n"),
        "");
  EXPECT_EQ(world_.Do<ImportModel>("imports/i", v1::RunImportRequest()), "run_started");
  world_.AddCustomer("c", {{"erp", "1"}, {"crm", "x"}});
  v1::ImportEvent event;
  event.mutable_run_started();
  const engine::EventMeta meta{absl::UnixEpoch(), "user:tester", "imports/i", 9, 3};
  EXPECT_EQ(OnImport({event, meta}, world_.rows()).size(), 2u) << "the first row, and the next";
  v1::Import import = Import();
  import.mutable_position()->set_stretch(2);
  world_.rows().Put(kImports, import);
  EXPECT_EQ(OnImport({event, meta}, world_.rows()).size(), 4u) << "all but the second";
  import.mutable_position()->set_stretch(1);
  import.mutable_position()->set_rows(3);
  world_.rows().Put(kImports, import);
  EXPECT_EQ(OnImport({event, meta}, world_.rows()).size(), 3u) << "the first and the third";
}

TEST_F(Imports, AFaultAboveThousandIsCounted) {
  std::string file = kHeading;
  for (int i = 0; i < 1'000; ++i) absl::StrAppend(&file, "erp,", i, ",company,A,,\n");
  Check(file, "");
  EXPECT_EQ(world_.Do<ImportModel>("imports/i", v1::RunImportRequest()), "run_started");
  for (int i = 0; i < 1'000; ++i) {
    v1::ImportRefusal refusal;
    refusal.set_import("imports/i");
    refusal.set_revision(8);
    refusal.set_target(absl::StrCat("customers/gone-", i));
    refusal.set_reason("CUSTOMER_ERASED");
    world_.rows().Put(kImportRefusals, refusal);
  }
  world_.AddCustomer("c", {{"erp", "1"}});
  world_.AddCustomer("d", {{"erp", "1"}});
  v1::ImportEvent event;
  event.mutable_run_continued()->mutable_start()->set_stretch(1);
  event.mutable_run_continued()->mutable_next()->set_stretch(1);
  const engine::Commands commands =
      OnImport({event, {absl::UnixEpoch(), "user:tester", "imports/i", 9, 3}}, world_.rows());
  const auto* more = dynamic_cast<const v1::ContinueImportRequest*>(commands.back().get());
  ASSERT_NE(more, nullptr);
  EXPECT_EQ(more->continued().faults_size(), 1'000);
  EXPECT_EQ(more->continued().refused_rows(), 1'001);
  EXPECT_EQ(more->continued().faults(999).detail(), "this row, and 1 more");
}

}  // namespace
}  // namespace crm::customer
