#include "services/customer/domain/contact_merge.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "libs/engine/update.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/recorded_since.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::FixedContext;
using testing::Given;
using ::testing::IsEmpty;
using testing::ParseText;
using testing::WordOf;

// FixedContext is on 2026-03-02 10:00 UTC.
constexpr char kLi[] = R"(created { contact { influence: CONTACT_INFLUENCE_HIGH tags: "golf" }
    personal { given_name: "Wei" family_name: "Li"
               phones { number: "+8613900000001" primary: true }
               emails { address: "li@acme.example" } } })";
constexpr char kLee[] = R"(created { contact { language_code: "zh-CN" tags: "golf" tags: "wine"
                                               do_not_call: true }
    personal { given_name: "Wei" family_name: "Lee" birthday { date { year: 1980 month: 5 day: 1 } }
               phones { number: "+8613900000002" primary: true }
               emails { address: "LI@acme.example" opted_out: true } } })";
constexpr char kMerged[] = R"(merged { merge_case: "mergeCases/m" survivor: "contacts/li"
    contact { language_code: "zh-CN" tags: "golf" tags: "wine" do_not_call: true }
    personal { given_name: "Wei" family_name: "Lee" birthday { date { year: 1980 month: 5 day: 1 } }
               phones { number: "+8613900000002" primary: true }
               emails { address: "LI@acme.example" opted_out: true } }
    merge_time { seconds: 1772445600 } })";
constexpr char kUnmerged[] =
    "unmerged { merge_case: 'mergeCases/m' survivor: 'contacts/li' unmerge_time { seconds: "
    "1772445600 } }";

v1::ContactMerged MergedFact() { return ParseText<v1::ContactEvent>(kMerged).merged(); }

v1::Contact Called(const std::string& created) { return Given<ContactModel>({created}); }

TEST(MergedContact, TakesWhatEitherHasAndForgetsNoObjection) {
  v1::Contact merged = MergedContact(Called(kLi), Called(kLee), {});
  engine::ClearStamps(merged);
  EXPECT_THAT(merged, EqualsProto(ParseText<v1::Contact>(R"(
      influence: CONTACT_INFLUENCE_HIGH language_code: "zh-CN" do_not_call: true
      tags: "golf" tags: "wine"
      personal { given_name: "Wei" family_name: "Li"
                 birthday { date { year: 1980 month: 5 day: 1 } }
                 phones { number: "+8613900000001" primary: true }
                 phones { number: "+8613900000002" }
                 emails { address: "li@acme.example" opted_out: true } })")));
}

TEST(MergedContact, AsChosenByHand) {
  const v1::Contact merged = MergedContact(Called(kLi), Called(kLee),
                                           {{"personal.family_name", v1::MERGE_RULE_ABSORBED},
                                            {"personal.phones", v1::MERGE_RULE_SURVIVOR},
                                            {"personal.emails", v1::MERGE_RULE_ABSORBED},
                                            {"do_not_call", v1::MERGE_RULE_SURVIVOR}});
  EXPECT_EQ(merged.personal().family_name(), "Lee");
  EXPECT_EQ(merged.personal().phones_size(), 1);
  EXPECT_EQ(merged.personal().emails(0).address(), "LI@acme.example");
  EXPECT_FALSE(merged.do_not_call());
}

TEST(MergedContact, WhatBothHaveIsThereOnceAlsoWhenThatIsChosen) {
  v1::Contact li = Called(kLi), lee = Called(kLee);
  *lee.mutable_personal()->mutable_phones() = li.personal().phones();
  lee.mutable_personal()->mutable_phones(0)->set_opted_out(true);
  for (const v1::MergeRule rule : {v1::MERGE_RULE_UNSPECIFIED, v1::MERGE_RULE_MOST_COMPLETE}) {
    const v1::Contact merged = MergedContact(
        li, lee, {{"personal.phones", rule}, {"personal.emails", rule}, {"do_not_call", rule}});
    ASSERT_EQ(merged.personal().phones_size(), 1) << rule;
    EXPECT_TRUE(merged.personal().phones(0).opted_out());
    EXPECT_TRUE(merged.personal().phones(0).primary());
    ASSERT_EQ(merged.personal().emails_size(), 1) << rule;
    EXPECT_TRUE(merged.personal().emails(0).opted_out());
    EXPECT_TRUE(merged.do_not_call());
  }
}

TEST(MergedContact, TheFieldsThatRulesAreGivenFor) {
  EXPECT_TRUE(CanBeMergedOfContact("personal.phones"));
  EXPECT_TRUE(CanBeMergedOfContact("language_code"));
  EXPECT_FALSE(CanBeMergedOfContact("merged_into"));
  EXPECT_FALSE(CanBeMergedOfContact("industry"));
}

TEST(MergeContact, Rules) {
  const std::string command = "merge_case: 'mergeCases/m' survivor: 'contacts/li' ";
  CheckDecisions<ContactModel, v1::MergeContactRequest>({
      {"freezes it", {kLee}, command, kMerged},
      {"is quiet the second time", {kLee, kMerged}, command, ""},
      {"declines when it has changed",
       {kLee},
       command + "absorbed_etag: '99'",
       R"(merge_declined { merge_case: "mergeCases/m" other: "contacts/li"
          role: MERGE_ROLE_ABSORBED reason: REASON_MERGE_CUSTOMER_CHANGED
          decline_time { seconds: 1772445600 } })"},
      {"declines when it was merged elsewhere",
       {kLee, kMerged},
       "merge_case: 'mergeCases/n' survivor: 'contacts/lo'",
       R"(merge_declined { merge_case: "mergeCases/n" other: "contacts/lo"
          role: MERGE_ROLE_ABSORBED reason: REASON_CONTACT_MERGED
          decline_time { seconds: 1772445600 } })"},
  });
}

v1::AbsorbContactRequest Absorb() {
  v1::AbsorbContactRequest absorb;
  absorb.set_merge_case("mergeCases/m");
  absorb.set_absorbed("contacts/lee");
  *absorb.mutable_merged() = MergedFact();
  return absorb;
}

TEST(AbsorbContact, TakesTheValuesOnce) {
  const engine::Context context = FixedContext<ContactModel>();
  v1::Contact li = Called(kLi);
  const auto decided = ContactModel::Decide(li, Absorb(), context);
  ASSERT_THAT(decided, testing::IsOk());
  ASSERT_TRUE(decided->has_value());
  const v1::ContactAbsorbed& fact = (*decided)->absorbed();
  EXPECT_THAT(fact.changed().paths(),
              ElementsAre("personal.birthday", "personal.phones", "personal.emails", "do_not_call",
                          "language_code", "tags"));
  EXPECT_FALSE(fact.contact().has_personal()) << "personal data stand apart";
  ContactModel::Evolve(li, **decided);
  EXPECT_THAT(li.absorbed_contacts(), ElementsAre("contacts/lee"));
  EXPECT_EQ(li.personal().phones_size(), 2);
  EXPECT_EQ(WordOf(ContactModel::Decide(li, Absorb(), context)), "");
}

TEST(AbsorbContact, Declines) {
  const engine::Context context = FixedContext<ContactModel>();
  const auto reason = [&](const v1::Contact& contact, const v1::AbsorbContactRequest& absorb) {
    const auto decided = ContactModel::Decide(contact, absorb, context);
    return (*decided)->merge_declined().reason();
  };
  v1::Contact li = Called(kLi);
  li.set_merged_into("contacts/lee");
  EXPECT_EQ(reason(li, Absorb()), v1::REASON_CONTACT_MERGED);
  li = Called(kLi);
  v1::AbsorbContactRequest absorb = Absorb();
  absorb.mutable_merged()->set_survivor_etag("99");
  EXPECT_EQ(reason(li, absorb), v1::REASON_MERGE_CUSTOMER_CHANGED);
  for (int i = 0; i < kAbsorbedMax; ++i) li.add_absorbed_contacts("contacts/c" + std::to_string(i));
  EXPECT_EQ(reason(li, Absorb()), v1::REASON_MERGE_TOO_MANY);
}

TEST(MergeContact, DeclinesWhileOneIsToBeErased) {
  testing::FakeRows rows(kErasures);
  rows.Put(kErasures, ParseText<v1::Erasure>("name: 'erasures/e' subject: 'contacts/lee' "
                                             "state: ERASURE_STATE_REQUESTED"));
  const engine::Context context = FixedContext<ContactModel>();
  const MergeBar bar = ContactModel::Gather(Absorb(), context, rows);
  EXPECT_EQ(bar.erasure, "erasures/e");
  const auto absorb = ContactModel::Decide(Called(kLi), Absorb(), context, bar);
  EXPECT_EQ((*absorb)->merge_declined().reason(), v1::REASON_ERASURE_ASKED);
  v1::MergeContactRequest command;
  command.set_merge_case("mergeCases/m");
  command.set_survivor("contacts/lee");
  const auto merge = ContactModel::Decide(Called(kLi), command, context,
                                          ContactModel::Gather(command, context, rows));
  EXPECT_EQ((*merge)->merge_declined().reason(), v1::REASON_ERASURE_ASKED);
}

TEST(AbsorbContact, DeclinesWhatWouldBeNoContact) {
  const engine::Context context = FixedContext<ContactModel>();
  v1::Contact li = Called(kLi);
  li.mutable_personal()->clear_given_name();
  v1::AbsorbContactRequest absorb = Absorb();
  absorb.mutable_merged()->mutable_personal()->clear_family_name();
  const auto choose = [&](const std::string& field, v1::MergeRule rule) {
    v1::MergeFieldRule& choice = *absorb.mutable_merged()->add_choices();
    choice.set_field(field);
    choice.set_rule(rule);
  };
  choose("personal.given_name", v1::MERGE_RULE_SURVIVOR);
  EXPECT_EQ(WordOf(ContactModel::Decide(li, absorb, context)), "absorbed");
  choose("personal.family_name", v1::MERGE_RULE_ABSORBED);
  const auto decided = ContactModel::Decide(li, absorb, context);
  ASSERT_THAT(decided, testing::IsOk());
  EXPECT_EQ((*decided)->merge_declined().reason(), v1::REASON_MERGE_RESULT_INVALID);
  EXPECT_EQ((*decided)->merge_declined().role(), v1::MERGE_ROLE_SURVIVOR);
}

TEST(ReleaseMergedContact, Rules) {
  CheckDecisions<ContactModel, v1::ReleaseMergedContactRequest>({
      {"goes on by itself", {kLee, kMerged}, "merge_case: 'mergeCases/m'", kUnmerged},
      {"is quiet when it was not merged", {kLee}, "merge_case: 'mergeCases/m'", ""},
      {"is quiet the second time", {kLee, kMerged, kUnmerged}, "merge_case: 'mergeCases/m'", ""},
      {"is quiet of another case", {kLee, kMerged}, "merge_case: 'mergeCases/n'", ""},
  });
}

// The survivor with the views, as the engine keeps them.
class Survivor {
 public:
  Survivor() {
    contact_ = Called(kLi);
    contact_.set_name("contacts/li");
  }

  void Take(const ContactModel::Event& event) {
    const v1::Contact before = contact_;
    ContactModel::Evolve(contact_, event);
    contact_.set_name("contacts/li");
    const engine::EventMeta meta{.name = "contacts/li", .revision = ++revision_};
    ProjectContactMerges({&before, contact_, event, meta}, rows_);
  }
  void Absorb(const std::string& merge_case, const std::string& absorbed,
              const std::string& created) {
    v1::AbsorbContactRequest absorb;
    absorb.set_merge_case(merge_case);
    absorb.set_absorbed(absorbed);
    const v1::ContactCreated facts = ParseText<v1::ContactEvent>(created).created();
    *absorb.mutable_merged()->mutable_contact() = facts.contact();
    *absorb.mutable_merged()->mutable_personal() = facts.personal();
    Take(**ContactModel::Decide(contact_, absorb, FixedContext<ContactModel>()));
  }
  v1::ContactMergeReversed Reverse(const std::string& merge_case) {
    v1::ReverseContactMergeRequest reverse;
    reverse.set_merge_case(merge_case);
    engine::Context context = FixedContext<ContactModel>();
    context.name = "contacts/li";
    const auto facts = ContactModel::Gather(reverse, context, rows_);
    const auto decided = ContactModel::Decide(contact_, reverse, context, facts);
    const v1::ContactMergeReversed reversed = (*decided)->merge_reversed();
    Take(**decided);
    return reversed;
  }
  void Update(const std::string& fact) { Take(ParseText<v1::ContactEvent>(fact)); }

  // Without what a merge leaves behind.
  v1::Contact Values() const {
    v1::Contact values = contact_;
    values.clear_merges();
    return values;
  }
  testing::FakeRows& rows() { return rows_; }

 private:
  testing::FakeRows rows_{kContactMergeUndos, kRedirects,  kContacts, kActivities, kPositions,
                          kTouchpoints,       kInterviews, kErasures, kReminders};
  v1::Contact contact_;
  int64_t revision_ = 1;
};

TEST(ReverseContactMerge, MakesItAsItWas) {
  Survivor li;
  const v1::Contact before = li.Values();
  li.Absorb("mergeCases/m", "contacts/lee", kLee);
  EXPECT_THAT(li.Reverse("mergeCases/m").kept().fields(), IsEmpty());
  EXPECT_THAT(li.Values(), EqualsProto(before));
  EXPECT_EQ(li.rows().Size("contact_merge_undos"), 0);
}

TEST(ReverseContactMerge, InWhateverOrder) {
  constexpr char kLo[] =
      "created { contact { tags: 'tea' } personal { family_name: 'Lo' phones { number: "
      "'+8613900000003' } } }";
  Survivor li;
  const v1::Contact before = li.Values();
  li.Absorb("mergeCases/m", "contacts/lee", kLee);
  li.Absorb("mergeCases/n", "contacts/lo", kLo);
  li.Reverse("mergeCases/m");
  EXPECT_THAT(li.Values().tags(), ElementsAre("golf", "tea"));
  EXPECT_EQ(li.Values().personal().phones_size(), 2);
  li.Reverse("mergeCases/n");
  EXPECT_THAT(li.Values(), EqualsProto(before));
}

TEST(ReverseContactMerge, KeepsWhatHappenedSince) {
  Survivor li;
  li.Absorb("mergeCases/m", "contacts/lee", kLee);
  li.Update("updated { changed { paths: 'language_code' } contact { language_code: 'en' } }");
  li.Update(
      "updated { changed { paths: 'tags' } contact { tags: 'golf' tags: 'wine' tags: 'ski' } }");
  auto position = ParseText<v1::Position>(
      "name: 'customers/a/positions/p' contact: 'contacts/li' create_time { seconds: 1772445601 }");
  li.rows().Put(kPositions, position);
  li.rows().Put(kErasures, ParseText<v1::Erasure>("name: 'erasures/e' subject: 'contacts/li' "
                                                  "create_time { seconds: 1772445601 }"));
  li.rows().Put(kReminders,
                ParseText<v1::Reminder>("name: 'staff/ann/reminders/r' about: 'contacts/li' "
                                        "create_time { seconds: 1772445601 }"));
  const v1::ContactMergeReversed reversed = li.Reverse("mergeCases/m");
  EXPECT_THAT(reversed.kept().fields(), ElementsAre("language_code", "tags"));
  EXPECT_THAT(reversed.kept().resources(),
              ElementsAre("customers/a/positions/p", "erasures/e", "staff/ann/reminders/r"));
  EXPECT_EQ(li.Values().language_code(), "en");
  EXPECT_THAT(li.Values().tags(), ElementsAre("golf", "ski"));
}

TEST(ReverseContactMerge, NamesInterviewsSinceAndLooksAtSoManyRowsOnly) {
  Survivor li;
  li.Absorb("mergeCases/m", "contacts/lee", kLee);
  const auto interview = [&](const std::string& id, int64_t at) {
    auto row = ParseText<v1::Interview>("contact: 'contacts/li'");
    row.set_name("customers/a/interviews/" + id);
    row.mutable_create_time()->set_seconds(at);
    li.rows().Put(kInterviews, row);
  };
  interview("before", 1772445599);
  interview("since", 1772445601);
  const v1::MergeKept kept = li.Reverse("mergeCases/m").kept();
  EXPECT_THAT(kept.resources(), ElementsAre("customers/a/interviews/since"));
  EXPECT_FALSE(kept.resources_incomplete());
  li.Absorb("mergeCases/n", "contacts/lo", kLee);
  for (int i = 0; i < kSinceRowsMax; ++i) interview("before-" + std::to_string(i), 1);
  EXPECT_TRUE(li.Reverse("mergeCases/n").kept().resources_incomplete());
}

TEST(ReverseContactMerge, DeclinesWhatWasNotMerged) {
  v1::ReverseContactMergeRequest reverse;
  reverse.set_merge_case("mergeCases/m");
  const auto decided = ContactModel::Decide(Called(kLi), reverse, FixedContext<ContactModel>(),
                                            ContactMergeUndoFacts());
  ASSERT_THAT(decided, testing::IsOk());
  EXPECT_EQ((*decided)->merge_declined().reason(), v1::REASON_NOT_MERGED);
  EXPECT_TRUE((*decided)->merge_declined().reversal());
}

TEST(ProjectContactMerges, TheAbsorbedOneRedirects) {
  testing::FakeRows rows(kRedirects);
  const v1::Contact lee = Called(kLee);
  const auto project = [&](const std::string& fact) {
    const auto event = ParseText<v1::ContactEvent>(fact);
    const engine::EventMeta meta{.name = "contacts/lee"};
    ProjectContactMerges({&lee, lee, event, meta}, rows);
  };
  project(kMerged);
  EXPECT_EQ(rows.Get(kRedirects, "contacts/lee")->survivor(), "contacts/li");
  project(kUnmerged);
  EXPECT_FALSE(rows.Get(kRedirects, "contacts/lee").has_value());
}

}  // namespace
}  // namespace crm::customer
