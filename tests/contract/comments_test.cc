// Every declaration of the protos says what it means, and every field its unit, limit or error.
#include <algorithm>
#include <regex>

#include "crm/common/v1/options.pb.h"
#include "gtest/gtest.h"
#include "tests/contract/protos.h"

namespace crm::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool Says(const std::string& comment, const std::string& pattern) {
  return std::regex_search(comment, std::regex(pattern, std::regex::icase));
}

// True when the comment names the list that the enum is, or one of its values.
bool SaysWhichOfTheList(const FieldDescriptor& field, const std::string& comment) {
  if (Says(comment, "\\bone [a-z]+ of\\b|of the list|as asked for")) return true;
  const auto& list = *field.enum_type();
  for (int i = 0; i < list.value_count(); ++i) {
    std::string name = list.value(i)->name();
    const std::string zero = list.FindValueByNumber(0)->name();
    const size_t prefix = zero.size() - std::string("UNSPECIFIED").size();
    if (comment.find(name.substr(std::min(prefix, name.size()))) != std::string::npos) return true;
  }
  return false;
}

// What the comment of a field of this type has to say. Yes or no has no unit.
bool SaysUnitLimitOrError(const FieldDescriptor& field, const std::string& comment) {
  constexpr char kAnything[] =
      "[0-9]|\\b(units?|limits?|at most|at least|not negative|positive|empty|unset|unspecified|"
      "always|page size|utc|iso|e\\.164|bcp|percent|hundredths|thousandths|basis points|fraction|"
      "currency|full date|time zone|days|months|years|bytes|characters|hexadecimal|partition|"
      "offset|epoch|same errors|of the list|one for each|one entry for each|at random|"
      "[a-z]+_[a-z_]+)\\b|\\[a-z|\"[a-z{]+";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return true;
    case FieldDescriptor::CPPTYPE_ENUM:
      return SaysWhichOfTheList(field, comment);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field.message_type()->full_name() == "google.type.Money")
        return Says(comment, "currency");
      if (field.message_type()->full_name() == "google.protobuf.Timestamp")
        return Says(comment, "\\bUTC\\b");
      return Says(comment, kAnything);
    default:
      return Says(comment, kAnything);
  }
}

// The bounds that a request is checked against (crm/common/v1/options.proto).
std::vector<uint32_t> CheckedBounds(const FieldDescriptor& field) {
  std::vector<uint32_t> bounds;
  const uint32_t bytes = field.options().GetExtension(common::v1::max_bytes);
  const uint32_t items = field.options().GetExtension(common::v1::max_items);
  if (bytes > 0) bounds.push_back(bytes);
  if (items > 0) bounds.push_back(items);
  return bounds;
}

// True when the number stands in the text, with or without commas at the thousands.
bool SaysNumber(const std::string& text, uint32_t number) {
  std::string digits;
  for (const char c : text) {
    if (c != ',') digits += c;
  }
  const std::string mebibytes =
      number % (1 << 20) == 0 ? std::to_string(number >> 20) + " MiB" : "";
  if (!mebibytes.empty() && digits.find(mebibytes) != std::string::npos) return true;
  const std::regex says("(^|[^0-9])" + std::to_string(number) + "([^0-9]|$)");
  return std::regex_search(digits, says);
}

class Comments : public ::testing::Test {
 protected:
  Protos protos_;
};

TEST_F(Comments, EveryServiceAndRpcHasOne) {
  for (const auto* method : protos_.Methods()) {
    EXPECT_FALSE(CommentOf(*method->service()).empty()) << method->service()->full_name();
    EXPECT_FALSE(CommentOf(*method).empty()) << method->full_name();
  }
}

TEST_F(Comments, EveryMessageAndFieldHasOne) {
  for (const Descriptor* message : protos_.Messages()) {
    EXPECT_FALSE(CommentOf(*message).empty()) << message->full_name();
    for (int i = 0; i < message->field_count(); ++i) {
      EXPECT_FALSE(CommentOf(*message->field(i)).empty()) << message->field(i)->full_name();
    }
    for (int i = 0; i < message->real_oneof_decl_count(); ++i) {
      EXPECT_FALSE(CommentOf(*message->oneof_decl(i)).empty())
          << message->oneof_decl(i)->full_name();
    }
  }
}

TEST_F(Comments, EveryEnumAndValueHasOne) {
  for (const auto* list : protos_.Enums()) {
    EXPECT_FALSE(CommentOf(*list).empty()) << list->full_name();
    for (int i = 0; i < list->value_count(); ++i) {
      EXPECT_FALSE(CommentOf(*list->value(i)).empty()) << list->value(i)->full_name();
    }
  }
}

TEST_F(Comments, EveryOneIsASentence) {
  const auto check = [](const std::string& name, const std::string& comment) {
    if (comment.empty()) return;  // Another test's failure.
    const unsigned char last = comment.back();
    EXPECT_TRUE(last == '.' || last == ':' || last == '"') << name << ": " << comment;
  };
  for (const auto* method : protos_.Methods()) check(method->full_name(), CommentOf(*method));
  for (const Descriptor* message : protos_.Messages()) {
    check(message->full_name(), CommentOf(*message));
    for (int i = 0; i < message->field_count(); ++i) {
      check(message->field(i)->full_name(), CommentOf(*message->field(i)));
    }
  }
}

TEST_F(Comments, EveryFieldSaysUnitLimitOrError) {
  for (const Descriptor* message : protos_.Messages()) {
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor& field = *message->field(i);
      if (SaysUnitLimitOrError(field, CommentOf(field))) continue;
      ADD_FAILURE() << field.full_name() << " says neither unit nor limit nor error: \""
                    << CommentOf(field) << '"';
    }
  }
}

// A bound that is checked is a bound that is said: (max_bytes) and (max_items) stand in the
// comment.
TEST_F(Comments, EveryCheckedBoundIsSaid) {
  for (const Descriptor* message : protos_.Messages()) {
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor& field = *message->field(i);
      for (const uint32_t bound : CheckedBounds(field)) {
        EXPECT_TRUE(SaysNumber(CommentOf(field), bound))
            << field.full_name() << " is bounded by " << bound << " but says: \""
            << CommentOf(field) << '"';
      }
    }
  }
}

// What prepare.cc of libs/engine asks of every request_id.
TEST_F(Comments, EveryRequestIdSaysItsCharacters) {
  for (const Descriptor* message : protos_.Messages()) {
    const FieldDescriptor* field = message->FindFieldByName("request_id");
    if (field == nullptr || !message->name().ends_with("Request")) continue;
    EXPECT_TRUE(Says(CommentOf(*field), "printable\\s+ASCII\\s+without\\s+spaces"))
        << field->full_name();
  }
}

}  // namespace
}  // namespace crm::contract
