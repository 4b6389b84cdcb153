#include "libs/base/field_limits.h"

#include <gtest/gtest.h>

#include <string>

#include "crm/basetest/v1/limits.pb.h"
#include "libs/base/status.h"

namespace crm::base {
namespace {

using basetest::v1::Limited;

TEST(ValidateLimits, TakesWhatIsWithinThem) {
  Limited message;
  EXPECT_TRUE(ValidateLimits(message).ok());
  message.set_text(std::string(256, 'x'));
  message.set_short_text("客");
  message.set_blob(std::string(300, '\xFF'));
  message.add_numbers(1);
  message.add_numbers(2);
  message.mutable_child()->mutable_child()->set_short_text("abc");
  (*message.mutable_by_name())["a"].set_short_text("abc");
  for (int i = 0; i < kFieldItemsDefault; ++i) message.add_words("w");
  EXPECT_TRUE(ValidateLimits(message).ok()) << ValidateLimits(message);
}

struct Row {
  const char* field;
  void (*spoil)(Limited&);
};

TEST(ValidateLimits, NamesTheFieldThatIsOverThem) {
  const Row kRows[] = {
      {"text", [](Limited& m) { m.set_text(std::string(257, 'x')); }},
      {"text", [](Limited& m) { m.set_text("\xFF"); }},
      {"text", [](Limited& m) { m.set_text("\u202etxt.exe"); }},
      {"words[0]", [](Limited& m) { m.add_words(std::string("a\0", 2)); }},
      {"short_text", [](Limited& m) { m.set_short_text("abcd"); }},
      {"blob", [](Limited& m) { m.set_blob(std::string(301, 'x')); }},
      {"words",
       [](Limited& m) {
         for (int i = 0; i <= kFieldItemsDefault; ++i) m.add_words("w");
       }},
      {"words[1]",
       [](Limited& m) {
         m.add_words("w");
         m.add_words(std::string(257, 'x'));
       }},
      {"numbers",
       [](Limited& m) {
         for (int i = 0; i < 3; ++i) m.add_numbers(i);
       }},
      {"child.child.short_text",
       [](Limited& m) { m.mutable_child()->mutable_child()->set_short_text("abcd"); }},
      {"children[1].child.words[0]",
       [](Limited& m) {
         m.add_children();
         m.add_children()->mutable_child()->add_words("\xC0\xAF");
       }},
      {"by_name",
       [](Limited& m) {
         (*m.mutable_by_name())["a"];
         (*m.mutable_by_name())["b"];
       }},
      {"by_name[0].key", [](Limited& m) { (*m.mutable_by_name())[std::string(257, 'x')]; }},
      {"by_name[0].value.short_text",
       [](Limited& m) { (*m.mutable_by_name())["a"].set_short_text("abcd"); }},
  };
  for (const Row& row : kRows) {
    Limited message;
    row.spoil(message);
    const absl::Status status = ValidateLimits(message);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.field;
    EXPECT_EQ(FieldOf(status), row.field) << status;
  }
}

TEST(ValidateLimits, ElementsThatAreAnsweredEachAreOnlyCounted) {
  const auto& children = *Limited::descriptor()->FindFieldByName("children");
  Limited message;
  message.add_children()->set_short_text("abcd");
  EXPECT_EQ(FieldOf(ValidateLimits(message)), "children[0].short_text");
  EXPECT_TRUE(ValidateLimits(message, children).ok());
  for (int i = 0; i < kFieldItemsDefault; ++i) message.add_children();
  EXPECT_EQ(FieldOf(ValidateLimits(message, children)), "children");
}

}  // namespace
}  // namespace crm::base
