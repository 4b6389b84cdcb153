#include "services/customer/domain/custom_values.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/contact.h"
#include "services/customer/domain/customer.h"
#include "services/customer/read/custom_field_tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::ParseText;

// One of each type; "hobby" is personal, "old" retired, "vip" of contacts.
class CustomValues : public ::testing::Test {
 protected:
  CustomValues() : rows_(kCustomFields) {
    Put("note", "type: CUSTOM_FIELD_TYPE_TEXT");
    Put("budget", "type: CUSTOM_FIELD_TYPE_NUMBER");
    Put("since", "type: CUSTOM_FIELD_TYPE_DATE");
    Put("green", "type: CUSTOM_FIELD_TYPE_BOOL");
    Put("colour",
        "type: CUSTOM_FIELD_TYPE_CHOICE choices { id: 'red' label { en: 'Bright Red' zh_cn: '红' } "
        "} choices { id: 'blue' label { en: 'Blue' } retired: true }");
    Put("hobby", "type: CUSTOM_FIELD_TYPE_TEXT personal: true");
    Put("old", "type: CUSTOM_FIELD_TYPE_TEXT state: CUSTOM_FIELD_STATE_RETIRED required: true");
    Put("vip", "type: CUSTOM_FIELD_TYPE_BOOL target: CUSTOM_FIELD_TARGET_CONTACT");
  }

  void Put(const std::string& id, const std::string& rest) {
    auto field = ParseText<v1::CustomField>(
        "target: CUSTOM_FIELD_TARGET_CUSTOMER state: CUSTOM_FIELD_STATE_ACTIVE ");
    field.MergeFrom(ParseText<v1::CustomField>(rest));
    field.set_name("customFields/" + id);
    field.set_path((field.personal() ? "personal.custom_fields." : "custom_fields.") + id);
    rows_.Put(kCustomFields, field);
  }
  void Require(const std::string& id) {
    auto field = *rows_.Get(kCustomFields, "customFields/" + id);
    field.set_required(true);
    rows_.Put(kCustomFields, field);
  }

  // The field that is refused when `before` becomes `next`; "": none.
  std::string Refused(const std::string& next, const std::string& before = "",
                      const std::string& actor = "user:ann") {
    engine::Context context = FixedContext<CustomerModel>();
    context.actor = actor;
    const auto customer = ParseText<v1::Customer>(next);
    const auto facts = LookUpCustomFields(customer, context, rows_);
    return base::FieldOf(CheckCustomFields(ParseText<v1::Customer>(before), customer, facts));
  }

  testing::FakeRows rows_;
};

TEST_F(CustomValues, AreOfTheirType) {
  const std::string at = "customer.custom_fields[0]";
  const std::tuple<const char*, const char*, std::string> cases[] = {
      {"note", "text: 'x'", ""},
      {"note", "text: ' '", at},
      {"note", "choice: 'x'", at},
      {"note", "", at},
      {"budget", "number { units: -5 nanos: -1 }", ""},
      {"budget", "number { }", ""},
      {"budget", "number { units: 1 nanos: -1 }", at + ".number.nanos"},
      {"budget", "number { units: 1000000000000000 }", at + ".number.units"},
      {"budget", "text: '5'", at},
      {"since", "date { year: 2024 month: 2 day: 29 }", ""},
      {"since", "date { year: 2023 month: 2 day: 29 }", at + ".date"},
      {"since", "text: '2024-02-29'", at},
      {"green", "flag: false", ""},
      {"green", "text: 'true'", at},
      {"colour", "choice: 'red'", ""},
      {"colour", "choice: 'blue'", at},
      {"colour", "choice: 'pink'", at},
      {"colour", "text: 'red'", at},
      {"hobby", "text: 'chess'", at},
      {"old", "text: 'x'", at},
      {"vip", "flag: true", at},
      {"none", "text: 'x'", at},
      {"", "text: 'x'", at},
  };
  for (const auto& [field, value, refused] : cases) {
    EXPECT_EQ(Refused(std::string("custom_fields { field: '") + field + "' " + value + " }"),
              refused)
        << field << " " << value;
  }
}

TEST_F(CustomValues, StandWhereTheirDeclarationSays) {
  const std::string hobby = "personal { custom_fields { field: 'hobby' text: 'chess' } }";
  EXPECT_EQ(Refused(hobby), "");
  EXPECT_EQ(Refused("personal { custom_fields { field: 'note' text: 'x' } }"),
            "customer.personal.custom_fields[0]");
  EXPECT_EQ(Refused("custom_fields { field: 'note' text: 'x' } " + hobby), "");
}

TEST_F(CustomValues, AreThereOnce) {
  const std::string note = "custom_fields { field: 'note' text: 'x' } ";
  EXPECT_EQ(Refused(note + note), "customer.custom_fields[1]");
}

// What was let through once may be sent again with what changes beside it.
TEST_F(CustomValues, ThatAreThereStay) {
  const std::string there =
      "custom_fields { field: 'old' text: 'x' } custom_fields { field: 'colour' choice: 'blue' } ";
  EXPECT_EQ(Refused(there + "custom_fields { field: 'green' flag: true }", there), "");
  EXPECT_EQ(Refused("custom_fields { field: 'old' text: 'y' }", there),
            "customer.custom_fields[0]");
  EXPECT_EQ(Refused("custom_fields { field: 'green' flag: true }", there), "");
}

TEST_F(CustomValues, ARefusalSaysOfWhichFieldItIs) {
  const auto next = ParseText<v1::Customer>(
      "custom_fields { field: 'note' text: 'x' } custom_fields { field: 'old' text: 'y' }");
  const engine::Context context = FixedContext<CustomerModel>();
  const absl::Status refused =
      CheckCustomFields(v1::Customer(), next, LookUpCustomFields(next, context, rows_));
  EXPECT_EQ(base::FieldOf(refused), "customer.custom_fields[1]");
  EXPECT_EQ(base::MetadataOf(refused, kRefusedCustomField), "old");
}

TEST_F(CustomValues, ThatAreRequiredAreAskedOfPeople) {
  Require("note");
  Require("hobby");
  const std::string note = "custom_fields { field: 'note' text: 'x' } ";
  EXPECT_EQ(Refused(""), "customer.custom_fields");
  EXPECT_EQ(Refused(note), "customer.personal.custom_fields");
  EXPECT_EQ(Refused(note + "personal { custom_fields { field: 'hobby' text: 'chess' } }"), "");
  EXPECT_EQ(Refused("", "", "service:customer"), "");
}

TEST_F(CustomValues, OfAFilterHaveTheTypeOfTheirDeclaration) {
  const auto* plain = v1::Customer::descriptor()->FindFieldByName("custom_fields");
  const auto* personal = v1::CustomerPersonal::descriptor()->FindFieldByName("custom_fields");
  const auto* of_contacts = v1::Contact::descriptor()->FindFieldByName("custom_fields");
  const auto type = [&](const google::protobuf::FieldDescriptor* map, const char* id) {
    const auto found = TypeOfCustomField(*map, id, rows_);
    return found.ok() ? (*found)->name() : std::string(found.status().message());
  };
  EXPECT_EQ(type(plain, "note"), "text");
  EXPECT_EQ(type(plain, "budget"), "number");
  EXPECT_EQ(type(plain, "since"), "date");
  EXPECT_EQ(type(plain, "green"), "flag");
  EXPECT_EQ(type(plain, "colour"), "choice");
  EXPECT_EQ(type(plain, "old"), "text");
  EXPECT_EQ(type(personal, "hobby"), "text");
  EXPECT_EQ(type(of_contacts, "vip"), "flag");
  EXPECT_EQ(type(plain, "hobby"), "must be written personal.custom_fields.hobby");
  EXPECT_EQ(type(plain, "vip"), "no custom field \"vip\" of customers");
  EXPECT_EQ(type(of_contacts, "note"), "no custom field \"note\" of contacts");
}

TEST_F(CustomValues, AreReadFromTextAndWrittenAsText) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"note", "some words", "some words"},
      {"budget", "12.50", "12.5"},
      {"budget", "12,50", nullptr},
      {"since", "2024-02-29", "2024-02-29"},
      {"since", "yesterday", nullptr},
      {"green", "YES", "true"},
      {"green", "否", "false"},
      {"green", "maybe", nullptr},
      {"colour", "red", "red"},
      {"colour", "bright red", "red"},
      {"colour", "红", "red"},
      {"colour", "blue", nullptr},
  };
  for (const auto& [id, text, written] : cases) {
    v1::CustomFieldValue value;
    const auto field = FindCustomField(v1::CUSTOM_FIELD_TARGET_CUSTOMER, id, rows_);
    ASSERT_TRUE(field.ok()) << id;
    const absl::Status set = SetCustomValue(*field, text, value);
    EXPECT_EQ(set.ok(), written != nullptr) << id << " " << text;
    if (!set.ok()) continue;
    EXPECT_EQ(value.field(), id);
    EXPECT_EQ(CustomValueText(value), written) << id << " " << text;
  }
}

constexpr char kCreated[] =
    "created { customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_PROSPECT "
    "custom_fields { field: 'note' text: 'x' } } personal { display_name: 'A' "
    "personal { custom_fields { field: 'hobby' text: 'chess' } } } }";

TEST_F(CustomValues, OfACustomerChangeAsAList) {
  CustomerFacts facts;
  facts.custom_fields = LookUpCustomFields(
      ParseText<v1::Customer>("custom_fields { field: 'note' } custom_fields { field: 'green' } "
                              "personal { custom_fields { field: 'hobby' } }"),
      FixedContext<CustomerModel>(), rows_);
  const std::string mask = "update_mask { paths: 'custom_fields' } customer { ";
  const std::string green = "custom_fields { field: 'green' flag: true } ";
  CheckDecisions<CustomerModel, v1::UpdateCustomerRequest>(
      {
          {"replaces all",
           {kCreated},
           mask + green + "}",
           "updated { changed { paths: 'custom_fields' } customer { " + green +
               "} personal { display_name: '' } }"},
          {"is quiet when they are so",
           {kCreated},
           mask + "custom_fields { field: 'note' text: 'x' } }",
           {}},
          {"keeps personal ones apart",
           {kCreated},
           "update_mask { paths: 'personal.custom_fields' } customer { personal { "
           "custom_fields { field: 'hobby' text: 'go' } } }",
           "updated { changed { paths: 'personal.custom_fields' } customer { } personal { "
           "display_name: '' personal { custom_fields { field: 'hobby' text: 'go' } } } }"},
          {"refuses another type",
           {kCreated},
           mask + "custom_fields { field: 'green' text: 'x' } }",
           "!field:customer.custom_fields[0]"},
      },
      FixedContext<CustomerModel>(), facts);
}

TEST_F(CustomValues, OfARowOfAnImportAreAdded) {
  CustomerFacts facts;
  facts.custom_fields = LookUpCustomFields(
      ParseText<v1::Customer>("custom_fields { field: 'note' } custom_fields { field: 'green' }"),
      FixedContext<CustomerModel>(), rows_);
  CheckDecisions<CustomerModel, v1::ReimportCustomerRequest>(
      {{"adds one and replaces another",
        {kCreated},
        "customer { custom_fields { field: 'green' flag: true } "
        "custom_fields { field: 'note' text: 'y' } }",
        "updated { imported: true changed { paths: 'custom_fields' } customer { "
        "custom_fields { field: 'note' text: 'y' } custom_fields { field: 'green' flag: true } } "
        "personal { display_name: '' } }"}},
      FixedContext<CustomerModel>(), facts);
}

TEST_F(CustomValues, OfAContactAreChecked) {
  const auto create = ParseText<v1::CreateContactRequest>(
      "contact { personal { family_name: 'Li' } custom_fields { field: 'vip' flag: true } }");
  const engine::Context context = FixedContext<ContactModel>();
  const auto decided =
      ContactModel::Decide({}, create, context, ContactModel::Gather(create, context, rows_));
  ASSERT_TRUE(decided.ok()) << decided.status();
  auto wrong = create;
  wrong.mutable_contact()->mutable_custom_fields(0)->set_field("note");
  EXPECT_EQ(base::FieldOf(ContactModel::Decide({}, wrong, context,
                                               ContactModel::Gather(wrong, context, rows_))
                              .status()),
            "contact.custom_fields[0]");
}

}  // namespace
}  // namespace crm::customer
