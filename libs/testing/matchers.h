// Matchers for messages and statuses, and messages written as text.
#pragma once

#include <gmock/gmock.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace crm::testing {

// Reads a message in text format. A text that does not parse fails the running test, and gives what
// was read so far.
void ParseTextInto(std::string_view text, google::protobuf::Message& message);

template <class Message>
Message ParseText(std::string_view text) {
  Message message;
  ParseTextInto(text, message);
  return message;
}

// True when both are equal field by field; `difference` then stays as it was, else says what
// differs.
bool SameMessage(const google::protobuf::Message& actual, const google::protobuf::Message& expected,
                 std::string* difference);

// EqualsProto("name: 'customers/c1'") or EqualsProto(message): equal field by field, in any order
// of map entries, in the same order of repeated fields.
class EqualsProtoMatcher {
 public:
  using is_gtest_matcher = void;

  explicit EqualsProtoMatcher(std::string text) : text_(std::move(text)) {}

  bool MatchAndExplain(const google::protobuf::Message& actual, std::ostream* why) const;
  void DescribeTo(std::ostream* out) const { *out << "equals the message {" << text_ << "}"; }
  void DescribeNegationTo(std::ostream* out) const { *out << "differs from {" << text_ << "}"; }

 private:
  std::string text_;
};

inline EqualsProtoMatcher EqualsProto(std::string_view text) {
  return EqualsProtoMatcher(std::string(text));
}
EqualsProtoMatcher EqualsProto(const google::protobuf::Message& expected);

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <class T>
const absl::Status& StatusOf(const absl::StatusOr<T>& value) {
  return value.status();
}

// EXPECT_THAT(x, StatusIs(absl::StatusCode::kNotFound)), for a Status and for a StatusOr.
MATCHER_P(StatusIs, code, "has status " + absl::StatusCodeToString(code)) {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code;
}

MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

// FAILED_PRECONDITION for this reason, written without its REASON_ prefix: "OPPORTUNITY_CLOSED".
::testing::Matcher<const absl::Status&> IsRefusal(std::string_view reason);
// INVALID_ARGUMENT that names this field: "customer.phones[2]".
::testing::Matcher<const absl::Status&> IsInvalid(std::string_view field);

}  // namespace crm::testing
