#include "services/customer/read/ordered_products.h"

#include <set>
#include <string>

#include "libs/base/resource_name.h"
#include "services/customer/read/report_tables.h"

namespace crm::customer {
namespace {

bool Orders(const engine::Snapshot& snapshot, const std::string& customer,
            const std::string& product) {
  bool found = false;
  snapshot.Scan(
      kOrderedProducts, "",
      [&](const v1::OrderedProduct&) {
        found = true;
        return false;
      },
      customer, product);
  return found;
}

void Count(const std::string& customer, int by, engine::Rows& rows) {
  auto count = rows.Get(kProductCounts, customer);
  if (!count.has_value()) count.emplace().set_customer(customer);
  count->set_products(count->products() + by);
  if (count->products() > 0) {
    rows.Put(kProductCounts, *count);
  } else {
    rows.Delete(kProductCounts, customer);
  }
}

std::set<std::string> ProductsOf(const engine::Snapshot& snapshot, const std::string& order) {
  std::set<std::string> products;
  snapshot.Scan(
      kOrderedProducts, "by_order",
      [&](const v1::OrderedProduct& row) {
        products.insert(row.product());
        return true;
      },
      order);
  return products;
}

}  // namespace

void ProjectOrderedProducts(const engine::ForeignEvent<sales::v1::OrderEvent>& order,
                            engine::Rows& rows) {
  const sales::v1::OrderEvent& event = order.event;
  std::set<std::string> after;
  if (event.has_recorded() || event.has_amended()) {
    const auto& lines =
        event.has_recorded() ? event.recorded().order().lines() : event.amended().order().lines();
    for (const auto& line : lines) {
      if (!line.product().empty()) after.insert(line.product());
    }
  } else if (!event.has_cancelled()) {
    return;
  }
  const std::string customer(base::ParentOf(order.meta.name));
  const std::set<std::string> before = ProductsOf(rows, order.meta.name);
  for (const std::string& product : before) {
    if (after.count(product) > 0) continue;
    rows.Delete(kOrderedProducts, customer, product, order.meta.name);
    if (!Orders(rows, customer, product)) Count(customer, -1, rows);
  }
  for (const std::string& product : after) {
    if (before.count(product) > 0) continue;
    if (!Orders(rows, customer, product)) Count(customer, +1, rows);
    v1::OrderedProduct row;
    row.set_customer(customer);
    row.set_product(product);
    row.set_order(order.meta.name);
    rows.Put(kOrderedProducts, row);
  }
}

}  // namespace crm::customer
