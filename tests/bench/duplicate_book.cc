#include "tests/bench/duplicate_book.h"

#include <algorithm>
#include <iterator>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/hash.h"
#include "libs/text/pinyin.h"
#include "libs/text/utf32.h"

namespace crm::bench {
namespace {

using customer::v1::Customer;
using customer::v1::PostalAddress;

constexpr double kCopyShare = 1.0 / 7;  // Of those that are no copies.
constexpr std::u32string_view kSurnames =
    U"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    U"魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤";
constexpr std::u32string_view kGiven =
    U"伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文辉志鹏婷雪梅浩宇欣怡梓涵俊豪子轩思"
    U"雨佳晨曦博雅诗琪一鸣海燕春生永福德成光荣红霖翔凯龙飞彬斌颖慧莉琳萍莹洁晶倩岚凤美云莲真环爱妹"
    U"香月莺媛瑞凡嘉叶璧璐娅琦青珍贞勤贵莎锦黛";
constexpr std::u32string_view kBrand =
    U"华信达盛恒泰鑫源宏远博瑞嘉禾天成金鼎新东方海中联合创伟立德康美佳乐安顺通利丰永兴隆和祥云龙凤"
    U"星辰光明正大同力诚毅智慧科杰锐捷腾飞翔宇航卓越凯旋荣耀启迪元亨贞汇聚融万象百川千里长江黄山";
struct Place {
  const char* city;
  const char* area_code;
  const char* postal_code;
};
constexpr Place kChina[] = {
    {"北京", "10", "100"},  {"上海", "21", "200"},  {"广州", "20", "510"},  {"深圳", "755", "518"},
    {"天津", "22", "300"},  {"重庆", "23", "400"},  {"成都", "28", "610"},  {"武汉", "27", "430"},
    {"南京", "25", "210"},  {"杭州", "571", "310"}, {"苏州", "512", "215"}, {"西安", "29", "710"},
    {"长沙", "731", "410"}, {"青岛", "532", "266"}, {"宁波", "574", "315"}, {"厦门", "592", "361"}};
constexpr Place kGermany[] = {{"Berlin", "30", "10"},    {"Hamburg", "40", "20"},
                              {"München", "89", "80"},   {"Köln", "221", "50"},
                              {"Frankfurt", "69", "60"}, {"Stuttgart", "711", "70"},
                              {"Leipzig", "341", "04"},  {"Bremen", "421", "28"},
                              {"Dresden", "351", "01"},  {"Hannover", "511", "30"}};
constexpr const char* kTrades[] = {"科技",     "贸易",     "实业", "信息技术", "电子", "机械",
                                   "建筑工程", "物流",     "食品", "医药",     "化工", "新能源",
                                   "环保",     "文化传媒", "投资", "汽车配件", "纺织", "钢铁",
                                   "软件",     "生物科技", "商贸", "广告",     "包装", "家具"};
constexpr const char* kForms[] = {"有限公司",     "有限公司",     "有限公司",
                                  "股份有限公司", "有限责任公司", "集团有限公司"};
constexpr const char* kRoads[] = {"人民", "中山", "解放", "建设", "和平", "文一", "朝阳", "长江",
                                  "南京", "北京", "胜利", "新华", "光明", "延安", "滨江", "科技"};
constexpr const char* kStreets[] = {"Hauptstraße",  "Bahnhofstraße", "Gartenweg",    "Schulstraße",
                                    "Lindenallee",  "Bergstraße",    "Marktplatz",   "Goethestraße",
                                    "Schillerweg",  "Kirchgasse",    "Ringstraße",   "Am Hafen",
                                    "Industrieweg", "Waldstraße",    "Mühlenstraße", "Rosenweg"};
constexpr const char* kFirst[] = {
    "Anna",   "Peter",  "Maria", "Sven",   "Emma",  "Noah",   "Olga",  "Ivan",  "Marta",   "Lukas",
    "Sophie", "Jürgen", "Klaus", "Petra",  "Heike", "Stefan", "Jonas", "Laura", "Michael", "Julia",
    "Thomas", "Sabine", "Uwe",   "Birgit", "Frank", "Katrin", "Lena",  "Paul"};
constexpr const char* kLast[] = {
    "Müller",  "Schmidt",  "Schneider",  "Fischer",  "Weber",   "Meyer",    "Wagner", "Becker",
    "Schulz",  "Hoffmann", "Koch",       "Bauer",    "Richter", "Klein",    "Wolf",   "Schröder",
    "Neumann", "Braun",    "Zimmermann", "Krüger",   "Hofmann", "Hartmann", "Lange",  "Werner",
    "Krause",  "Lehmann",  "Köhler",     "Herrmann", "Walter",  "Kaiser",   "Peters", "Scholz",
    "Möller",  "Weiß",     "Jung",       "Hahn"};
constexpr const char* kStems[] = {"Nord",  "Süd",    "West", "Ost",   "Alpen", "Rhein", "Elb",
                                  "Donau", "Hanse",  "Berg", "Wald",  "See",   "Stern", "Adler",
                                  "Löwen", "Silber", "Gold", "Eisen", "Stahl", "Linden"};
constexpr const char* kTails[] = {"wind", "werk",  "tal", "hof",   "mark", "haus",  "bach", "feld",
                                  "burg", "stein", "tor", "brück", "land", "hafen", "quell"};
constexpr const char* kLatinTrades[] = {"Handel", "Logistik", "Software", "Maschinenbau",
                                        "Reisen", "Technik",  "Bau",      "Textil",
                                        "Medien", "Beratung", "Energie",  "Optik"};
constexpr const char* kLatinForms[] = {"GmbH", "GmbH", "AG", "KG", "GmbH & Co. KG", "Ltd."};

class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  size_t Below(size_t end) { return random_() % end; }
  bool Chance(double share) { return static_cast<double>(Below(1'000'000)) < share * 1e6; }
  template <class Pool>
  auto Pick(const Pool& pool) {
    return pool[Below(std::size(pool))];
  }
  // The first of a pool more often than the last, as names are.
  template <class Pool>
  auto PickSkewed(const Pool& pool) {
    return pool[std::min(Below(std::size(pool)), Below(std::size(pool)))];
  }
  std::string Digits(size_t count) {
    std::string digits;
    while (digits.size() < count) digits += static_cast<char>('0' + Below(10));
    return digits;
  }

  Customer New() {
    const bool chinese = Chance(0.6);
    Customer customer;
    const bool person = Chance(0.5);
    customer.set_kind(person ? customer::v1::CUSTOMER_KIND_PERSON
                             : customer::v1::CUSTOMER_KIND_COMPANY);
    const Place& place =
        chinese ? kChina[Below(std::size(kChina))] : kGermany[Below(std::size(kGermany))];
    if (Chance(0.9)) *customer.mutable_personal()->add_addresses() = AddressIn(place, chinese);
    customer.set_display_name(person ? PersonName(chinese) : FirmName(place, chinese));
    if (Chance(0.9)) customer.mutable_personal()->add_phones(Phone(place, chinese, person));
    if (Chance(0.7)) customer.mutable_personal()->add_emails(Email(customer, person));
    if (person && Chance(0.7)) {
      auto& date = *customer.mutable_personal()->mutable_birth_date();
      date.set_year(1940 + static_cast<int>(Below(65)));
      date.set_month(1 + static_cast<int>(Below(12)));
      date.set_day(1 + static_cast<int>(Below(28)));
    }
    if (!person && Chance(0.35))
      customer.mutable_personal()->set_tax_id(chinese ? "91" + Digits(16) : "DE" + Digits(9));
    return customer;
  }

  // Somebody else who has much in common with `with`.
  Customer NearMiss(const Customer& with) {
    Customer other = New();
    const bool chinese =
        !with.display_name().empty() && static_cast<unsigned char>(with.display_name()[0]) >= 0xE0;
    other.set_kind(with.kind());
    const bool person = with.kind() == customer::v1::CUSTOMER_KIND_PERSON;
    auto& personal = *other.mutable_personal();
    personal.clear_tax_id();
    if (!person) personal.clear_birth_date();
    switch (Below(4)) {
      case 0:  // At the same address: a household, an office building.
        *personal.mutable_addresses() = with.personal().addresses();
        other.set_display_name(person ? PersonName(chinese) : FirmName(kChina[0], chinese));
        break;
      case 1:  // A namesake, or a branch in another town.
        other.set_display_name(with.display_name());
        break;
      case 2:  // The telephone of the house.
        *personal.mutable_phones() = with.personal().phones();
        break;
      default:  // A namesake in the same town.
        other.set_display_name(with.display_name());
        if (!with.personal().addresses().empty() && !personal.addresses().empty()) {
          const PostalAddress& near = with.personal().addresses(0);
          personal.mutable_addresses(0)->set_locality(near.locality());
          personal.mutable_addresses(0)->set_postal_code(near.postal_code().substr(0, 2) +
                                                         Digits(chinese ? 4 : 3));
        }
    }
    return other;
  }

  // The same, typed again.
  Customer Copy(const Customer& of) {
    Customer copy = of;
    for (size_t errors = 1 + std::min(Below(5), Below(5)); errors > 0; --errors) Spoil(copy);
    return copy;
  }

 private:
  std::string PersonName(bool chinese) {
    if (!chinese) return absl::StrCat(Pick(kFirst), " ", PickSkewed(kLast));
    std::u32string name(1, PickSkewed(kSurnames));
    for (size_t length = Chance(0.8) ? 2 : 1; length > 0; --length) name += PickSkewed(kGiven);
    return text::ToUtf8(name);
  }

  std::string FirmName(const Place& place, bool chinese) {
    if (!chinese)
      return absl::StrCat(Pick(kStems), Pick(kTails),
                          Chance(0.3) ? " " + std::string(Pick(kLast)) : "", " ",
                          Pick(kLatinTrades), " ", Pick(kLatinForms));
    std::u32string brand;
    for (size_t length = 2 + Below(2); length > 0; --length) brand += Pick(kBrand);
    return absl::StrCat(place.city, text::ToUtf8(brand), Pick(kTrades), Pick(kForms));
  }

  PostalAddress AddressIn(const Place& place, bool chinese) {
    PostalAddress address;
    address.set_country_code(chinese ? "CN" : "DE");
    address.set_locality(place.city);
    address.set_postal_code(place.postal_code + Digits(3));
    address.add_lines(chinese ? absl::StrCat(Pick(kRoads), Chance(0.5) ? "路" : "大道",
                                             1 + Below(900), "号", 1 + Below(30), "楼")
                              : absl::StrCat(Pick(kStreets), " ", 1 + Below(180)));
    return address;
  }

  std::string Phone(const Place& place, bool chinese, bool person) {
    if (!chinese) return absl::StrCat("+49", person ? "17" : place.area_code, Digits(8));
    if (person) return absl::StrCat("+861", 3 + Below(6), Digits(9));
    return absl::StrCat("+86", place.area_code, Digits(8));
  }

  std::string Email(const Customer& customer, bool person) {
    constexpr const char* kHosts[] = {"163.example", "qq.example", "web.example", "mail.example"};
    const std::string mark = Digits(5);
    if (person) return absl::StrCat("u", mark, Digits(2), "@", Pick(kHosts));
    constexpr const char* kBoxes[] = {"info", "office", "sales", "kontakt", "service"};
    return absl::StrCat(Pick(kBoxes), "@firm", mark, customer.display_name().size(), ".example");
  }

  std::string Typo(const std::string& text) {
    std::u32string wide = text::ToUtf32(text);
    if (wide.size() < 2) return text;
    const size_t at = Below(wide.size() - 1);
    switch (Below(4)) {
      case 0:
        std::swap(wide[at], wide[at + 1]);
        break;
      case 1:
        if (wide.size() > 2) wide.erase(at, 1);
        break;
      case 2:
        wide.insert(at, 1, wide[at]);
        break;
      default:
        wide[at] = wide[at] < 0x80 ? static_cast<char32_t>('a' + Below(26)) : Pick(kGiven);
    }
    return text::ToUtf8(wide);
  }

  // As it is spoken, with a space between the surname and the rest.
  std::string Spoken(const std::string& name) {
    std::string spoken;
    size_t at = 0;
    for (const text::Readings& readings : text::ReadingsOfName(text::ToUtf32(name))) {
      if (readings.empty()) return name;
      if (at++ < 2 && !spoken.empty()) spoken += ' ';
      spoken += readings.front();
    }
    return spoken;
  }

  std::string OtherName(const Customer& customer) {
    const std::string& name = customer.display_name();
    const bool person = customer.kind() == customer::v1::CUSTOMER_KIND_PERSON;
    const bool chinese = static_cast<unsigned char>(name[0]) >= 0xE0;
    const size_t space = name.find(' ');
    if (person && chinese && Chance(0.3)) return Spoken(name);
    if (person && !chinese && space != std::string::npos && Chance(0.3))
      return absl::StrCat(name.substr(space + 1), ", ", name.substr(0, space));
    if (!person && chinese && Chance(0.5)) return name.substr(0, name.rfind("有限"));
    if (!person && !chinese && Chance(0.5)) return name.substr(0, name.rfind(' '));
    return Typo(name);
  }

  void Spoil(Customer& customer) {
    auto& personal = *customer.mutable_personal();
    switch (Below(10)) {
      case 0:
      case 1:
      case 2:
        customer.set_display_name(OtherName(customer));
        break;
      case 3:
        if (!personal.phones().empty()) {
          std::string& phone = *personal.mutable_phones(0);
          phone[phone.size() - 1 - Below(6)] = static_cast<char>('0' + Below(10));
        }
        break;
      case 4:
        if (Chance(0.5)) {
          personal.clear_phones();
        } else {
          personal.add_phones("+49301" + Digits(7));
        }
        break;
      case 5:
        personal.clear_emails();
        if (Chance(0.5)) personal.add_emails(absl::StrCat("x", Digits(7), "@web.example"));
        break;
      case 6:
        if (!personal.emails().empty()) *personal.mutable_emails(0) = Typo(personal.emails(0));
        break;
      case 7:
        if (!personal.addresses().empty())
          *personal.mutable_addresses(0)->mutable_lines(0) = Typo(personal.addresses(0).lines(0));
        break;
      case 8:
        if (personal.addresses().empty()) break;
        if (Chance(0.6)) {
          personal.mutable_addresses(0)->clear_postal_code();
        } else {
          const bool chinese = personal.addresses(0).country_code() == "CN";
          *personal.mutable_addresses(0) =
              AddressIn(chinese ? Pick(kChina) : Pick(kGermany), chinese);
        }
        break;
      default:
        if (personal.has_birth_date()) {
          personal.mutable_birth_date()->set_day(1 + static_cast<int>(Below(28)));
        } else {
          personal.clear_tax_id();
        }
    }
  }

  std::mt19937_64 random_;
};

}  // namespace

std::vector<BookEntry> DuplicateBook(int64_t entries, uint64_t seed) {
  Maker maker(seed);
  std::vector<BookEntry> book;
  book.reserve(static_cast<size_t>(entries));
  while (static_cast<int64_t>(book.size()) < entries) {
    const int64_t who = static_cast<int64_t>(book.size());
    const bool near = !book.empty() && maker.Chance(0.1);
    book.push_back(
        {near ? maker.NearMiss(book[maker.Below(book.size())].customer) : maker.New(), who});
    const Customer original = book.back().customer;
    while (static_cast<int64_t>(book.size()) < entries && maker.Chance(kCopyShare))
      book.push_back({maker.Copy(original), who});
  }
  for (size_t i = 0; i < book.size(); ++i) {
    book[i].customer.set_name(absl::StrCat(
        "customers/", base::DeriveId({"duplicate-book", std::to_string(seed), std::to_string(i)})));
  }
  return book;
}

}  // namespace crm::bench
