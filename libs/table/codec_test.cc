#include "libs/table/codec.h"

#include <algorithm>
#include <limits>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/table/row_keys.h"
#include "libs/table/testdata/gadget.pb.h"

namespace crm::table {
namespace {

using testdata::Gadget;

// Bytes that make trouble, and their neighbours.
std::string RandomString(std::mt19937_64& random) {
  static constexpr char kBytes[] = {'\0', '\1', 'a', 'b', '\xfe', '\xff'};
  std::string text(random() % 5, ' ');
  for (char& c : text) c = kBytes[random() % sizeof kBytes];
  return text;
}

KeyPart PartOf(const std::string& field, bool descending) {
  return {*ResolvePath(*Gadget::descriptor(), field), descending};
}

std::string Code(const KeyPart& part, const Gadget& gadget) {
  std::string code;
  AppendField(gadget, part.path, 0, code);
  if (part.descending) Complement(0, code);
  return code;
}

int Sign(int value) { return (value > 0) - (value < 0); }

// The order of codes is the order of values, and a code ends where it says.
template <class Value, class Set>
void CheckOrder(const std::string& field, std::vector<Value> values, const Set& set) {
  for (bool descending : {false, true}) {
    const KeyPart part = PartOf(field, descending);
    for (const Value& a : values) {
      for (const Value& b : values) {
        Gadget left, right;
        set(left, a);
        set(right, b);
        const int want = a == b ? 0 : (a < b) != descending ? -1 : 1;
        const std::string code = Code(part, left);
        EXPECT_EQ(Sign(code.compare(Code(part, right))), want) << field;
        EXPECT_EQ(SameField(left, right, part.path), want == 0) << field;
        const std::string followed = code + Code(part, right);
        std::string_view rest = followed;
        ASSERT_TRUE(SkipPart(part, rest)) << field;
        EXPECT_EQ(rest, Code(part, right));
        for (size_t cut = 0; cut < code.size(); ++cut) {
          std::string_view piece(code.data(), cut);
          EXPECT_FALSE(SkipPart(part, piece)) << field << " cut to " << cut;
        }
      }
    }
  }
}

TEST(Codec, KeepsTheOrderOfNumbers) {
  CheckOrder<int32_t>("rank", {std::numeric_limits<int32_t>::min(), -256, -1, 0, 1, 255, 256},
                      [](Gadget& gadget, int32_t value) { gadget.set_rank(value); });
  CheckOrder<int64_t>(
      "amount.units",
      {std::numeric_limits<int64_t>::min(), -1, 0, 1, std::numeric_limits<int64_t>::max()},
      [](Gadget& gadget, int64_t value) { gadget.mutable_amount()->set_units(value); });
  CheckOrder<uint64_t>("size", {0, 1, 255, 256, std::numeric_limits<uint64_t>::max()},
                       [](Gadget& gadget, uint64_t value) { gadget.set_size(value); });
  CheckOrder<int>("stage", {0, 1, 2, 3, 4'000}, [](Gadget& gadget, int value) {
    gadget.set_stage(static_cast<testdata::Stage>(value));
  });
  CheckOrder<int>("active", {0, 1},
                  [](Gadget& gadget, int value) { gadget.set_active(value != 0); });
}

TEST(Codec, KeepsTheOrderOfStrings) {
  std::mt19937_64 random(7);
  std::vector<std::string> values;
  for (int i = 0; i < 120; ++i) values.push_back(RandomString(random));
  // proto3 strings are UTF-8; reflection does not look, so any bytes can be tried.
  CheckOrder<std::string>(
      "owner", values, [](Gadget& gadget, const std::string& value) { gadget.set_owner(value); });
}

TEST(Codec, KeepsTheOrderOfTimesUnsetFirst) {
  using Time = std::tuple<bool, int64_t, int32_t>;
  CheckOrder<Time>("close_time",
                   {{false, 0, 0},
                    {true, -62'135'596'800, 0},
                    {true, -1, 999'999'999},
                    {true, 0, 0},
                    {true, 0, 1},
                    {true, 253'402'300'799, 999'999'999}},
                   [](Gadget& gadget, const Time& value) {
                     if (!std::get<0>(value)) return;
                     gadget.mutable_close_time()->set_seconds(std::get<1>(value));
                     gadget.mutable_close_time()->set_nanos(std::get<2>(value));
                   });
  using Day = std::tuple<bool, int, int, int>;
  CheckOrder<Day>("due",
                  {{false, 0, 0, 0},
                   {true, 0, 0, 0},
                   {true, 1, 1, 1},
                   {true, 2023, 12, 31},
                   {true, 2024, 2, 29},
                   {true, 2024, 3, 1},
                   {true, 9999, 12, 31}},
                  [](Gadget& gadget, const Day& value) {
                    if (!std::get<0>(value)) return;
                    gadget.mutable_due()->set_year(std::get<1>(value));
                    gadget.mutable_due()->set_month(std::get<2>(value));
                    gadget.mutable_due()->set_day(std::get<3>(value));
                  });
}

TEST(Codec, KeepsTheOrderOfDecimalsUnsetFirst) {
  using Number = std::tuple<bool, int64_t, int32_t>;
  CheckOrder<Number>("ratio",
                     {{false, 0, 0},
                      {true, -999'999'999'999'999, -999'999'999},
                      {true, -1, -500'000'000},
                      {true, -1, 0},
                      {true, 0, -1},
                      {true, 0, 0},
                      {true, 0, 1},
                      {true, 1, 500'000'000},
                      {true, 999'999'999'999'999, 999'999'999}},
                     [](Gadget& gadget, const Number& value) {
                       if (!std::get<0>(value)) return;
                       gadget.mutable_ratio()->set_units(std::get<1>(value));
                       gadget.mutable_ratio()->set_nanos(std::get<2>(value));
                     });
}

// Kinds one after the other, each in its own order.
TEST(Codec, KeepsTheOrderOfVariants) {
  using Value = std::pair<int, std::string>;
  CheckOrder<Value>("traits.value",
                    {{0, ""},
                     {3, "false"},
                     {3, "true"},
                     {5, ""},
                     {5, std::string("\0", 1)},
                     {5, "a"},
                     {5, "\xff"},
                     {7, "2024-01-01"},
                     {7, "2024-01-02"},
                     {8, "1"},
                     {8, "2"}},
                    [](Gadget& gadget, const Value& value) {
                      testdata::Trait& trait = *gadget.add_traits();
                      const std::string& text = value.second;
                      if (value.first == 3) trait.set_flag(text == "true");
                      if (value.first == 5) trait.set_text(text);
                      if (value.first == 7) {
                        trait.mutable_date()->set_year(2024);
                        trait.mutable_date()->set_month(1);
                        trait.mutable_date()->set_day(text.back() - '0');
                      }
                      if (value.first == 8) trait.mutable_number()->set_units(std::stoi(text));
                    });
}

TEST(Codec, ACallersValueHasTheCodeOfTheField) {
  Gadget gadget;
  gadget.set_name("customers/c1/gadgets/g1");
  gadget.set_rank(-5);
  gadget.set_size(std::numeric_limits<uint64_t>::max());
  gadget.set_stage(testdata::STAGE_WON);
  gadget.set_active(true);
  gadget.mutable_close_time()->set_seconds(1'709'208'000);
  gadget.mutable_close_time()->set_nanos(5);
  gadget.mutable_due()->set_year(2024);
  gadget.mutable_due()->set_month(2);
  gadget.mutable_due()->set_day(29);
  const auto check = [&](const std::string& field, const KeyValue& value) {
    const FieldPath path = *ResolvePath(*Gadget::descriptor(), field);
    std::string from_row, from_value;
    AppendField(gadget, path, 0, from_row);
    EXPECT_TRUE(AppendValue(path.kind, value, from_value)) << field;
    EXPECT_EQ(from_row, from_value) << field;
  };
  check("name", ToKeyValue(gadget.name()));
  check("rank", ToKeyValue(gadget.rank()));
  check("size", ToKeyValue(gadget.size()));
  check("stage", ToKeyValue(gadget.stage()));
  check("active", ToKeyValue(gadget.active()));
  check("close_time", ToKeyValue(gadget.close_time()));
  check("due", ToKeyValue(gadget.due()));
  check("customer", ToKeyValue("c1"));
  check("gadget", ToKeyValue("g1"));
  EXPECT_EQ(std::get<std::string>(ToKeyValue(gadget.close_time())),
            "2024-02-29T12:00:00.000000005Z");
  EXPECT_EQ(std::get<std::string>(ToKeyValue(gadget.due())), "2024-02-29");
}

TEST(Codec, TimestampTextIsTheCalendars) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 2'000; ++i) {
    const int64_t seconds = static_cast<int64_t>(random() % 315'537'897'600) - 62'135'596'800;
    EXPECT_EQ(internal::TimestampText(seconds, 0),
              absl::FormatTime("%E4Y-%m-%dT%H:%M:%S.000000000Z", absl::FromUnixSeconds(seconds),
                               absl::UTCTimeZone()));
  }
}

TEST(Codec, RefusesValuesOfAnotherShape) {
  std::string code;
  EXPECT_FALSE(AppendValue(ValueKind::kInt, std::string("5"), code));
  EXPECT_FALSE(AppendValue(ValueKind::kString, int64_t{5}, code));
  EXPECT_FALSE(AppendValue(ValueKind::kTimestamp, std::string("yesterday"), code));
  EXPECT_FALSE(AppendValue(ValueKind::kTimestamp, std::string("infinite-future"), code));
  for (const char* date : {"2024-2-9", "2024-13-01", "2024-01-32", "20240101", "2024-01-0x"}) {
    EXPECT_FALSE(AppendValue(ValueKind::kDate, std::string(date), code)) << date;
  }
}

TEST(Codec, AfterPrefixIsTheFirstKeyBehind) {
  EXPECT_EQ(AfterPrefix("ab"), "ac");
  EXPECT_EQ(AfterPrefix("a\xff\xff"), "b");
  EXPECT_EQ(AfterPrefix(std::string("\2\0", 2)), "\2\1");
}

TEST(Codec, RowValueKeepsRevisionAndBytes) {
  Gadget gadget;
  gadget.set_owner("ann");
  for (int64_t revision : {int64_t{0}, int64_t{1}, std::numeric_limits<int64_t>::max()}) {
    std::string value;
    AppendRowValue(revision, gadget, value);
    const std::optional<RowValue> row = ParseRowValue(value);
    ASSERT_TRUE(row.has_value());
    EXPECT_EQ(row->revision, revision);
    EXPECT_EQ(row->message, gadget.SerializeAsString());
  }
  EXPECT_FALSE(ParseRowValue("").has_value());
  EXPECT_FALSE(ParseRowValue("\1short").has_value());
  EXPECT_FALSE(ParseRowValue(kDeletedValue).has_value());
}

}  // namespace
}  // namespace crm::table
