#include "libs/testing/matchers.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <memory>

#include "libs/base/status.h"

namespace crm::testing {
namespace {

class ErrorText : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    text += std::to_string(line + 1) + ":" + std::to_string(column + 1) + " " + message + "; ";
  }

  std::string text;
};

}  // namespace

void ParseTextInto(std::string_view text, google::protobuf::Message& message) {
  ErrorText errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  if (!parser.ParseFromString(std::string(text), &message)) {
    ADD_FAILURE() << "not a " << message.GetTypeName() << ": {" << text << "}: " << errors.text;
  }
}

bool SameMessage(const google::protobuf::Message& actual, const google::protobuf::Message& expected,
                 std::string* difference) {
  if (actual.GetDescriptor() != expected.GetDescriptor()) {
    *difference = "is a " + actual.GetTypeName() + ", not a " + expected.GetTypeName();
    return false;
  }
  std::string report;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&report);
  // Reports are of what was done to the first to come to the second.
  if (differencer.Compare(expected, actual)) return true;
  *difference = report + "actual: {" + actual.ShortDebugString() + "}";
  return false;
}

bool EqualsProtoMatcher::MatchAndExplain(const google::protobuf::Message& actual,
                                         std::ostream* why) const {
  const std::unique_ptr<google::protobuf::Message> expected(actual.New());
  ParseTextInto(text_, *expected);
  std::string difference;
  if (SameMessage(actual, *expected, &difference)) return true;
  if (why != nullptr) *why << difference;
  return false;
}

EqualsProtoMatcher EqualsProto(const google::protobuf::Message& expected) {
  return EqualsProtoMatcher(expected.ShortDebugString());
}

::testing::Matcher<const absl::Status&> IsRefusal(std::string_view reason) {
  return ::testing::AllOf(StatusIs(absl::StatusCode::kFailedPrecondition),
                          ::testing::ResultOf(
                              "reason", [](const absl::Status& s) { return base::ReasonOf(s); },
                              ::testing::Eq(std::string(reason))));
}

::testing::Matcher<const absl::Status&> IsInvalid(std::string_view field) {
  return ::testing::AllOf(StatusIs(absl::StatusCode::kInvalidArgument),
                          ::testing::ResultOf(
                              "field", [](const absl::Status& s) { return base::FieldOf(s); },
                              ::testing::Eq(std::string(field))));
}

}  // namespace crm::testing
