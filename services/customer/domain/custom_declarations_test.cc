#include "services/customer/domain/custom_declarations.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/custom_field_tables.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> NamesOf(const CustomFields& declared) {
  std::vector<std::string> names;
  for (const v1::CustomField& field : declared) names.push_back(field.name());
  return names;
}

TEST(CustomDeclarations, APathIsOneOrNone) {
  const struct {
    const char *path, *then;
  } rows[] = {{"custom_fields.colour", "colour"},
              {"personal.custom_fields.colour", "personal colour"},
              {"custom_fields", "-"},
              {"custom_fields.", "-"},
              {"custom_fields.a.b", "-"},
              {"my_custom_fields.a", "-"},
              {"personal.phones", "-"},
              {"", "-"}};
  for (const auto& row : rows) {
    const auto read = ReadCustomFieldPath(row.path);
    EXPECT_EQ(read.has_value() ? absl::StrCat(read->personal ? "personal " : "", read->id) : "-",
              row.then)
        << row.path;
  }
}

TEST(CustomDeclarations, AreFoundByTheirPaths) {
  testing::FakeRows rows(kCustomFields);
  for (const char* id : {"colour", "shoe-size", "hobby"}) {
    v1::CustomField field;
    field.set_name(absl::StrCat("customFields/", id));
    field.set_target(id[0] == 'h' ? v1::CUSTOM_FIELD_TARGET_CONTACT
                                  : v1::CUSTOM_FIELD_TARGET_CUSTOMER);
    rows.Put(kCustomFields, field);
  }
  const auto find = [&](const std::vector<std::string>& paths) {
    return DeclarationsOf(paths, v1::CUSTOM_FIELD_TARGET_CUSTOMER, rows);
  };
  const NamedDeclarations known = find({"kind", "custom_fields.shoe-size", "",
                                        "personal.custom_fields.colour", "custom_fields.colour"});
  EXPECT_THAT(NamesOf(known.kept), ElementsAre("customFields/shoe-size", "customFields/colour"));
  EXPECT_FALSE(known.unknown.has_value());
  EXPECT_FALSE(known.too_many);
  EXPECT_EQ(find({"kind", "custom_fields.none", "custom_fields.hobby"}).unknown, 1);
  EXPECT_EQ(find({"custom_fields.hobby"}).unknown, 0) << "of contacts";
  EXPECT_THAT(NamesOf(find({"custom_fields.", "custom_fields.colour.custom_fields.colour"}).kept),
              IsEmpty());
}

TEST(CustomDeclarations, OnlyWhatReadingNeedsIsKept) {
  CustomFields kept;
  const auto field = testing::ParseText<v1::CustomField>(
      "name: 'customFields/shade' etag: '7' target: CUSTOM_FIELD_TARGET_CUSTOMER type: "
      "CUSTOM_FIELD_TYPE_CHOICE label { en: 'Shade' } required: true state: "
      "CUSTOM_FIELD_STATE_ACTIVE path: 'custom_fields.shade' choices { id: 'red' label { en: 'Red' "
      "} } choices { id: 'blue' retired: true }");
  EXPECT_TRUE(KeepDeclaration(field, kept));
  EXPECT_TRUE(KeepDeclaration(field, kept)) << "it is kept already";
  EXPECT_THAT(kept, ElementsAre(testing::EqualsProto(
                        "name: 'customFields/shade' target: CUSTOM_FIELD_TARGET_CUSTOMER type: "
                        "CUSTOM_FIELD_TYPE_CHOICE state: CUSTOM_FIELD_STATE_ACTIVE path: "
                        "'custom_fields.shade' choices { id: 'red' label { en: 'Red' } }")));
}

TEST(CustomDeclarations, NoMoreIsKeptThanAnEventTakes) {
  testing::FakeRows rows(kCustomFields);
  std::vector<std::string> paths;
  CustomFields kept;
  v1::CustomField large;
  large.set_target(v1::CUSTOM_FIELD_TARGET_CUSTOMER);
  for (int i = 0; i < 200; ++i) {
    large.add_choices()->set_id(absl::StrCat(i));
    large.mutable_choices(i)->mutable_label()->set_en(std::string(200, 'x'));
  }
  for (int i = 0; i < 100; ++i) {
    large.set_name(absl::StrCat("customFields/f", i));
    const bool fits = KeepDeclaration(large, kept);
    EXPECT_EQ(fits, FindDeclaration(kept, absl::StrCat("f", i)) != nullptr);
    rows.Put(kCustomFields, large);
    paths.push_back(absl::StrCat("custom_fields.f", i));
  }
  size_t bytes = 0;
  for (const v1::CustomField& field : kept) bytes += field.ByteSizeLong();
  EXPECT_GT(kept.size(), 5);
  EXPECT_LE(bytes, kDeclarationsBytesMax);
  EXPECT_LT(kept.size(), 100);
  EXPECT_TRUE(DeclarationsOf(paths, v1::CUSTOM_FIELD_TARGET_CUSTOMER, rows).too_many);
  paths.resize(static_cast<size_t>(kept.size()));
  EXPECT_FALSE(DeclarationsOf(paths, v1::CUSTOM_FIELD_TARGET_CUSTOMER, rows).too_many);
}

TEST(CustomDeclarations, SayWhatAFilterCompares) {
  CustomFields kept;
  *kept.Add() = testing::ParseText<v1::CustomField>(
      "name: 'customFields/budget' type: CUSTOM_FIELD_TYPE_NUMBER path: 'custom_fields.budget'");
  const table::KeyTypes types = KeyTypesOf(kept);
  const auto& plain = *v1::Customer::descriptor()->FindFieldByName("custom_fields");
  const auto& personal = *v1::CustomerPersonal::descriptor()->FindFieldByName("custom_fields");
  const auto type = types(plain, "budget");
  ASSERT_TRUE(type.ok()) << type.status();
  EXPECT_EQ((*type)->name(), "number");
  EXPECT_FALSE(types(plain, "none").ok());
  EXPECT_FALSE(types(personal, "budget").ok()) << "it stands elsewhere";
}

}  // namespace
}  // namespace crm::customer
