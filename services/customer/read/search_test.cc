#include "services/customer/read/search.h"

#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/search_terms.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

  v1::SearchCustomersResponse Ask(const std::string& query, int page_size = 0) {
    v1::SearchCustomersRequest request;
    request.set_query(query);
    request.set_page_size(page_size);
    const auto response = QuerySearch(request, rows_, {});
    EXPECT_THAT(response, testing::IsOk());
    return *response;
  }

  // Ids with the number of the match.
  std::vector<std::string> Find(const std::string& query, int page_size = 0) {
    std::vector<std::string> ids;
    const v1::SearchCustomersResponse found = Ask(query, page_size);
    for (const auto& hit : found.hits())
      ids.push_back(hit.customer().name().substr(10) + " " + std::to_string(hit.match()));
    return ids;
  }

  testing::FakeRows rows_{kCustomers, kSearchTerms, kSearchedCustomers};
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
  EXPECT_THAT(Find("司"), ElementsAre("a 4", "b 4"));
  EXPECT_THAT(Find("有限公司"), ElementsAre("a 4"));
  EXPECT_THAT(Find("上海 公司"), ElementsAre("a 4"));
  EXPECT_THAT(Find("上海公司"), IsEmpty());
}

constexpr struct {
  const char* name;
  const char* query;
  int match;  // 0: not found.
} kCases[] = {
    {"中国银行", "中國銀行", 2},
    {"中國銀行", "中国银行", 2},
    {"臺灣積體電路製造", "积体电路", 4},
    {"台湾积体电路制造", "積體電路", 4},
    {"中国银行", "国银", 4},
    {"中国银行", "行", 4},
    {"中国银行", "国行", 0},
    {"中国银行股份有限公司", "中国银行", 3},
    {"中国建设银行股份有限公司上海浦东分行", "中国建设银行浦东分行", 0},
    {"中国建设银行股份有限公司上海浦东分行", "建设银行股份有限公司上海浦东", 4},
    {"中国建设银行（上海）", "中国建设银行上海", 2},
    {"中国银行", "zhongguoyinhang", 2},
    {"中国银行", "ZhongGuo YinHang", 2},
    {"中国银行", "zhongguo", 3},
    {"中国银行", "zhongg", 3},
    {"中国银行", "yinhang", 4},
    {"中国银行", "yinh", 5},
    {"中国银行", "zgyh", 3},
    {"中国银行", "yh", 5},
    {"中国银行", "zgy", 3},
    {"中国银行", "zgjh", 0},
    {"中國銀行股份有限公司", "zgyhgfyxgs", 3},
    {"中国银行股份有限公司", "zhongguoyinhanggufenyouxiangongsi", 2},
    {"重庆长安汽车", "chongqing", 3},
    {"重庆长安汽车", "changan", 4},
    {"重庆长安汽车", "cqca", 3},
    {"中国银行重庆长寿支行", "zgyhcqcszh", 3},
    {"中国银行重庆长寿支行", "zgyhcqc", 3},
    {"中国银行重庆长寿支行", "zgyhcqcszx", 3},
    {"中国银行重庆长寿支行", "zgyhcqcszg", 0},
    {"中国银行重庆长寿支行", "yhcqcszh", 5},
    {"中国银行重庆长寿支行", "yinhangchongqingchangshou", 4},
    {"重庆长行都乐厦调传弹降盛", "cqcxdyxtctjs", 3},
    {"重庆长行都乐厦调传弹降盛", "changhangdulesha", 4},
    {"成都乐山", "chengdu", 3},
    {"单雄信", "shanxiongxin", 2},
    {"曾国藩", "zengguofan", 2},
    {"曾国藩", "zgf", 3},
    {"解缙", "xiejin", 2},
    {"仇英", "qiu", 3},
    {"报仇", "qiu", 0},
    {"尉迟恭", "yuchi", 3},
    {"吕布", "lvbu", 2},
    {"Zhongguo Tools", "zhongguo", 3},
    {"ABC科技", "abc keji", 4},
    {"ABC科技", "ａｂｃ科技", 2},
    {"Société Générale", "societe generale", 2},
    {"Societe Generale", "Société Géné", 3},
    {"Banque Société", "société", 4},
    {"Müller Straßenbau", "strassen", 5},
    {"Łódź Steel", "lodz", 3},
    {"ＡＢＣ　Ｔｏｏｌｓ", "abc tools", 2},
    {"ABC Tools", "ＡＢＣ", 3},
    {"Steel-Works", "steel works", 2},
    {"Steel Works", "teel", 0},
    {"Donaudampfschifffahrtsgesellschaft", "donaudampfschifffahrtsgesellschaft", 2},
    {"Donaudampfschifffahrtsgesellschaft", "donaudampfschifffahrtsverein", 0},
    {"ソニー株式会社", "株式会社", 4},
    {"삼성전자", "전자", 4},
};

TEST_F(Search, NameAndQueryInManyForms) {
  for (const auto& [name, query, match] : kCases) {
    rows_ = testing::FakeRows(kCustomers, kSearchTerms, kSearchedCustomers);
    Put("other", "display_name: 'Quite another 呂氏'");
    Put("a", "display_name: '" + std::string(name) + "'");
    const v1::SearchCustomersResponse found = Ask(query);
    ASSERT_EQ(found.hits_size(), match == 0 ? 0 : 1) << name << " " << query;
    EXPECT_FALSE(found.incomplete());
    if (match != 0) {
      EXPECT_EQ(found.hits(0).match(), match) << name << " " << query;
    }
  }
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

TEST_F(Search, IdentifiersInManyForms) {
  Put("a",
      "display_name: 'A' external_ids { system: 'erp' id: 'K-4711' } personal { tax_id: "
      "'91310000MA1K-35X7' phones: '+497111234567' emails: 'josé@例子.cn' }");
  EXPECT_THAT(Find("K4711"), ElementsAre("a 1"));
  EXPECT_THAT(Find("k 47"), ElementsAre("a 6"));
  EXPECT_THAT(Find("91310000ma1k35x7"), ElementsAre("a 1"));
  EXPECT_THAT(Find("９１３１００００"), ElementsAre("a 6"));
  EXPECT_THAT(Find("0711 / 123-4567"), ElementsAre("a 6"));
  EXPECT_THAT(Find("0049 711 1234567"), ElementsAre("a 1"));
  EXPECT_THAT(Find("4567"), ElementsAre("a 6"));
  EXPECT_THAT(Find("JOSE@例子.CN"), ElementsAre("a 1"));
  EXPECT_THAT(Find("1234568"), IsEmpty());
}

TEST_F(Search, FollowsChangesAndLeavesNoOldTerm) {
  Put("a", "display_name: 'Steel Works' personal { phones: '+4912345678' }");
  Put("a", "display_name: 'Iron Works'");
  EXPECT_THAT(Find("steel"), IsEmpty());
  EXPECT_THAT(Find("345678"), IsEmpty());
  EXPECT_THAT(Find("iron"), ElementsAre("a 3"));
  EXPECT_THAT(Find("works"), ElementsAre("a 4"));
}

TEST_F(Search, SaysWhenThereWasMoreThanItLookedAt) {
  for (int i = 1; i < kSearchCandidatesMax; ++i)
    Put(std::to_string(i), "display_name: 'Steel 钢铁'");
  EXPECT_FALSE(Ask("steel").incomplete());
  EXPECT_FALSE(Ask("钢铁").incomplete());
  for (int i = 0; i < 2; ++i) Put("more" + std::to_string(i), "display_name: 'Steel 钢铁'");
  EXPECT_TRUE(Ask("steel").incomplete());
  EXPECT_TRUE(Ask("钢铁").incomplete());
  EXPECT_EQ(Ask("钢铁").hits_size(), kSearchPageDefault);
}

// What begins with the query comes before what has it inside, of which there may be any number.
TEST_F(Search, AFullPageOfTheBestIsComplete) {
  for (int i = 0; i <= kSearchRowsMax; ++i)
    Put("in" + std::to_string(i), "display_name: 'North Steel'");
  Put("a", "display_name: 'Steel'");
  Put("b", "display_name: 'Steel Works'");
  EXPECT_THAT(Find("steel", 2), ElementsAre("a 2", "b 3"));
  EXPECT_FALSE(Ask("steel", 2).incomplete());
  EXPECT_TRUE(Ask("steel", 3).incomplete());
}

TEST_F(Search, OneLetterMeansTheWholeName) {
  Put("a", "display_name: 'A'");
  Put("accent", "display_name: 'é'");
  Put("letters", "display_name: 'A. B.'");
  Put("longer", "display_name: 'Acme A'");
  EXPECT_THAT(Find("A"), ElementsAre("a 2"));
  EXPECT_THAT(Find("É"), ElementsAre("accent 2"));
  EXPECT_THAT(Find("a b"), ElementsAre("letters 2"));
  EXPECT_THAT(Find("c"), IsEmpty());
}

TEST_F(Search, RefusesWhatHasNoWord) {
  v1::SearchCustomersRequest request;
  for (const char* query : {"", "  ", "-"}) {
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
