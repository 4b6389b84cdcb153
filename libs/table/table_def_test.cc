#include "libs/table/table_def.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/table/table_testing.h"
#include "libs/table/testdata/gadget.pb.h"

namespace crm::table {
namespace {

using testdata::Cell;
using testdata::Gadget;
using testing::AllOf;
using testing::HasSubstr;

ErasedSpec Good() {
  return {"gadgets", {"name"}, {{"by_owner", {"owner", "-close_time"}}}, false, 1};
}

std::string Refusal(const ErasedSpec& spec, const google::protobuf::Message& row) {
  return std::string(CompileErased(spec, row).status().message());
}
std::string Refusal(const ErasedSpec& spec) { return Refusal(spec, Gadget::default_instance()); }

TEST(TableDef, CompilesPathsVariablesAndFanOut) {
  const TableDef table = Compile(testdata::kGadgets);
  EXPECT_EQ(table.pattern(), "customers/{customer}/gadgets/{gadget}");
  EXPECT_EQ(table.FindIndex("by_customer")->fields[0].path.variable_segment, 1);
  EXPECT_TRUE(table.FindIndex("by_owner")->fields[2].descending);
  EXPECT_EQ(table.FindIndex("by_alias")->fan_out_fields, 2);
  EXPECT_EQ(table.FindIndex("by_trait")->fan_out_fields, 2);
  EXPECT_EQ(table.FindIndex("by_trait")->fields[1].path.kind, ValueKind::kVariant);
  EXPECT_EQ(table.FindIndex("by_owner")->fan_out, -1);
  EXPECT_EQ(table.FindIndex("none"), nullptr);
}

TEST(TableDef, AFieldIsTakenBeforeAVariable) {
  const auto path = ResolvePath(*testdata::Shadow::descriptor(), "customer");
  ASSERT_TRUE(path.ok());
  EXPECT_EQ(path->variable_segment, -1);
}

TEST(TableDef, RefusesWrongSpecsNamingTheField) {
  ErasedSpec spec = Good();
  spec.key = {"nme"};
  EXPECT_THAT(Refusal(spec), AllOf(HasSubstr("gadgets, key"), HasSubstr("no field \"nme\""),
                                   HasSubstr("owner"), HasSubstr("customer")));
  spec = Good();
  spec.key = {};
  EXPECT_THAT(Refusal(spec), HasSubstr("no fields"));
  spec.key = {"tags"};
  EXPECT_THAT(Refusal(spec), HasSubstr("a key field is not repeated"));
  spec.key = {"amount"};
  EXPECT_THAT(Refusal(spec), HasSubstr("\"amount\" is not an integer"));
  spec.key = {"weight"};
  EXPECT_THAT(Refusal(spec), HasSubstr("\"weight\" is not an integer"));
  spec.key = {"name", "-name"};
  EXPECT_THAT(Refusal(spec), HasSubstr("\"name\" stands twice"));
  spec.key = {"owner.first"};
  EXPECT_THAT(Refusal(spec), HasSubstr("\"owner\" has no fields"));
  spec = Good();
  spec.indexes[0].fields = {"tags", "aliases.id"};
  EXPECT_THAT(Refusal(spec), AllOf(HasSubstr("index by_owner"), HasSubstr("two repeated fields")));
  spec.indexes[0].fields = {"part.inner.id", "amount.units"};
  EXPECT_TRUE(CompileErased(spec, Gadget::default_instance()).ok());
  spec.indexes.push_back(spec.indexes[0]);
  EXPECT_THAT(Refusal(spec), HasSubstr("a name of its own"));
  spec = Good();
  spec.indexes[0].fields = {"traits.value.text"};
  EXPECT_THAT(Refusal(spec), HasSubstr("\"value\" has no fields"));
  spec.indexes[0].fields = {"traits.colour"};
  EXPECT_THAT(Refusal(spec), HasSubstr("no field \"colour\""));
  spec = Good();
  spec.name = "Gadgets";
  EXPECT_THAT(Refusal(spec), HasSubstr("[a-z0-9_]+"));
  EXPECT_THAT(Refusal({"mapped", {"name"}, {}, false, 1}, testdata::Mapped::default_instance()),
              HasSubstr("labels is a map"));
}

TEST(TableDef, AnyChangeOfASpecOrARowChangesTheFingerprint) {
  const auto fingerprint = [](const ErasedSpec& spec) {
    return CompileErased(spec, Gadget::default_instance())->fingerprint();
  };
  const std::string good = fingerprint(Good());
  EXPECT_EQ(fingerprint(Good()), good);
  ErasedSpec spec = Good();
  spec.version = 2;
  EXPECT_NE(fingerprint(spec), good);
  spec = Good();
  spec.history = true;
  EXPECT_NE(fingerprint(spec), good);
  spec = Good();
  spec.indexes[0].fields = {"owner", "close_time"};
  EXPECT_NE(fingerprint(spec), good);
  spec = Good();
  spec.indexes.clear();
  EXPECT_NE(fingerprint(spec), good);
  spec = Good();
  spec.key = {"gadget"};
  EXPECT_NE(fingerprint(spec), good);
}

TEST(TableDef, TheFingerprintOfASetDoesNotDependOnItsOrder) {
  const TableDef gadgets = Compile(testdata::kGadgets), cells = Compile(testdata::kCells);
  EXPECT_EQ(Fingerprint({gadgets, cells}), Fingerprint({cells, gadgets}));
  EXPECT_NE(Fingerprint({gadgets, cells}), Fingerprint({gadgets}));
}

TEST(TableDefDeathTest, AWrongSpecInOurCodeEndsTheProcessSayingWhich) {
  static constexpr TableSpec<Cell> kWrong{.name = "cells", .key = {"ownr"}};
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(Compile(kWrong), "table cells, key: no field \"ownr\"");
}

}  // namespace
}  // namespace crm::table
