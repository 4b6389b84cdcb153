#include "libs/table/filter.h"

#include <google/protobuf/text_format.h>

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/status.h"
#include "libs/table/limits.h"
#include "libs/table/testdata/gadget.pb.h"

namespace crm::table {
namespace {

using testdata::Gadget;
using testing::AllOf;
using testing::HasSubstr;

Gadget Example() {
  Gadget gadget;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
      name: 'customers/c1/gadgets/g1' owner: 'ann lee' stage: STAGE_WON
      amount { currency_code: 'EUR' units: 118 } rank: -5 size: 7 active: true
      close_time { seconds: 1709208000 nanos: 500000000 } due { year: 2024 month: 2 day: 29 }
      aliases { system: 'erp' id: '1' } aliases { system: 'shop' id: '2' }
      tags: 'new' tags: 'big' part { colour: 'red' price { units: 3 } } marks: 4 marks: 6
      ratio { units: -1 nanos: -500000000 }
      traits { key: 'colour' choice: 'dark-red' } traits { key: 'budget' number { units: 12 } }
      traits { key: 'shoe-size' number { units: -3 nanos: -250000000 } }
      traits { key: 'code' text: '4711' }
      traits { key: 'since' date { year: 2024 month: 2 day: 29 } }
      traits { key: 'vip' flag: true } traits { key: 'count' count: 5 })",
                                                            &gadget));
  return gadget;
}

struct Case {
  std::string filter;
  bool matches;
};

class FilterMeaning : public testing::TestWithParam<Case> {};

TEST_P(FilterMeaning, IsThat) {
  const auto filter = ParseFilter(GetParam().filter, *Gadget::descriptor());
  ASSERT_TRUE(filter.ok()) << GetParam().filter << ": " << filter.status();
  EXPECT_EQ(Matches(*filter, Example()), GetParam().matches) << GetParam().filter;
}

INSTANTIATE_TEST_SUITE_P(All, FilterMeaning,
                         testing::ValuesIn(std::vector<Case>{
                             {"", true},
                             {"  \n", true},
                             {"owner = \"ann lee\"", true},
                             {"owner='ann lee'", true},
                             {"owner = ann", false},
                             {"owner = ann*", true},
                             {"owner = \"ann l*\"", true},
                             {"owner = \"ann l\\*\"", false},
                             {"owner = *", true},
                             {"owner != \"bob \\\"x\\\"\"", true},
                             {"owner < b", true},
                             {"rank = -5", true},
                             {"rank > -6 AND rank < -4", true},
                             {"rank >= -4", false},
                             {"size = 7", true},
                             {"active = true", true},
                             {"active != true", false},
                             {"stage = STAGE_WON", true},
                             {"stage = STAGE_LOST OR stage = STAGE_WON", true},
                             {"amount.units >= 118 AND amount.currency_code = EUR", true},
                             {"part.price.units < 3", false},
                             {"close_time > 2024-02-29T12:00:00Z", true},
                             {"close_time > \"2024-02-29T13:00:00.4+01:00\"", true},
                             {"close_time <= 2024-02-29T12:00:00.499999999Z", false},
                             {"due = 2024-02-29", true},
                             {"due < \"2024-03-01\"", true},
                             {"customer = c1", true},
                             {"gadget != g1", false},
                             {"tags:new", true},
                             {"tags:old", false},
                             {"NOT tags:old", true},
                             {"-tags:old", true},
                             {"tags:*", true},
                             {"marks:6", true},
                             {"aliases.system:shop AND aliases.id:1", true},
                             {"aliases:*", true},
                             {"part.inner:*", false},
                             {"part.inner.id:*", false},
                             {"amount:*", true},
                             {"score:*", false},
                             {"weight:*", false},
                             {"blob:*", false},
                             {"rank:*", true},
                             {"customer:*", true},
                             {"owner:\"ann lee\"", true},
                             // OR binds tighter than AND.
                             {"rank = -5 OR rank = 1 AND rank = 2", false},
                             {"rank = 2 AND rank = 1 OR rank = -5", false},
                             {"(rank = -5 OR rank = 1) AND NOT (rank = 2)", true},
                             {"NOT(rank = 2)", true},
                             {"rank=-5 AND(size=7)", true},
                         }));

INSTANTIATE_TEST_SUITE_P(OfMaps, FilterMeaning,
                         testing::ValuesIn(std::vector<Case>{
                             {"ratio = -1.5", true},
                             {"ratio < -1.4999 AND ratio > -2", true},
                             {"ratio:*", true},
                             {"traits.colour = \"dark-red\"", true},
                             {"traits.colour = dark-red", true},
                             {"traits.colour:dark-red", true},
                             {"traits.colour = dark*", true},
                             {"traits.colour = red", false},
                             {"traits.colour != red", true},
                             {"traits.colour != dark-red", false},
                             {"traits.colour < e AND traits.colour >= dark", true},
                             {"traits.budget = 12", true},
                             {"traits.budget = 12.000", true},
                             {"traits.budget > 5", true},
                             {"traits.budget > 5 AND traits.budget <= 11.999999999", false},
                             {"traits.budget = \"12\"", false},
                             {"traits.budget < twelve", false},
                             {"traits.shoe-size = -3.25", true},
                             {"traits.shoe-size < -3 AND -traits.shoe-size < -4", true},
                             {"traits.code = 4711", true},
                             {"traits.code = \"4711\"", true},
                             {"traits.since = 2024-02-29", true},
                             {"traits.since > \"2024-02-28\"", true},
                             {"traits.since > 2024-02-29", false},
                             {"traits.vip = true", true},
                             {"traits.vip = false", false},
                             {"traits.count = 5", true},
                             {"traits.none = 5", false},
                             {"traits.none != 5", true},
                             {"NOT traits.none > 5", true},
                             {"traits.none:*", false},
                             {"traits.colour:*", true},
                             {"traits:colour", true},
                             {"traits:\"shoe-size\"", true},
                             {"traits:none", false},
                             {"traits:*", true},
                         }));

TEST(Filter, AnUnsetTimeComparesWithNothing) {
  const Gadget empty;
  for (const char* field : {"close_time", "due"}) {
    const std::string value = field[0] == 'd' ? "2024-01-01" : "2024-01-01T00:00:00Z";
    for (const char* op : {"=", "<", "<=", ">", ">="}) {
      EXPECT_FALSE(
          Matches(*ParseFilter(field + std::string(op) + value, *Gadget::descriptor()), empty));
    }
    EXPECT_TRUE(
        Matches(*ParseFilter(field + std::string("!=") + value, *Gadget::descriptor()), empty));
    EXPECT_FALSE(Matches(*ParseFilter(field + std::string(":*"), *Gadget::descriptor()), empty));
  }
}

TEST(Filter, RefusesNamingColumnAndWhatIsAllowed) {
  const std::vector<std::pair<std::string, testing::Matcher<std::string>>> cases = {
      {"ownr = 5", AllOf(HasSubstr("column 1: no field \"ownr\""), HasSubstr("owner, stage"),
                         HasSubstr("customer, gadget"))},
      {"rank = 1 AND amount.uints = 5",
       AllOf(HasSubstr("column 14"), HasSubstr("currency_code, units, nanos"))},
      {"rank = x", AllOf(HasSubstr("column 8"), HasSubstr("\"rank\" takes a whole number"))},
      {"rank = 99999999999999999999", HasSubstr("whole number")},
      {"size = -1", HasSubstr("not negative")},
      {"active = yes", HasSubstr("true or false")},
      {"stage = WON", AllOf(HasSubstr("STAGE_OPEN"), HasSubstr("column 9"))},
      {"stage < STAGE_WON", AllOf(HasSubstr("column 7"), HasSubstr("no order"))},
      {"close_time > yesterday", HasSubstr("2024-02-29T12:00:00Z")},
      {"close_time = \"\"", HasSubstr("a time")},
      {"due = 2024-02-30x", HasSubstr("a date")},
      {"due = 24-2-3", HasSubstr("a date")},
      {"due > \"1997-02-30\"", HasSubstr("that exists")},
      {"due > 2023-02-29", HasSubstr("that exists")},
      {"due > 2024-00-00", HasSubstr("that exists")},
      {"amount > 5", HasSubstr("amount.units")},
      {"weight > 5", HasSubstr("no comparison")},
      {"ratio > 1.5.5", HasSubstr("a number such as -12.5")},
      {"ratio = \"\"", HasSubstr("a number such as")},
      {"traits = colour", AllOf(HasSubstr("column 8"), HasSubstr("takes : only"))},
      {"traits. = 1", HasSubstr("takes a key")},
      {"traits.a.b = 1", AllOf(HasSubstr("column 1"), HasSubstr("takes a key"))},
      {"traits:col*", HasSubstr("* stands")},
      {"traits:\"a.b\"", AllOf(HasSubstr("column 8"), HasSubstr("takes a key"))},
      {"traits.vip != tr*", HasSubstr("* stands only at the end")},
      {"tags = new", AllOf(HasSubstr("column 6"), HasSubstr("takes : only"))},
      {"aliases:erp", HasSubstr("aliases.system")},
      {"owner", AllOf(HasSubstr("column 6"), HasSubstr("expected one of ="))},
      {"owner =", AllOf(HasSubstr("column 8"), HasSubstr("expected a value"))},
      {"owner = 'ann", HasSubstr("quote is not closed")},
      {"owner = 'ann\\", HasSubstr("quote is not closed")},
      {"owner = ann bob", HasSubstr("column 13: expected AND, OR or the end")},
      {"(owner = ann", HasSubstr("expected )")},
      {"owner = ann)", HasSubstr("column 12")},
      {"owner = ann AND", HasSubstr("expected a field")},
      {"AND", HasSubstr("column 1")},
      {"NOT NOT owner = ann", HasSubstr("column 5: no field \"NOT\"")},
      {"rank != 5*", HasSubstr("* stands only at the end")},
      {"owner.first = ann", HasSubstr("\"owner\" has no fields")},
      {"part..colour = red", HasSubstr("no field \"\"")},
      {". = 1", HasSubstr("no field \"\"")},
      {"part.price.units.a.b.c.d.e.f.g.h.i.j = 1", HasSubstr("no fields")},
  };
  for (const auto& [filter, wanted] : cases) {
    const absl::Status refused = ParseFilter(filter, *Gadget::descriptor()).status();
    EXPECT_EQ(base::FieldOf(refused), "filter") << filter;
    EXPECT_THAT(refused.ToString(), testing::Not(HasSubstr("OK"))) << filter;
    const std::string text(refused.message());
    const auto payload = refused.ToString();
    EXPECT_TRUE(testing::Matches(wanted)(text) || testing::Matches(wanted)(payload))
        << filter << " gave " << refused;
  }
}

TEST(Filter, HasLimits) {
  const auto refusal = [](const std::string& filter) {
    return base::FieldOf(ParseFilter(filter, *Gadget::descriptor()).status());
  };
  EXPECT_EQ(refusal(std::string(kFilterBytesMax + 1, ' ')), "filter");
  EXPECT_EQ(
      refusal(std::string(kFilterDepthMax, '(') + "rank=1" + std::string(kFilterDepthMax, ')')),
      "filter");
  EXPECT_EQ(refusal(std::string(kFilterDepthMax - 1, '(') + "rank=1" +
                    std::string(kFilterDepthMax - 1, ')')),
            "");
  EXPECT_EQ(refusal(std::string(4'000, '(')), "filter");
  std::string terms = "rank=1";
  for (int i = 1; i < kFilterTermsMax; ++i) terms += " OR rank=1";
  EXPECT_EQ(refusal(terms), "");
  EXPECT_EQ(refusal(terms + " OR rank=1"), "filter");
}

TEST(Filter, AnyTextGivesAFilterOrARefusal) {
  const std::vector<std::string> pieces = {
      "owner",  "rank",      "tags",       "close_time", "aliases.id",
      "(",      ")",         "AND",        "OR",         "NOT",
      "-",      "=",         "!=",         ":",          "*",
      "<",      ">=",        "\"",         "'",          "\\",
      " ",      "5",         "2024-02-29", ".",          std::string(1, '\0'),
      "\xff",   "STAGE_WON", "amount",     ".units",     "traits.",
      "traits", "true"};
  std::mt19937_64 random(17);
  int good = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (uint64_t n = random() % 12; n > 0; --n) text += pieces[random() % pieces.size()];
    const auto filter = ParseFilter(text, *Gadget::descriptor());
    if (filter.ok()) {
      Matches(*filter, Example());
      ++good;
    } else {
      EXPECT_EQ(base::FieldOf(filter.status()), "filter") << text;
    }
  }
  EXPECT_GT(good, 100);
}

// Who knows what a key's values are lets through what can be one of them.
TEST(Filter, AKeyHasTheTypeThatItIsSaidToHave) {
  const KeyTypes types =
      [](const google::protobuf::FieldDescriptor& map,
         std::string_view key) -> absl::StatusOr<const google::protobuf::FieldDescriptor*> {
    EXPECT_EQ(map.name(), "traits");
    const char* field = key == "budget" ? "number" : key == "since" ? "date" : "text";
    if (key == "none") return absl::InvalidArgumentError("no such trait");
    return map.message_type()->FindFieldByName(field);
  };
  const auto parse = [&](const std::string& text) {
    return ParseFilter(text, *Gadget::descriptor(), types);
  };
  for (const char* text : {"traits.budget = 12", "traits.budget = \"12\"", "traits.budget > 5",
                           "traits.since = \"2024-02-29\"", "traits.code = 4711", "traits:code",
                           "traits.budget:*", "traits.code = 47*"}) {
    const auto filter = parse(text);
    ASSERT_TRUE(filter.ok()) << text << filter.status();
    EXPECT_EQ(filter->kind, Filter::Kind::kCompare) << text;
    EXPECT_TRUE(Matches(*filter, Example())) << text;
  }
  for (const char* text : {"traits.none = 1", "traits:none", "traits.none:*", "traits.budget = x",
                           "traits.since > 12", "traits.budget = 1*"})
    EXPECT_EQ(base::FieldOf(parse(text).status()), "filter") << text;
}

TEST(Filter, AMapWithoutKindsOfValuesTakesItsKeysOnly) {
  Gadget gadget;
  gadget.add_notes()->set_key("new");
  for (const char* text : {"notes:new", "notes.new:*", "NOT notes:old", "NOT notes.old:*"}) {
    const auto filter = ParseFilter(text, *Gadget::descriptor());
    ASSERT_TRUE(filter.ok()) << text << filter.status();
    EXPECT_TRUE(Matches(*filter, gadget)) << text;
  }
  for (const char* text : {"notes.new = x*", "notes.new = \"x*\"", "notes.new = *", "notes.new = x",
                           "notes.new != 1", "notes.new < 1", "notes.new:x"}) {
    const auto filter = ParseFilter(text, *Gadget::descriptor());
    EXPECT_EQ(base::FieldOf(filter.status()), "filter") << text;
  }
}

TEST(Filter, AnyOfTakesOneOfTheValues) {
  const auto& row = *Gadget::descriptor();
  EXPECT_TRUE(Matches(*AnyOf(row, "owner", {std::string("ann lee")}), Example()));
  EXPECT_TRUE(Matches(*AnyOf(row, "owner", {std::string("x"), std::string("ann lee")}), Example()));
  EXPECT_FALSE(Matches(*AnyOf(row, "owner", {}), Example()));
  EXPECT_FALSE(AnyOf(row, "tags", {std::string("new")}).ok());
  EXPECT_FALSE(AnyOf(row, "rank", {std::string("new")}).ok());
  EXPECT_FALSE(AnyOf(row, "nothing", {std::string("new")}).ok());
  EXPECT_FALSE(AnyOf(row, "close_time", {std::string()}).ok());
}

}  // namespace
}  // namespace crm::table
