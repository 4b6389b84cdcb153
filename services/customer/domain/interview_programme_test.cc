#include "services/customer/domain/interview_programme.h"

#include <gmock/gmock.h>

#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/programme_members.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;

constexpr char kTitle[] = "title: 'Spring' ";
constexpr char kPeriod[] =
    "period { start { year: 2026 month: 3 day: 9 } end { year: 2026 month: 4 day: 4 } } ";
constexpr char kManagers[] =
    "managers { staff: 'ann' quota: 50 } managers { staff: 'bob' quota: 2 } ";
constexpr char kFilledIn[] =
    "sampling: PROGRAMME_SAMPLING_RANDOM script: 'interviewScripts/standard' "
    "daily_interviews_max: 4 ";
std::string With(const std::string& fields) { return "interview_programme { " + fields + " }"; }
const std::string kAll = std::string(kTitle) + kPeriod + kManagers + "control_share_bps: 5000 ";
const std::string kCreated =
    "created { " + With(kAll + kFilledIn + "status: PROGRAMME_STATUS_DRAFT") + " }";
const std::string kBegun =
    "draw_begun { seed: '00112233445566778899aabbccddeeff' draw_time { seconds: 1772445600 } "
    "managers { staff: 'ann' quota: 50 candidate_count: 10 treated_count: 5 control_count: 5 } "
    "managers { staff: 'bob' quota: 2 } }";
std::string Drawn(int book, const std::string& last = "") {
  return "book_drawn { book: " + std::to_string(book) +
         " staff: 'ann' candidate_count: 3 customers { customer: 'customers/a' group: "
         "PROGRAMME_GROUP_TREATED planned_time { seconds: 9 } form: INTERVIEW_FORM_WEB } customers "
         "{ customer: 'customers/b' group: PROGRAMME_GROUP_CONTROL } script: "
         "'interviewScripts/standard' " +
         last + "}";
}
const std::string kLast = Drawn(1, "last: true ");
const std::string kCancelled = "cancelled { reason: 'no money' }";

TEST(CreateInterviewProgramme, Rules) {
  CheckDecisions<InterviewProgrammeModel, v1::CreateInterviewProgrammeRequest>({
      {"writes the defaults down", {}, With(kAll), kCreated},
      {"needs a title",
       {},
       With(std::string(kPeriod) + kManagers),
       "!field:interview_programme.title"},
      {"needs days",
       {},
       With(std::string(kTitle) + kManagers),
       "!field:interview_programme.period.start"},
      {"refuses an end before the start",
       {},
       With(std::string(kTitle) + kManagers +
            "period { start { year: 2026 month: 3 day: 9 } end { year: 2026 month: 3 day: 9 } }"),
       "!field:interview_programme.period.end"},
      {"refuses years",
       {},
       With(std::string(kTitle) + kManagers +
            "period { start { year: 2026 month: 3 day: 9 } end { year: 2030 month: 3 day: 9 } }"),
       "!field:interview_programme.period.end"},
      {"needs a manager",
       {},
       With(std::string(kTitle) + kPeriod),
       "!field:interview_programme.managers"},
      {"refuses a manager twice",
       {},
       With(kAll + "managers { staff: 'ann' quota: 1 }"),
       "!field:interview_programme.managers[2].staff"},
      {"refuses a manager by another name than the id",
       {},
       With(kAll + "managers { staff: 'staff/eve' quota: 1 }"),
       "!field:interview_programme.managers[2].staff"},
      {"needs a quota",
       {},
       With(kAll + "managers { staff: 'eve' }"),
       "!field:interview_programme.managers[2].quota"},
      {"refuses to have nobody interviewed",
       {},
       With(std::string(kTitle) + kPeriod + kManagers + "control_share_bps: 9001"),
       "!field:interview_programme.control_share_bps"},
      {"refuses a sampling that is none",
       {},
       With(kAll + "sampling: 77"),
       "!field:interview_programme.sampling"},
      {"refuses too many a day",
       {},
       With(kAll + "daily_interviews_max: 51"),
       "!field:interview_programme.daily_interviews_max"},
      {"refuses what is no script",
       {},
       With(kAll + "script: 'x'"),
       "!field:interview_programme.script"},
  });
}

TEST(CreateInterviewProgramme, RefusesASelectionThatIsNone) {
  CheckDecisions<InterviewProgrammeModel, v1::CreateInterviewProgrammeRequest>({
      {"refuses the erased",
       {},
       With(kAll + "selection { statuses: CUSTOMER_STATUS_ERASED }"),
       "!field:interview_programme.selection.statuses"},
      {"refuses a tier twice",
       {},
       With(kAll + "selection { tiers: TIER_TOP tiers: TIER_TOP }"),
       "!field:interview_programme.selection.tiers[1]"},
      {"refuses a kind that is none",
       {},
       With(kAll + "selection { kinds: CUSTOMER_KIND_UNSPECIFIED }"),
       "!field:interview_programme.selection.kinds[0]"},
      {"refuses quiet that is too long",
       {},
       With(kAll + "selection { quiet_months: 121 }"),
       "!field:interview_programme.selection.quiet_months"},
  });
}

TEST(UpdateInterviewProgramme, Rules) {
  const std::string title = With("title: 'Autumn'");
  const std::string renamed = "updated { changed { paths: 'title' } " + title + " }";
  CheckDecisions<InterviewProgrammeModel, v1::UpdateInterviewProgrammeRequest>({
      {"changes a draft",
       {kCreated},
       With("control_share_bps: 3000"),
       "updated { changed { paths: 'control_share_bps' } " + With("control_share_bps: 3000") +
           " }"},
      {"takes a default when it is cleared",
       {kCreated},
       With("") + " update_mask { paths: 'daily_interviews_max' }",
       {}},
      {"is quiet when it is so", {kCreated}, With("control_share_bps: 5000"), {}},
      {"renames a draft", {kCreated}, title, renamed},
      {"renames one that is planned", {kCreated, kBegun}, title, renamed},
      {"keeps the rest of one that is planned",
       {kCreated, kBegun},
       With("control_share_bps: 3000"),
       "!PROGRAMME_CLOSED"},
      {"refuses what is no programme",
       {kCreated},
       With("") + " update_mask { paths: 'title' }",
       "!field:interview_programme.title"},
  });
}

TEST(InterviewProgramme, ItsManagersAreKnown) {
  const engine::Context context = FixedContext<InterviewProgrammeModel>();
  testing::FakeRows rows{kInterviewProgrammes, kStaff};
  rows.Put(kStaff, ParseText<v1::Staff>("name: 'staff/ann'"));
  const auto create = ParseText<v1::CreateInterviewProgrammeRequest>(With(kAll));
  const auto unknown = InterviewProgrammeModel::Gather(create, context, rows);
  CheckDecisions<InterviewProgrammeModel, v1::CreateInterviewProgrammeRequest>(
      {{"refuses bob", {}, With(kAll), "!STAFF_UNKNOWN"}}, context, unknown);
  CheckDecisions<InterviewProgrammeModel, v1::UpdateInterviewProgrammeRequest>(
      {{"refuses one also later",
        {kCreated},
        With("managers { staff: 'eve' quota: 1 }"),
        "!STAFF_UNKNOWN"},
       {"where they change",
        {kCreated},
        With("title: 'Autumn'"),
        "updated { changed { paths: 'title' } " + With("title: 'Autumn'") + " }"}},
      context, unknown);
  const auto update = [&](const std::string& managers) {
    const auto request = ParseText<v1::UpdateInterviewProgrammeRequest>(
        With("name: 'interviewProgrammes/p1' " + managers));
    return testing::WordOf(InterviewProgrammeModel::Gather(request, context, rows).staff, nullptr);
  };
  EXPECT_EQ(update(kManagers), "!STAFF_UNKNOWN");
  auto programme = Given<InterviewProgrammeModel>({kCreated});
  programme.set_name("interviewProgrammes/p1");
  rows.Put(kInterviewProgrammes, programme);
  EXPECT_EQ(update(kManagers), "") << "whoever was named before stays";
  EXPECT_EQ(update("managers { staff: 'eve' quota: 1 }"), "!STAFF_UNKNOWN");
  rows.Put(kStaff, ParseText<v1::Staff>("name: 'staff/bob'"));
  EXPECT_TRUE(InterviewProgrammeModel::Gather(create, context, rows).staff.ok());
}

InterviewProgrammeModel::PlanFacts Expected(int treated) {
  InterviewProgrammeModel::PlanFacts facts;
  facts.managers.push_back(ParseText<v1::ProgrammeManager>(
      "staff: 'ann' quota: 50 candidate_count: 10 treated_count: 5 control_count: 5"));
  facts.managers.push_back(ParseText<v1::ProgrammeManager>("staff: 'bob' quota: 2"));
  if (treated == 0) facts.managers.erase(facts.managers.begin());
  return facts;
}

TEST(PlanInterviews, Rules) {
  const engine::Context context = FixedContext<InterviewProgrammeModel>();
  const std::string seed = "seed: '00112233445566778899aabbccddeeff'";
  CheckDecisions<InterviewProgrammeModel, v1::PlanInterviewsRequest>(
      {
          {"begins the draw", {kCreated}, seed, kBegun},
          {"is quiet when it has begun", {kCreated, kBegun}, "", {}},
          {"is quiet when it was done", {kCreated, kBegun, Drawn(0), kLast}, seed, {}},
          {"refuses another seed",
           {kCreated, kBegun},
           "seed: 'ff112233445566778899aabbccddeeff'",
           "!PROGRAMME_CLOSED"},
          {"refuses one that was cancelled", {kCreated, kCancelled}, "", "!PROGRAMME_CLOSED"},
          {"refuses what is no seed", {kCreated}, "seed: '0011223344556677889G'", "!field:seed"},
          {"refuses a short seed", {kCreated}, "seed: '0011'", "!field:seed"},
      },
      context, Expected(5));
  CheckDecisions<InterviewProgrammeModel, v1::PlanInterviewsRequest>(
      {{"refuses when nobody fits", {kCreated}, "", "!PROGRAMME_EMPTY"}}, context, Expected(0));
}

TEST(PlanInterviews, ASeedThatIsNotGivenIsMadeOfTheRequest) {
  const auto state = Given<InterviewProgrammeModel>({kCreated});
  engine::Context context = FixedContext<InterviewProgrammeModel>();
  const auto seed = [&] {
    const auto event =
        InterviewProgrammeModel::Decide(state, v1::PlanInterviewsRequest(), context, Expected(5));
    return (*event)->draw_begun().seed();
  };
  const std::string first = seed();
  EXPECT_EQ(first.size(), 32u);
  EXPECT_EQ(first, seed());
  context.request_id = "another";
  EXPECT_NE(first, seed());
}

class PlanFactsTest : public ::testing::Test {
 protected:
  PlanFactsTest() {
    auto programme = Given<InterviewProgrammeModel>({kCreated});
    programme.set_name("interviewProgrammes/p1");
    rows_.Put(kInterviewProgrammes, programme);
    rows_.Put(kInterviewScripts,
              ParseText<v1::InterviewScript>("name: 'interviewScripts/standard'"));
    for (const char* id : {"ann", "bob"}) Staff(id, "");
    for (int i = 0; i < 9; ++i) {
      rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c" + std::to_string(i) +
                                                    "' owner: '" + (i < 6 ? "ann" : "bob") +
                                                    "' status: CUSTOMER_STATUS_ACTIVE"));
    }
  }
  void Staff(const std::string& id, const std::string& more) {
    rows_.Put(kStaff, ParseText<v1::Staff>("name: 'staff/" + id + "' " + more));
  }
  InterviewProgrammeModel::PlanFacts Gather() {
    v1::PlanInterviewsRequest plan;
    plan.set_name("interviewProgrammes/p1");
    return InterviewProgrammeModel::Gather(plan, FixedContext<InterviewProgrammeModel>(), rows_);
  }
  std::string Refusal() { return testing::WordOf(Gather().refusal, nullptr); }

  testing::FakeRows rows_{kRedirects,
                          kCustomers,
                          kStaff,
                          kPositions,
                          kContacts,
                          kInterviews,
                          kInterviewScripts,
                          kInterviewProgrammes,
                          kProgrammeMembers,
                          kFollowUpPolicies};
};

TEST_F(PlanFactsTest, SaysWhatToExpectOfEachManager) {
  const auto facts = Gather();
  ASSERT_EQ(facts.managers.size(), 2u);
  EXPECT_THAT(facts.managers[0],
              testing::EqualsProto(
                  "staff: 'ann' quota: 50 candidate_count: 6 treated_count: 3 control_count: 3"));
  EXPECT_THAT(facts.managers[1],
              testing::EqualsProto(
                  "staff: 'bob' quota: 2 candidate_count: 3 treated_count: 1 control_count: 1"));
}

TEST_F(PlanFactsTest, RefusesMoreCustomersThanItCanLookAt) {
  for (int i = 0; i <= kProgrammeCustomersMax; ++i) {
    v1::Customer customer;
    customer.set_name("customers/lost" + std::to_string(i));
    customer.set_owner("ann");
    rows_.Put(kCustomers, customer);
  }
  EXPECT_EQ(Refusal(), "!PROGRAMME_TOO_LARGE");
}

TEST_F(PlanFactsTest, RefusesManagersWhoAreNotThereOrHaveNoTime) {
  Staff("ann", "leave_date { year: 2026 month: 3 day: 2 } status: STAFF_STATUS_LEFT");
  EXPECT_EQ(Refusal(), "!STAFF_LEFT");
  Staff("ann",
        "absences { period { start { year: 2026 month: 3 day: 9 } end { year: 2026 month: 4 "
        "day: 4 } } }");
  EXPECT_EQ(Refusal(), "!PROGRAMME_TOO_TIGHT");
  Staff("ann", "");
  rows_.Delete(kStaff, "staff/bob");
  EXPECT_EQ(Refusal(), "!STAFF_UNKNOWN");
  rows_.Delete(kInterviewScripts, "interviewScripts/standard");
  EXPECT_EQ(Refusal(), "!SCRIPT_UNKNOWN");
}

TEST(DrawBook, Rules) {
  const engine::Context context = FixedContext<InterviewProgrammeModel>();
  const auto drawn = ParseText<v1::InterviewProgrammeEvent>(Drawn(0)).book_drawn();
  CheckDecisions<InterviewProgrammeModel, v1::DrawBookRequest>(
      {
          {"draws the next", {kCreated, kBegun}, "book: 0", Drawn(0)},
          {"is quiet about one that was drawn", {kCreated, kBegun, Drawn(0)}, "book: 0", {}},
          {"is quiet about one whose turn has not come", {kCreated, kBegun}, "book: 1", {}},
          {"is quiet when it was cancelled", {kCreated, kBegun, kCancelled}, "book: 0", {}},
          {"is quiet when all are drawn", {kCreated, kBegun, Drawn(0), kLast}, "book: 2", {}},
          {"is quiet about a draft", {kCreated}, "book: 0", {}},
      },
      context, drawn);
}

TEST(CancelInterviewProgramme, Rules) {
  CheckDecisions<InterviewProgrammeModel, v1::CancelInterviewProgrammeRequest>({
      {"ends a draft", {kCreated}, "reason: 'no money'", kCancelled},
      {"ends one that is being drawn", {kCreated, kBegun}, "reason: 'no money'", kCancelled},
      {"ends one that is planned",
       {kCreated, kBegun, Drawn(0), kLast},
       "reason: 'no money'",
       kCancelled},
      {"is quiet when it has ended", {kCreated, kCancelled}, "reason: 'other'", {}},
  });
}

TEST(InterviewProgramme, CountsWhatWasDrawn) {
  auto programme = Given<InterviewProgrammeModel>({kCreated, kBegun});
  EXPECT_EQ(programme.status(), v1::PROGRAMME_STATUS_PLANNING);
  EXPECT_EQ(programme.treated_count(), 5) << "as expected";
  programme = Given<InterviewProgrammeModel>({kCreated, kBegun, Drawn(0)});
  EXPECT_EQ(programme.treated_count(), 1);
  EXPECT_EQ(programme.control_count(), 1);
  EXPECT_EQ(programme.books_drawn(), 1);
  EXPECT_EQ(programme.managers(0).candidate_count(), 3);
  programme = Given<InterviewProgrammeModel>({kCreated, kBegun, Drawn(0), kLast});
  EXPECT_EQ(programme.status(), v1::PROGRAMME_STATUS_PLANNED);
  EXPECT_EQ(programme.treated_count(), 2);
}

TEST(ProjectProgrammeMembers, ARowForEachWhoTakesPart) {
  testing::FakeRows rows(kProgrammeMembers);
  const auto event = ParseText<v1::InterviewProgrammeEvent>(Drawn(0));
  const v1::InterviewProgramme after;
  const engine::EventMeta meta{
      .time = absl::FromUnixSeconds(1772445600), .name = "interviewProgrammes/p1", .revision = 3};
  ProjectProgrammeMembers({nullptr, after, event, meta}, rows);
  EXPECT_EQ(rows.Size("programme_members"), 2u);
  const auto treated = rows.Get(kProgrammeMembers, "interviewProgrammes/p1/programmeMembers/a");
  ASSERT_TRUE(treated.has_value());
  EXPECT_EQ(
      treated->interview(),
      "customers/a/interviews/" + ProgrammeInterviewId("interviewProgrammes/p1", "customers/a"));
  EXPECT_EQ(treated->staff(), "ann");
  EXPECT_EQ(treated->etag(), "r3");
  const auto control = rows.Get(kProgrammeMembers, "interviewProgrammes/p1/programmeMembers/b");
  EXPECT_EQ(control->group(), v1::PROGRAMME_GROUP_CONTROL);
  EXPECT_EQ(control->interview(), "");
  EXPECT_FALSE(control->has_planned_time());
}

}  // namespace
}  // namespace crm::customer
