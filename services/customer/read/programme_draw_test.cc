#include "services/customer/read/programme_draw.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "libs/base/hash.h"
#include "libs/base/timestamp.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/business_time.h"
#include "services/customer/domain/follow_up_policy.h"
#include "services/customer/domain/interview_programme.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/programme_members.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using absl::CivilDay;
using ::testing::ElementsAre;
using testing::FixedContext;
using ::testing::IsEmpty;
using testing::ParseText;

constexpr char kSeed[] = "00112233445566778899aabbccddeeff";

std::vector<Candidate> Book(int size, v1::Tier tier = v1::TIER_MEDIUM) {
  std::vector<Candidate> book;
  for (int i = 0; i < size; ++i) book.push_back({"customers/c" + std::to_string(i), tier});
  return book;
}
std::vector<std::string> NamesIn(const std::vector<Candidate>& candidates) {
  std::vector<std::string> names;
  for (const Candidate& candidate : candidates) names.push_back(candidate.customer);
  return names;
}

class ProgrammeDraw : public ::testing::Test {
 protected:
  ProgrammeDraw() {
    rows_.Put(kStaff, ParseText<v1::Staff>("name: 'staff/ann' status: STAFF_STATUS_ACTIVE"));
  }
  // Twenty working days of March 2026, from the ninth.
  static v1::InterviewProgramme Programme(const std::string& more = "") {
    return ParseText<v1::InterviewProgramme>(
        "name: 'interviewProgrammes/p1' status: PROGRAMME_STATUS_PLANNING seed: "
        "'00112233445566778899aabbccddeeff' period { start { year: 2026 month: 3 day: 9 } end { "
        "year: 2026 month: 4 day: 4 } } managers { staff: 'ann' quota: 50 } control_share_bps: "
        "5000 sampling: PROGRAMME_SAMPLING_RANDOM daily_interviews_max: 4 script: "
        "'interviewScripts/standard' " +
        more);
  }
  // Of ann and ACTIVE, unless it is said otherwise.
  void Customer(const std::string& id, const std::string& more = "") {
    auto customer = ParseText<v1::Customer>("name: 'customers/" + id + "' " + more);
    if (customer.owner().empty()) customer.set_owner("ann");
    if (customer.status() == v1::CUSTOMER_STATUS_UNSPECIFIED)
      customer.set_status(v1::CUSTOMER_STATUS_ACTIVE);
    rows_.Put(kCustomers, customer);
  }
  void Customers(int count) {
    for (int i = 0; i < count; ++i) Customer("c" + std::to_string(i), "tier: TIER_TOP");
  }
  std::vector<std::string> Candidates(const std::string& selection) {
    return NamesIn(
        CandidatesOf(Programme("selection { " + selection + " }"), "ann", context_, rows_));
  }
  v1::ProgrammeBookDrawn Draw(const v1::InterviewProgramme& programme) {
    return DrawBook(programme, 0, context_, rows_);
  }
  // How many interviews are on each day.
  static std::map<CivilDay, int> DaysOf(const v1::ProgrammeBookDrawn& drawn) {
    std::map<CivilDay, int> days;
    for (const auto& customer : drawn.customers()) {
      if (customer.has_planned_time())
        ++days[absl::ToCivilDay(base::TimeOf(customer.planned_time()), absl::UTCTimeZone())];
    }
    return days;
  }

  engine::Context context_ = FixedContext<InterviewProgrammeModel>();
  testing::FakeRows rows_{kRedirects,           kCustomers,        kStaff,
                          kPositions,           kContacts,         kInterviews,
                          kInterviewProgrammes, kProgrammeMembers, kFollowUpPolicies};
};

TEST_F(ProgrammeDraw, NobodyWhoWasMergedAway) {
  Customer("c1", "merged_into: 'customers/c2'");
  Customer("c2");
  EXPECT_THAT(Candidates(""), ElementsAre("customers/c2"));
}

TEST_F(ProgrammeDraw, NobodyWhoWasAskedAsOneWhoWasMergedIn) {
  const std::string quiet = "quiet_months: 3";
  Customer("c1");
  rows_.Put(kRedirects,
            ParseText<v1::Redirect>("customer: 'customers/old' survivor: 'customers/c1'"));
  EXPECT_THAT(Candidates(quiet), ElementsAre("customers/c1"));
  const auto member = [&](const std::string& programme) {
    rows_.Put(kProgrammeMembers,
              ParseText<v1::ProgrammeMember>("name: 'interviewProgrammes/" + programme +
                                             "/programmeMembers/old' customer: 'customers/old'"));
    const auto found = Candidates(quiet);
    rows_.Delete(kProgrammeMembers, "interviewProgrammes/" + programme + "/programmeMembers/old");
    return found;
  };
  EXPECT_THAT(member("p1"), IsEmpty());
  rows_.Put(kInterviewProgrammes,
            ParseText<v1::InterviewProgramme>(
                "name: 'interviewProgrammes/p2' status: PROGRAMME_STATUS_PLANNED period { start { "
                "year: 2026 month: 3 day: 1 } end { year: 2026 month: 3 day: 20 } }"));
  EXPECT_THAT(member("p2"), IsEmpty());
  // On the first of March 2026.
  rows_.Put(kInterviews, ParseText<v1::Interview>("name: 'customers/old/interviews/i' held_time { "
                                                  "seconds: 1772323200 }"));
  EXPECT_THAT(Candidates(quiet), IsEmpty());
  EXPECT_THAT(Candidates(""), ElementsAre("customers/c1"));
}

TEST_F(ProgrammeDraw, ADayHasRoomForItsHoursOnly) {
  auto programme = Programme("");
  programme.set_daily_interviews_max(50);
  v1::FollowUpPolicy policy = DefaultFollowUpPolicy();
  policy.set_interview_minutes(120);
  const auto days = FreeDaysOf(programme, "ann", policy, context_, rows_);
  ASSERT_FALSE(days.empty());
  const auto hours = *BusinessTime(policy, context_.zone).HoursOf(days[0].day);
  EXPECT_EQ(days[0].free, (hours.end - hours.start) / 120);
  EXPECT_LT(days[0].free, 50);
}

TEST(ControlCount, IsTheShareWithAHalfRoundedDown) {
  EXPECT_EQ(ControlCount(50, 5'000), 25);
  EXPECT_EQ(ControlCount(51, 5'000), 25);
  EXPECT_EQ(ControlCount(1, 5'000), 0);
  EXPECT_EQ(ControlCount(10, 2'600), 3);
  EXPECT_EQ(ControlCount(10, 0), 0);
  EXPECT_EQ(ControlCount(1'000, 9'000), 900);
}

TEST(ControlCount, LeavesNoGroupEmptyThatCouldBeFilled) {
  EXPECT_EQ(ControlCount(3, 9'000), 2);
  EXPECT_EQ(ControlCount(1, 9'000), 0);
  EXPECT_EQ(ControlCount(2, 1), 1);
  EXPECT_EQ(ControlCount(4, 1'000), 1);
  EXPECT_EQ(ControlCount(0, 5'000), 0);
  v1::InterviewProgramme programme;
  programme.set_control_share_bps(9'000);
  const Groups groups = DrawGroups(programme, 3, kSeed, Book(3));
  EXPECT_EQ(groups.treated.size(), 1u);
  EXPECT_EQ(groups.control.size(), 2u);
}

TEST(DrawGroups, TheSeedSaysItAllAndAnotherSeedSaysOtherwise) {
  v1::InterviewProgramme programme;
  programme.set_control_share_bps(5'000);
  const Groups one = DrawGroups(programme, 50, kSeed, Book(100));
  std::vector<Candidate> turned = Book(100);
  std::reverse(turned.begin(), turned.end());
  const Groups same = DrawGroups(programme, 50, kSeed, turned);
  EXPECT_EQ(NamesIn(one.treated), NamesIn(same.treated)) << "whatever order they come in";
  EXPECT_EQ(NamesIn(one.control), NamesIn(same.control));
  const Groups other = DrawGroups(programme, 50, "ff112233445566778899aabbccddeeff", Book(100));
  EXPECT_NE(NamesIn(one.treated), NamesIn(other.treated));
  EXPECT_EQ(one.treated.size(), 25u);
  EXPECT_EQ(one.control.size(), 25u);
  std::set<std::string> all;
  for (const auto& group : {one.treated, one.control}) {
    for (const std::string& name : NamesIn(group)) all.insert(name);
  }
  EXPECT_EQ(all.size(), 50u) << "nobody twice";
}

// Anybody can draw again: the control group are those with the lowest SHA-256 of seed, "group",
// name.
TEST(DrawGroups, CanBeDrawnAgainBySomebodyElse) {
  v1::InterviewProgramme programme;
  programme.set_control_share_bps(4'000);
  const Groups groups = DrawGroups(programme, 10, kSeed, Book(10));
  std::map<std::string, std::string> by_hash;
  for (const std::string& name : NamesIn(Book(10)))
    by_hash[base::Sha256({kSeed, "group", name})] = name;
  std::vector<std::string> order;
  for (const auto& [hash, name] : by_hash) order.push_back(name);
  EXPECT_EQ(NamesIn(groups.control), std::vector<std::string>(order.begin(), order.begin() + 4));
  EXPECT_EQ(NamesIn(groups.treated), std::vector<std::string>(order.begin() + 4, order.end()));
}

// Over many seeds everybody is control about as often: within five standard deviations.
TEST(DrawGroups, IsFair) {
  v1::InterviewProgramme programme;
  programme.set_control_share_bps(5'000);
  std::map<std::string, int> control;
  constexpr int kDraws = 2'000;
  for (int i = 0; i < kDraws; ++i) {
    const std::string seed = base::Sha256Hex(std::to_string(i));
    for (const std::string& name : NamesIn(DrawGroups(programme, 20, seed, Book(40)).control))
      ++control[name];
  }
  EXPECT_EQ(control.size(), 40u);
  const double expected = kDraws / 4.0;  // Half of them take part, half of those are control.
  for (const auto& [name, count] : control)
    EXPECT_NEAR(count, expected, 5 * std::sqrt(expected * 0.75)) << name;
}

TEST(DrawGroups, TheMostValuableComeFirstWhenThatIsWanted) {
  v1::InterviewProgramme programme;
  programme.set_sampling(v1::PROGRAMME_SAMPLING_MOST_VALUABLE);
  std::vector<Candidate> book = Book(20, v1::TIER_UNSPECIFIED);
  book[7].tier = v1::TIER_TOP;
  book[3].tier = v1::TIER_SMALL;
  const Groups groups = DrawGroups(programme, 2, kSeed, book);
  std::vector<std::string> names = NamesIn(groups.treated);
  std::sort(names.begin(), names.end());
  EXPECT_THAT(names, ElementsAre("customers/c3", "customers/c7"));
}

TEST_F(ProgrammeDraw, TakesWhomTheSelectionSays) {
  Customer("active", "tier: TIER_TOP kind: CUSTOMER_KIND_COMPANY region: 'north' tags: 'x'");
  Customer("prospect", "status: CUSTOMER_STATUS_PROSPECT industry: 'steel'");
  Customer("suspect", "status: CUSTOMER_STATUS_SUSPECT");
  Customer("lost", "status: CUSTOMER_STATUS_LOST");
  Customer("erased", "status: CUSTOMER_STATUS_ERASED");
  Customer("others", "owner: 'bob'");
  EXPECT_THAT(Candidates(""), ElementsAre("customers/active", "customers/prospect"));
  EXPECT_THAT(Candidates("statuses: CUSTOMER_STATUS_LOST"), ElementsAre("customers/lost"));
  EXPECT_THAT(Candidates("tiers: TIER_UNSPECIFIED"), ElementsAre("customers/prospect"));
  EXPECT_THAT(Candidates("kinds: CUSTOMER_KIND_COMPANY"), ElementsAre("customers/active"));
  EXPECT_THAT(Candidates("regions: 'south' regions: 'north'"), ElementsAre("customers/active"));
  EXPECT_THAT(Candidates("industries: 'steel'"), ElementsAre("customers/prospect"));
  EXPECT_THAT(Candidates("tags: 'x'"), ElementsAre("customers/active"));
  EXPECT_THAT(Candidates("tags: 'x' industries: 'steel'"), IsEmpty());
}

TEST_F(ProgrammeDraw, LeavesThoseInPeaceWhoWereAskedLately) {
  Customer("c1");
  rows_.Put(kInterviews,
            ParseText<v1::Interview>("name: 'customers/c1/interviews/i' held_time { seconds: "
                                     "1767225600 }"));  // 2026-01-01.
  EXPECT_THAT(Candidates("quiet_months: 2"), ElementsAre("customers/c1"));
  EXPECT_THAT(Candidates("quiet_months: 3"), IsEmpty());
  EXPECT_THAT(Candidates(""), ElementsAre("customers/c1"));
}

TEST_F(ProgrammeDraw, TakesNobodyWhoIsInAnotherProgrammeAtTheSameTime) {
  Customer("c1");
  auto other = Programme("");
  other.set_name("interviewProgrammes/p2");
  rows_.Put(kInterviewProgrammes, other);
  rows_.Put(kProgrammeMembers, ParseText<v1::ProgrammeMember>(
                                   "name: 'interviewProgrammes/p2/programmeMembers/c1' customer: "
                                   "'customers/c1' group: PROGRAMME_GROUP_CONTROL"));
  EXPECT_THAT(Candidates(""), IsEmpty());
  EXPECT_TRUE(IsControl("customers/c1", CivilDay(2026, 4, 3), rows_));
  EXPECT_FALSE(IsControl("customers/c1", CivilDay(2026, 4, 4), rows_)) << "it is over";
  EXPECT_FALSE(IsControl("customers/c2", CivilDay(2026, 3, 9), rows_));
  other.mutable_period()->mutable_start()->set_month(2);
  other.mutable_period()->mutable_end()->set_month(3);
  rows_.Put(kInterviewProgrammes, other);
  EXPECT_THAT(Candidates(""), ElementsAre("customers/c1")) << "one ends as the other begins";
  other = Programme("");
  other.set_name("interviewProgrammes/p2");
  other.set_status(v1::PROGRAMME_STATUS_CANCELLED);
  rows_.Put(kInterviewProgrammes, other);
  EXPECT_THAT(Candidates(""), ElementsAre("customers/c1"));
  EXPECT_FALSE(IsControl("customers/c1", CivilDay(2026, 3, 9), rows_));
}

TEST_F(ProgrammeDraw, SpreadsTheLoadOverTheWorkingDays) {
  Customers(50);
  auto programme = Programme();
  programme.set_control_share_bps(2'000);
  const v1::ProgrammeBookDrawn drawn = Draw(programme);
  EXPECT_EQ(drawn.customers_size(), 50);
  EXPECT_TRUE(drawn.last());
  const auto days = DaysOf(drawn);
  EXPECT_EQ(days.size(), 20u) << "40 interviews on 20 days";
  for (const auto& [day, count] : days) {
    EXPECT_EQ(count, 2) << day;
    EXPECT_NE(absl::GetWeekday(day), absl::Weekday::saturday);
    EXPECT_NE(absl::GetWeekday(day), absl::Weekday::sunday);
  }
  for (const auto& customer : drawn.customers()) {
    EXPECT_EQ(customer.group() == v1::PROGRAMME_GROUP_TREATED, customer.has_planned_time());
    if (!customer.has_planned_time()) continue;
    const auto at = absl::ToCivilHour(base::TimeOf(customer.planned_time()), absl::UTCTimeZone());
    EXPECT_GE(at.hour(), 9);
    EXPECT_LT(at.hour(), 18);
  }
}

TEST_F(ProgrammeDraw, NotOnAbsencesNotBehindTheLastDayNotBeyondWhatIsPlanned) {
  Customers(10);
  auto programme = Programme();
  programme.set_control_share_bps(0);
  rows_.Put(kStaff,
            ParseText<v1::Staff>(
                "name: 'staff/ann' absences { period { start { year: 2026 month: 3 day: 10 } end { "
                "year: 2026 month: 3 day: 14 } } } leave_date { year: 2026 month: 3 day: 18 }"));
  // The 9th and the 16th to the 18th are left; the 16th is full.
  for (const char* id : {"1", "2", "3", "4"}) {
    rows_.Put(kInterviews,
              ParseText<v1::Interview>("name: 'customers/x/interviews/" + std::string(id) +
                                       "' staff: 'ann' status: INTERVIEW_STATUS_PLANNED "
                                       "planned_time { seconds: 1773655200 }"));  // 16th, 10:00.
  }
  const auto days = DaysOf(Draw(programme));
  EXPECT_THAT(days,
              ElementsAre(std::pair(CivilDay(2026, 3, 9), 2), std::pair(CivilDay(2026, 3, 17), 4),
                          std::pair(CivilDay(2026, 3, 18), 4)));
}

TEST_F(ProgrammeDraw, BeginsBehindToday) {
  Customers(2);
  auto programme = Programme();
  programme.set_control_share_bps(0);
  context_.business_date = CivilDay(2026, 4, 1);
  EXPECT_THAT(DaysOf(Draw(programme)),
              ElementsAre(std::pair(CivilDay(2026, 4, 2), 1), std::pair(CivilDay(2026, 4, 3), 1)));
  context_.business_date = CivilDay(2026, 4, 3);
  const auto drawn = Draw(programme);
  EXPECT_EQ(drawn.customers_size(), 2) << "the groups stand";
  EXPECT_THAT(DaysOf(drawn), IsEmpty()) << "without a day to ask them";
}

TEST_F(ProgrammeDraw, HonoursHowTheContactLikesToBeAsked) {
  const auto policy = DefaultFollowUpPolicy();
  const auto wish = [&](v1::Tier tier) {
    return *WishOf({"customers/c1", tier}, policy, context_, rows_);
  };
  EXPECT_EQ(wish(v1::TIER_TOP).form, v1::INTERVIEW_FORM_FACE_TO_FACE);
  EXPECT_EQ(wish(v1::TIER_MEDIUM).form, v1::INTERVIEW_FORM_PHONE);
  EXPECT_EQ(wish(v1::TIER_SMALL).form, v1::INTERVIEW_FORM_EMAIL) << "the small in writing";
  EXPECT_EQ(wish(v1::TIER_TOP).contact, "");

  const auto contact = [&](const std::string& fields) {
    rows_.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/k1' " + fields));
  };
  rows_.Put(kPositions,
            ParseText<v1::Position>("name: 'customers/c1/positions/old' contact: 'contacts/a' "
                                    "end_date { year: 2026 month: 3 day: 1 }"));
  rows_.Put(kPositions,
            ParseText<v1::Position>("name: 'customers/c1/positions/b' contact: 'contacts/b'"));
  rows_.Put(kPositions, ParseText<v1::Position>("name: 'customers/c1/positions/k' contact: "
                                                "'contacts/k1' primary: true"));
  contact(
      "preferred_channel: CHANNEL_WECHAT preferred_hours { start_minute: 840 end_minute: 960 "
      "}");
  EXPECT_EQ(wish(v1::TIER_TOP).contact, "contacts/k1");
  EXPECT_EQ(wish(v1::TIER_TOP).form, v1::INTERVIEW_FORM_WEB);
  EXPECT_EQ(wish(v1::TIER_TOP).start_minute, 840);
  contact(
      "preferred_channel: CHANNEL_PHONE do_not_call: true personal { phones { number: "
      "'+8613800000000' } }");
  EXPECT_EQ(wish(v1::TIER_TOP).form, v1::INTERVIEW_FORM_FACE_TO_FACE) << "not to be called";
  EXPECT_EQ(wish(v1::TIER_MEDIUM).form, v1::INTERVIEW_FORM_LETTER) << "nor has it an e-mail";
  contact("preferred_channel: CHANNEL_PHONE personal { phones { number: '+8613800000000' } }");
  EXPECT_EQ(wish(v1::TIER_TOP).form, v1::INTERVIEW_FORM_PHONE);
  contact("personal { emails { address: 'a@b.example' opted_out: true } }");
  EXPECT_EQ(wish(v1::TIER_SMALL).form, v1::INTERVIEW_FORM_LETTER);
  contact("personal { emails { address: 'a@b.example' } }");
  EXPECT_EQ(wish(v1::TIER_SMALL).form, v1::INTERVIEW_FORM_EMAIL);
  EXPECT_EQ(wish(v1::TIER_MEDIUM).form, v1::INTERVIEW_FORM_EMAIL) << "no telephone";
}

TEST_F(ProgrammeDraw, NotInAChannelThatTheCustomerOptedOutOf) {
  const auto said = [](const std::string& channel, const std::string& state) {
    return " consents { channel: CHANNEL_" + channel + " state: CONSENT_STATE_" + state +
           " effect_time { seconds: 5 } record_time { seconds: 6 } }";
  };
  const std::string out = "OPTED_OUT";
  const auto form = [&](v1::Tier tier, const std::string& consents) {
    Customer("c1", consents);
    const auto wish = WishOf({"customers/c1", tier}, DefaultFollowUpPolicy(), context_, rows_);
    return wish.has_value() ? wish->form : v1::INTERVIEW_FORM_UNSPECIFIED;
  };
  EXPECT_EQ(form(v1::TIER_MEDIUM, said("PHONE", "OPTED_IN")), v1::INTERVIEW_FORM_PHONE);
  EXPECT_EQ(form(v1::TIER_MEDIUM, said("PHONE", out)), v1::INTERVIEW_FORM_EMAIL);
  EXPECT_EQ(form(v1::TIER_TOP, said("VISIT", out)), v1::INTERVIEW_FORM_EMAIL);
  EXPECT_EQ(form(v1::TIER_SMALL, said("EMAIL", out)), v1::INTERVIEW_FORM_LETTER);
  const std::string no_writing = said("LETTER", out) + said("EMAIL", out);
  EXPECT_EQ(form(v1::TIER_SMALL, no_writing), v1::INTERVIEW_FORM_UNSPECIFIED);
  EXPECT_EQ(form(v1::TIER_TOP, no_writing), v1::INTERVIEW_FORM_FACE_TO_FACE);

  rows_.Put(kPositions,
            ParseText<v1::Position>("name: 'customers/c1/positions/k' contact: 'contacts/k1'"));
  rows_.Put(kContacts, ParseText<v1::Contact>(
                           "name: 'contacts/k1' preferred_channel: CHANNEL_PHONE personal { phones "
                           "{ number: '+8613800000000' } emails { address: 'a@b.example' } }"));
  EXPECT_EQ(form(v1::TIER_TOP, ""), v1::INTERVIEW_FORM_PHONE);
  EXPECT_EQ(form(v1::TIER_TOP, said("PHONE", out)), v1::INTERVIEW_FORM_FACE_TO_FACE);
  EXPECT_EQ(form(v1::TIER_SMALL, said("PHONE", out)), v1::INTERVIEW_FORM_EMAIL);
  EXPECT_EQ(form(v1::TIER_SMALL, said("PHONE", out) + no_writing), v1::INTERVIEW_FORM_UNSPECIFIED);
}

TEST_F(ProgrammeDraw, WhoCanBeAskedInNoFormIsNotDrawn) {
  std::string nothing;
  for (const char* channel : {"PHONE", "VISIT", "LETTER", "EMAIL"}) {
    nothing += std::string(" consents { channel: CHANNEL_") + channel +
               " state: CONSENT_STATE_OPTED_OUT effect_time { seconds: 5 } }";
  }
  Customer("c1", nothing);
  Customer("c2");
  EXPECT_THAT(Candidates(""), ElementsAre("customers/c2"));
  const v1::ProgrammeBookDrawn drawn = Draw(Programme());
  EXPECT_EQ(drawn.candidate_count(), 1);
  ASSERT_EQ(drawn.customers_size(), 1);
  EXPECT_EQ(drawn.customers(0).customer(), "customers/c2");
}

TEST_F(ProgrammeDraw, InterviewsOfADayDoNotOverlapAndKeepToTheHours) {
  auto programme = Programme();
  programme.set_control_share_bps(0);
  context_.business_date = CivilDay(2026, 4, 2);  // One day is left.
  for (const char* id : {"c1", "c2", "c3"}) {
    Customer(id, "tier: TIER_TOP");
    rows_.Put(kPositions, ParseText<v1::Position>("name: 'customers/" + std::string(id) +
                                                  "/positions/p' contact: 'contacts/k1'"));
  }
  rows_.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/k1' preferred_hours { start_minute: "
                                              "840 end_minute: 960 }"));
  std::vector<int> hours;
  const v1::ProgrammeBookDrawn drawn = Draw(programme);
  for (const auto& customer : drawn.customers()) {
    EXPECT_EQ(customer.contact(), "contacts/k1");
    hours.push_back(
        absl::ToCivilHour(base::TimeOf(customer.planned_time()), absl::UTCTimeZone()).hour());
  }
  std::sort(hours.begin(), hours.end());
  EXPECT_THAT(hours, ElementsAre(9, 14, 15)) << "two in the hours they like, one beside";
}

}  // namespace
}  // namespace crm::customer
