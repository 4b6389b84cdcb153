#include "services/customer/react/merge_reactions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "crm/customer/v1/customer_internal.pb.h"
#include "crm/customer/v1/merge_internal.pb.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/merge_tables.h"

namespace crm::customer {
namespace {

using testing::EqualsProto;
using testing::ParseText;

template <class Event>
engine::Commands React(const std::string& name, const std::string& fact) {
  testing::FakeRows rows(kRedirects);
  rows.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/a' survivor: 'customers/b'"));
  rows.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/b' survivor: 'customers/c'"));
  const Event event = ParseText<Event>(fact);
  const engine::EventMeta meta{.name = name};
  if constexpr (std::is_same_v<Event, v1::MergeCaseEvent>) {
    return OnMergeCase({event, meta}, rows);
  } else {
    return OnCustomerMerge({event, meta}, rows);
  }
}

template <class Command, class Event>
void ExpectOne(const std::string& name, const std::string& fact, const std::string& wanted) {
  const engine::Commands commands = React<Event>(name, fact);
  ASSERT_EQ(commands.size(), 1u) << fact;
  ASSERT_EQ(commands[0]->GetDescriptor(), Command::descriptor()) << fact;
  EXPECT_THAT(*commands[0], EqualsProto(ParseText<Command>(wanted))) << fact;
}

TEST(OnMergeCase, AsksTheFirstCustomer) {
  ExpectOne<v1::MergeCustomerRequest, v1::MergeCaseEvent>(
      "mergeCases/m",
      "confirmed { survivor: 'customers/b' absorbed: 'customers/a' survivor_etag: '3' "
      "absorbed_etag: '2' choices { field: 'region' rule: MERGE_RULE_ABSORBED } decider: 'user:x' "
      "}",
      "name: 'customers/a' merge_case: 'mergeCases/m' survivor: 'customers/b' survivor_etag: '3' "
      "absorbed_etag: '2' choices { field: 'region' rule: MERGE_RULE_ABSORBED }");
  ExpectOne<v1::ReverseMergeRequest, v1::MergeCaseEvent>(
      "mergeCases/m", "undo_begun { survivor: 'customers/b' absorbed: 'customers/a' }",
      "name: 'customers/b' merge_case: 'mergeCases/m' absorbed: 'customers/a'");
  for (const char* fact : {"opened {}", "rejected {}", "done {}", "failed {}", "undone {}"})
    EXPECT_TRUE(React<v1::MergeCaseEvent>("mergeCases/m", fact).empty()) << fact;
}

TEST(OnCustomerMerge, CarriesTheWordToWhoIsNext) {
  const std::string merged =
      "merge_case: 'mergeCases/m' survivor: 'customers/b' customer { region: 'x' } personal { "
      "display_name: 'A' }";
  ExpectOne<v1::AbsorbCustomerRequest, v1::CustomerEvent>(
      "customers/a", "merged { " + merged + " }",
      "name: 'customers/b' merge_case: 'mergeCases/m' absorbed: 'customers/a' merged { " + merged +
          " }");
  ExpectOne<v1::FinishMergeRequest, v1::CustomerEvent>(
      "customers/b",
      "absorbed { merge_case: 'mergeCases/m' absorbed: 'customers/a' changed { paths: 'region' } }",
      "name: 'mergeCases/m' merged_fields: 'region'");
  ExpectOne<v1::ReleaseMergedRequest, v1::CustomerEvent>(
      "customers/b",
      "merge_reversed { merge_case: 'mergeCases/m' absorbed: 'customers/a' kept { fields: 'x' } }",
      "name: 'customers/a' merge_case: 'mergeCases/m' kept { fields: 'x' }");
  ExpectOne<v1::FinishUnmergeRequest, v1::CustomerEvent>(
      "customers/a",
      "unmerged { merge_case: 'mergeCases/m' survivor: 'customers/b' kept { fields: 'x' } }",
      "name: 'mergeCases/m' kept { fields: 'x' }");
}

TEST(OnCustomerMerge, WhoDeclinesEndsItAndWhatWasDoneIsUndone) {
  ExpectOne<v1::FailMergeRequest, v1::CustomerEvent>(
      "customers/a",
      "merge_declined { merge_case: 'mergeCases/m' other: 'customers/b' role: MERGE_ROLE_ABSORBED "
      "reason: REASON_CUSTOMER_MERGED }",
      "name: 'mergeCases/m' customer: 'customers/a' reason: REASON_CUSTOMER_MERGED");
  ExpectOne<v1::ReleaseMergedRequest, v1::CustomerEvent>(
      "customers/b",
      "merge_declined { merge_case: 'mergeCases/m' other: 'customers/a' role: MERGE_ROLE_SURVIVOR "
      "reason: REASON_CUSTOMER_ERASED }",
      "name: 'customers/a' merge_case: 'mergeCases/m' decline_reason: REASON_CUSTOMER_ERASED");
  ExpectOne<v1::FailMergeRequest, v1::CustomerEvent>(
      "customers/a",
      "unmerged { merge_case: 'mergeCases/m' survivor: 'customers/b' decline_reason: "
      "REASON_CUSTOMER_ERASED }",
      "name: 'mergeCases/m' customer: 'customers/b' reason: REASON_CUSTOMER_ERASED");
  ExpectOne<v1::FailMergeRequest, v1::CustomerEvent>(
      "customers/b",
      "merge_declined { merge_case: 'mergeCases/m' other: 'customers/a' role: MERGE_ROLE_SURVIVOR "
      "reason: REASON_CUSTOMER_MERGED reversal: true }",
      "name: 'mergeCases/m' customer: 'customers/b' reason: REASON_CUSTOMER_MERGED");
}

TEST(OnCustomerMerge, AnOrderOfAMergedCustomerActivatesTheOther) {
  const std::string fact =
      " { activity { order: 'customers/a/orders/1' last_order_date { year: 2026 month: 3 day: 1 } "
      "} }";
  for (const std::string event : {"activated", "order_noted"}) {
    ExpectOne<v1::ActivateCustomerRequest, v1::CustomerEvent>(
        "customers/a", event + fact,
        "name: 'customers/b' order: 'customers/a/orders/1' order_date { year: 2026 month: 3 day: 1 "
        "} absorbed: 'customers/a'");
    ExpectOne<v1::ActivateCustomerRequest, v1::CustomerEvent>(
        "customers/b", event + fact,
        "name: 'customers/c' order: 'customers/a/orders/1' order_date { year: 2026 month: 3 day: 1 "
        "} absorbed: 'customers/b'");
    EXPECT_TRUE(React<v1::CustomerEvent>("customers/c", event + fact).empty());
  }
  EXPECT_TRUE(React<v1::CustomerEvent>("customers/a", "released {}").empty());
}

}  // namespace
}  // namespace crm::customer
