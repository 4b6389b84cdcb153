#include "tools/crmctl/import_rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/fields.h"

namespace crm::crmctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// The method whose request this is.
const MethodDescriptor* MethodOf(const Descriptor* request) {
  for (int s = 0; s < request->file()->service_count(); ++s) {
    for (int m = 0; m < request->file()->service(s)->method_count(); ++m) {
      const MethodDescriptor* method = request->file()->service(s)->method(m);
      if (method->input_type() == request) return method;
    }
  }
  return nullptr;
}

// The message at a path; elements of repeated fields are written "external_ids[0]", and are made
// one after another.
Message& MessageAt(Message& message, std::string_view path) {
  Message* at = &message;
  for (absl::string_view segment :
       absl::StrSplit(absl::string_view(path.data(), path.size()), '.', absl::SkipEmpty())) {
    const bool element = absl::ConsumeSuffix(&segment, "[0]");
    const FieldDescriptor* field = at->GetDescriptor()->FindFieldByName(std::string(segment));
    const auto& reflection = *at->GetReflection();
    if (!element) {
      at = reflection.MutableMessage(at, field);
    } else if (reflection.FieldSize(*at, field) > 0) {
      at = reflection.MutableRepeatedMessage(at, field, 0);
    } else {
      at = reflection.AddMessage(at, field);
    }
  }
  return *at;
}

std::pair<std::string, std::string> SplitPath(const std::string& path) {
  const size_t dot = path.rfind('.');
  if (dot == std::string::npos) return {"", path};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

// Whether the server drops what is given at the path, which leads to a field.
bool IsServersOwn(const Descriptor& resource, const std::string& path) {
  for (size_t dot = path.find('.');; dot = path.find('.', dot + 1)) {
    if (IsOutputOnly(*FindField(resource, path.substr(0, dot)))) return true;
    if (dot == std::string::npos) return false;
  }
}

absl::Status ParseQuantity(const std::string& text, int64_t& milli) {
  google::type::Money amount;
  constexpr int kNanosPerMilli = 1'000'000;
  constexpr int64_t kUnitsMax = 1'000'000'000;
  if (!ParseAmount(text, amount).ok() || amount.nanos() % kNanosPerMilli != 0 ||
      amount.units() > kUnitsMax || amount.units() < 0 || amount.nanos() < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is not a quantity like 3 or 1.5, at most 10^9 and 3 decimals"));
  }
  milli = amount.units() * 1000 + amount.nanos() / kNanosPerMilli;
  return absl::OkStatus();
}

// An order without goods has no line; one line of it costs what the order brings.
void CompleteOrder(sales::v1::OrderRow& row) {
  sales::v1::Order& order = *row.mutable_order();
  if (order.lines_size() == 1) *order.mutable_lines(0)->mutable_net() = order.revenue();
}

}  // namespace

RowFormat::RowFormat(std::string kind, const MethodDescriptor* method, bool exists_is_passing,
                     std::string resource, std::vector<Target> targets)
    : kind_(std::move(kind)),
      method_(method),
      exists_is_passing_(exists_is_passing),
      resource_(std::move(resource)),
      targets_(std::move(targets)) {}

absl::StatusOr<RowFormat> RowFormat::Find(std::string_view kind) {
  using As = Target::As;
  if (kind == "customers") {
    return RowFormat("customers", MethodOf(customer::v1::ImportCustomersRequest::descriptor()),
                     true, "customer",
                     {{"external_system", "customer.external_ids[0].system", true},
                      {"external_id", "customer.external_ids[0].id", true},
                      {"kind", "customer.kind", true},
                      {"display_name", "customer.display_name", true},
                      {"initial_status", "initial_status"}});
  }
  if (kind == "orders") {
    return RowFormat("orders", MethodOf(sales::v1::ImportOrdersRequest::descriptor()), false,
                     "order",
                     {{"external_system", "order.external_id.system", true},
                      {"external_id", "order.external_id.id", true},
                      {"customer_external_system", "customer_external_id.system", true},
                      {"customer_external_id", "customer_external_id.id", true},
                      {"order_date", "order.order_date", true},
                      {"currency_code", "order.revenue.currency_code", true, As::kCurrency},
                      {"revenue", "order.revenue", true, As::kAmount},
                      {"cost", "order.cost", false, As::kAmount},
                      {"margin", "order.margin", false, As::kAmount},
                      {"cost_to_serve", "order.cost_to_serve", false, As::kAmount},
                      {"quantity", "order.lines[0].quantity_milli", false, As::kQuantity},
                      {"product", "order.lines[0].product", false, As::kProduct}});
  }
  return absl::NotFoundError("only customers and orders can be imported");
}

const Descriptor& RowFormat::RowType() const {
  return *method_->input_type()->FindFieldByName("rows")->message_type();
}

absl::Status RowFormat::SetHeading(const std::vector<std::string>& columns) {
  heading_.clear();
  const Descriptor& resource = *RowType().FindFieldByName(resource_)->message_type();
  for (const std::string& column : columns) {
    const auto known = std::find_if(targets_.begin(), targets_.end(),
                                    [&](const Target& t) { return t.column == column; });
    const bool twice = std::any_of(heading_.begin(), heading_.end(),
                                   [&](const Target& t) { return t.column == column; });
    if (twice)
      return absl::InvalidArgumentError(absl::StrCat("column ", column, " is there twice"));
    if (known != targets_.end()) {
      heading_.push_back(*known);
      continue;
    }
    const FieldDescriptor* field = FindField(resource, column);
    if (field != nullptr && IsServersOwn(resource, column)) {
      return absl::InvalidArgumentError(absl::StrCat("column ", column, " cannot be set"));
    }
    if (field == nullptr || !IsPlain(*field)) {
      return absl::InvalidArgumentError(absl::StrCat("column ", column, " is unknown"));
    }
    heading_.push_back({column, absl::StrCat(resource_, ".", column)});
  }
  std::vector<std::string> missing;
  for (const Target& target : targets_) {
    const bool there = std::any_of(heading_.begin(), heading_.end(),
                                   [&](const Target& t) { return t.column == target.column; });
    if (target.required && !there) missing.push_back(target.column);
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("these columns are missing: ", absl::StrJoin(missing, ", ")));
}

absl::Status RowFormat::Set(const Target& target, const std::string& text, Message& row) const {
  const auto [owner_path, name] = SplitPath(target.path);
  switch (target.as) {
    case Target::As::kField:
    case Target::As::kProduct:
      return SetField(MessageAt(row, owner_path), name, text);
    case Target::As::kAmount:
      return ParseAmount(text, static_cast<google::type::Money&>(MessageAt(row, target.path)));
    case Target::As::kCurrency:
      return absl::OkStatus();  // Convert gives it to every amount.
    case Target::As::kQuantity: {
      int64_t milli = 0;
      if (absl::Status s = ParseQuantity(text, milli); !s.ok()) return s;
      return SetField(MessageAt(row, owner_path), name, absl::StrCat(milli));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<MessagePtr> RowFormat::Convert(const std::vector<std::string>& fields,
                                              RowError& error) const {
  const auto wrong = [&](const std::string& column, absl::string_view reason) {
    error.column = column;
    error.reason = std::string(reason);
    return absl::InvalidArgumentError(reason);
  };
  if (fields.size() != heading_.size()) {
    return wrong("",
                 absl::StrCat("has ", fields.size(), " fields, and the heading ", heading_.size()));
  }
  MessagePtr row = NewMessage(RowType());
  std::string currency;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].empty()) {
      if (heading_[i].required) return wrong(heading_[i].column, "must not be empty");
      continue;
    }
    if (heading_[i].as == Target::As::kCurrency) currency = fields[i];
    if (absl::Status s = Set(heading_[i], fields[i], *row); !s.ok()) {
      return wrong(heading_[i].column, s.message());
    }
  }
  for (const Target& target : heading_) {
    if (target.as != Target::As::kAmount) continue;
    const auto [owner_path, name] = SplitPath(target.path);
    Message& owner = MessageAt(*row, owner_path);
    const FieldDescriptor* field = owner.GetDescriptor()->FindFieldByName(name);
    if (!owner.GetReflection()->HasField(owner, field)) continue;
    static_cast<google::type::Money&>(*owner.GetReflection()->MutableMessage(&owner, field))
        .set_currency_code(currency);
  }
  if (row->GetDescriptor() == sales::v1::OrderRow::descriptor()) {
    CompleteOrder(static_cast<sales::v1::OrderRow&>(*row));
  }
  return row;
}

std::string RowFormat::ColumnOf(std::string_view path) const {
  std::string column(path);
  size_t longest = 0;
  for (const Target& target : heading_) {
    const std::string& own = target.path;
    const bool same = path == own;
    const bool within =
        path.size() > own.size() && path.starts_with(own) && path[own.size()] == '.';
    if ((same || within) && own.size() > longest) {
      longest = own.size();
      column = target.column;
    }
  }
  return column;
}

}  // namespace crm::crmctl
