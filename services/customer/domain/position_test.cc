#include "services/customer/domain/position.h"

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::StatusIs;
using testing::WordOf;
using Facts = PositionModel::Facts;

const std::string kOf = "customers/customer-1/positions/";

// The business date is 2026-03-02; the rules are tried on position-1.
Facts Company(const std::vector<std::string>& more = {}) {
  std::vector<std::string> positions = {
      "name: '" + kOf + "boss'", "name: '" + kOf + "left' end_date { year: 2026 month: 3 day: 1 }",
      "name: '" + kOf + "leaving' end_date { year: 2026 month: 3 day: 2 }",
      "name: '" + kOf + "under' reports_to: '" + kOf + "position-1'",
      "name: '" + kOf + "below' reports_to: '" + kOf + "under'"};
  positions.insert(positions.end(), more.begin(), more.end());
  Facts facts{.customer_status = v1::CUSTOMER_STATUS_PROSPECT, .contact_shown = true};
  for (const std::string& position : positions)
    facts.positions.push_back(ParseText<v1::Position>(position));
  return facts;
}

std::string Day(const std::string& field, int month, int day, int year = 2026) {
  return " " + field + "_date { year: " + std::to_string(year) +
         " month: " + std::to_string(month) + " day: " + std::to_string(day) + " } ";
}
std::string Reports(const std::string& id) { return " reports_to: '" + kOf + id + "' "; }

const std::string kMade =
    "created { position { contact: 'contacts/li' title: 'Head'" + Reports("boss") + "} }";
const std::string kEnded = "ended {" + Day("end", 2, 27) + "end_reason: POSITION_END_REASON_LEFT }";
const std::string kEnding = "ended {" + Day("end", 4, 30) + "}";

std::string Create(const std::string& fields) {
  return "parent: 'customers/customer-1' position { contact: 'contacts/li' " + fields + " }";
}
std::string Created(const std::string& fields) {
  return "created { position { contact: 'contacts/li' " + fields + " } }";
}

TEST(CreatePosition, OnlyAServiceNamesContactsThatAreNotShownYet) {
  testing::FakeRows rows(kCustomers, kContacts, kPositions);
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/customer-1'"));
  const auto create = ParseText<v1::CreatePositionRequest>(Create(""));
  engine::Context context = FixedContext<PositionModel>();
  const auto decide = [&] {
    return WordOf(
        PositionModel::Decide({}, create, context, PositionModel::Gather(create, context, rows)));
  };
  EXPECT_EQ(decide(), "!CONTACT_UNKNOWN");
  context.actor = "service:customer";
  EXPECT_EQ(decide(), "created");
  context.actor = "user:ann";
  rows.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/li'"));
  EXPECT_EQ(decide(), "created");
}

TEST(CreatePosition, Rules) {
  CheckDecisions<PositionModel, v1::CreatePositionRequest>(
      {
          {"records what somebody is",
           {},
           Create("role: POSITION_ROLE_DECIDER title: 'Head' primary: true" + Reports("boss")),
           Created("role: POSITION_ROLE_DECIDER title: 'Head' primary: true" + Reports("boss"))},
          {"records what somebody was, under one who has left too",
           {},
           Create(Day("start", 1, 1, 2020) + Day("end", 1, 1) + Reports("left")),
           Created(Day("start", 1, 1, 2020) + Day("end", 1, 1) + Reports("left"))},
          {"takes a superior on the last day",
           {},
           Create(Reports("leaving")),
           Created(Reports("leaving"))},
          {"takes a single day",
           {},
           Create(Day("start", 1, 1) + Day("end", 1, 1)),
           Created(Day("start", 1, 1) + Day("end", 1, 1))},
          {"needs a contact", {}, "position {}", "!field:position.contact"},
          {"needs a contact's name",
           {},
           "position { contact: 'customers/li' }",
           "!field:position.contact"},
          {"refuses an unknown role", {}, Create("role: 99"), "!field:position.role"},
          {"refuses a first day that is none",
           {},
           Create(Day("start", 2, 29)),
           "!field:position.start_date"},
          {"refuses a last day that is none",
           {},
           Create(Day("end", 2, 29)),
           "!field:position.end_date"},
          {"refuses an end before the start",
           {},
           Create(Day("start", 2, 2) + Day("end", 2, 1)),
           "!field:position.end_date"},
          {"refuses a superior elsewhere",
           {},
           Create("reports_to: 'customers/customer-2/positions/boss'"),
           "!field:position.reports_to"},
          {"refuses a superior that is no position",
           {},
           Create("reports_to: 'customers/customer-1/positions/a/b'"),
           "!field:position.reports_to"},
          {"refuses a superior that is not there",
           {},
           Create(Reports("nobody")),
           "!SUPERIOR_UNKNOWN"},
          {"refuses itself", {}, Create(Reports("position-1")), "!REPORTING_CYCLE"},
          {"refuses a superior that has ended", {}, Create(Reports("left")), "!SUPERIOR_ENDED"},
      },
      FixedContext<PositionModel>(), Company());
}

TEST(CreatePosition, LooksAtCustomerContactAndNumber) {
  const auto decide = [](const Facts& facts) {
    return PositionModel::Decide(v1::Position(), ParseText<v1::CreatePositionRequest>(Create("")),
                                 FixedContext<PositionModel>(), facts);
  };
  Facts facts = Company();
  EXPECT_EQ(WordOf(decide(facts)), "created");
  facts.contact_shown = false;
  EXPECT_EQ(WordOf(decide(facts)), "!CONTACT_UNKNOWN");
  facts.customer_status = v1::CUSTOMER_STATUS_ERASED;
  EXPECT_EQ(WordOf(decide(facts)), "!CUSTOMER_ERASED");
  facts.customer_status = std::nullopt;
  EXPECT_THAT(decide(facts), StatusIs(absl::StatusCode::kNotFound));
  facts = Company();
  facts.positions.resize(kPositionsMax - 1);
  EXPECT_EQ(WordOf(decide(facts)), "created");
  facts.positions.resize(kPositionsMax);
  EXPECT_EQ(WordOf(decide(facts)), "!TOO_MANY_POSITIONS");
}

TEST(CreatePosition, OnePrimaryOnADay) {
  const Facts facts =
      Company({"name: '" + kOf + "first' primary: true" + Day("start", 1, 10) + Day("end", 1, 20)});
  const auto with = [](const std::string& days) { return "primary: true" + days; };
  const std::string taken = "!PRIMARY_POSITION_TAKEN";
  CheckDecisions<PositionModel, v1::CreatePositionRequest>(
      {
          {"takes one from the day after",
           {},
           Create(with(Day("start", 1, 21))),
           Created(with(Day("start", 1, 21)))},
          {"takes one until the day before",
           {},
           Create(with(Day("end", 1, 9))),
           Created(with(Day("end", 1, 9)))},
          {"refuses the last day", {}, Create(with(Day("start", 1, 20))), taken},
          {"refuses the first day", {}, Create(with(Day("end", 1, 10))), taken},
          {"refuses a day between",
           {},
           Create(with(Day("start", 1, 12) + Day("end", 1, 13))),
           taken},
          {"refuses always", {}, Create(with("")), taken},
          {"takes any day of one that is not primary", {}, Create(""), Created("")},
      },
      FixedContext<PositionModel>(), facts);
}

TEST(UpdatePosition, Rules) {
  CheckDecisions<PositionModel, v1::UpdatePositionRequest>(
      {
          {"changes what differs",
           {kMade},
           "position { title: 'Chief' department: 'IT' }",
           "updated { changed { paths: 'title' paths: 'department' } "
           "position { title: 'Chief' department: 'IT' } }"},
          {"is quiet when it is so already",
           {kMade},
           "position { title: 'Head'" + Reports("boss") + "}",
           ""},
          {"corrects an end",
           {kMade, kEnded},
           "position {" + Day("end", 2, 20) + "}",
           "updated { changed { paths: 'end_date' } position {" + Day("end", 2, 20) + "} }"},
          {"takes an end back",
           {kMade, kEnded},
           "position {} update_mask { paths: 'end_date' }",
           "updated { changed { paths: 'end_date' } position {} }"},
          {"refuses an end where there is none",
           {kMade},
           "position {" + Day("end", 2, 20) + "}",
           "!POSITION_OPEN"},
          {"refuses another superior",
           {kMade},
           "position {" + Reports("leaving") + "}",
           "!field:position.reports_to"},
          {"refuses to clear the superior",
           {kMade},
           "position {} update_mask { paths: 'reports_to' }",
           "!field:position.reports_to"},
          {"refuses another contact",
           {kMade},
           "position { contact: 'contacts/wu' }",
           "!field:contact"},
          {"refuses a start after the end",
           {kMade, kEnded},
           "position {" + Day("start", 2, 28) + "}",
           "!field:position.end_date"},
          {"refuses a second primary one",
           {kMade},
           "position { primary: true }",
           "!PRIMARY_POSITION_TAKEN"},
          {"takes a primary one of another time",
           {kMade, kEnded},
           "position { primary: true }",
           "updated { changed { paths: 'primary' } position { primary: true } }"},
          {"refuses to take an end back that made room",
           {kMade, kEnded,
            "updated { changed { "
            "paths: 'primary' } position { primary: true } }"},
           "position {} update_mask { paths: 'end_date' }",
           "!PRIMARY_POSITION_TAKEN"},
      },
      FixedContext<PositionModel>(),
      Company({"name: '" + kOf + "first' primary: true" + Day("start", 3, 1)}));
}

TEST(UpdatePosition, TakingAnEndBackForgetsWhy) {
  const v1::Position position = Given<PositionModel>(
      {kMade, kEnded, "updated { changed { paths: 'end_date' } position {} }"});
  EXPECT_FALSE(position.has_end_date());
  EXPECT_EQ(position.end_reason(), v1::POSITION_END_REASON_UNSPECIFIED);
  EXPECT_EQ(position.title(), "Head");
}

TEST(SetReportsTo, Rules) {
  const auto changed = [](const std::string& superior) {
    const std::string now = superior.empty() ? "" : " superior: '" + kOf + superior + "'";
    return "superior_changed { former_superior: '" + kOf + "boss'" + now + " superior_terms {" +
           Day("start", 3, 2) + now + "} }";
  };
  CheckDecisions<PositionModel, v1::SetReportsToRequest>(
      {
          {"changes the superior", {kMade}, Reports("leaving"), changed("leaving")},
          {"goes to the top", {kMade}, "", changed("")},
          {"is quiet when it is so already", {kMade}, Reports("boss"), ""},
          {"refuses a superior elsewhere",
           {kMade},
           "reports_to: 'customers/customer-2/positions/boss'",
           "!field:reports_to"},
          {"refuses what is no position",
           {kMade},
           "reports_to: 'customers/customer-1'",
           "!field:reports_to"},
          {"refuses a superior that is not there", {kMade}, Reports("nobody"), "!SUPERIOR_UNKNOWN"},
          {"refuses a superior that has ended", {kMade}, Reports("left"), "!SUPERIOR_ENDED"},
          {"refuses itself", {kMade}, Reports("position-1"), "!REPORTING_CYCLE"},
          {"refuses who reports to it", {kMade}, Reports("under"), "!REPORTING_CYCLE"},
          {"refuses who reports to who reports to it",
           {kMade},
           Reports("below"),
           "!REPORTING_CYCLE"},
          {"refuses for one that has ended",
           {kMade, kEnded},
           Reports("leaving"),
           "!POSITION_ENDED"},
      },
      FixedContext<PositionModel>(), Company());
}

std::string Since(int month, int day, const std::string& superior) {
  return " superior_terms {" + Day("start", month, day) +
         (superior.empty() ? "" : "superior: '" + kOf + superior + "' ") + "}";
}

TEST(SetReportsTo, HoldsFromADayUntilTheNext) {
  const std::string made =
      "created { position { contact: 'contacts/li'" + Day("start", 1, 1) + Reports("boss") + "} }";
  const std::string boss = "former_superior: '" + kOf + "boss' ";
  const std::string leaving = "superior: '" + kOf + "leaving' ";
  const std::string since_february =
      "superior_changed { " + boss + leaving + Since(1, 1, "boss") + Since(2, 1, "leaving") + " }";
  CheckDecisions<PositionModel, v1::SetReportsToRequest>(
      {
          {"keeps who it was before",
           {made},
           Reports("leaving") + Day("effective", 2, 1),
           since_february},
          {"changes a time that has passed",
           {made, since_february},
           Reports("peer") + Day("effective", 1, 10),
           "superior_changed { former_superior: '" + kOf + "leaving' " + leaving +
               Since(1, 1, "boss") + Since(1, 10, "peer") + Since(2, 1, "leaving") + " }"},
          {"replaces what was said of the day",
           {made, since_february},
           Day("effective", 2, 1),
           "superior_changed { former_superior: '" + kOf + "leaving' " + Since(1, 1, "boss") +
               Since(2, 1, "") + " }"},
          {"replaces what held from the beginning",
           {made},
           Reports("leaving") + Day("effective", 1, 1),
           "superior_changed { " + boss + leaving + Since(1, 1, "leaving") + " }"},
          {"is quiet when it was so",
           {made, since_february},
           Reports("boss") + Day("effective", 1, 31),
           ""},
          {"takes a superior who has left since",
           {made},
           Reports("left") + Day("effective", 2, 1),
           "superior_changed { " + boss + "superior: '" + kOf + "left' " + Since(1, 1, "boss") +
               Since(2, 1, "left") + " }"},
          {"refuses a day before the first",
           {made},
           Reports("leaving") + Day("effective", 12, 31, 2025),
           "!field:effective_date"},
          {"refuses a day to come",
           {made},
           Reports("leaving") + Day("effective", 3, 3),
           "!field:effective_date"},
      },
      FixedContext<PositionModel>(), Company({"name: '" + kOf + "peer'"}));
  const v1::Position position = Given<PositionModel>({made, since_february});
  const auto on = [&](int month, int day) {
    return SuperiorOn(position, absl::CivilDay(2026, month, day)).substr(kOf.size());
  };
  EXPECT_EQ(on(1, 1), "boss");
  EXPECT_EQ(on(1, 31), "boss");
  EXPECT_EQ(on(2, 1), "leaving");
  EXPECT_EQ(SuperiorOn(position, absl::CivilDay(2025, 1, 1)), kOf + "boss");
  EXPECT_EQ(position.reports_to(), kOf + "leaving");
}

TEST(SetReportsTo, OnlySoOften) {
  std::string terms;
  for (int i = 0; i < 100; ++i) terms += Since(1 + i / 28, 1 + i % 28, i % 2 == 0 ? "boss" : "");
  std::string old = terms;
  for (size_t at = old.find("2026"); at != std::string::npos; at = old.find("2026", at))
    old.replace(at, 4, "2025");
  CheckDecisions<PositionModel, v1::SetReportsToRequest>(
      {{"refuses one more",
        {kMade, "superior_changed {" + old + " }"},
        Reports("boss"),
        "!DATED_CHANGES_FULL"}},
      FixedContext<PositionModel>(), Company());
}

TEST(SetReportsTo, SeesCyclesThroughPositionsThatHaveEnded) {
  const Facts facts = Company({"name: '" + kOf + "gone'" + Day("end", 1, 1) + Reports("below"),
                               "name: '" + kOf + "late'" + Reports("gone")});
  CheckDecisions<PositionModel, v1::SetReportsToRequest>(
      {{"refuses, for the end may be taken back", {kMade}, Reports("late"), "!REPORTING_CYCLE"}},
      FixedContext<PositionModel>(), facts);
}

TEST(EndPosition, Rules) {
  CheckDecisions<PositionModel, v1::EndPositionRequest>(
      {
          {"ends", {kMade}, Day("end", 2, 27) + "end_reason: POSITION_END_REASON_LEFT", kEnded},
          {"ends on a day to come", {kMade}, Day("end", 4, 30), kEnding},
          {"is quiet the second time",
           {kMade, kEnded},
           Day("end", 2, 27) + "end_reason: POSITION_END_REASON_LEFT",
           ""},
          {"is quiet when nothing is said of why", {kMade, kEnded}, Day("end", 2, 27), ""},
          {"refuses another day", {kMade, kEnded}, Day("end", 2, 26), "!POSITION_ENDED"},
          {"refuses another reason",
           {kMade, kEnded},
           Day("end", 2, 27) + "end_reason: POSITION_END_REASON_MOVED",
           "!POSITION_ENDED"},
          {"needs a day", {kMade}, "", "!field:end_date"},
          {"refuses a day before the first",
           {Created(Day("start", 2, 2))},
           Day("end", 2, 1),
           "!field:end_date"},
          {"refuses an unknown reason",
           {kMade},
           Day("end", 2, 1) + "end_reason: 99",
           "!field:end_reason"},
      },
      FixedContext<PositionModel>(), Company());
}

// Every state with every verb.
TEST(Position, Machine) {
  const std::map<std::string, std::vector<std::string>> states = {
      {"held", {kMade}}, {"ending", {kMade, kEnding}}, {"ended", {kMade, kEnded}}};
  const std::map<std::pair<std::string, std::string>, std::string> expected = {
      {{"held", "update"}, "updated"},
      {{"held", "report"}, "superior_changed"},
      {{"held", "end"}, "ended"},
      {{"ending", "update"}, "updated"},
      {{"ending", "report"}, "superior_changed"},
      {{"ending", "end"}, "!POSITION_ENDED"},
      {{"ended", "update"}, "updated"},
      {{"ended", "report"}, "!POSITION_ENDED"},
      {{"ended", "end"}, "!POSITION_ENDED"},
  };
  const auto decide = [](const v1::Position& position, const std::string& verb,
                         const Facts& facts) {
    const auto context = FixedContext<PositionModel>();
    if (verb == "update") {
      const auto update = ParseText<v1::UpdatePositionRequest>("position { title: 'Other' }");
      return PositionModel::Decide(position, update, context, facts);
    }
    if (verb == "report")
      return PositionModel::Decide(position, v1::SetReportsToRequest(), context, facts);
    const auto end = ParseText<v1::EndPositionRequest>(Day("end", 3, 15));
    return PositionModel::Decide(position, end, context, facts);
  };
  Facts erased = Company();
  erased.customer_status = v1::CUSTOMER_STATUS_ERASED;
  for (const auto& [key, word] : expected) {
    const auto& [state, verb] = key;
    const v1::Position position = Given<PositionModel>(states.at(state));
    EXPECT_EQ(WordOf(decide(position, verb, Company())), word) << state << " " << verb;
    EXPECT_EQ(WordOf(decide(position, verb, erased)), "!CUSTOMER_ERASED") << state << " " << verb;
  }
}

// From a company where nobody reports to anybody, every SetReportsTo in every order: all the ways
// in which four people can report to one another without a circle are reached, and no other.
TEST(Position, NoSequenceOfSetReportsToMakesACycle) {
  constexpr int kPeople = 4, kForests = 125;  // (n + 1)^(n - 1) labelled forests with roots.
  using Company = std::vector<int>;           // Whom each reports to; -1: nobody.
  const auto name = [](int i) { return i < 0 ? "" : kOf + "p" + std::to_string(i); };
  const auto acyclic = [](const Company& company) {
    for (int i = 0; i < kPeople; ++i) {
      int at = i;
      for (int steps = 0; at >= 0; at = company[at]) {
        if (++steps > kPeople) return false;
      }
    }
    return true;
  };
  const auto decide = [&](const Company& company, int who, int superior) {
    Facts facts{.customer_status = v1::CUSTOMER_STATUS_PROSPECT};
    for (int i = 0; i < kPeople; ++i) {
      v1::Position& position = facts.positions.emplace_back();
      position.set_name(name(i));
      position.set_reports_to(name(company[i]));
    }
    v1::SetReportsToRequest request;
    request.set_reports_to(name(superior));
    return WordOf(
        PositionModel::Decide(facts.positions[who], request, FixedContext<PositionModel>(), facts));
  };
  std::map<Company, bool> seen = {{Company(kPeople, -1), false}};
  for (bool more = true; more;) {
    more = false;
    for (auto& [company, tried] : seen) {
      if (std::exchange(tried, true)) continue;
      more = true;
      for (int who = 0; who < kPeople; ++who) {
        for (int superior = -1; superior < kPeople; ++superior) {
          Company next = company;
          next[who] = superior;
          const std::string word = decide(company, who, superior);
          if (next == company) {
            EXPECT_EQ(word, "");
          } else {
            EXPECT_EQ(word, acyclic(next) ? "superior_changed" : "!REPORTING_CYCLE");
          }
          if (word == "superior_changed") seen.emplace(next, false);
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), kForests);
}

TEST(PositionDeathTest, AnUnknownFactEndsTheProcess) {
  v1::Position position;
  EXPECT_DEATH(PositionModel::Evolve(position, v1::PositionEvent()), "facts it does not know");
}

}  // namespace
}  // namespace crm::customer
