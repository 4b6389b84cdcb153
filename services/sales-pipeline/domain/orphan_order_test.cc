#include "services/sales-pipeline/domain/orphan_order.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"

namespace crm::sales {
namespace {

using testing::CheckDecisions;

const std::string kOrder = R"( order {
    order_date { year: 2026 month: 2 day: 1 } revenue { currency_code: "USD" units: 10 }
    external_id { system: "erp" id: "7" } } )";
const std::string kById = "wanted_external_id { system: 'erp' id: 'c7' }";
const std::string kKept = "kept { orphan_order { " + kById + kOrder + " } }";
const std::string kAdopted = "adopted { customer: 'customers/c7' " + kOrder + " }";

std::string Row(const std::string& rest) { return "orphan_order { " + rest + " }"; }

TEST(KeepOrphanOrder, Rules) {
  CheckDecisions<OrphanOrderModel, v1::KeepOrphanOrderRequest>({
      {"keeps a row by external id", {}, Row(kById + kOrder), kKept},
      {"keeps a row by name",
       {},
       Row("wanted_customer: 'customers/c7'" + kOrder),
       "kept { orphan_order { wanted_customer: 'customers/c7'" + kOrder + " } }"},
      {"needs a customer", {}, Row(kOrder), "!field:orphan_order.wanted_customer"},
      {"needs only one",
       {},
       Row("wanted_customer: 'customers/c7' " + kById + kOrder),
       "!field:orphan_order.wanted_customer"},
      {"needs an external id of the order", {}, Row(kById), "!field:order.external_id"},
      {"refuses what is no order",
       {},
       Row(kById + "order { external_id { system: 'erp' id: '7' } }"),
       "!field:order.order_date"},
  });
}

TEST(ReimportOrphanOrder, Rules) {
  const std::string by_name = "wanted_customer: 'customers/c7'";
  CheckDecisions<OrphanOrderModel, v1::ReimportOrphanOrderRequest>({
      {"is quiet for the same row", {kKept}, Row(kById + kOrder), ""},
      {"refuses another order",
       {kKept},
       Row(kById + "order { external_id { system: 'erp' id: '7' } }"),
       "!ORDER_IMPORT_DIFFERS"},
      {"refuses another customer", {kKept}, Row(by_name + kOrder), "!ORDER_IMPORT_DIFFERS"},
      {"refuses another id of a customer",
       {kKept},
       Row("wanted_external_id { system: 'erp' id: 'c8' }" + kOrder),
       "!ORDER_IMPORT_DIFFERS"},
  });
}

TEST(AdoptOrphanOrder, Rules) {
  CheckDecisions<OrphanOrderModel, v1::AdoptOrphanOrderRequest>({
      {"adopts", {kKept}, "customer: 'customers/c7' currency_code: 'USD'", kAdopted},
      {"adopts for a customer without a currency", {kKept}, "customer: 'customers/c7'", kAdopted},
      {"is quiet the second time", {kKept, kAdopted}, "customer: 'customers/c7'", ""},
      {"refuses another customer",
       {kKept, kAdopted},
       "customer: 'customers/c8'",
       "!ORPHAN_ADOPTED"},
      {"refuses another currency",
       {kKept},
       "customer: 'customers/c7' currency_code: 'CNY'",
       "!field:order.revenue.currency_code"},
      {"refuses what is no customer", {kKept}, "customer: 'c7'", "!field:customer"},
  });
}

TEST(OrphanOrderDeathTest, AnUnknownFactEndsTheProcess) {
  v1::OrphanOrder orphan;
  EXPECT_DEATH(OrphanOrderModel::Evolve(orphan, v1::OrphanOrderEvent()), "facts it does not know");
}

}  // namespace
}  // namespace crm::sales
