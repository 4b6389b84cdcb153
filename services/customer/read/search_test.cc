#include "services/customer/read/search.h"

#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/fold_text.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  for (const auto& word : WordsOf(FoldText(text))) words.push_back(ToUtf8(word));
  return words;
}

TEST(FoldText, WordsOfAName) {
  EXPECT_THAT(Words("Steel-Works & Sons (1998) Ltd."),
              ElementsAre("steel", "works", "sons", "1998", "ltd"));
  EXPECT_THAT(Words("ＡＢＣ　１２"), ElementsAre("abc", "12"));
  EXPECT_THAT(Words("上海钢铁公司 ABC"),
              ElementsAre("上海", "海钢", "钢铁", "铁公", "公司", "abc"));
  EXPECT_THAT(Words("钢"), ElementsAre("钢"));
  EXPECT_THAT(Words("Müller müller"), ElementsAre("müller"));
  EXPECT_THAT(Words(" -- "), IsEmpty());
  EXPECT_EQ(ToUtf8(FoldText("𠮷é€z")), "𠮷é€z");
  EXPECT_EQ(ToUtf8(FoldText("a\xFF\xC3")), "a");
}

class Search : public ::testing::Test {
 protected:
  // Puts the customer as it now is, as the engine would after an event.
  void Put(const std::string& id, const std::string& fields) {
    const std::string name = "customers/" + id;
    v1::Customer after = testing::ParseText<v1::Customer>(fields);
    after.set_name(name);
    const engine::EventMeta meta{.name = name};
    const v1::CustomerEvent event;
    const std::optional<v1::Customer> before = rows_.Get(kCustomers, name);
    ProjectSearchTerms({before.has_value() ? &*before : nullptr, after, event, meta}, rows_);
    rows_.Put(kCustomers, after);
  }

  std::vector<std::string> Find(const std::string& query, int page_size = 0) {
    v1::SearchCustomersRequest request;
    request.set_query(query);
    request.set_page_size(page_size);
    const auto response = QuerySearch(request, rows_, {});
    EXPECT_THAT(response, testing::IsOk());
    std::vector<std::string> ids;
    for (const auto& hit : response->hits()) {
      ids.push_back(hit.customer().name().substr(10) + " " + std::to_string(hit.match()));
    }
    return ids;
  }

  testing::FakeRows rows_{kCustomers, kSearchTerms};
};

TEST_F(Search, ByWordsBestFirst) {
  Put("exact", "display_name: 'Steel Works'");
  Put("start", "display_name: 'Steel Works North'");
  Put("words", "display_name: 'North Works of Steel'");
  Put("starts", "display_name: 'New Steelmill Worksop'");
  Put("other", "display_name: 'Steel'");
  EXPECT_THAT(Find("steel works"), ElementsAre("exact 2", "start 3", "words 4", "starts 5"));
  EXPECT_THAT(Find(" STEEL  Works"), ElementsAre("exact 2", "start 3", "words 4", "starts 5"));
  EXPECT_THAT(Find("st"), ElementsAre("other 3", "exact 3", "start 3", "starts 5", "words 5"));
  EXPECT_THAT(Find("steelm"), ElementsAre("starts 5"));
  EXPECT_THAT(Find("iron"), IsEmpty());
}

TEST_F(Search, EquallyGoodOnesByTierThenName) {
  Put("a", "display_name: 'Steel b' tier: TIER_SMALL");
  Put("b", "display_name: 'Steel a' tier: TIER_SMALL");
  Put("c", "display_name: 'Steel z' tier: TIER_TOP");
  Put("d", "display_name: 'Steel 0'");
  EXPECT_THAT(Find("steel"), ElementsAre("c 3", "b 3", "a 3", "d 3"));
  EXPECT_THAT(Find("steel", 2), ElementsAre("c 3", "b 3"));
}

TEST_F(Search, ByChineseNames) {
  Put("a", "display_name: '上海钢铁有限公司'");
  Put("b", "display_name: '北京钢铁公司'");
  EXPECT_THAT(Find("钢铁"), ElementsAre("a 4", "b 4"));
  EXPECT_THAT(Find("上海钢"), ElementsAre("a 3"));
  EXPECT_THAT(Find("北"), ElementsAre("b 3"));
  EXPECT_THAT(Find("有限公司"), ElementsAre("a 4"));
}

TEST_F(Search, ByIdentifiers) {
  Put("a",
      "display_name: 'A' external_ids { system: 'erp' id: 'K-4711' } personal { tax_id: 'DE99' }");
  Put("b", "display_name: 'B' personal { phones: '+8613800138000' emails: 'Someone@Example.com' }");
  Put("c",
      "display_name: 'C' external_ids { system: 'erp' id: 'k-47119' } personal { phones: "
      "'+4930138000' }");
  EXPECT_THAT(Find("k-4711"), ElementsAre("a 1", "c 6"));
  EXPECT_THAT(Find("de99"), ElementsAre("a 1"));
  EXPECT_THAT(Find("someone@example.com"), ElementsAre("b 1"));
  EXPECT_THAT(Find("someone@ex"), ElementsAre("b 6"));
  EXPECT_THAT(Find("138000"), ElementsAre("b 6", "c 6"));
  EXPECT_THAT(Find("0013 8000"), ElementsAre("b 6"));
  EXPECT_THAT(Find("+86 138 0013 8000"), ElementsAre("b 1"));
  EXPECT_THAT(Find("000"), IsEmpty());
}

TEST_F(Search, FollowsChangesAndLeavesNoOldTerm) {
  Put("a", "display_name: 'Steel Works' personal { phones: '+4912345678' }");
  Put("a", "display_name: 'Iron Works'");
  EXPECT_THAT(Find("steel"), IsEmpty());
  EXPECT_THAT(Find("345678"), IsEmpty());
  EXPECT_THAT(Find("iron"), ElementsAre("a 3"));
  EXPECT_THAT(Find("works"), ElementsAre("a 4"));
  testing::FakeRows fresh(kCustomers, kSearchTerms);
  std::swap(fresh, rows_);
  Put("a", "display_name: 'Iron Works'");
  EXPECT_EQ(rows_.DebugString(), fresh.DebugString());
}

TEST_F(Search, SaysWhenThereWasMoreThanItLookedAt) {
  for (int i = 0; i <= kSearchCandidatesMax; ++i) Put(std::to_string(i), "display_name: 'Steel'");
  v1::SearchCustomersRequest request;
  request.set_query("steel");
  EXPECT_TRUE(QuerySearch(request, rows_, {})->incomplete());
}

TEST_F(Search, RefusesWhatHasNoWord) {
  v1::SearchCustomersRequest request;
  for (const char* query : {"", "  ", "a", "-"}) {
    request.set_query(query);
    EXPECT_THAT(QuerySearch(request, rows_, {}).status(), testing::IsInvalid("query")) << query;
  }
  request.set_query("steel");
  request.set_page_size(-1);
  EXPECT_THAT(QuerySearch(request, rows_, {}).status(), testing::IsInvalid("page_size"));
  request.set_page_size(101);  // As for a list: the most there is.
  EXPECT_THAT(QuerySearch(request, rows_, {}), testing::IsOk());
}

// A word that most names have says little; the others say which customer is meant.
TEST_F(Search, AWordThatIsEverywhereDoesNotHideAName) {
  for (int i = 0; i <= kSearchRowsMax; ++i) {
    const std::string number = std::to_string(100'000 + i);
    Put("c" + number, "display_name: 'Shop customer " + number + "'");
  }
  const std::string last = std::to_string(100'000 + kSearchRowsMax);
  EXPECT_THAT(Find("Shop customer " + last), ElementsAre("c" + last + " 2"));
  EXPECT_THAT(Find("shop " + last), ElementsAre("c" + last + " 4"));
  EXPECT_THAT(Find("stop " + last), IsEmpty());
}

TEST_F(Search, TheBestOfManyAreReadFirst) {
  for (int i = 0; i <= kSearchCandidatesMax; ++i)
    Put("a" + std::to_string(i), "display_name: 'Steelworks'");
  Put("z", "display_name: 'Steel'");
  const std::vector<std::string> found = Find("steel", 1);
  EXPECT_THAT(found, ElementsAre("z 2"));
}

TEST_F(Search, EveryWordCountsAlsoOneLetter) {
  Put("a", "display_name: 'Steel A'");
  Put("b", "display_name: 'Steel Bau'");
  EXPECT_THAT(Find("steel b"), ElementsAre("b 3"));
  EXPECT_THAT(Find("a steel"), ElementsAre("a 4"));
  EXPECT_THAT(Find("steel x"), IsEmpty());
}

}  // namespace
}  // namespace crm::customer
