#include "libs/table/plan.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/table/codec.h"
#include "libs/table/raw.h"
#include "libs/table/row_keys.h"

namespace crm::table {
namespace {

bool IsRange(FilterOp op) {
  return op == FilterOp::kLess || op == FilterOp::kLessEqual || op == FilterOp::kGreater ||
         op == FilterOp::kGreaterEqual || op == FilterOp::kBeginsWith;
}

// One index tried for the query.
class Candidate {
 public:
  Candidate(const TableDef& table, const IndexDef& index, const Conditions& conditions)
      : conditions_(conditions), index_(index) {
    for (const KeyPart& part : index.fields) parts_.push_back(&part);
    if (index.id != 0) {
      for (const KeyPart& part : table.primary().fields) parts_.push_back(&part);
    }
    std::string prefix = IndexPrefix(table, index);
    TakeEqualities(prefix);
    equal_ = prefix;
    range_ = PrefixRange(prefix);
    TakeRange(prefix);
  }

  // An index that fans out is good only where one element is asked for: then it has at most one
  // entry a row. Two fields of one element would be paired, which a filter does not say, but of a
  // map: no two of its elements have the same key.
  bool Usable() const {
    if (index_.fan_out < 0 || by_key_) return true;
    return index_.fan_out_fields == 1 && static_cast<size_t>(index_.fan_out) < equalities_;
  }

  // nullptr: the walk gives the order; else the first field that it does not give.
  const OrderField* FirstOutOfOrder(const std::vector<OrderField>& order) {
    std::optional<bool> reverse;
    size_t at = equalities_;
    for (const OrderField& field : order) {
      if (Equality(field.path) != nullptr) continue;  // The same in all rows.
      while (at < parts_.size() && Equality(parts_[at]->path) != nullptr) ++at;
      if (at == parts_.size()) break;  // The whole key is in order: nothing is left to sort.
      if (!SamePath(parts_[at]->path, field.path)) return &field;
      const bool backwards = parts_[at]->descending != field.descending;
      if (reverse.value_or(backwards) != backwards) return &field;
      reverse = backwards;
      ++at;
    }
    reverse_ = reverse.value_or(false);
    return nullptr;
  }

  auto Score() const {
    const size_t bound = prefix_used_ ? static_cast<size_t>(conditions_.parent_conjuncts) : 0;
    return std::tuple(equalities_ + bound, ranged_, index_.id == 0, -index_.id);
  }

  Plan ToPlan() const {
    Plan plan;
    plan.index = &index_;
    plan.begin = range_.begin;
    plan.end = std::max(range_.begin, range_.end);
    plan.equal = equal_;
    plan.reverse = reverse_;
    for (size_t i = 0; i < conditions_.conjuncts.size(); ++i) {
      const bool by_prefix = prefix_used_ && conditions_.prefix_is_parent &&
                             i < static_cast<size_t>(conditions_.parent_conjuncts);
      const Filter* conjunct = &conditions_.conjuncts[i];
      if (!by_prefix && taken_.count(conjunct) == 0) plan.residual.push_back(conjunct);
    }
    return plan;
  }

 private:
  const Filter* Equality(const FieldPath& path) const {
    for (const Filter& conjunct : conditions_.conjuncts) {
      if (conjunct.kind == Filter::Kind::kCompare && conjunct.op == FilterOp::kEqual &&
          SamePath(conjunct.path, path)) {
        return &conjunct;
      }
    }
    return nullptr;
  }

  void TakeEqualities(std::string& prefix) {
    while (equalities_ < parts_.size()) {
      const KeyPart& part = *parts_[equalities_];
      const Filter* equality = Equality(part.path);
      if (equality == nullptr) {
        const bool pair = PairsAt(equalities_);
        const Filter* of_key = pair ? OfKey(part.path) : nullptr;
        if (of_key == nullptr || !TakeKey(*of_key, prefix)) return;
        continue;
      }
      taken_.insert(equality);
      const size_t from = prefix.size();
      prefix.append(equality->code);
      if (part.descending) Complement(from, prefix);
      ++equalities_;
    }
  }

  // Whether the part is the key of a map, and the next one its value.
  bool PairsAt(size_t at) const {
    if (by_key_ || at + 1 >= index_.fields.size() || index_.fan_out_fields != 2) return false;
    const KeyPart& key = *parts_[at];
    const KeyPart& value = *parts_[at + 1];
    if (key.descending || value.descending || value.path.oneof == nullptr) return false;
    return key.path.steps.size() == value.path.steps.size() + 1 &&
           std::equal(value.path.steps.begin(), value.path.steps.end(), key.path.steps.begin());
  }

  // What is asked of an element with a certain key, where `key` leads to: an equality when there is
  // one, then a range. nullptr: nothing.
  const Filter* OfKey(const FieldPath& key) const {
    const Filter* best = nullptr;
    for (const Filter& conjunct : conditions_.conjuncts) {
      const bool of_map =
          conjunct.kind == Filter::Kind::kCompare && conjunct.path.key_field == &key.leaf() &&
          std::equal(conjunct.path.steps.begin(), conjunct.path.steps.end(), key.steps.begin());
      if (!of_map) continue;
      const auto rank = [](const Filter& of) {
        return of.op == FilterOp::kEqual ? 2 : IsRange(of.op) ? 1 : 0;
      };
      if (best == nullptr || rank(conjunct) > rank(*best)) best = &conjunct;
    }
    return best;
  }

  // True: there may be more equalities behind it.
  bool TakeKey(const Filter& of_key, std::string& prefix) {
    by_key_ = true;
    AppendString(of_key.path.key, prefix);
    ++equalities_;
    if (of_key.op == FilterOp::kIsSet) taken_.insert(&of_key);
    if (of_key.op != FilterOp::kEqual) {
      if (IsRange(of_key.op)) kind_range_ = &of_key;
      return false;
    }
    taken_.insert(&of_key);
    prefix.append(of_key.code);
    ++equalities_;
    return true;
  }

  void TakeRange(const std::string& prefix) {
    if (kind_range_ != nullptr) return TakeRangeOfKey(*kind_range_, prefix);
    if (equalities_ == parts_.size()) return;
    const KeyPart& part = *parts_[equalities_];
    if (part.path.repeated_step >= 0) return;
    for (const Filter& conjunct : conditions_.conjuncts) {
      if (conjunct.kind != Filter::Kind::kCompare || !IsRange(conjunct.op) ||
          !SamePath(conjunct.path, part.path)) {
        continue;
      }
      Narrow(part, prefix, conjunct.op, conjunct.code);
      taken_.insert(&conjunct);
      ranged_ = true;
    }
    const bool is_name = part.path.steps.size() == 1 && part.path.variable_segment < 0 &&
                         part.path.leaf().name() == "name";
    if (is_name && !conditions_.name_prefix.empty()) {
      std::string code;
      AppendStringPrefix(conditions_.name_prefix, code);
      Narrow(part, prefix, FilterOp::kBeginsWith, code);
      prefix_used_ = ranged_ = true;
    }
  }

  // Only values of the same kind compare.
  void TakeRangeOfKey(const Filter& of_key, const std::string& prefix) {
    const KeyPart& part = *parts_[equalities_];
    const std::string kind = prefix + of_key.code[0];
    Above(kind);
    Below(AfterPrefix(kind));
    for (const Filter& conjunct : conditions_.conjuncts) {
      const bool same = conjunct.kind == Filter::Kind::kCompare && IsRange(conjunct.op) &&
                        SamePath(conjunct.path, of_key.path) && conjunct.code[0] == of_key.code[0];
      if (!same) continue;
      Narrow(part, prefix, conjunct.op, conjunct.code);
      taken_.insert(&conjunct);
      ranged_ = true;
    }
  }

  // Cuts the range down to the entries whose part compares so with the value of this code.
  void Narrow(const KeyPart& part, const std::string& prefix, FilterOp op,
              const std::string& code) {
    std::string at = prefix + code;
    if (part.descending) Complement(prefix.size(), at);
    if (op == FilterOp::kBeginsWith) {
      Above(at);
      Below(AfterPrefix(at));
      return;
    }
    const bool less = op == FilterOp::kLess || op == FilterOp::kLessEqual;
    const bool with_equal = op == FilterOp::kLessEqual || op == FilterOp::kGreaterEqual;
    if (less != part.descending) {
      Below(with_equal ? AfterPrefix(at) : at);
    } else {
      Above(with_equal ? at : AfterPrefix(at));
    }
    if (less && CanBeUnset(part.path.kind)) ExceptUnset(part, prefix);
  }

  // An unset time or date is less than nothing.
  void ExceptUnset(const KeyPart& part, const std::string& prefix) {
    std::string unset = prefix;
    unset.push_back(part.descending ? static_cast<char>(~kUnset) : kUnset);
    part.descending ? Below(unset) : Above(AfterPrefix(unset));
  }

  void Above(const std::string& key) { range_.begin = std::max(range_.begin, key); }
  void Below(const std::string& key) { range_.end = std::min(range_.end, key); }

  const Conditions& conditions_;
  const IndexDef& index_;
  std::vector<const KeyPart*> parts_;  // What the entries are sorted by.
  std::set<const Filter*> taken_;      // What the range of keys already says.
  std::string equal_;
  size_t equalities_ = 0;
  bool by_key_ = false;                 // One key of a map is asked for.
  const Filter* kind_range_ = nullptr;  // A range of its values.
  bool ranged_ = false;
  bool prefix_used_ = false;
  bool reverse_ = false;
  KeyRange range_;
};

std::string Orders(const TableDef& table) {
  std::string orders;
  for (const IndexDef& index : table.indexes()) {
    if (index.fan_out >= 0) continue;
    absl::StrAppend(&orders, orders.empty() ? "" : "; ");
    for (size_t i = 0; i < index.fields.size(); ++i) {
      absl::StrAppend(&orders, i == 0 ? "" : ", ", index.fields[i].path.text,
                      index.fields[i].descending ? " desc" : "");
    }
  }
  return orders;
}

}  // namespace

absl::StatusOr<Plan> MakePlan(const TableDef& table, const Conditions& conditions,
                              const std::vector<OrderField>& order) {
  std::optional<Candidate> best;
  std::string out_of_order;
  for (const IndexDef& index : table.indexes()) {
    Candidate candidate(table, index, conditions);
    if (!candidate.Usable()) continue;
    if (const OrderField* field = candidate.FirstOutOfOrder(order); field != nullptr) {
      if (out_of_order.empty()) out_of_order = field->path.text;
      continue;
    }
    if (!best.has_value() || candidate.Score() > best->Score()) best.emplace(std::move(candidate));
  }
  if (best.has_value()) return best->ToPlan();
  return base::Invalid(
      "order_by", absl::StrCat("no index gives this order: \"", out_of_order,
                               "\"; there are (fields that the filter holds equal may be left out, "
                               "all directions may be turned): ",
                               Orders(table)));
}

}  // namespace crm::table
