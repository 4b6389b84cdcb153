#include "libs/table/filter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/table/codec.h"
#include "libs/table/limits.h"
#include "libs/table/literal.h"

namespace crm::table {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool IsPathChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

struct Literal {
  std::string text;
  bool quoted = false;
  // It ended in * that was not escaped; the * is not part of the text.
  bool star = false;
};

class Parser {
 public:
  Parser(std::string_view text, const Descriptor& row, const KeyTypes& types)
      : text_(text), row_(row), types_(types) {}

  absl::StatusOr<Filter> Parse() {
    SkipBlanks();
    if (at_ == text_.size()) return Filter();
    absl::StatusOr<Filter> filter = Sequence(0);
    if (!filter.ok()) return filter;
    if (at_ != text_.size()) return Wrong(at_, "expected AND, OR or the end");
    return filter;
  }

 private:
  absl::StatusOr<Filter> Sequence(int depth) {
    return Joined(Filter::Kind::kAnd, "AND",
                  [&] { return Joined(Filter::Kind::kOr, "OR", [&] { return Term(depth); }); });
  }

  // operand (word operand)*; one operand is itself.
  template <class Operand>
  absl::StatusOr<Filter> Joined(Filter::Kind kind, std::string_view word, const Operand& operand) {
    absl::StatusOr<Filter> first = operand();
    if (!first.ok() || !TakeWord(word)) return first;
    Filter joined;
    joined.kind = kind;
    joined.children.push_back(*std::move(first));
    do {
      absl::StatusOr<Filter> next = operand();
      if (!next.ok()) return next;
      joined.children.push_back(*std::move(next));
    } while (TakeWord(word));
    return joined;
  }

  absl::StatusOr<Filter> Term(int depth) {
    if (depth == kFilterDepthMax) return Wrong(at_, "too many parentheses in each other");
    if (!TakeWord("NOT") && !Take("-")) return Simple(depth);
    absl::StatusOr<Filter> negated = Simple(depth);
    if (!negated.ok()) return negated;
    return Not(*std::move(negated));
  }

  absl::StatusOr<Filter> Simple(int depth) {
    if (!Take("(")) return Comparison();
    absl::StatusOr<Filter> inner = Sequence(depth + 1);
    if (!inner.ok()) return inner;
    if (!Take(")")) return Wrong(at_, "expected )");
    return inner;
  }

  absl::StatusOr<Filter> Comparison() {
    if (++terms_ > kFilterTermsMax) return Wrong(at_, "too many comparisons");
    const size_t begin = at_;
    while (at_ < text_.size() && (IsPathChar(text_[at_]) || (text_[at_] == '-' && at_ > begin)))
      ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (name.empty()) return Wrong(begin, "expected a field");
    absl::StatusOr<FieldPath> path = ResolveFilterPath(row_, name);
    if (!path.ok()) return Wrong(begin, path.status().message());
    SkipBlanks();
    const size_t op_at = at_;
    const std::string_view op = TakeOperator();
    if (op.empty()) return Wrong(op_at, "expected one of = != < <= > >= :");
    if (path->repeated_step >= 0 && path->key_field == nullptr && op != ":") {
      return Wrong(op_at, absl::StrCat("\"", path->text, "\" is repeated and takes : only"));
    }
    const size_t value_at = at_;
    absl::StatusOr<Literal> literal = TakeLiteral();
    if (!literal.ok()) return literal.status();
    const bool alone = literal->star && literal->text.empty() && !literal->quoted;
    const bool has_key = MapKeyOf(path->leaf()) != nullptr && path->key_field == nullptr && !alone;
    if (has_key) return HasKey(*std::move(path), *literal, value_at);
    if (path->key_field != nullptr)
      return OfKey(*std::move(path), begin, op, op_at, *literal, value_at);
    Filter filter;
    filter.kind = Filter::Kind::kCompare;
    filter.path = *std::move(path);
    if (absl::Status s = Bind(op, op_at, *literal, value_at, filter); !s.ok()) return s;
    return filter;
  }

  // map:key
  absl::StatusOr<Filter> HasKey(FieldPath path, const Literal& key, size_t key_at) {
    if (key.star) return Wrong(key_at, "* stands alone");
    Filter filter;
    filter.kind = Filter::Kind::kCompare;
    filter.op = FilterOp::kIsSet;
    const auto of_key = ResolveFilterPath(row_, absl::StrCat(path.text, ".", key.text));
    if (!of_key.ok()) return Wrong(key_at, of_key.status().message());
    if (const auto type = TypeOf(*of_key); !type.ok())
      return Wrong(key_at, type.status().message());
    filter.path = *of_key;
    return filter;
  }

  // map.key op value
  absl::StatusOr<Filter> OfKey(FieldPath path, size_t path_at, std::string_view op, size_t op_at,
                               const Literal& literal, size_t value_at) {
    const auto type = TypeOf(path);
    if (!type.ok()) return Wrong(path_at, type.status().message());
    Filter filter;
    filter.kind = Filter::Kind::kCompare;
    filter.path = std::move(path);
    const bool is_set = op == ":" && literal.star && literal.text.empty() && !literal.quoted;
    if (!is_set && filter.path.oneof == nullptr)
      return Wrong(op_at, absl::StrCat("\"", filter.path.text, "\" takes : only"));
    if (is_set || literal.star) {
      if (!is_set && (op != "=" || (*type != nullptr && KindOf(**type) != ValueKind::kString))) {
        return Wrong(value_at, "* stands only at the end of a string after =, or alone after :");
      }
      filter.op = is_set ? FilterOp::kIsSet : FilterOp::kBeginsWith;
      if (is_set) return filter;
      filter.code.push_back(TagOf(ValueKind::kString));
      AppendStringPrefix(literal.text, filter.code);
      return filter;
    }
    return OfValue(std::move(filter), *type, op, op_at, literal, value_at);
  }

  absl::StatusOr<Filter> OfValue(Filter filter, const FieldDescriptor* type, std::string_view op,
                                 size_t op_at, const Literal& literal, size_t value_at) {
    filter.op = op == "!=" ? FilterOp::kEqual : OperationOf(op);
    const bool ordered = filter.op != FilterOp::kEqual;
    auto codes = CodesOfVariant(filter.path, type, literal.text, ordered);
    if (!codes.ok()) return Wrong(value_at, codes.status().message());
    if (type == nullptr && literal.quoted) {
      std::erase_if(*codes, [](const std::string& code) {
        return code[0] != TagOf(ValueKind::kString) && code[0] != TagOf(ValueKind::kTimestamp) &&
               code[0] != TagOf(ValueKind::kDate);
      });
    }
    Filter any;
    any.kind = Filter::Kind::kOr;
    for (std::string& code : *codes) {
      any.children.push_back(filter);
      any.children.back().code = std::move(code);
    }
    if (any.children.size() == 1) {
      Filter only = std::move(any.children.front());
      any = std::move(only);
    }
    return op == "!=" ? Not(std::move(any)) : any;
  }

  // nullptr: any. An error: there is no such key.
  absl::StatusOr<const FieldDescriptor*> TypeOf(const FieldPath& path) const {
    if (!types_) return nullptr;
    return types_(path.leaf(), path.key);
  }

  static Filter Not(Filter negated) {
    Filter filter;
    filter.kind = Filter::Kind::kNot;
    filter.children.push_back(std::move(negated));
    return filter;
  }

  // Fills in the operation and the value's code.
  absl::Status Bind(std::string_view op, size_t op_at, const Literal& literal, size_t value_at,
                    Filter& filter) {
    if (op == ":" && literal.star && literal.text.empty() && !literal.quoted) {
      filter.op = FilterOp::kIsSet;
      return absl::OkStatus();
    }
    if (literal.star) {
      if (filter.path.kind != ValueKind::kString || op != "=") {
        return Wrong(value_at, "* stands only at the end of a string after =, or alone after :");
      }
      filter.op = FilterOp::kBeginsWith;
      AppendStringPrefix(literal.text, filter.code);
      return absl::OkStatus();
    }
    filter.op = OperationOf(op);
    const bool ordered = filter.op != FilterOp::kEqual && filter.op != FilterOp::kNotEqual;
    if (ordered && (filter.path.kind == ValueKind::kEnum || filter.path.kind == ValueKind::kBool)) {
      return Wrong(op_at, absl::StrCat("\"", filter.path.text, "\" has no order"));
    }
    absl::StatusOr<std::string> code = CodeOfLiteral(filter.path, literal.text);
    if (!code.ok()) return Wrong(value_at, code.status().message());
    filter.code = *std::move(code);
    return absl::OkStatus();
  }

  static FilterOp OperationOf(std::string_view op) {
    if (op == "!=") return FilterOp::kNotEqual;
    if (op == "<") return FilterOp::kLess;
    if (op == "<=") return FilterOp::kLessEqual;
    if (op == ">") return FilterOp::kGreater;
    if (op == ">=") return FilterOp::kGreaterEqual;
    return FilterOp::kEqual;
  }

  std::string_view TakeOperator() {
    for (std::string_view op : {"!=", "<=", ">=", "=", "<", ">", ":"}) {
      if (Take(op)) return op;
    }
    return {};
  }

  absl::StatusOr<Literal> TakeLiteral() {
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) return TakeQuoted();
    Literal literal;
    const size_t begin = at_;
    while (at_ < text_.size() && !IsBlank(text_[at_]) && text_[at_] != '(' && text_[at_] != ')') {
      ++at_;
    }
    literal.text = std::string(text_.substr(begin, at_ - begin));
    if (literal.text.empty()) return Wrong(begin, "expected a value");
    if (literal.text.back() == '*') {
      literal.star = true;
      literal.text.pop_back();
    }
    SkipBlanks();
    return literal;
  }

  absl::StatusOr<Literal> TakeQuoted() {
    Literal literal;
    literal.quoted = true;
    const size_t begin = at_;
    const char quote = text_[at_++];
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      literal.star = text_[at_] == '*';
      if (text_[at_] == '\\' && ++at_ == text_.size()) break;
      literal.text.push_back(text_[at_]);
    }
    if (at_ >= text_.size()) return Wrong(begin, "the quote is not closed");
    ++at_;
    if (literal.star) literal.text.pop_back();
    SkipBlanks();
    return literal;
  }

  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }

  bool Take(std::string_view token) {
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    SkipBlanks();
    return true;
  }

  // The word, not merely the beginning of one.
  bool TakeWord(std::string_view word) {
    const size_t end = at_ + word.size();
    if (text_.substr(at_, word.size()) != word) return false;
    if (end < text_.size() && !IsBlank(text_[end]) && text_[end] != '(') return false;
    return Take(word);
  }

  template <class Text>
  static absl::Status Wrong(size_t at, const Text& why) {
    return base::Invalid("filter", absl::StrCat("column ", at + 1, ": ", why));
  }

  const std::string_view text_;
  const Descriptor& row_;
  const KeyTypes& types_;
  size_t at_ = 0;
  int terms_ = 0;
};

}  // namespace

absl::StatusOr<Filter> ParseFilter(std::string_view text, const Descriptor& row,
                                   const KeyTypes& types) {
  if (text.size() > kFilterBytesMax) {
    return base::Invalid("filter", absl::StrCat("at most ", kFilterBytesMax, " bytes"));
  }
  return Parser(text, row, types).Parse();
}

absl::StatusOr<Filter> AnyOf(const Descriptor& row, std::string_view path,
                             const std::vector<KeyValue>& values) {
  absl::StatusOr<FieldPath> resolved = ResolvePath(row, path);
  if (!resolved.ok()) return resolved.status();
  if (resolved->repeated_step >= 0) {
    return absl::InvalidArgumentError(absl::StrCat("\"", View(path), "\" is repeated"));
  }
  Filter any;
  any.kind = Filter::Kind::kOr;
  for (const KeyValue& value : values) {
    Filter one;
    one.kind = Filter::Kind::kCompare;
    one.path = *resolved;
    // An unset time or date equals nothing: see the grammar.
    if (!AppendValue(one.path.kind, value, one.code) ||
        (CanBeUnset(one.path.kind) && one.code.front() == kUnset)) {
      return absl::InvalidArgumentError(absl::StrCat("\"", View(path), "\" has another shape"));
    }
    any.children.push_back(std::move(one));
  }
  if (any.children.size() != 1) return any;
  Filter only = std::move(any.children.front());
  return only;
}

}  // namespace crm::table
