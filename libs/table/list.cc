#include "libs/table/list.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/check.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/table/codec.h"
#include "libs/table/filter.h"
#include "libs/table/order.h"
#include "libs/table/page_token.h"
#include "libs/table/plan.h"
#include "libs/table/raw.h"
#include "libs/table/row_keys.h"
#include "libs/table/store.h"

namespace crm::table {
namespace {

// Keys have their space and table in front, which are the same for all of a table.
constexpr size_t kPlaceAt = 2;

Filter VariableIs(const FieldPath& variable, std::string_view id) {
  Filter filter;
  filter.kind = Filter::Kind::kCompare;
  filter.path = variable;
  AppendString(id, filter.code);
  return filter;
}

absl::Status AddParent(const TableDef& table, const std::string& parent, Conditions& conditions) {
  const std::vector<FieldPath>& variables = table.name_variables();
  const std::optional<base::NamePattern>& pattern = table.names();
  if (variables.empty() || !pattern.has_value()) {
    if (parent.empty()) return absl::OkStatus();
    return base::Invalid("parent", "must be empty: the collection has no parent");
  }
  if (!pattern->MatchesParent(parent, /*allow_wildcard=*/true)) {
    return base::Invalid("parent", absl::StrCat("must name a parent of ", table.pattern(),
                                                "; - stands for all of a collection"));
  }
  if (parent.empty()) return absl::OkStatus();
  const std::vector<std::string> segments = absl::StrSplit(parent, '/');
  conditions.prefix_is_parent = true;
  bool leading = true;
  for (size_t i = 0; 2 * i + 1 < segments.size(); ++i) {
    const std::string& id = segments[2 * i + 1];
    if (id == "-") {
      if (leading) absl::StrAppend(&conditions.name_prefix, segments[2 * i], "/");
      leading = false;
      continue;
    }
    if (leading) {
      absl::StrAppend(&conditions.name_prefix, segments[2 * i], "/", id, "/");
    } else {
      conditions.prefix_is_parent = false;
    }
    conditions.conjuncts.push_back(VariableIs(variables[i], id));
  }
  if (leading) absl::StrAppend(&conditions.name_prefix, pattern->collection(), "/");
  conditions.parent_conjuncts = static_cast<int>(conditions.conjuncts.size());
  // All names begin so: that is no reason to walk the primary key.
  if (conditions.parent_conjuncts == 0) conditions.name_prefix.clear();
  return absl::OkStatus();
}

void AddConjuncts(Filter filter, std::vector<Filter>& conjuncts) {
  if (filter.kind != Filter::Kind::kAnd) {
    conjuncts.push_back(std::move(filter));
    return;
  }
  for (Filter& child : filter.children) AddConjuncts(std::move(child), conjuncts);
}

absl::StatusOr<Conditions> MakeConditions(const TableDef& table, const std::string& parent,
                                          const ListQuery& query) {
  Conditions conditions;
  if (absl::Status s = AddParent(table, parent, conditions); !s.ok()) return s;
  for (const Predicate& predicate : query.predicates) {
    absl::StatusOr<Filter> filter = AnyOf(table.row(), predicate.field, predicate.any_of);
    // Our own code wrote it.
    base::Check(filter.ok(), filter.ok() ? "" : filter.status().ToString());
    AddConjuncts(*std::move(filter), conditions.conjuncts);
  }
  absl::StatusOr<Filter> filter = ParseFilter(query.filter, table.row(), query.key_types);
  if (!filter.ok()) return filter.status();
  AddConjuncts(*std::move(filter), conditions.conjuncts);
  return conditions;
}

int PageSize(int32_t asked) {
  return asked == 0 ? kPageSizeDefault : std::min(asked, kPageSizeMax);
}

// One parent's part of a list. The conditions are what the plan points into.
struct Part {
  Conditions conditions;
  Plan plan;
};

// What keys are in order by over all parts: what comes behind the values that are held equal.
std::string_view OrderOf(const Plan& plan, std::string_view key) {
  return key.substr(plan.equal.size());
}

// Cuts the plans down to what is behind the place where the last page ended.
absl::Status GoOnFrom(const TableDef& table, const ListQuery& query, const std::string& hash,
                      std::vector<std::unique_ptr<Part>>& parts) {
  if (query.page_token.empty()) return absl::OkStatus();
  const std::optional<std::string> place = PlaceOf(query.page_token, hash);
  for (const auto& from : parts) {
    if (!place.has_value()) break;
    const std::string at = IndexPrefix(table, *from->plan.index).substr(0, kPlaceAt) + *place;
    if (at < from->plan.begin || at >= from->plan.end) continue;
    const std::string order(OrderOf(from->plan, at));
    for (const auto& part : parts) {
      Plan& plan = part->plan;
      const std::string key = plan.equal + order;
      if (plan.reverse) {
        plan.end = std::max(plan.begin, std::min(plan.end, key));
      } else {
        plan.begin = std::min(plan.end, std::max(plan.begin, key + '\0'));
      }
    }
    return absl::OkStatus();
  }
  return base::Invalid("page_token",
                       "is not one of this list: the other arguments must be those that gave it");
}

}  // namespace

// Walks the plans of all parts at once, for one page.
class Lister {
 public:
  Lister(const ReadView& view, const TableDef& table,
         const std::vector<std::unique_ptr<Part>>& parts)
      : view_(view), store_(view.database().store()), table_(table) {
    for (const auto& part : parts)
      walks_.push_back(std::make_unique<Walk>(store_, view_.snapshot_, part->plan));
  }

  absl::StatusOr<ListResult> Page(const ListQuery& query, std::string_view hash) {
    const size_t page_size = PageSize(query.page_size);
    ListResult page;
    size_t bytes = 0;
    std::string last, last_order;
    page.rows.reserve(page_size);
    while (Walk* walk = First()) {
      const bool full = page.rows.size() == page_size || bytes >= kPageBytesMax ||
                        page.rows_scanned >= query.rows_scanned_max;
      // There is more: the key just found is where the next page begins. Walks of parts that no key
      // tells apart meet the same keys: no page ends between them.
      const bool same = OrderOf(walk->plan, walk->key) == last_order;
      if (full && !same) return WithToken(std::move(page), hash, last);
      ++page.rows_scanned;
      ++view_.rows_scanned_;
      last.assign(walk->key);
      last_order.assign(OrderOf(walk->plan, walk->key));
      absl::StatusOr<std::optional<StoredRow>> row = RowAt(walk->plan, walk->key, walk->value);
      if (!row.ok()) return store_.Note(row.status());
      walk->Next();
      if (!row->has_value()) continue;
      bytes += (*row)->bytes.size();
      page.rows.push_back(*std::move(*row));
    }
    for (const auto& walk : walks_) {
      if (absl::Status s = walk->cursor.status(); !s.ok()) return s;
    }
    return page;
  }

 private:
  // One part's keys, and the next of them.
  struct Walk {
    Walk(Store& store, const rocksdb::Snapshot* snapshot, const Plan& walked)
        : plan(walked), cursor(store, snapshot, walked.begin, walked.end, walked.reverse) {
      Next();
    }
    void Next() { more = cursor.Next(key, value); }

    const Plan& plan;
    RocksCursor cursor;
    std::string_view key, value;
    bool more = false;
  };

  // The walk whose next key comes first; nullptr: all have ended.
  Walk* First() const {
    Walk* first = nullptr;
    for (const auto& walk : walks_) {
      if (!walk->more) continue;
      if (first == nullptr ||
          (OrderOf(walk->plan, walk->key) < OrderOf(first->plan, first->key)) != walk->plan.reverse)
        first = walk.get();
    }
    return first;
  }

  // nullopt: the row does not fit the query.
  absl::StatusOr<std::optional<StoredRow>> RowAt(const Plan& plan, std::string_view key,
                                                 std::string_view value) {
    RowCache::Value fetched;
    if (plan.index->id != 0) {
      absl::StatusOr<RowCache::Value> found =
          store_.GetRow(view_.snapshot_, RowKeyOfEntry(table_, *plan.index, key));
      if (!found.ok()) return found.status();
      if (*found == nullptr) return Corrupt("an index entry without its row");
      fetched = *std::move(found);
      value = *fetched;
    }
    if (!plan.residual.empty()) {
      if (message_ == nullptr) message_.reset(table_.prototype().New());
      if (!ParseRow(value, *message_)) return Corrupt("a row that does not parse");
      for (const Filter* filter : plan.residual) {
        if (!Matches(*filter, *message_)) return std::nullopt;
      }
    }
    if (fetched == nullptr) fetched = std::make_shared<const std::string>(value);
    return ToStoredRow(store_, std::move(fetched));
  }

  static absl::StatusOr<ListResult> WithToken(ListResult page, std::string_view hash,
                                              std::string_view last) {
    std::optional<std::string> token = MakePageToken(hash, last.substr(kPlaceAt));
    if (!token.has_value()) {
      return base::Failed(absl::StatusCode::kResourceExhausted, "KEY_TOO_LONG",
                          "a row's index fields are too long for a page token");
    }
    page.next_page_token = *std::move(token);
    return page;
  }

  const ReadView& view_;
  Store& store_;
  const TableDef& table_;
  std::vector<std::unique_ptr<Walk>> walks_;
  std::unique_ptr<google::protobuf::Message> message_;
};

absl::StatusOr<ListResult> List(const ReadView& view, const TableDef& table,
                                const ListQuery& query) {
  base::Check(query.rows_scanned_max > 0, "a list may look at one row at least");
  if (query.page_size < 0) return base::Invalid("page_size", "must not be negative");
  const absl::StatusOr<std::vector<OrderField>> order = ParseOrder(query.order_by, table.row());
  std::vector<std::unique_ptr<Part>> parts;
  for (size_t i = 0; i <= query.parents_besides.size(); ++i) {
    absl::StatusOr<Conditions> conditions =
        MakeConditions(table, i == 0 ? query.parent : query.parents_besides[i - 1], query);
    if (!conditions.ok()) return conditions.status();
    if (!order.ok()) return order.status();
    Part& part = *parts.emplace_back(std::make_unique<Part>());
    part.conditions = *std::move(conditions);
    absl::StatusOr<Plan> plan = MakePlan(table, part.conditions, *order);
    if (!plan.ok()) return plan.status();
    part.plan = *std::move(plan);
  }
  const std::string hash = QueryHash(table, query);
  if (absl::Status s = GoOnFrom(table, query, hash, parts); !s.ok()) return s;
  return Lister(view, table, parts).Page(query, hash);
}

}  // namespace crm::table
