// Filters of lists. Input: row type, a row of it, the filter's text.
#include "libs/table/filter.h"

#include <array>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "crm/servicedesk/v1/ticket.pb.h"
#include "libs/base/check.h"
#include "libs/base/utf8.h"
#include "libs/table/testdata/gadget.pb.h"
#include "tests/fuzz/fuzz.h"

namespace crm::fuzz {
namespace {

using google::protobuf::Message;

// A filter put together from others holds what logic says, or is too long or too deep.
void CheckComposed(const std::string& text, const Message& row, bool expected) {
  const auto composed = table::ParseFilter(text, *row.GetDescriptor());
  if (!composed.ok()) {
    const std::string why(composed.status().message());
    base::Check(
        why.find("too many") != std::string::npos || why.find("at most") != std::string::npos, why);
    return;
  }
  base::Check(table::Matches(*composed, row) == expected, text);
}

bool Is(table::Filter comparison, table::FilterOp op, const Message& row) {
  comparison.op = op;
  return table::Matches(comparison, row);
}

// Of less, equal and greater one is true, or none where the field is unset; the other three follow.
void CheckComparisons(const table::Filter& filter, const Message& row) {
  using Op = table::FilterOp;
  for (const table::Filter& child : filter.children) CheckComparisons(child, row);
  const bool compares = filter.kind == table::Filter::Kind::kCompare && filter.op != Op::kIsSet &&
                        filter.op != Op::kBeginsWith && filter.path.repeated_step < 0;
  if (!compares) return;
  const bool less = Is(filter, Op::kLess, row), equal = Is(filter, Op::kEqual, row);
  const bool greater = Is(filter, Op::kGreater, row);
  const int all = int{less} + int{equal} + int{greater};
  base::Check(all == 1 || (all == 0 && table::CanBeUnset(filter.path.kind)), filter.path.text);
  base::Check(Is(filter, Op::kLessEqual, row) == (less || equal), "<= is < or =");
  base::Check(Is(filter, Op::kGreaterEqual, row) == (greater || equal), ">= is > or =");
  base::Check(Is(filter, Op::kNotEqual, row) != equal, "!= is not =");
}

void CheckRow(const std::string& text, const table::Filter& filter, const Message& row) {
  const bool matches = table::Matches(filter, row);
  const bool empty = filter.kind == table::Filter::Kind::kAnd && filter.children.empty();
  if (empty) return base::Check(matches, "an empty filter takes every row");
  CheckComparisons(filter, row);
  CheckComposed(absl::StrCat("NOT (", text, ")"), row, !matches);
  CheckComposed(absl::StrCat("-(", text, ")"), row, !matches);
  CheckComposed(absl::StrCat("(", text, ") AND (", text, ")"), row, matches);
  CheckComposed(absl::StrCat("(", text, ") OR (", text, ")"), row, matches);
  CheckComposed(absl::StrCat("NOT (", text, ") AND (", text, ")"), row, false);
}

}  // namespace

void Target(std::string_view bytes) {
  static const std::array<const Message*, 5> types = {
      &table::testdata::Gadget::default_instance(), &table::testdata::Cell::default_instance(),
      &customer::v1::Customer::default_instance(), &sales::v1::Order::default_instance(),
      &servicedesk::v1::Ticket::default_instance()};
  Input input(bytes);
  const Message& type = *types.at(input.Below(types.size()));
  const std::unique_ptr<Message> row(type.New());
  const std::string_view row_bytes = input.Text();
  if (!row->ParseFromArray(row_bytes.data(), static_cast<int>(row_bytes.size()))) row->Clear();
  const std::string text(input.Rest());
  if (!base::IsUtf8(text)) return;  // No request holds it.
  const auto filter = table::ParseFilter(text, *type.GetDescriptor());
  if (!filter.ok()) {
    return base::Check(absl::IsInvalidArgument(filter.status()), filter.status().ToString());
  }
  CheckRow(text, *filter, type);
  CheckRow(text, *filter, *row);
}

}  // namespace crm::fuzz
