#include "tests/bench/search_book.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/text/fold.h"
#include "libs/text/pinyin.h"
#include "libs/text/utf32.h"

namespace crm::bench {
namespace {

constexpr const char* kRegions[] = {"北京", "上海", "广州", "深圳", "天津", "重庆", "成都", "武汉",
                                    "南京", "杭州", "苏州", "西安", "长沙", "郑州", "青岛", "大连",
                                    "宁波", "厦门", "福州", "济南", "合肥", "昆明", "沈阳", "长春",
                                    "无锡", "佛山", "东莞", "温州", "泉州", "南宁", "贵阳", "太原"};
constexpr const char* kTrades[] = {
    "科技",     "贸易", "实业",     "信息技术", "电子", "机械",     "建筑工程", "物流",
    "食品",     "医药", "化工",     "新能源",   "环保", "文化传媒", "投资",     "汽车配件",
    "纺织",     "钢铁", "软件",     "生物科技", "商贸", "广告",     "教育咨询", "酒店管理",
    "农业发展", "包装", "仪器仪表", "半导体",   "家具", "国际货运"};
constexpr const char* kForms[] = {"有限公司",     "有限公司",     "有限公司",
                                  "股份有限公司", "集团有限公司", "有限责任公司"};
constexpr std::u32string_view kBrand =
    U"华信达盛恒泰鑫源宏远博瑞嘉禾天成金鼎新东方海中联合创伟立德康美佳乐安顺通利丰永兴隆和祥云龙凤"
    U"星辰"
    U"光明正大同力诚毅智慧科杰锐捷腾飞翔宇航卓越凯旋荣耀启迪元亨贞汇聚融万象百川千里长江黄山";
constexpr std::u32string_view kSurnames =
    U"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    U"魏薛叶";
constexpr std::u32string_view kGiven =
    U"伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文辉志鹏婷雪梅浩宇欣怡梓涵俊豪子轩思"
    U"雨佳"
    U"晨曦博雅诗琪一鸣海燕春生永福";
constexpr const char* kWords[] = {
    "Hartmann", "Precision", "Müller",  "Northern", "Atlantic", "Blue",    "Keystone",
    "Société",  "Générale",  "Pacific", "Summit",   "Oak",      "Silver",  "Granite",
    "Harbour",  "Vector",    "Delta",   "Nordic",   "Alpine",   "Quantum", "Cascade",
    "Falcon",   "Meridian",  "Orchard", "Phoenix",  "Redwood"};
constexpr const char* kLatinTrades[] = {"Tools",   "Foods",  "Logistics", "Software", "Steel",
                                        "Textile", "Pharma", "Trading",   "Energy",   "Optics"};
constexpr const char* kLatinForms[] = {"Ltd.", "GmbH", "Inc.", "S.A.", "AB"};
constexpr const char* kFirstNames[] = {"Anna", "José", "Peter", "Maria", "Sven", "Zoë",
                                       "Liam", "Emma", "Noah",  "Olga",  "Ivan", "Marta"};

// Another number for each number and use: SplitMix64.
uint64_t Mixed(int64_t number, uint64_t use) {
  uint64_t z = static_cast<uint64_t>(number) * 16 + use + 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

template <class Pool>
auto PickOf(const Pool& pool, int64_t number, uint64_t use) {
  return pool[Mixed(number, use) % std::size(pool)];
}

std::string Characters(std::u32string_view pool, int64_t number, uint64_t use, int count) {
  std::u32string characters;
  for (int i = 0; i < count; ++i) characters.push_back(PickOf(pool, number, use + i));
  return text::ToUtf8(characters);
}

enum class Kind { kChineseCompany, kChinesePerson, kForeignCompany, kForeigner };

Kind KindOf(int64_t number) {
  const uint64_t of_ten = Mixed(number, 0) % 10;
  return of_ten < 6   ? Kind::kChineseCompany
         : of_ten < 8 ? Kind::kChinesePerson
         : of_ten < 9 ? Kind::kForeignCompany
                      : Kind::kForeigner;
}

std::string BrandOf(int64_t number) {
  return Characters(kBrand, number, 2, Mixed(number, 1) % 4 == 0 ? 3 : 2);
}
std::string TradeOf(int64_t number) { return std::string(PickOf(kTrades, number, 6)); }
std::string RegionOf(int64_t number) { return std::string(PickOf(kRegions, number, 5)); }

std::string NameOf(int64_t number) {
  switch (KindOf(number)) {
    case Kind::kChineseCompany:
      return absl::StrCat(RegionOf(number), BrandOf(number), TradeOf(number),
                          PickOf(kForms, number, 7));
    case Kind::kChinesePerson:
      return Characters(kSurnames, number, 2, 1) +
             Characters(kGiven, number, 3, Mixed(number, 1) % 3 == 0 ? 1 : 2);
    case Kind::kForeignCompany:
      return absl::StrCat(PickOf(kWords, number, 2), " ", PickOf(kWords, number, 3), " ",
                          PickOf(kLatinTrades, number, 4), " ", number % 10'000, " ",
                          PickOf(kLatinForms, number, 5));
    case Kind::kForeigner:
      return absl::StrCat(PickOf(kFirstNames, number, 2), " ", PickOf(kWords, number, 3), "son ",
                          PickOf(kWords, number, 4));
  }
  return "";
}

std::string PhoneOf(int64_t number) {
  return absl::StrFormat("+861%010d", Mixed(number, 8) % 10'000'000'000);
}
std::string EmailOf(int64_t number) { return absl::StrFormat("info%07d@example.com", number); }

// The nearest customer of the kind, at or behind the number.
int64_t Of(Kind kind, int64_t number) {
  while (KindOf(number) != kind) ++number;
  return number;
}

// The name's first characters as they are spoken, or their initials.
std::string Spoken(int64_t number, size_t characters, bool initials) {
  std::string spoken;
  const auto readings = text::ReadingsOfName(text::Fold(NameOf(number)));
  for (size_t i = 0; i < std::min(characters, readings.size()); ++i) {
    if (!readings[i].empty()) spoken += readings[i].front().substr(0, initials ? 1 : 6);
  }
  return spoken;
}

std::string LastOf(const std::string& text, size_t count) {
  return text.substr(text.size() - count);
}

}  // namespace

customer::v1::Customer NamedCustomer(int64_t number) {
  customer::v1::Customer customer;
  const Kind kind = KindOf(number);
  const bool person = kind == Kind::kChinesePerson || kind == Kind::kForeigner;
  customer.set_kind(person ? customer::v1::CUSTOMER_KIND_PERSON
                           : customer::v1::CUSTOMER_KIND_COMPANY);
  customer.set_display_name(NameOf(number));
  customer.set_industry("industry");
  customer.set_region(RegionOf(number));
  customer.set_owner(absl::StrFormat("staff-%04d", number % 1'000));
  customer.mutable_personal()->add_phones(PhoneOf(number));
  customer.mutable_personal()->add_emails(EmailOf(number));
  customer.mutable_personal()->set_tax_id(absl::StrFormat("9131%014d", number));
  return customer;
}

const QueryKind kQueries[kQueryKinds] = {
    {"whole name", 10, [](int64_t n) { return NameOf(n); }, true},
    {"brand and trade", 20,
     [](int64_t n) {
       n = Of(Kind::kChineseCompany, n);
       return BrandOf(n) + TradeOf(n);
     },
     false},
    {"brand alone", 10, [](int64_t n) { return BrandOf(Of(Kind::kChineseCompany, n)); }, false},
    {"pinyin of four", 10, [](int64_t n) { return Spoken(Of(Kind::kChineseCompany, n), 4, false); },
     false},
    {"pinyin of a person", 10,
     [](int64_t n) { return Spoken(Of(Kind::kChinesePerson, n), 3, false); }, false},
    {"initials of four", 10,
     [](int64_t n) { return Spoken(Of(Kind::kChineseCompany, n), 4, true); }, false},
    {"foreign words", 10,
     [](int64_t n) {
       n = Of(Kind::kForeignCompany, n);
       return absl::StrCat(PickOf(kWords, n, 3), " ", n % 10'000);
     },
     false},
    {"end of a phone", 5, [](int64_t n) { return LastOf(PhoneOf(n), 6); }, true},
    {"e-mail", 5, [](int64_t n) { return EmailOf(n); }, true},
    {"region and trade", 4,
     [](int64_t n) {
       n = Of(Kind::kChineseCompany, n);
       return RegionOf(n) + " " + TradeOf(n);
     },
     false},
    {"a word of thousands", 4, [](int64_t n) { return TradeOf(n); }, false},
    {"a region", 2, [](int64_t n) { return RegionOf(n); }, false},
};

const QueryKind& QueryOfTheMix(int64_t number) {
  int all = 0;
  for (const QueryKind& kind : kQueries) all += kind.weight;
  int place = static_cast<int>(Mixed(number, 9) % static_cast<uint64_t>(all));
  for (const QueryKind& kind : kQueries) {
    if ((place -= kind.weight) < 0) return kind;
  }
  return kQueries[0];
}

}  // namespace crm::bench
