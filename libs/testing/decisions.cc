#include "libs/testing/decisions.h"

#include <google/protobuf/descriptor.h>

#include <memory>

#include "google/api/resource.pb.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"

namespace crm::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void StampTime(absl::Time time, std::string_view field_name, Message& state) {
  const FieldDescriptor* field = state.GetDescriptor()->FindFieldByName(std::string(field_name));
  base::Check(field != nullptr, "a state has create_time and update_time");
  state.GetReflection()->MutableMessage(&state, field)->CopyFrom(base::TimestampOf(time));
}

}  // namespace

engine::Context FixedContext(const google::protobuf::Descriptor& state) {
  engine::Context context;
  context.time = absl::FromCivil(absl::CivilSecond(2026, 3, 2, 10, 0, 0), absl::UTCTimeZone());
  context.actor = "user:tester";
  context.request_id = "request-1";
  context.business_date = absl::CivilDay(2026, 3, 2);
  context.reporting_currency = "USD";
  const auto& resource = state.options().GetExtension(google::api::resource);
  base::Check(resource.pattern_size() == 1,
              "a state has a google.api.resource option with one pattern");
  for (const char c : resource.pattern(0)) {
    if (c == '}') context.name += "-1";
    if (c != '{' && c != '}') context.name += c == '_' ? '-' : c;
  }
  return context;
}

void Stamp(const engine::Context& context, int64_t revision, Message& state) {
  const auto* descriptor = state.GetDescriptor();
  const FieldDescriptor* name = descriptor->FindFieldByName("name");
  const FieldDescriptor* etag = descriptor->FindFieldByName("etag");
  base::Check(name != nullptr && etag != nullptr, "a state has name and etag");
  state.GetReflection()->SetString(&state, name, context.name);
  state.GetReflection()->SetString(&state, etag, std::to_string(revision));
  if (revision == 1) StampTime(context.time, "create_time", state);
  StampTime(context.time, "update_time", state);
}

void CheckOutcome(const DecisionRow& row, const absl::Status& status, const Message* event,
                  const Message& prototype) {
  constexpr std::string_view kField = "!field:";
  if (row.then.starts_with(kField)) {
    EXPECT_THAT(status, IsInvalid(row.then.substr(kField.size())));
    return;
  }
  if (row.then.starts_with('!')) {
    EXPECT_THAT(status, IsRefusal(row.then.substr(1)));
    return;
  }
  ASSERT_THAT(status, IsOk());
  if (row.then.empty()) {
    EXPECT_EQ(event, nullptr) << "decided {" << (event ? event->ShortDebugString() : "") << "}";
    return;
  }
  ASSERT_NE(event, nullptr) << "nothing was decided";
  const std::unique_ptr<Message> expected(prototype.New());
  ParseTextInto(row.then, *expected);
  std::string difference;
  EXPECT_TRUE(SameMessage(*event, *expected, &difference)) << difference;
}

std::string WordOf(const absl::Status& status, const Message* event) {
  if (!status.ok()) {
    const std::string field = base::FieldOf(status);
    return field.empty() ? "!" + base::ReasonOf(status) : "!field:" + field;
  }
  if (event == nullptr) return "";
  const auto* facts = event->GetDescriptor()->oneof_decl(0);
  return event->GetReflection()->GetOneofFieldDescriptor(*event, facts)->name();
}

}  // namespace crm::testing
