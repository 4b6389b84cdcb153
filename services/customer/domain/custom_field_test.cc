#include "services/customer/domain/custom_field.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/custom_field_tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::ParseText;

constexpr char kTarget[] = "target: CUSTOM_FIELD_TARGET_CUSTOMER ";
constexpr char kText[] = "type: CUSTOM_FIELD_TYPE_TEXT ";
constexpr char kChoice[] = "type: CUSTOM_FIELD_TYPE_CHOICE ";
constexpr char kLabel[] = "label { en: 'Colour' zh_cn: '颜色' } ";
constexpr char kRed[] = "choices { id: 'red' label { en: 'Red' zh_cn: '红' } } ";
constexpr char kBlue[] = "choices { id: 'blue' label { en: 'Blue' } } ";
constexpr char kPath[] = "path: 'custom_fields.custom-field-1' ";

std::string Declare(const std::string& field, const std::string& id = "colour") {
  return "custom_field_id: '" + id + "' custom_field { " + field + " }";
}

std::string Declared(const std::string& field) {
  return "declared { custom_field { state: CUSTOM_FIELD_STATE_ACTIVE " + field + " } }";
}

const std::string kColour = std::string(kTarget) + kChoice + kLabel + kRed + kPath;

TEST(DeclareCustomField, Rules) {
  const std::string text = std::string(kTarget) + kText + kLabel;
  const std::string choice = std::string(kTarget) + kChoice + kLabel;
  const std::string field = "!field:custom_field.";
  CheckDecisions<CustomFieldModel, v1::DeclareCustomFieldRequest>(
      {
          {"declares a text", {}, Declare(text), Declared(text + kPath)},
          {"declares a choice",
           {},
           Declare(choice + kRed + kBlue + "required: true"),
           Declared(choice + kRed + kBlue + kPath + "required: true")},
          {"says where personal values are",
           {},
           Declare(text + "personal: true"),
           Declared(text + "personal: true path: 'personal.custom_fields.custom-field-1'")},
          {"needs an id", {}, Declare(text, ""), "!field:custom_field_id"},
          {"refuses an id that begins with a digit",
           {},
           Declare(text, "1st"),
           "!field:custom_field_id"},
          {"needs a target", {}, Declare(std::string(kText) + kLabel), field + "target"},
          {"refuses an unknown target",
           {},
           Declare(std::string(kText) + kLabel + "target: 9"),
           field + "target"},
          {"needs a type", {}, Declare(std::string(kTarget) + kLabel), field + "type"},
          {"refuses an unknown type",
           {},
           Declare(std::string(kTarget) + kLabel + "type: 9"),
           field + "type"},
          {"needs an English label",
           {},
           Declare(std::string(kTarget) + kText + "label { zh_cn: '颜色' }"),
           field + "label.en"},
          {"needs choices of a CHOICE", {}, Declare(choice), field + "choices"},
          {"refuses choices of a TEXT", {}, Declare(text + kRed), field + "choices"},
          {"refuses a choice twice", {}, Declare(choice + kRed + kRed), field + "choices[1].id"},
          {"refuses a choice with capitals",
           {},
           Declare(choice + "choices { id: 'Red' label { en: 'Red' } }"),
           field + "choices[0].id"},
          {"refuses a choice without a label",
           {},
           Declare(choice + "choices { id: 'red' }"),
           field + "choices[0].label.en"},
      },
      FixedContext<CustomFieldModel>(), DeclareFacts{.active = kCustomFieldsMax - 1});
}

TEST(DeclareCustomField, RefusesOneTooMany) {
  CheckDecisions<CustomFieldModel, v1::DeclareCustomFieldRequest>(
      {{"refuses the next",
        {},
        Declare(std::string(kTarget) + kText + kLabel),
        "!CUSTOM_FIELDS_FULL"}},
      FixedContext<CustomFieldModel>(), DeclareFacts{.active = kCustomFieldsMax});
}

TEST(DeclareCustomField, CountsThoseOfItsTargetThatAreNotRetired) {
  testing::FakeRows rows(kCustomFields);
  const auto put = [&](int number, const std::string& rest) {
    auto field = ParseText<v1::CustomField>(rest);
    field.set_name("customFields/f" + std::to_string(number));
    rows.Put(kCustomFields, field);
  };
  for (int i = 0; i < 3; ++i) put(i, std::string(kTarget) + "state: CUSTOM_FIELD_STATE_ACTIVE");
  put(3, std::string(kTarget) + "state: CUSTOM_FIELD_STATE_RETIRED");
  put(4, "target: CUSTOM_FIELD_TARGET_CONTACT state: CUSTOM_FIELD_STATE_ACTIVE");
  const auto declare = ParseText<v1::DeclareCustomFieldRequest>(Declare(kTarget));
  EXPECT_EQ(CustomFieldModel::Gather(declare, FixedContext<CustomFieldModel>(), rows).active, 3);
}

TEST(UpdateCustomField, Rules) {
  const std::string given = Declared(kColour);
  const auto update = [](const std::string& mask, const std::string& field) {
    return "update_mask { " + mask + " } custom_field { " + field + " }";
  };
  const std::string retired = "retired { retire_time { seconds: 5 } }";
  CheckDecisions<CustomFieldModel, v1::UpdateCustomFieldRequest>({
      {"changes how it reads",
       {given},
       update("paths: 'label.zh_cn'", "label { zh_cn: '色' }"),
       "updated { changed { paths: 'label.zh_cn' } custom_field { label { zh_cn: '色' } } }"},
      {"adds a choice",
       {given},
       update("paths: 'choices'", std::string(kBlue) + kRed),
       std::string("updated { changed { paths: 'choices' } custom_field { ") + kBlue + kRed +
           "} }"},
      {"retires a choice",
       {given},
       update("paths: 'choices'", "choices { id: 'red' label { en: 'Red' } retired: true }"),
       "updated { changed { paths: 'choices' } custom_field { "
       "choices { id: 'red' label { en: 'Red' } retired: true } } }"},
      {"makes it required",
       {given},
       update("paths: 'required'", "required: true"),
       "updated { changed { paths: 'required' } custom_field { required: true } }"},
      {"is quiet when it is so", {given}, update("paths: 'choices'", kRed), {}},
      {"refuses to leave a choice out",
       {given},
       update("paths: 'choices'", kBlue),
       "!CUSTOM_FIELD_CHOICE_KEPT"},
      {"refuses to leave all choices out",
       {given},
       update("paths: 'choices'", ""),
       "!field:custom_field.choices"},
      {"refuses to take the label away",
       {given},
       update("paths: 'label.en'", ""),
       "!field:custom_field.label.en"},
      {"refuses another type",
       {given},
       update("paths: 'type'", "type: CUSTOM_FIELD_TYPE_TEXT"),
       "!field:type"},
      {"refuses another target",
       {given},
       update("paths: 'target'", "target: CUSTOM_FIELD_TARGET_CONTACT"),
       "!field:target"},
      {"refuses to make it personal",
       {given},
       update("paths: 'personal'", "personal: true"),
       "!field:personal"},
      {"refuses a retired one",
       {given, retired},
       update("paths: 'required'", "required: true"),
       "!CUSTOM_FIELD_RETIRED"},
      {"is quiet when a retired one is so", {given, retired}, update("paths: 'choices'", kRed), {}},
  });
}

TEST(RetireCustomField, Rules) {
  const std::string time = "retire_time { seconds: 1772445600 }";
  CheckDecisions<CustomFieldModel, v1::RetireCustomFieldRequest>({
      {"retires", {Declared(kColour)}, "", "retired { " + time + " }"},
      {"is quiet the second time", {Declared(kColour), "retired { " + time + " }"}, "", {}},
  });
}

}  // namespace
}  // namespace crm::customer
