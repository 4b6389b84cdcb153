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
      {"refuses a date to come",
       {},
       Row(kById +
           "order { order_date { year: 2062 month: 2 day: 1 } revenue { currency_code: 'USD' } "
           "external_id { system: 'erp' id: '7' } }"),
       "!field:order.order_date"},
      {"refuses what is no order",
       {},
       Row(kById + "order { external_id { system: 'erp' id: '7' } }"),
       "!field:order.order_date"},
      {"refuses another currency than the company's",
       {},
       Row(kById + "order { external_id { system: 'erp' id: '7' } "
                   "order_date { year: 2026 month: 1 day: 5 } "
                   "revenue { currency_code: 'UDS' units: 1 } }"),
       "!field:order.revenue.currency_code"},
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

std::string By(const std::string& customer) { return "customer { " + customer + " }"; }
const std::string kC7 =
    "name: 'customers/c7' external_ids { system: 'x' id: '1' } "
    "external_ids { system: 'erp' id: 'c7' } ";

TEST(AdoptOrphanOrder, Rules) {
  CheckDecisions<OrphanOrderModel, v1::AdoptOrphanOrderRequest>({
      {"adopts", {kKept}, By(kC7 + "currency_code: 'USD'"), kAdopted},
      {"adopts for a customer without a currency", {kKept}, By(kC7), kAdopted},
      {"is quiet the second time", {kKept, kAdopted}, By(kC7), ""},
      {"refuses another customer",
       {kKept, kAdopted},
       By("name: 'customers/c8'"),
       "!ORPHAN_ADOPTED"},
      {"refuses what is no customer", {kKept}, By("name: 'c7'"), "!field:customer.name"},
      {"refuses a customer that the row does not name",
       {kKept},
       By("name: 'customers/c8' external_ids { system: 'erp' id: 'c8' }"),
       "!ORDER_IMPORT_DIFFERS"},
      {"refuses a name that the row does not give",
       {"kept { orphan_order { wanted_customer: 'customers/c7'" + kOrder + " } }"},
       By("name: 'customers/c8' external_ids { system: 'erp' id: 'c7' }"),
       "!ORDER_IMPORT_DIFFERS"},
  });
}

// What would be refused as an order stays an orphan.
TEST(AdoptOrphanOrder, RefusesWhatCannotBeAnOrder) {
  std::string of_c8 = kOrder;
  of_c8.replace(of_c8.rfind('}'), 1, "opportunity: 'customers/c8/opportunities/o1' }");
  CheckDecisions<OrphanOrderModel, v1::AdoptOrphanOrderRequest>({
      {"another currency",
       {kKept},
       By(kC7 + "currency_code: 'CNY'"),
       "!field:order.revenue.currency_code"},
      {"an erased customer",
       {kKept},
       By(kC7 + "status: CUSTOMER_STATUS_ERASED"),
       "!CUSTOMER_ERASED"},
      {"an opportunity of another customer",
       {"kept { orphan_order { " + kById + of_c8 + " } }"},
       By(kC7),
       "!field:order.opportunity"},
  });
}

TEST(OrphanOrderDeathTest, AnUnknownFactEndsTheProcess) {
  v1::OrphanOrder orphan;
  EXPECT_DEATH(OrphanOrderModel::Evolve(orphan, v1::OrphanOrderEvent()), "facts it does not know");
}

}  // namespace
}  // namespace crm::sales
