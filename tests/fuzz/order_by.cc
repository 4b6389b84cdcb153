// order_by of lists. Input: row type, the text.
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/base/check.h"
#include "libs/base/utf8.h"
#include "libs/table/order.h"
#include "libs/table/testdata/gadget.pb.h"
#include "tests/fuzz/fuzz.h"

namespace crm::fuzz {
namespace {

using Order = std::vector<table::OrderField>;

std::string TextOf(const Order& order) {
  return absl::StrJoin(order, ",", [](std::string* out, const table::OrderField& field) {
    absl::StrAppend(out, field.path.text, field.descending ? " desc" : " asc");
  });
}

bool Same(const Order& a, const Order& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return table::SamePath(x.path, y.path) && x.descending == y.descending;
  });
}

}  // namespace

void Target(std::string_view bytes) {
  static const std::array<const google::protobuf::Descriptor*, 4> types = {
      table::testdata::Gadget::descriptor(), table::testdata::Shadow::descriptor(),
      customer::v1::Customer::descriptor(), sales::v1::Order::descriptor()};
  Input input(bytes);
  const auto& type = *types.at(input.Below(types.size()));
  const std::string_view asked = input.Rest();
  if (!base::IsUtf8(asked)) return;  // No request holds it.
  const auto order = table::ParseOrder(asked, type);
  if (!order.ok()) {
    return base::Check(absl::IsInvalidArgument(order.status()), order.status().ToString());
  }
  const std::string text = TextOf(*order);
  const auto again = table::ParseOrder(text, type);
  // Written out it may be longer than a caller's text may be.
  if (!again.ok()) return base::Check(text.size() > 512, again.status().ToString());
  base::Check(Same(*order, *again), text);
}

}  // namespace crm::fuzz
