#include "tools/crmctl/request.h"

#include <gmock/gmock.h>

#include "crm/customer/v1/customer.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/testing/matchers.h"
#include "tools/crmctl/connection.h"
#include "tools/crmctl/failure.h"

namespace crm::crmctl {
namespace {

using crm::testing::EqualsProto;
using ::testing::HasSubstr;

const Catalogue& Linked() {
  static const Catalogue* catalogue = new Catalogue(LinkedFiles());
  return *catalogue;
}

struct Built {
  MessagePtr request;
  absl::Status status;
};

// The request of "customers get", its request_id checked and taken out.
Built Build(const std::string& collection_name, const std::string& verb_name,
            const RequestArguments& arguments) {
  for (const Collection& collection : Linked().collections()) {
    if (collection.name != collection_name) continue;
    for (const Verb& verb : collection.verbs) {
      if (verb.name != verb_name) continue;
      Built built{NewMessage(*verb.method->input_type()), {}};
      built.status = BuildRequest(*verb.method, &collection, arguments, *built.request);
      const auto* id = built.request->GetDescriptor()->FindFieldByName("request_id");
      if (id != nullptr && built.status.ok()) {
        EXPECT_FALSE(built.request->GetReflection()->GetString(*built.request, id).empty());
        built.request->GetReflection()->ClearField(built.request.get(), id);
      }
      return built;
    }
  }
  return {nullptr, absl::NotFoundError("no such verb")};
}

TEST(BuildRequest, WordsAreNamesOrIds) {
  EXPECT_THAT(*Build("customers", "get", {.words = {"c1"}}).request,
              EqualsProto("name: 'customers/c1'"));
  EXPECT_THAT(*Build("customers", "get", {.words = {"customers/c1"}}).request,
              EqualsProto("name: 'customers/c1'"));
  EXPECT_THAT(*Build("customers", "batch-get", {.words = {"a", "b"}}).request,
              EqualsProto("names: 'customers/a' names: 'customers/b'"));
  EXPECT_THAT(*Build("orders", "get", {.words = {"customers/c/orders/o"}}).request,
              EqualsProto("name: 'customers/c/orders/o'"));
  EXPECT_THAT(*Build("customers", "search", {.words = {"wei"}}).request,
              EqualsProto("query: 'wei'"));
  EXPECT_THAT(*Build("customers", "update", {.words = {"c1"}}).request,
              EqualsProto("customer { name: 'customers/c1' }"));
}

TEST(BuildRequest, ListsAreOverAllParents) {
  EXPECT_THAT(*Build("orders", "list", {}).request, EqualsProto("parent: 'customers/-'"));
  EXPECT_THAT(*Build("orders", "list", {.words = {"customers/c1"}}).request,
              EqualsProto("parent: 'customers/c1'"));
  EXPECT_THAT(*Build("orders", "list", {.words = {"c1"}}).request,
              EqualsProto("parent: 'customers/c1'"));
  EXPECT_THAT(*Build("customers", "list", {.fields = {{"page_size", "5"}}}).request,
              EqualsProto("page_size: 5"));
}

TEST(BuildRequest, FieldsGoOverJson) {
  EXPECT_THAT(*Build("orders", "cancel",
                     {.json = R"({"name":"customers/c/orders/o","reason":"a"})",
                      .fields = {{"reason", "b"}}})
                   .request,
              EqualsProto("name: 'customers/c/orders/o' reason: 'b'"));
  EXPECT_THAT(*Build("customers", "create",
                     {.fields = {{"customer.kind", "person"}, {"customer.tags", "x"}}})
                   .request,
              EqualsProto("customer { kind: CUSTOMER_KIND_PERSON tags: 'x' }"));
}

TEST(BuildRequest, AGivenRequestIdStays) {
  const auto method = Linked().FindMethod("ConfirmOrder");
  ASSERT_TRUE(method.ok());
  sales::v1::ConfirmOrderRequest request;
  ASSERT_TRUE(BuildRequest(**method, nullptr, {.json = R"({"request_id":"mine"})"}, request).ok());
  EXPECT_EQ(request.request_id(), "mine");
}

TEST(BuildRequest, WrongLinesAreUsageErrors) {
  const auto refused = [](const Built& built) {
    EXPECT_EQ(ExitCodeOf(built.status), kExitUsage);
    return std::string(built.status.message());
  };
  EXPECT_THAT(refused(Build("customers", "get", {.words = {"a", "b"}})), HasSubstr("too much"));
  EXPECT_THAT(refused(Build("customers", "list", {.words = {"a"}})), HasSubstr("what is 'a'?"));
  EXPECT_THAT(refused(Build("customers", "get", {.json = "{"})), HasSubstr("not the JSON"));
  EXPECT_THAT(refused(Build("customers", "list", {.fields = {{"page_size", "x"}}})),
              HasSubstr("page_size: 'x' is not"));
}

TEST(FlagsOf, AreThePlainFieldsThatACallerMaySet) {
  const auto method = Linked().FindMethod("CreateCustomer");
  ASSERT_TRUE(method.ok());
  std::vector<std::string> names;
  for (const FieldFlag& flag : FlagsOf(**method)) names.push_back(flag.flag);
  EXPECT_THAT(names, ::testing::IsSupersetOf({"--customer-id", "--validate-only", "--display-name",
                                              "--kind", "--credit-limit", "--tags"}));
  EXPECT_THAT(names, ::testing::Not(::testing::Contains("--tier")));
  EXPECT_THAT(names, ::testing::Not(::testing::Contains("--personal")));
}

TEST(RowsOf, FindsTheRowsOfListsOnly) {
  EXPECT_EQ(RowsOf(**Linked().FindMethod("ListOrders"))->name(), "orders");
  EXPECT_EQ(RowsOf(**Linked().FindMethod("SearchCustomers")), nullptr);
  EXPECT_EQ(RowsOf(**Linked().FindMethod("GetCustomer")), nullptr);
}

TEST(RandomId, IsAnotherEachTime) {
  EXPECT_EQ(RandomId().size(), 32u);
  EXPECT_NE(RandomId(), RandomId());
}

}  // namespace
}  // namespace crm::crmctl
