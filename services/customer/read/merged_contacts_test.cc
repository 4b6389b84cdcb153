// What follows from the steps of a merge of contacts, what a merged one takes no more, and what
// reads make of it.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "crm/customer/v1/contact_merge.pb.h"
#include "crm/customer/v1/merge_internal.pb.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/react/merge_reactions.h"
#include "services/customer/read/caller.h"
#include "services/customer/read/merge_guard.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/org_chart.h"
#include "services/customer/read/search_terms.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::ParseText;

engine::Commands OnCase(const std::string& fact) {
  const testing::FakeRows rows(kRedirects);
  const auto event = ParseText<v1::MergeCaseEvent>(fact);
  const engine::EventMeta meta{.name = "mergeCases/m"};
  return OnMergeCase({event, meta}, rows);
}

engine::Commands OnContact(const std::string& name, const std::string& fact) {
  const testing::FakeRows rows(kRedirects);
  const auto event = ParseText<v1::ContactEvent>(fact);
  const engine::EventMeta meta{.name = name};
  return OnContactMerge({event, meta}, rows);
}

template <class Command>
void ExpectOne(const engine::Commands& commands, const std::string& wanted) {
  ASSERT_EQ(commands.size(), 1u) << wanted;
  ASSERT_EQ(commands[0]->GetDescriptor(), Command::descriptor()) << wanted;
  EXPECT_THAT(*commands[0], EqualsProto(ParseText<Command>(wanted)));
}

TEST(OnMergeCaseOfContacts, AsksTheFirst) {
  ExpectOne<v1::MergeContactRequest>(
      OnCase("confirmed { survivor: 'contacts/b' absorbed: 'contacts/a' survivor_etag: '3' "
             "choices { field: 'tags' rule: MERGE_RULE_ABSORBED } }"),
      "name: 'contacts/a' merge_case: 'mergeCases/m' survivor: 'contacts/b' survivor_etag: '3' "
      "choices { field: 'tags' rule: MERGE_RULE_ABSORBED }");
  ExpectOne<v1::ReverseContactMergeRequest>(
      OnCase("undo_begun { survivor: 'contacts/b' absorbed: 'contacts/a' }"),
      "name: 'contacts/b' merge_case: 'mergeCases/m' absorbed: 'contacts/a'");
}

TEST(OnContactMerge, CarriesTheWordToWhoIsNext) {
  const std::string of = "merge_case: 'mergeCases/m' ";
  ExpectOne<v1::AbsorbContactRequest>(
      OnContact("contacts/a", "merged { " + of + "survivor: 'contacts/b' contact { tags: 'x' } }"),
      "name: 'contacts/b' absorbed: 'contacts/a' " + of + "merged { " + of +
          "survivor: 'contacts/b' contact { tags: 'x' } }");
  ExpectOne<v1::FinishMergeRequest>(
      OnContact("contacts/b", "absorbed { " + of + "changed { paths: 'tags' } }"),
      "name: 'mergeCases/m' merged_fields: 'tags'");
  ExpectOne<v1::FailMergeRequest>(
      OnContact("contacts/a", "merge_declined { " + of +
                                  "other: 'contacts/b' role: MERGE_ROLE_ABSORBED reason: "
                                  "REASON_CONTACT_MERGED }"),
      "name: 'mergeCases/m' customer: 'contacts/a' reason: REASON_CONTACT_MERGED");
  ExpectOne<v1::ReleaseMergedContactRequest>(
      OnContact("contacts/b", "merge_declined { " + of +
                                  "other: 'contacts/a' role: MERGE_ROLE_SURVIVOR reason: "
                                  "REASON_MERGE_TOO_MANY }"),
      "name: 'contacts/a' " + of + "decline_reason: REASON_MERGE_TOO_MANY");
  ExpectOne<v1::ReleaseMergedContactRequest>(
      OnContact("contacts/b",
                "merge_reversed { " + of + "absorbed: 'contacts/a' kept { fields: 'tags' } }"),
      "name: 'contacts/a' " + of + "kept { fields: 'tags' }");
  ExpectOne<v1::FinishUnmergeRequest>(
      OnContact("contacts/a", "unmerged { " + of + "kept { fields: 'tags' } }"),
      "name: 'mergeCases/m' kept { fields: 'tags' }");
  ExpectOne<v1::FailMergeRequest>(
      OnContact("contacts/a", "unmerged { " + of +
                                  "survivor: 'contacts/b' decline_reason: REASON_MERGE_TOO_MANY }"),
      "name: 'mergeCases/m' customer: 'contacts/b' reason: REASON_MERGE_TOO_MANY");
  EXPECT_TRUE(OnContact("contacts/a", "updated {}").empty());
}

// "contacts/old" was merged into "contacts/new"; it is at customer a, and the other at b.
class MergedContacts : public ::testing::Test {
 protected:
  MergedContacts() {
    context_.business_date = absl::CivilDay(2026, 3, 2);
    v1::Redirect redirect;
    redirect.set_customer("contacts/old");
    redirect.set_survivor("contacts/new");
    rows_.Put(kRedirects, redirect);
    rows_.Put(kContacts,
              ParseText<v1::Contact>("name: 'contacts/old' merged_into: 'contacts/new' personal { "
                                     "family_name: 'Old' phones { number: '+493012345678' } }"));
    rows_.Put(kContacts, ParseText<v1::Contact>(
                             "name: 'contacts/new' personal { family_name: 'New' phones { "
                             "number: '+493087654321' } phones { number: '+493012345678' } }"));
    for (const char* id : {"a", "b"})
      rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/" + std::string(id) + "'"));
    rows_.Put(kPositions,
              ParseText<v1::Position>("name: 'customers/a/positions/p' contact: 'contacts/old'"));
    rows_.Put(kPositions,
              ParseText<v1::Position>("name: 'customers/b/positions/p' contact: 'contacts/new'"));
  }

  template <class Command>
  absl::Status Admit(const std::string& name) {
    engine::Context context;
    context.name = name;
    context.actor = "user:ann";
    return AdmitUnlessMerged({Command(), false, context}, rows_);
  }

  testing::FakeRows rows_{kCustomers,       kSearchTerms, kSearchedCustomers,
                          kContacts,        kPositions,   kRedirects,
                          kTimeline,        kTouchpoints, kFollowedOpportunities,
                          kFollowedTickets, kOrderFacts,  kOrderMonths,
                          kCustomerPolicies};
  engine::Context context_;
};

TEST_F(MergedContacts, TakeNoMoreCommands) {
  const absl::Status refused = Admit<v1::UpdateContactRequest>("contacts/old");
  EXPECT_THAT(refused, testing::IsRefusal("CONTACT_MERGED"));
  EXPECT_TRUE(Admit<v1::UpdateContactRequest>("contacts/new").ok());
  EXPECT_TRUE(Admit<v1::ReleaseMergedContactRequest>("contacts/old").ok());
}

TEST_F(MergedContacts, AreShownAsTheirSurvivorInTheChart) {
  v1::GetOrgChartRequest request;
  request.set_name("customers/a");
  const auto chart = QueryOrgChart(request, rows_, context_);
  ASSERT_THAT(chart, testing::IsOk());
  ASSERT_EQ(chart->nodes_size(), 1);
  EXPECT_EQ(chart->nodes(0).contact().name(), "contacts/new");
  EXPECT_EQ(chart->nodes(0).position().contact(), "contacts/old");
}

TEST_F(MergedContacts, CallAsTheirSurvivorFromWhereverEitherWorks) {
  v1::LookupCallerRequest request;
  request.set_number("+493012345678");
  const auto response = QueryCaller(request, rows_, context_);
  ASSERT_THAT(response, testing::IsOk());
  std::vector<std::string> callers;
  for (const v1::Caller& caller : response->callers())
    callers.push_back(caller.customer().name() + " " + caller.contact().name());
  EXPECT_THAT(callers, ElementsAre("customers/a contacts/new", "customers/b contacts/new"));
}

}  // namespace
}  // namespace crm::customer
