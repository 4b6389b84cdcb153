#include "tools/crmctl/catalogue.h"

#include <gmock/gmock.h>

#include <set>

namespace crm::crmctl {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

const Catalogue& Linked() {
  static const Catalogue* catalogue = new Catalogue(LinkedFiles());
  return *catalogue;
}

// "collection verb" of a method.
std::string VerbOf(const std::string& method) {
  for (const Collection& collection : Linked().collections()) {
    for (const Verb& verb : collection.verbs) {
      if (verb.method->name() == method) return collection.name + " " + verb.name;
    }
  }
  return "";
}

std::string Find(const std::string& name) {
  const auto method = Linked().FindMethod(name);
  return method.ok() ? (*method)->full_name() : "! " + std::string(method.status().message());
}

TEST(KebabOf, TakesCamelsAndSnakes) {
  EXPECT_EQ(KebabOf("RecordDelivery"), "record-delivery");
  EXPECT_EQ(KebabOf("orphanOrders"), "orphan-orders");
  EXPECT_EQ(KebabOf("page_size"), "page-size");
  EXPECT_EQ(KebabOf(""), "");
}

TEST(Catalogue, EveryServiceIsLinked) {
  std::set<std::string> packages;
  for (const auto* service : Linked().services()) packages.insert(service->file()->package());
  EXPECT_THAT(packages, IsSupersetOf({"crm.customer.v1", "crm.engine.v1", "crm.marketing.v1",
                                      "crm.sales.v1", "crm.servicedesk.v1"}));
}

TEST(Catalogue, MethodsHaveVerbsOnTheirCollections) {
  EXPECT_EQ(VerbOf("GetCustomer"), "customers get");
  EXPECT_EQ(VerbOf("ListCustomers"), "customers list");
  EXPECT_EQ(VerbOf("BatchGetCustomers"), "customers batch-get");
  EXPECT_EQ(VerbOf("ImportOrders"), "orders import");
  EXPECT_EQ(VerbOf("MoveStage"), "opportunities move-stage");
  EXPECT_EQ(VerbOf("ListOpportunities"), "opportunities list");
  EXPECT_EQ(VerbOf("RecordDelivery"), "orders record-delivery");
  EXPECT_EQ(VerbOf("GetOrphanOrder"), "orphan-orders get");
  EXPECT_EQ(VerbOf("GetPyramid"), "");
}

TEST(Catalogue, NoVerbIsThereTwice) {
  for (const Collection& collection : Linked().collections()) {
    std::set<std::string> names;
    for (const Verb& verb : collection.verbs) {
      EXPECT_TRUE(names.insert(verb.name).second) << collection.name << " " << verb.name;
    }
  }
}

TEST(FindMethod, TakesShortAndFullNames) {
  const std::string full = "crm.customer.v1.CustomerService.GetCustomer";
  for (const char* name :
       {"GetCustomer", "CustomerService/GetCustomer", "CustomerService.GetCustomer",
        "crm.customer.v1.CustomerService/GetCustomer",
        "/crm.customer.v1.CustomerService/GetCustomer",
        "crm.customer.v1.CustomerService.GetCustomer"}) {
    EXPECT_EQ(Find(name), full) << name;
  }
}

TEST(FindMethod, KnowsOperations) {
  EXPECT_EQ(Find("WaitOperation"), "google.longrunning.Operations.WaitOperation");
}

TEST(FindMethod, SuggestsWhatIsLikeIt) {
  EXPECT_THAT(Find("getcustomer"),
              HasSubstr("did you mean crm.customer.v1.CustomerService/GetCustomer"));
  EXPECT_THAT(Find("Nonsense"), HasSubstr("crmctl methods lists them"));
  EXPECT_THAT(Find("Service/GetCustomer"), HasSubstr("no method is called"));
  EXPECT_THAT(Find(""), HasSubstr("no method is called"));
}

}  // namespace
}  // namespace crm::crmctl
