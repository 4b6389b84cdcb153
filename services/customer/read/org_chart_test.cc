#include "services/customer/read/org_chart.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/domain/position.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsInvalid;
using testing::IsOk;
using testing::ParseText;
using testing::StatusIs;

class OrgChart : public ::testing::Test {
 protected:
  OrgChart() {
    rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c1'"));
    context_.business_date = absl::CivilDay(2026, 3, 2);
  }

  // A position of c1, as it is recorded at `time`; who holds it has its id.
  void Put(const std::string& id, const std::string& superior, const std::string& fields = "",
           int time = 100) {
    v1::Position position = ParseText<v1::Position>(fields);
    position.set_name("customers/c1/positions/" + id);
    position.set_contact("contacts/" + id);
    if (!superior.empty()) position.set_reports_to("customers/c1/positions/" + superior);
    rows_.PutVersion(kPositions, position, absl::FromUnixSeconds(time),
                     absl::FromUnixSeconds(time));
  }
  void PutContact(const std::string& id, const std::string& family_name, int time = 100) {
    v1::Contact contact;
    contact.set_name("contacts/" + id);
    contact.mutable_personal()->set_family_name(family_name);
    rows_.PutVersion(kContacts, contact, absl::FromUnixSeconds(time), absl::FromUnixSeconds(time));
  }

  absl::StatusOr<v1::GetOrgChartResponse> Ask(const std::string& fields) {
    return QueryOrgChart(ParseText<v1::GetOrgChartRequest>(fields), rows_, context_);
  }
  // Each node as "<depth> <id> <family name>", with " !" when its superior is absent.
  std::vector<std::string> Chart(const std::string& fields = "") {
    const auto response = Ask("name: 'customers/c1' " + fields);
    EXPECT_THAT(response, IsOk());
    std::vector<std::string> nodes;
    if (!response.ok()) return nodes;
    for (const v1::OrgChartNode& node : response->nodes()) {
      EXPECT_EQ(node.contact().name(), node.position().contact());
      const std::string id =
          node.position().name().substr(std::string("customers/c1/positions/").size());
      nodes.push_back(absl::StrCat(node.depth(), " ", id, " ",
                                   node.contact().personal().family_name(),
                                   node.superior_absent() ? " !" : ""));
    }
    return nodes;
  }

  testing::FakeRows rows_{kContacts, kCustomers, kPositions, kRedirects};
  engine::Context context_;
};

TEST_F(OrgChart, OfAPastDayShowsWhoReportedToWhomThen) {
  const auto term = [](int month, const std::string& superior) {
    return "superior_terms { start_date { year: 2026 month: " + std::to_string(month) +
           " day: 1 } superior: '" + superior + "' } ";
  };
  const std::string of = "customers/c1/positions/";
  Put("a", "");
  Put("b", "");
  Put("m", "a", term(1, of + "a"));
  Put("m", "b", term(1, of + "a") + term(2, of + "b"), 200);
  EXPECT_THAT(Chart(), ElementsAre("0 a ", "0 b ", "1 m "));
  const std::string january = "as_of { year: 2026 month: 1 day: 31 } ";
  EXPECT_THAT(Chart(january), ElementsAre("0 a ", "1 m ", "0 b "));
  EXPECT_THAT(Chart("as_of { year: 2020 month: 1 day: 1 }"), ElementsAre("0 a ", "1 m ", "0 b "));
  EXPECT_THAT(Chart("known_at { seconds: 199 }"), ElementsAre("0 a ", "1 m ", "0 b "));
  EXPECT_EQ(Ask("name: 'customers/c1' " + january)->nodes(1).position().reports_to(), of + "a");
}

TEST_F(OrgChart, EachBehindItsSuperiorSiblingsByDepartmentTitleAndName) {
  Put("a", "z");
  Put("z", "", "title: 'Chief'");
  Put("d", "m", "department: 'IT'");
  Put("m", "z", "department: 'IT' title: 'Head'");
  Put("n", "z", "department: 'Finance'");
  Put("c", "m");
  Put("y", "", "title: 'Adviser'");
  PutContact("z", "Li");
  EXPECT_THAT(Chart(), ElementsAre("0 y ", "0 z Li", "1 a ", "1 n ", "1 m ", "2 c ", "2 d "));
}

TEST_F(OrgChart, OtherCustomersAreNotInIt) {
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c10'"));
  rows_.Put(kPositions, ParseText<v1::Position>("name: 'customers/c10/positions/a'"));
  EXPECT_THAT(Chart(), IsEmpty());
  Put("a", "");
  EXPECT_THAT(Chart(), ElementsAre("0 a "));
}

TEST_F(OrgChart, ShowsTheDayAsked) {
  Put("chief", "", "end_date { year: 2026 month: 2 day: 10 }");
  Put("head", "chief", "start_date { year: 2026 month: 2 day: 5 }");
  Put("next", "", "start_date { year: 2026 month: 3 day: 3 }");
  const auto day = [](int month, int day) {
    return absl::StrCat("as_of { year: 2026 month: ", month, " day: ", day, " }");
  };
  EXPECT_THAT(Chart(day(2, 4)), ElementsAre("0 chief "));
  EXPECT_THAT(Chart(day(2, 5)), ElementsAre("0 chief ", "1 head "));
  EXPECT_THAT(Chart(day(2, 10)), ElementsAre("0 chief ", "1 head "));
  EXPECT_THAT(Chart(day(2, 11)), ElementsAre("0 head  !")) << "the superior has left";
  EXPECT_THAT(Chart(), ElementsAre("0 head  !")) << "of the business date";
  EXPECT_THAT(Chart(day(3, 3)), ElementsAre("0 head  !", "0 next "));
  EXPECT_EQ(Ask("name: 'customers/c1'")->as_of().day(), 2);
}

TEST_F(OrgChart, ShowsWhatWasKnown) {
  Put("chief", "", "", 100);
  Put("head", "", "", 200);
  PutContact("head", "Li", 250);
  Put("head", "chief", "", 300);
  PutContact("head", "Wu", 350);
  Put("chief", "", "end_date { year: 2026 month: 1 day: 31 }", 400);  // Learnt late.
  const auto known = [](int seconds) {
    return absl::StrCat("known_at { seconds: ", seconds, " }");
  };
  EXPECT_THAT(Chart(known(99)), IsEmpty());
  EXPECT_THAT(Chart(known(100)), ElementsAre("0 chief "));
  EXPECT_THAT(Chart(known(200)), ElementsAre("0 chief ", "0 head "));
  EXPECT_THAT(Chart(known(299)), ElementsAre("0 chief ", "0 head Li"));
  EXPECT_THAT(Chart(known(300)), ElementsAre("0 chief ", "1 head Li"));
  EXPECT_THAT(Chart(known(399)), ElementsAre("0 chief ", "1 head Wu"));
  EXPECT_THAT(Chart(known(400)), ElementsAre("0 head Wu !"));
  EXPECT_THAT(Chart(), ElementsAre("0 head Wu !"));
  EXPECT_THAT(Chart(known(400) + " as_of { year: 2026 month: 1 day: 31 }"),
              ElementsAre("0 chief ", "1 head Wu"))
      << "what was so then, by what is known now";
}

// Nothing that the rules let in: but whatever lies there, each position is shown once.
TEST_F(OrgChart, ACircleIsCut) {
  Put("a", "c");
  Put("b", "a");
  Put("c", "b");
  Put("d", "d");
  Put("e", "");
  EXPECT_THAT(Chart(), ElementsAre("0 e ", "0 a ", "1 b ", "2 c ", "0 d "));
}

TEST_F(OrgChart, IsBounded) {
  const std::string long_text(50, 'x');
  for (int i = 0; i < kPositionsMax; ++i) {
    const std::string id = absl::StrCat("p", 1000 + i);
    Put(id, i == 0 ? "" : absl::StrCat("p", 999 + i));
    v1::Contact contact;
    contact.set_name("contacts/" + id);
    for (int k = 0; k < 80; ++k) contact.add_tags(absl::StrCat(long_text, k));
    rows_.Put(kContacts, contact);
  }
  const auto response = Ask("name: 'customers/c1'");
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->nodes_size(), kPositionsMax);
  EXPECT_EQ(response->nodes(kPositionsMax - 1).depth(), kPositionsMax - 1);
  EXPECT_TRUE(response->contacts_cut());
  EXPECT_EQ(response->nodes(0).contact().tags_size(), 80);
  EXPECT_EQ(response->nodes(kPositionsMax - 1).contact().tags_size(), 0);
  EXPECT_EQ(response->nodes(kPositionsMax - 1).contact().name(), "contacts/p1999");
  EXPECT_GT(response->ByteSizeLong(), kOrgChartBytesMax * 9 / 10);
  EXPECT_LT(response->ByteSizeLong(), kOrgChartBytesMax + (1 << 20));
}

TEST_F(OrgChart, RefusesWhatItDoesNotUnderstand) {
  const auto status = [&](const std::string& fields) { return Ask(fields).status(); };
  const std::string c1 = "name: 'customers/c1' ";
  EXPECT_THAT(status(""), IsInvalid("name"));
  EXPECT_THAT(status("name: 'contacts/c1'"), IsInvalid("name"));
  EXPECT_THAT(status("name: 'customers/c1/positions/a'"), IsInvalid("name"));
  EXPECT_THAT(status("name: 'customers/nobody'"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(status(c1 + "as_of { year: 2026 month: 2 day: 29 }"), IsInvalid("as_of"));
  EXPECT_THAT(status(c1 + "known_at { seconds: 253402300800 }"), IsInvalid("known_at"));
  EXPECT_THAT(status(c1 + "known_at { nanos: -1 }"), IsInvalid("known_at"));
}

}  // namespace
}  // namespace crm::customer
