#include "libs/table/order.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/status.h"
#include "libs/table/limits.h"

namespace crm::table {
namespace {

absl::StatusOr<OrderField> ParseField(absl::string_view text,
                                      const google::protobuf::Descriptor& row) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(text, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  const bool shaped =
      words.size() == 1 || (words.size() == 2 && (words[1] == "asc" || words[1] == "desc"));
  if (!shaped) {
    return base::Invalid("order_by", "fields by comma, each alone or with asc or desc behind it");
  }
  absl::StatusOr<FieldPath> path = ResolvePath(row, {words[0].data(), words[0].size()});
  if (!path.ok()) return base::Invalid("order_by", std::string(path.status().message()));
  if (path->repeated_step >= 0 || path->kind == ValueKind::kMessage ||
      path->kind == ValueKind::kVariant || path->kind == ValueKind::kOther) {
    return base::Invalid("order_by", absl::StrCat("\"", path->text, "\" has no order"));
  }
  return OrderField{*std::move(path), words.size() == 2 && words[1] == "desc"};
}

}  // namespace

absl::StatusOr<std::vector<OrderField>> ParseOrder(std::string_view text,
                                                   const google::protobuf::Descriptor& row) {
  const absl::string_view view = absl::StripAsciiWhitespace({text.data(), text.size()});
  if (view.size() > kOrderByBytesMax) {
    return base::Invalid("order_by", absl::StrCat("at most ", kOrderByBytesMax, " bytes"));
  }
  std::vector<OrderField> order;
  if (view.empty()) return order;
  for (absl::string_view field : absl::StrSplit(view, ',')) {
    if (order.size() == kOrderByFieldsMax) {
      return base::Invalid("order_by", absl::StrCat("at most ", kOrderByFieldsMax, " fields"));
    }
    absl::StatusOr<OrderField> parsed = ParseField(field, row);
    if (!parsed.ok()) return parsed.status();
    const bool twice = std::any_of(order.begin(), order.end(), [&](const OrderField& other) {
      return SamePath(other.path, parsed->path);
    });
    if (twice) {
      return base::Invalid("order_by", absl::StrCat("\"", parsed->path.text, "\" stands twice"));
    }
    order.push_back(*std::move(parsed));
  }
  return order;
}

}  // namespace crm::table
