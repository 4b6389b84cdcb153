// validate_only says what the real call would say, and neither changes anything when it refuses.
#include "tests/contract/refusals.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/resource_name.h"
#include "tests/contract/live_suite.h"
#include "tests/contract/scenario.h"
#include "tests/contract/services.h"

namespace crm::contract {
namespace {

using google::protobuf::Message;

void SetText(Message& message, const std::string& path, const std::string& value) {
  Message* at = &message;
  const std::vector<std::string> steps = absl::StrSplit(path, '.');
  for (size_t i = 0; i + 1 < steps.size(); ++i) {
    at = at->GetReflection()->MutableMessage(at, at->GetDescriptor()->FindFieldByName(steps[i]));
  }
  at->GetReflection()->SetString(at, at->GetDescriptor()->FindFieldByName(steps.back()), value);
}

void SetValidateOnly(Message& request, bool value) {
  const auto* field = request.GetDescriptor()->FindFieldByName("validate_only");
  request.GetReflection()->SetBool(&request, field, value);
}

// "!REASON" of the domain, "!field:path", or one of the engine's own, as a status.
Refusal Expected(const std::string& then, const std::string& package) {
  if (then.rfind("!field:", 0) == 0) {
    return {absl::StatusCode::kInvalidArgument, "INVALID_FIELD", "crm", then.substr(7)};
  }
  const std::string reason = then.substr(1);
  if (reason == "NOT_FOUND") return {absl::StatusCode::kNotFound, reason, "crm.engine", ""};
  if (reason == "ALREADY_EXISTS") {
    return {absl::StatusCode::kAlreadyExists, reason, "crm.engine", ""};
  }
  if (reason == "STALE_ETAG") return {absl::StatusCode::kAborted, reason, "crm.engine", ""};
  return {absl::StatusCode::kFailedPrecondition, reason, package, ""};
}

class Refusals : public ::testing::Test {
 protected:
  Refusals() { suite_.RunScenario(); }

  // Tries the request both ways and expects the same refusal, and nothing changed. To say that a
  // customer does not exist, its own service was asked, which marks its log to be sure.
  void ExpectRefused(const Message& request, const Refusal& expected, bool asks_customer = false) {
    const std::unique_ptr<Message> copy(request.New());
    copy->CopyFrom(request);
    LiveSuite::State before = suite_.Look();
    SetValidateOnly(*copy, true);
    EXPECT_EQ(RefusalOf(suite_.Call(*copy)), expected) << "validate_only";
    SetValidateOnly(*copy, false);
    const absl::Status real = suite_.Call(*copy);
    EXPECT_EQ(RefusalOf(real), expected) << "the real call: " << real;
    LiveSuite::State after = suite_.Look();
    if (asks_customer) {
      const auto customers_log = [](const auto& end) {
        return end.first.first == engine::TopicOfPackage("crm.customer.v1");
      };
      std::erase_if(before.log_ends, customers_log);
      std::erase_if(after.log_ends, customers_log);
    }
    EXPECT_EQ(after.log_ends, before.log_ends) << "a refused call wrote a record";
    EXPECT_EQ(after.digests, before.digests) << "a refused call changed a table";
  }

  LiveSuite suite_;
};

// Commands are tried below whatever they are; a batch's rows can only be known by hand.
TEST(RefusalTable, HasARowForEveryBatch) {
  std::set<std::string> rows;
  for (const RefusalRow& row : RefusalRows()) rows.insert(row.type);
  for (const ContractService& service : Services()) {
    const engine::ServiceDef def = DefinitionOf(service);
    for (const auto& batch : def.batches) {
      EXPECT_EQ(rows.count(batch.method->input_type()->full_name()), 1u);
    }
  }
}

TEST_F(Refusals, ValidateOnlyRefusesAsTheRealCall) {
  std::set<std::string> asking;
  for (const ContractService& service : Services()) {
    const engine::ServiceDef def = DefinitionOf(service);
    for (const auto& [type, command] : def.commands) {
      if (command->requires_fact.has_value()) asking.insert(type);
    }
  }
  for (const RefusalRow& row : RefusalRows()) {
    SCOPED_TRACE(row.type + " {" + row.text.substr(0, 500) + "}");
    const auto request = RequestOf(row.type, row.text, suite_.NewRequestId());
    const Refusal expected = Expected(row.then, request->GetDescriptor()->file()->package());
    ExpectRefused(*request, expected,
                  expected.code == absl::StatusCode::kNotFound && asking.count(row.type) > 0);
  }
}

// What the engine checks for every command, whatever it is.
TEST_F(Refusals, EveryCommandIsCheckedForNameEtagAndRequestId) {
  for (const ContractService& service : Services()) {
    const engine::ServiceDef def = DefinitionOf(service);
    for (const auto& [type, command] : def.commands) {
      if (command->method == nullptr) continue;
      SCOPED_TRACE(type);
      const auto request = [&, &type = type] { return RequestOf(type, "", suite_.NewRequestId()); };
      auto nameless = RequestOf(type, "", "");
      ExpectRefused(*nameless, Expected("!field:request_id", ""));
      const std::string existing = ExistingName(def.package, command->aggregate->collection);
      ASSERT_FALSE(existing.empty())
          << command->aggregate->collection << " has no row in tests/contract/refusals.cc";
      std::string prefix;
      if (command->shape.resource != nullptr) prefix = command->shape.resource->name() + ".";
      if (command->shape.kind == engine::RequestShape::Kind::kOnName) prefix.clear();
      if (command->shape.kind == engine::RequestShape::Kind::kCreate) {
        auto bad_id = request();
        const std::string parent(base::ParentOf(existing));
        if (command->shape.parent != nullptr) SetText(*bad_id, "parent", parent);
        SetText(*bad_id, command->shape.id->name(), "Not an id");
        ExpectRefused(*bad_id, Expected("!field:" + command->shape.id->name(), ""));
        auto taken = request();
        if (command->shape.parent != nullptr) SetText(*taken, "parent", parent);
        SetText(*taken, command->shape.id->name(), std::string(base::LastIdOf(existing)));
        ExpectRefused(*taken, Expected("!ALREADY_EXISTS", ""));
        continue;
      }
      auto other = request();
      SetText(*other, prefix + "name", "nothing/of/ours");
      ExpectRefused(*other, Expected("!field:" + prefix + "name", ""));
      auto missing = request();
      SetText(*missing, prefix + "name", existing + "-not-there");
      ExpectRefused(*missing, Expected("!NOT_FOUND", ""));
      auto stale = request();
      SetText(*stale, prefix + "name", existing);
      SetText(*stale, prefix + "etag", "r0");
      ExpectRefused(*stale, Expected("!STALE_ETAG", ""));
    }
  }
}

TEST_F(Refusals, ValidateOnlyOfAGoodRequestChangesNothing) {
  const auto request =
      RequestOf("crm.customer.v1.CreateCustomerRequest",
                R"pb(customer_id: "tried"
                     validate_only: true
                     customer { kind: CUSTOMER_KIND_COMPANY display_name: "Tried" })pb",
                suite_.NewRequestId());
  const LiveSuite::State before = suite_.Look();
  EXPECT_TRUE(suite_.Call(*request).ok());
  EXPECT_EQ(suite_.Look(), before);
  const auto get = RequestOf("crm.customer.v1.GetCustomerRequest", "name: 'customers/tried'", "");
  EXPECT_EQ(suite_.Call(*get).code(), absl::StatusCode::kNotFound);
  SetValidateOnly(*request, false);
  EXPECT_TRUE(suite_.Call(*request).ok()) << "the same request_id was not used up by trying";
  EXPECT_EQ(suite_.Look().Records(), before.Records() + 1);
}

}  // namespace
}  // namespace crm::contract
