#include "libs/table/list.h"

#include <algorithm>
#include <functional>
#include <random>
#include <set>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "libs/base/status.h"
#include "libs/table/table_testing.h"

namespace crm::table::testdata {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ListTest : public TableTest {
 protected:
  ListTest() {
    std::mt19937_64 random(23);
    for (int i = 0; i < kRows; ++i) rows_.push_back(RandomGadget(i, random));
    Commit(rows_);
  }

  static Gadget RandomGadget(int number, std::mt19937_64& random) {
    Gadget gadget = MakeGadget("c" + std::to_string(random() % 4), "g" + std::to_string(number));
    gadget.set_owner(std::string(1, static_cast<char>('a' + random() % 3)));
    gadget.set_stage(static_cast<Stage>(random() % 4));
    gadget.set_rank(static_cast<int>(random() % 7) - 3);
    gadget.mutable_amount()->set_units(static_cast<int>(random() % 100) - 50);
    if (random() % 4 != 0) gadget.mutable_close_time()->set_seconds(86'400 * (random() % 6));
    if (random() % 4 != 0) {
      gadget.mutable_due()->set_year(2024);
      gadget.mutable_due()->set_month(1 + random() % 3);
      gadget.mutable_due()->set_day(1 + random() % 3);
    }
    for (uint64_t i = random() % 3; i > 0; --i) gadget.add_tags(std::string(1, 'x' + random() % 3));
    for (uint64_t i = random() % 3; i > 0; --i) {
      Alias* alias = gadget.add_aliases();
      alias->set_system(random() % 2 == 0 ? "erp" : "shop");
      alias->set_id(std::to_string(random() % 4));
    }
    gadget.mutable_part()->set_colour(random() % 2 == 0 ? "red" : "green");
    for (const char* key : {"a", "b", "c"}) {
      if (random() % 3 != 0) AddTrait(key, random, gadget);
    }
    return gadget;
  }

  // The values of a key need not be of one kind.
  static void AddTrait(const char* key, std::mt19937_64& random, Gadget& gadget) {
    Trait& trait = *gadget.add_traits();
    trait.set_key(key);
    switch (random() % 5) {
      case 0:
        trait.set_text(std::to_string(random() % 4));
        return;
      case 1:
        trait.mutable_date()->set_year(2024);
        trait.mutable_date()->set_month(1);
        trait.mutable_date()->set_day(1 + static_cast<int>(random() % 3));
        return;
      case 2:
        trait.set_choice(random() % 2 == 0 ? "red" : "1");
        return;
      case 3:
        trait.set_flag(random() % 2 == 0);
        return;
      default:
        trait.mutable_number()->set_units(static_cast<int>(random() % 4) - 1);
    }
  }

  absl::StatusOr<ListResult> Page(const ListQuery& query) {
    return List(ReadView(*db_), gadgets(), query);
  }

  // All rows of all pages. Checks that each page keeps the limits.
  std::vector<Gadget> All(ListQuery query, int* pages = nullptr) {
    query.parent = query.parent.empty() ? "customers/-" : query.parent;
    std::vector<Gadget> all;
    int count = 0;
    do {
      const absl::StatusOr<ListResult> page = Page(query);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok() || ++count > 10 * kRows) return all;
      EXPECT_LE(page->rows_scanned, query.rows_scanned_max);
      EXPECT_LE(page->rows.size(),
                static_cast<size_t>(query.page_size > 0 ? query.page_size : kPageSizeDefault));
      for (const StoredRow& row : page->rows) EXPECT_TRUE(row.ParseTo(all.emplace_back()));
      query.page_token = page->next_page_token;
    } while (!query.page_token.empty());
    if (pages != nullptr) *pages = count;
    return all;
  }

  static std::multiset<std::string> Names(const std::vector<Gadget>& gadgets) {
    std::multiset<std::string> names;
    for (const Gadget& gadget : gadgets) names.insert(gadget.name());
    return names;
  }
  std::multiset<std::string> NamesWhere(const std::function<bool(const Gadget&)>& matches) {
    std::vector<Gadget> matching;
    std::copy_if(rows_.begin(), rows_.end(), std::back_inserter(matching), matches);
    return Names(matching);
  }

  // One page that an index answers alone: full, and no row looked at in vain.
  void CheckExact(const ListQuery& query, std::string_view what) {
    ListQuery asked = query;
    asked.parent = query.parent.empty() ? "customers/-" : query.parent;
    asked.page_size = 5;
    const auto page = Page(asked);
    ASSERT_TRUE(page.ok()) << what << page.status();
    EXPECT_EQ(page->rows.size(), 5u) << what;
    EXPECT_LE(page->rows_scanned, 6) << what;
  }

  static constexpr int kRows = 300;
  std::vector<Gadget> rows_;
};

TEST_F(ListTest, PagesGiveEachRowOnce) {
  for (int32_t page_size : {1, 7, 50, 0, 1'000, 5'000}) {
    ListQuery query;
    query.page_size = page_size;
    int pages = 0;
    EXPECT_EQ(Names(All(query, &pages)), Names(rows_)) << page_size;
    const int size = page_size == 0 ? kPageSizeDefault : std::min(page_size, kPageSizeMax);
    EXPECT_EQ(pages, (kRows + size - 1) / size);
  }
}

// As one parent would give it, whatever the index: in one order, each row once, page by page.
TEST_F(ListTest, SeveralParentsAreListedAsOne) {
  const auto below = [](const Gadget& gadget, const std::string& parent) {
    return gadget.name().starts_with(parent + "/");
  };
  for (const char* order_by : {"", "close_time", "close_time desc", "owner"}) {
    for (const char* filter : {"", "owner = \"a\"", "stage = STAGE_OPEN AND rank > 0"}) {
      for (const int32_t page_size : {1, 3, 50}) {
        ListQuery query{.parent = "customers/c1", .filter = filter, .order_by = order_by};
        query.page_size = page_size;
        if (!Page(query).ok()) continue;
        query.parents_besides = {"customers/c0", "customers/c3"};
        const std::vector<Gadget> all = All(query);
        ListQuery everybody = query;
        everybody.parent = "customers/-";
        everybody.parents_besides.clear();
        if (!Page(everybody).ok()) continue;
        std::vector<Gadget> wanted = All(everybody);
        std::erase_if(wanted, [&](const Gadget& gadget) { return below(gadget, "customers/c2"); });
        EXPECT_EQ(Names(all), Names(wanted)) << order_by << "; " << filter << "; " << page_size;
        if (std::string_view(order_by).empty()) continue;
        for (size_t i = 1; i < all.size(); ++i) {
          const auto earlier = [&](const Gadget& a, const Gadget& b) {
            return std::string_view(order_by) == "owner"
                       ? a.owner() < b.owner()
                       : a.close_time().seconds() < b.close_time().seconds();
          };
          const bool descends = std::string_view(order_by).ends_with("desc");
          EXPECT_FALSE(descends ? earlier(all[i - 1], all[i]) : earlier(all[i], all[i - 1]));
        }
      }
    }
  }
}

TEST_F(ListTest, ThePageSizeMayChangeBetweenPages) {
  ListQuery query;
  query.parent = "customers/-";
  std::vector<Gadget> all;
  for (query.page_size = 1;; query.page_size += 3) {
    const auto page = Page(query);
    ASSERT_TRUE(page.ok());
    for (const StoredRow& row : page->rows) ASSERT_TRUE(row.ParseTo(all.emplace_back()));
    query.page_token = page->next_page_token;
    if (query.page_token.empty()) break;
  }
  EXPECT_EQ(Names(all), Names(rows_));
}

TEST_F(ListTest, EachIndexReadsNoMoreThanThePage) {
  CheckExact({}, "primary key");
  CheckExact({.parent = "customers/c1"}, "primary key by parent");
  CheckExact({.filter = "name > \"customers/c2\""}, "primary key by range");
  CheckExact({.filter = "owner = a"}, "by_owner");
  CheckExact({.filter = "owner = a AND stage = STAGE_WON"}, "by_owner");
  CheckExact({.filter = "owner = a AND stage = STAGE_WON AND close_time > 1970-01-02T00:00:00Z"},
             "by_owner with a range");
  CheckExact({.order_by = "owner, stage, close_time desc"}, "by_owner in order");
  CheckExact({.filter = "owner = b", .order_by = "stage, close_time desc, name"},
             "by_owner in order");
  CheckExact({.filter = "owner = b", .order_by = "stage desc, close_time"}, "by_owner backwards");
  CheckExact({.parent = "customers/c2", .order_by = "close_time"}, "by_customer");
  CheckExact({.parent = "customers/c2", .order_by = "close_time desc"}, "by_customer backwards");
  CheckExact({.filter = "customer = c3 AND close_time <= 1970-01-03T00:00:00Z"},
             "by_customer range");
  CheckExact({.filter = "tags:x"}, "by_tag");
  CheckExact({.filter = "due >= 2024-02-01 AND due < 2024-03-01"}, "by_due");
  CheckExact({.filter = "due = 2024-02-02", .order_by = "rank desc"}, "by_due backwards");
  CheckExact({.filter = "amount.units < 0", .order_by = "amount.units desc"}, "by_amount");
  CheckExact({.order_by = "amount.units"}, "by_amount backwards");
  CheckExact({.filter = "part.colour = r*"}, "by_colour by beginning");
  CheckExact({.filter = "traits.a = \"red\""}, "by_trait by key and value");
  CheckExact({.filter = "traits.a = \"red\"", .order_by = "rank desc, name desc"},
             "by_trait in order");
  CheckExact({.filter = "traits:b"}, "by_trait by key");
  CheckExact({.filter = "traits.b:*"}, "by_trait by key");
  CheckExact({.filter = "traits.c = r*"}, "by_trait by beginning");
  CheckExact({.filter = "traits.c >= \"0\" AND traits.c < \"2\""}, "by_trait by range");
  const KeyTypes number = [](const google::protobuf::FieldDescriptor& map, std::string_view) {
    return map.message_type()->FindFieldByName("number");
  };
  CheckExact({.filter = "traits.a = 1", .key_types = number}, "by_trait by number");
  CheckExact({.filter = "traits.a > -1", .key_types = number}, "by_trait by range of numbers");
  CheckExact({.predicates = {{"owner", {std::string("c")}}}}, "a predicate of ours");
}

TEST_F(ListTest, OrderIsKeptOverAllPagesBothWays) {
  for (bool descending : {false, true}) {
    ListQuery query;
    query.order_by = descending ? "amount.units desc" : "amount.units";
    query.page_size = 9;
    const std::vector<Gadget> all = All(query);
    EXPECT_EQ(Names(all), Names(rows_));
    for (size_t i = 1; i < all.size(); ++i) {
      const int64_t before = all[i - 1].amount().units(), here = all[i].amount().units();
      EXPECT_TRUE(descending ? before >= here : before <= here);
    }
  }
}

TEST_F(ListTest, OrderWithoutAnIndexIsRefusedNamingTheField) {
  const auto refused = [this](const std::string& order_by, const std::string& filter = "") {
    const absl::Status status =
        Page({.parent = "customers/-", .filter = filter, .order_by = order_by}).status();
    EXPECT_EQ(base::FieldOf(status), "order_by") << status;
    return status.ToString();
  };
  EXPECT_THAT(refused("rank"), HasSubstr("rank"));
  refused("close_time");
  refused("owner, stage desc");
  refused("due, name");
  EXPECT_THAT(refused("ownr"), HasSubstr("ownr"));
  refused("owner sideways");
  refused("owner,,stage");
  refused("tags");
  refused("amount");
  refused("owner, owner desc");
  refused("owner, stage, close_time, name, rank, size, active");
  refused(std::string(kOrderByBytesMax + 1, 'x'));
  // A field that the filter holds equal needs no place in the index.
  EXPECT_TRUE(Page({.parent = "customers/-", .filter = "rank = 1", .order_by = "rank, due"}).ok());
}

TEST_F(ListTest, TheParentIsThatOrAllOfThem) {
  for (const char* customer : {"c0", "c1", "c2", "c3", "c9", "c"}) {
    EXPECT_EQ(Names(All({.parent = std::string("customers/") + customer, .page_size = 11})),
              NamesWhere([&](const Gadget& gadget) {
                return gadget.name().rfind(std::string("customers/") + customer + "/", 0) == 0;
              }));
  }
  for (const char* wrong : {"", "customers", "customers/", "customers/C1", "orders/c1",
                            "customers/c1/gadgets/g1", "customers/c1/", "-"}) {
    EXPECT_EQ(base::FieldOf(Page({.parent = wrong}).status()), "parent") << wrong;
  }
  const ReadView view(*db_);
  EXPECT_TRUE(List(view, cells(), {}).ok());
  EXPECT_EQ(base::FieldOf(List(view, cells(), {.parent = "customers/-"}).status()), "parent");
}

TEST_F(ListTest, ATokenIsBoundToItsQuery) {
  ListQuery query;
  query.parent = "customers/-";
  query.filter = "owner = a";
  query.page_size = 3;
  const std::string token = Page(query)->next_page_token;
  ASSERT_FALSE(token.empty());
  const auto refused = [this](ListQuery changed) {
    return base::FieldOf(Page(changed).status()) == "page_token";
  };
  ListQuery with_token = query;
  with_token.page_token = token;
  EXPECT_TRUE(Page(with_token).ok());
  ListQuery changed = with_token;
  changed.filter = "owner = b";
  EXPECT_TRUE(refused(changed));
  changed = with_token;
  changed.parent = "customers/c1";
  EXPECT_TRUE(refused(changed));
  changed = with_token;
  changed.order_by = "stage";
  EXPECT_TRUE(refused(changed));
  changed = with_token;
  changed.predicates = {{"owner", {std::string("a")}}};
  EXPECT_TRUE(refused(changed));
  for (const std::string& text :
       {std::string("x"), std::string("%%%"), token + "A", token.substr(1), token.substr(0, 10),
        std::string(kPageTokenBytesMax + 1, 'A')}) {
    changed = with_token;
    changed.page_token = text;
    EXPECT_TRUE(refused(changed)) << text;
  }
}

TEST_F(ListTest, ATokenThatWasDamagedIsRefused) {
  ListQuery query;
  query.parent = "customers/-";
  query.filter = "owner = a";
  query.page_size = 3;
  const std::string token = Page(query)->next_page_token;
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(token, &bytes));
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const char flip : {'\x01', '\x80'}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      query.page_token = absl::WebSafeBase64Escape(damaged);
      EXPECT_EQ(base::FieldOf(Page(query).status()), "page_token") << at;
    }
  }
  // Whatever bytes it has, it is refused or says what it said.
  std::mt19937_64 random(2);
  for (int i = 0; i < 3'000; ++i) {
    query.page_token = token;
    query.page_token[random() % token.size()] = static_cast<char>(random());
    const auto page = Page(query);
    std::string said;
    absl::WebSafeBase64Unescape(query.page_token, &said);
    EXPECT_EQ(page.ok(), said == bytes) << query.page_token;
  }
}

TEST_F(ListTest, NegativePageSizeIsRefused) {
  EXPECT_EQ(base::FieldOf(Page({.parent = "customers/-", .page_size = -1}).status()), "page_size");
}

TEST_F(ListTest, AScanThatFindsLittleGivesShortPagesAndGoesOn) {
  ListQuery query;
  query.filter = "rank = 3";
  query.rows_scanned_max = 20;
  int pages = 0;
  EXPECT_EQ(Names(All(query, &pages)),
            NamesWhere([](const Gadget& gadget) { return gadget.rank() == 3; }));
  EXPECT_EQ(pages, kRows / 20);
  query.filter = "rank = 99";
  EXPECT_THAT(All(query), IsEmpty());
}

TEST_F(ListTest, APageEndsEarlyWhenItsBytesAreMany) {
  std::vector<Gadget> big;
  for (int i = 0; i < 5; ++i) {
    big.push_back(MakeGadget("big", "b" + std::to_string(i)));
    big.back().set_blob(std::string(kPageBytesMax / 2, 'x'));
  }
  Commit(big);
  int pages = 0;
  EXPECT_EQ(All({.parent = "customers/big"}, &pages).size(), 5u);
  EXPECT_EQ(pages, 3);
}

TEST_F(ListTest, PagesShowOneMomentEachAndSkipNothingThatStays) {
  ListQuery query;
  query.parent = "customers/-";
  query.page_size = 10;
  auto page = Page(query);
  Batch batch(*db_);
  for (size_t i = 0; i < page->rows.size(); ++i) {
    Gadget gadget;
    ASSERT_TRUE(page->rows[i].ParseTo(gadget));
    batch.Delete(kGadgets, gadget.name());
  }
  ASSERT_TRUE(batch.Commit().ok());
  size_t seen = page->rows.size();
  while (!page->next_page_token.empty()) {
    query.page_token = page->next_page_token;
    page = Page(query);
    ASSERT_TRUE(page.ok());
    seen += page->rows.size();
  }
  EXPECT_EQ(seen, rows_.size());
}

TEST_F(ListTest, ScanAndListOfOneViewDoNotSeeLaterCommits) {
  const ReadView view(*db_);
  Commit({MakeGadget("late", "g1")});
  EXPECT_THAT(List(view, gadgets(), {.parent = "customers/late"})->rows, IsEmpty());
  EXPECT_EQ(Page({.parent = "customers/late"})->rows.size(), 1u);
}

// A filter as text, and what it means, written down separately.
struct Meaning {
  std::string text;
  std::function<bool(const Gadget&)> matches;
};

template <class T>
bool Compare(const std::string& op, const T& a, const T& b) {
  if (op == "=") return a == b;
  if (op == "!=") return a != b;
  if (op == "<") return a < b;
  if (op == "<=") return a <= b;
  if (op == ">") return a > b;
  return a >= b;
}

// nullptr: it has none of this key.
const Trait* TraitOf(const Gadget& gadget, const std::string& key) {
  const auto& traits = gadget.traits();
  const auto found = std::find_if(traits.begin(), traits.end(),
                                  [&](const Trait& trait) { return trait.key() == key; });
  return found == traits.end() ? nullptr : &*found;
}

Meaning RandomComparison(std::mt19937_64& random) {
  const std::string op = std::array{"=", "=", "!=", "<", "<=", ">", ">="}[random() % 7];
  const std::string equal = random() % 3 == 0 ? "!=" : "=";
  const auto number = [&](int below) { return static_cast<int>(random() % below); };
  switch (random() % 13) {
    case 0: {
      const std::string owner(1, static_cast<char>('a' + number(4)));
      return {"owner " + op + " " + owner,
              [=](const Gadget& g) { return Compare(op, g.owner(), owner); }};
    }
    case 1: {
      const int stage = number(4);
      return {"stage" + equal + Stage_Name(stage),
              [=](const Gadget& g) { return Compare<int>(equal, g.stage(), stage); }};
    }
    case 2: {
      const int rank = number(9) - 4;
      return {"rank" + op + std::to_string(rank),
              [=](const Gadget& g) { return Compare<int>(op, g.rank(), rank); }};
    }
    case 3: {
      const int units = number(110) - 55;
      return {"amount.units " + op + std::to_string(units),
              [=](const Gadget& g) { return Compare<int64_t>(op, g.amount().units(), units); }};
    }
    case 4: {
      const int day = number(6);
      return {"close_time" + op + "1970-01-0" + std::to_string(1 + day) + "T00:00:00Z",
              [=](const Gadget& g) {
                if (!g.has_close_time()) return op == "!=";
                return Compare<int64_t>(op, g.close_time().seconds(), 86'400 * day);
              }};
    }
    case 5: {
      const int month = 1 + number(3), day = 1 + number(3);
      return {"due " + op + " 2024-0" + std::to_string(month) + "-0" + std::to_string(day),
              [=](const Gadget& g) {
                if (!g.has_due()) return op == "!=";
                return Compare(op, std::pair<int, int>(g.due().month(), g.due().day()),
                               std::pair(month, day));
              }};
    }
    case 6: {
      const std::string tag(1, static_cast<char>('x' + number(3)));
      return {"tags:" + tag, [=](const Gadget& g) {
                return std::find(g.tags().begin(), g.tags().end(), tag) != g.tags().end();
              }};
    }
    case 7: {
      const std::string id = std::to_string(number(4));
      return {"aliases.id:" + id, [=](const Gadget& g) {
                return std::any_of(g.aliases().begin(), g.aliases().end(),
                                   [&](const Alias& alias) { return alias.id() == id; });
              }};
    }
    case 8: {
      const std::string customer = "c" + std::to_string(number(5));
      return {"customer " + op + " " + customer, [=](const Gadget& g) {
                return Compare(op, g.name().substr(10, g.name().find('/', 10) - 10), customer);
              }};
    }
    case 9: {
      const std::string key(1, static_cast<char>('a' + number(4)));
      return {"traits:" + key, [=](const Gadget& g) { return TraitOf(g, key) != nullptr; }};
    }
    case 10: {
      const std::string key(1, static_cast<char>('a' + number(4)));
      const std::string text = std::to_string(number(4));
      return {"traits." + key + " " + op + " \"" + text + "\"", [=](const Gadget& g) {
                const Trait* trait = TraitOf(g, key);
                const bool is_text = trait != nullptr && (trait->has_text() || trait->has_choice());
                if (!is_text) return op == "!=";
                return Compare(op, trait->has_text() ? trait->text() : trait->choice(), text);
              }};
    }
    case 11: {
      const std::string key(1, static_cast<char>('a' + number(4)));
      const int value = number(4) - 1;
      return {"traits." + key + " " + op + " " + std::to_string(value), [=](const Gadget& g) {
                const Trait* trait = TraitOf(g, key);
                if (trait == nullptr) return op == "!=";
                if (trait->has_number())
                  return Compare<int64_t>(op, trait->number().units(), value);
                if (!trait->has_text() && !trait->has_choice()) return op == "!=";
                return Compare(op, trait->has_text() ? trait->text() : trait->choice(),
                               std::to_string(value));
              }};
    }
    default: {
      const std::string begin = std::array{"r", "g", "gr", "x"}[random() % 4];
      return {"part.colour = " + begin + "*",
              [=](const Gadget& g) { return g.part().colour().rfind(begin, 0) == 0; }};
    }
  }
}

Meaning RandomFilter(std::mt19937_64& random, int depth) {
  if (depth == 0 || random() % 3 == 0) return RandomComparison(random);
  const Meaning a = RandomFilter(random, depth - 1), b = RandomFilter(random, depth - 1);
  switch (random() % 4) {
    case 0:
      return {"(" + a.text + ") OR (" + b.text + ")",
              [=](const Gadget& g) { return a.matches(g) || b.matches(g); }};
    case 1:
      return {"NOT (" + a.text + ")", [=](const Gadget& g) { return !a.matches(g); }};
    default:
      return {"(" + a.text + ") AND (" + b.text + ")",
              [=](const Gadget& g) { return a.matches(g) && b.matches(g); }};
  }
}

TEST_F(ListTest, AnyFilterGivesTheRowsThatABruteForceSearchGives) {
  std::mt19937_64 random(31);
  const std::vector<std::string> orders = {
      "", "", "owner", "name desc", "amount.units", "due, rank", "due desc"};
  size_t found = 0;
  for (int i = 0; i < 600; ++i) {
    const Meaning filter = RandomFilter(random, 3);
    ListQuery query;
    query.filter = filter.text;
    query.order_by = orders[random() % orders.size()];
    query.page_size = 1 + static_cast<int>(random() % 100);
    query.rows_scanned_max = 1 + static_cast<int>(random() % 400);
    const std::string customer = "customers/c" + std::to_string(random() % 4);
    if (random() % 3 == 0) query.parent = customer;
    const std::string prefix = query.parent.empty() ? "" : customer + "/";
    const auto want = NamesWhere([&](const Gadget& gadget) {
      return filter.matches(gadget) && gadget.name().rfind(prefix, 0) == 0;
    });
    EXPECT_EQ(Names(All(query)), want) << filter.text << " order by " << query.order_by;
    found += want.size();
    if (HasFailure()) return;
  }
  EXPECT_GT(found, 10'000u);
}

}  // namespace
}  // namespace crm::table::testdata
