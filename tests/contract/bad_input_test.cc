// Bad input to a running suite: a precise status with details, and nothing changed.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/value.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/app/handlers.h"
#include "libs/base/wire_status.h"
#include "libs/engine/token.h"
#include "tests/contract/live_suite.h"
#include "tests/contract/protos.h"
#include "tests/contract/refusals.h"
#include "tests/contract/scenario.h"
#include "tests/contract/services.h"

namespace crm::contract {
namespace {

using google::protobuf::Message;

Refusal BadField(const std::string& field) {
  return {absl::StatusCode::kInvalidArgument, "INVALID_FIELD", "crm", field};
}

// A parent that is there, as a list of its children takes it.
std::string ParentOf(const ContractService& service, const engine::ListDef& list) {
  const std::string pattern = PatternOf(*list.method->output_type()->field(0)->message_type());
  const std::string collection = pattern.substr(0, pattern.find('/'));
  const std::string name = ExistingName(service.entry.package, collection);
  return absl::StrCat("parent: '", name.empty() ? "customers/c1" : name, "' ");
}

class BadInput : public ::testing::Test {
 protected:
  BadInput() {
    suite_.RunScenario();
    before_ = suite_.Look();
  }
  // Whatever a test here does, it is refused.
  ~BadInput() override { EXPECT_EQ(suite_.Look(), before_) << "bad input changed something"; }

  void ExpectRefusal(const Message& request, const Refusal& expected,
                     rpc::CallOptions options = {}) {
    const absl::Status status = suite_.Call(request, nullptr, std::move(options));
    EXPECT_EQ(RefusalOf(status), expected)
        << request.ShortDebugString().substr(0, 300) << ": " << status;
  }
  std::unique_ptr<Message> Ask(const std::string& type, const std::string& text) {
    return RequestOf(type, text, suite_.NewRequestId());
  }
  // A request whose bytes are no message that the method takes.
  Refusal CallRaw(const std::string& type, const std::string& bytes) {
    const auto request = RequestOf(type, "", "");
    const auto* method = engine::MethodOf(*request->GetDescriptor());
    return RefusalOf(
        suite_.channel()
            .Call(absl::StrCat("/", method->service()->full_name(), "/", method->name()), bytes)
            .status);
  }

  LiveSuite suite_;
  LiveSuite::State before_;
};

// Each list of each service: filter, order, page token, page size, parent.
TEST_F(BadInput, ListsRefuseWhatTheyDoNotUnderstand) {
  for (const ContractService& service : Services()) {
    const engine::ServiceDef def = DefinitionOf(service);
    for (const engine::ListDef& list : def.lists) {
      const auto& request = *list.method->input_type();
      SCOPED_TRACE(request.full_name());
      const std::string parent =
          request.FindFieldByName("parent") != nullptr ? ParentOf(service, list) : "";
      const auto expect = [&, &name = request.full_name()](const std::string& text,
                                                           const std::string& field) {
        ExpectRefusal(*Ask(name, parent + text), BadField(field));
      };
      expect("filter: 'no_such_field = 1'", "filter");
      expect("filter: 'name = '", "filter");
      expect("filter: '((((('", "filter");
      expect("filter: 'create_time > \"yesterday\"'", "filter");
      expect("order_by: 'no_such_field'", "order_by");
      expect("order_by: 'etag'", "order_by");
      expect("page_token: 'not a token'", "page_token");
      expect("page_size: -1", "page_size");
      expect("filter: '" + std::string(2001, 'x') + "'", "filter");
      if (!parent.empty()) {
        ExpectRefusal(*Ask(request.full_name(), "parent: 'somewhere/else'"), BadField("parent"));
        ExpectRefusal(*Ask(request.full_name(), ""), BadField("parent"));
      }
    }
  }
}

// A filter of custom fields knows what is declared, for what, where, and of which type.
TEST_F(BadInput, FiltersOfCustomFieldsAreTyped) {
  const auto list = [](const char* resources, const std::string& filter) {
    return std::pair(absl::StrCat("crm.customer.v1.List", resources, "Request"),
                     absl::StrCat("filter: '", filter, "'"));
  };
  for (const char* filter :
       {"custom_fields.none = 1", "custom_fields:none", "custom_fields.vip = true",
        "custom_fields.hobby = \"chess\"", "personal.custom_fields.shade = \"red\"",
        "custom_fields.budget = \"much\"", "custom_fields.budget = 1*", "custom_fields.shade",
        "custom_fields = \"red\"", "custom_fields. = 1", "custom_fields.shade.text = 1"}) {
    const auto [type, text] = list("Customers", filter);
    ExpectRefusal(*Ask(type, text), BadField("filter"));
  }
  const auto [type, text] = list("Contacts", "custom_fields.shade = \"red\"");
  ExpectRefusal(*Ask(type, text), BadField("filter"));
}

TEST_F(BadInput, WatchesRefuseOtherParentsAndTokens) {
  const std::string watch = "crm.customer.v1.WatchNotificationsRequest";
  for (const char* parent : {"", "staff", "staff/-", "customers/c1", "staff/bob/notifications/n"}) {
    ExpectRefusal(*Ask(watch, absl::StrCat("parent: '", parent, "'")), BadField("parent"));
  }
  for (const std::string& token :
       {std::string("none"), std::string("AAAA"), std::string(257, 'x')}) {
    ExpectRefusal(*Ask(watch, "parent: 'staff/bob' resume_token: '" + token + "'"),
                  BadField("resume_token"));
  }
}

TEST_F(BadInput, APageTokenIsGoodForItsListOnly) {
  customer::v1::ListCustomersRequest list;
  list.set_page_size(1);
  customer::v1::ListCustomersResponse page;
  ASSERT_TRUE(suite_.Call(list, &page).ok());
  ASSERT_FALSE(page.next_page_token().empty());
  list.set_page_token(page.next_page_token());
  EXPECT_TRUE(suite_.Call(list, &page).ok());
  list.set_filter("status = CUSTOMER_STATUS_ACTIVE");
  ExpectRefusal(list, BadField("page_token"));
  ExpectRefusal(*Ask("crm.sales.v1.ListOrdersRequest",
                     "parent: 'customers/-' page_token: '" + list.page_token() + "'"),
                BadField("page_token"));
}

TEST_F(BadInput, GetsRefuseOtherNames) {
  for (const ContractService& service : Services()) {
    const engine::ServiceDef def = DefinitionOf(service);
    for (const engine::GetDef& get : def.gets) {
      const std::string& type = get.method->input_type()->full_name();
      for (const char* name : {"", "nothing", "a/b/c/d/e/f", "customers/C 1", "../x"}) {
        ExpectRefusal(*Ask(type, absl::StrCat("name: '", name, "'")), BadField("name"));
      }
    }
  }
}

TEST_F(BadInput, MasksNameFieldsThatMayChange) {
  const std::string customer = "customer { name: 'customers/c1' display_name: 'Other' }";
  for (const char* path :
       {"no_such_field", "status", "name", "etag", "personal.no_such_field", "kind",
        "display_name.x", "personal.", ".region", "personal..phones", ""}) {
    ExpectRefusal(*Ask("crm.customer.v1.UpdateCustomerRequest",
                       absl::StrCat(customer, "update_mask { paths: '", path, "' }")),
                  BadField("update_mask"));
  }
}

// No mask is no order to clear: what is not set, also beside a nested field, stays.
TEST_F(BadInput, NoMaskClearsNothing) {
  customer::v1::Customer would_be;
  const auto update = Ask("crm.customer.v1.UpdateCustomerRequest",
                          "customer { name: 'customers/c1' personal { phones: '+49309876543' } } "
                          "validate_only: true");
  ASSERT_TRUE(suite_.Call(*update, &would_be).ok());
  EXPECT_THAT(would_be.personal().phones(), ::testing::ElementsAre("+49309876543"));
  EXPECT_THAT(would_be.personal().emails(), ::testing::ElementsAre("office@alpha.example"));
  EXPECT_EQ(would_be.region(), "coast");
  ExpectRefusal(*Ask("crm.customer.v1.UpdateCustomerRequest",
                     "customer { name: 'customers/c1' kind: CUSTOMER_KIND_PERSON }"),
                BadField("kind"));
}

TEST_F(BadInput, AStaleEtagIsRefused) {
  ExpectRefusal(*Ask("crm.customer.v1.UpdateCustomerRequest",
                     "customer { name: 'customers/c1' etag: 'r1' display_name: 'Other' }"),
                {absl::StatusCode::kAborted, "STALE_ETAG", "crm.engine", ""});
}

TEST_F(BadInput, ARequestIdIsGoodForOneRequest) {
  // The scenario's third request was an update of customers/c1.
  const std::string used = "contract-3";
  customer::v1::UpdateCustomerRequest update;
  update.set_request_id(used);
  update.mutable_customer()->set_name("customers/c1");
  update.mutable_customer()->set_region("inland");
  ExpectRefusal(update, BadField("request_id"));
  for (const std::string& id : {std::string("two words"), std::string("\x01"),
                                std::string("caf\xc3\xa9"), std::string(101, 'x')}) {
    update.set_request_id(id);
    ExpectRefusal(update, BadField("request_id"));
  }
}

TEST_F(BadInput, TextsListsAndMessagesHaveLimits) {
  customer::v1::CreateCustomerRequest create;
  create.set_request_id(suite_.NewRequestId());
  create.mutable_customer()->set_kind(customer::v1::CUSTOMER_KIND_COMPANY);
  create.mutable_customer()->set_display_name(std::string(201, 'x'));
  ExpectRefusal(create, BadField("customer.display_name"));
  create.mutable_customer()->set_display_name("Long");
  for (int i = 0; i <= 50; ++i) create.mutable_customer()->add_tags(absl::StrCat("tag-", i));
  ExpectRefusal(create, BadField("customer.tags"));
  create.mutable_customer()->clear_tags();
  create.mutable_customer()->set_website(std::string(5 << 20, 'x'));
  const Refusal too_large{absl::StatusCode::kResourceExhausted, "REQUEST_TOO_LARGE", "crm.engine",
                          ""};
  ExpectRefusal(create, too_large);
  // Beyond what the transport reads, it speaks for itself.
  create.mutable_customer()->set_website(std::string(17 << 20, 'x'));
  EXPECT_EQ(suite_.Call(create).code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(BadInput, WhatIsNoMessageIsRefused) {
  const Refusal malformed{absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST", "crm.engine",
                          ""};
  const std::string type = "crm.customer.v1.GetCustomerRequest";
  EXPECT_EQ(CallRaw(type,
                    "\x0a\x03"
                    "c\xff"
                    "1"),
            malformed)
      << "not UTF-8";
  EXPECT_EQ(CallRaw(type,
                    "\x0a\x0d"
                    "customers/c\xc3("),
            malformed)
      << "not UTF-8";
  EXPECT_EQ(CallRaw(type,
                    "\x0a\x7f"
                    "short"),
            malformed)
      << "cut off";
  EXPECT_EQ(CallRaw("crm.customer.v1.CreateCustomerRequest", "\x0f\x0f\x0f"), malformed);
  // Nested messages inside a command, too: Customer.display_name is field 7.
  EXPECT_EQ(CallRaw("crm.customer.v1.CreateCustomerRequest", "\x0a\x03\x3a\x01\xff"), malformed);
  const absl::Status unknown =
      suite_.channel().Call("/crm.customer.v1.CustomerService/NoSuch", "").status;
  EXPECT_EQ(RefusalOf(unknown),
            (Refusal{absl::StatusCode::kUnimplemented, "UNKNOWN_METHOD", "crm.engine", ""}));
}

TEST_F(BadInput, APassedDeadlineDoesNothing) {
  rpc::CallOptions late;
  late.deadline = absl::Now() - absl::Seconds(1);
  const auto create = Ask("crm.customer.v1.CreateCustomerRequest",
                          "customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Late' }");
  const Refusal refusal = RefusalOf(suite_.Call(*create, nullptr, late));
  EXPECT_EQ(refusal.code, absl::StatusCode::kDeadlineExceeded);
  EXPECT_FALSE(refusal.reason.empty());
}

// A read that is to wait for a position that never comes ends at its deadline.
TEST_F(BadInput, AReadThatWaitsInVainEndsAtItsDeadline) {
  customer::v1::GetCustomerRequest get;
  get.set_name("customers/c1");
  rpc::MetadataList trailers;
  ASSERT_TRUE(suite_.Call(get, nullptr, {}, &trailers).ok());
  const auto token = rpc::FindMetadata(trailers, app::kPositionTrailer);
  ASSERT_TRUE(token.has_value());
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(absl::string_view(token->data(), token->size()), &bytes));
  engine::v1::PositionToken position;
  ASSERT_TRUE(position.ParseFromString(bytes));
  position.mutable_positions(0)->set_next_offset(position.positions(0).next_offset() + 1000);
  rpc::CallOptions waiting;
  waiting.deadline = absl::Now() + absl::Milliseconds(300);
  waiting.metadata = {{app::kReadAfter, engine::FormatToken(position)}};
  const absl::Status status = suite_.Call(get, nullptr, waiting);
  EXPECT_TRUE(absl::IsDeadlineExceeded(status) || absl::IsUnavailable(status)) << status;
  EXPECT_FALSE(RefusalOf(status).reason.empty()) << status;

  rpc::CallOptions wrong;
  wrong.metadata = {{app::kReadAfter, "not-a-token"}};
  ExpectRefusal(get, BadField("crm-read-after"), wrong);
  position.set_log_id("another");
  wrong.metadata = {{app::kReadAfter, engine::FormatToken(position)}};
  ExpectRefusal(get, BadField("crm-read-after"), wrong);
  wrong.metadata = {{app::kReadBarrier, "perhaps"}};
  ExpectRefusal(get, BadField("crm-read-barrier"), wrong);
}

TEST_F(BadInput, QueriesRefuseWhatMakesNoSense) {
  const std::string pyramid = "crm.customer.v1.GetPyramidRequest";
  ExpectRefusal(*Ask(pyramid, ""), BadField("period.start"));
  const std::string start = "period { start { year: 2026 month: 1 day: 1 }";
  ExpectRefusal(*Ask(pyramid, start + "}"), BadField("period.end"));
  ExpectRefusal(*Ask(pyramid, start + "end { year: 2025 month: 1 day: 1 } }"),
                BadField("period.end"));
  ExpectRefusal(*Ask(pyramid, start + "end { year: 2026 month: 2 day: 30 } }"),
                BadField("period.end"));
  ExpectRefusal(*Ask(pyramid, start + "end { year: 2026 month: 3 day: 1 } } measure: 77"),
                BadField("measure"));
  ExpectRefusal(*Ask("crm.customer.v1.SearchCustomersRequest", ""), BadField("query"));
  ExpectRefusal(*Ask("crm.customer.v1.SearchContactsRequest", "query: '-'"), BadField("query"));
  ExpectRefusal(*Ask("crm.customer.v1.SearchCustomersRequest", "query: 'alpha' page_size: -1"),
                BadField("page_size"));
  ExpectRefusal(*Ask("crm.customer.v1.LookupCallerRequest", "number: '12345'"), BadField("number"));
  const std::string timeline = "crm.customer.v1.GetTimelineRequest";
  ExpectRefusal(*Ask(timeline, "name: 'g1'"), BadField("name"));
  ExpectRefusal(*Ask(timeline, "name: 'customers/g1' kinds: 77"), BadField("kinds[0]"));
  ExpectRefusal(*Ask(timeline, "name: 'customers/g1' page_size: -1"), BadField("page_size"));
  ExpectRefusal(*Ask(timeline, "name: 'customers/g1' page_token: 'x'"), BadField("page_token"));
  ExpectRefusal(*Ask(timeline, "name: 'customers/g1' period { end { year: 2026 } }"),
                BadField("period.end"));
  ExpectRefusal(*Ask("crm.customer.v1.GetCustomer360Request", "name: 'g1'"), BadField("name"));
  const std::string group = "crm.customer.v1.GetGroupRequest";
  ExpectRefusal(*Ask(group, "name: 'g1'"), BadField("name"));
  ExpectRefusal(*Ask(group, "name: 'customers/g1' period {}"), BadField("period.start"));
  for (const std::string& query :
       {timeline, group, std::string("crm.customer.v1.GetCustomer360Request"),
        std::string("crm.customer.v1.GetCompletenessRequest")})
    ExpectRefusal(*Ask(query, "name: 'customers/nobody'"),
                  {absl::StatusCode::kNotFound, "NOT_FOUND", "crm.engine", ""});
  const std::string agenda = "crm.customer.v1.GetAgendaRequest";
  ExpectRefusal(*Ask(agenda, "staff: 'staff/bob' date { year: 2026 }"), BadField("date"));
  const std::string overdue = "crm.customer.v1.ListOverdueContactsRequest";
  ExpectRefusal(*Ask(overdue, "parent: 'bob'"), BadField("parent"));
  ExpectRefusal(*Ask(overdue, "parent: 'staff/-' page_size: -1"), BadField("page_size"));
  ExpectRefusal(*Ask(overdue, "parent: 'staff/-' page_token: 'x'"), BadField("page_token"));
  const std::string incomplete = "crm.customer.v1.ListIncompleteCustomersRequest";
  ExpectRefusal(*Ask(incomplete, "parent: 'bob'"), BadField("parent"));
  ExpectRefusal(*Ask(incomplete, "parent: 'staff/-' page_size: -1"), BadField("page_size"));
  ExpectRefusal(*Ask(incomplete, "parent: 'staff/-' page_token: 'x'"), BadField("page_token"));
  ExpectRefusal(*Ask(incomplete, "parent: 'staff/-' complete_bps_below: -1"),
                BadField("complete_bps_below"));
  ExpectRefusal(*Ask(incomplete, "parent: 'staff/-' kind: 99"), BadField("kind"));
  for (const std::string& query :
       {agenda + "|staff", overdue + "|parent", incomplete + "|parent"}) {
    const size_t bar = query.find('|');
    ExpectRefusal(*Ask(query.substr(0, bar), query.substr(bar + 1) + ": 'staff/nobody'"),
                  {absl::StatusCode::kNotFound, "NOT_FOUND", "crm.engine", ""});
  }
  const std::string organization = "crm.customer.v1.GetOrganizationRequest";
  ExpectRefusal(*Ask(organization, "as_of { year: 2026 }"), BadField("as_of"));
  ExpectRefusal(*Ask(organization, "known_at { nanos: -1 }"), BadField("known_at"));
  const std::string owned = "crm.customer.v1.GetOwnedCustomersRequest";
  ExpectRefusal(*Ask(owned, "name: 'staff/bob'"), BadField("name"));
  ExpectRefusal(*Ask(owned, "name: 'ownerBooks/bob' known_at { nanos: -1 }"), BadField("known_at"));
  ExpectRefusal(*Ask(owned, "name: 'ownerBooks/bob' page_token: 'x'"), BadField("page_token"));
  ExpectRefusal(*Ask("crm.customer.v1.BatchGetCustomersRequest", "names: 'customers/nobody'"),
                {absl::StatusCode::kNotFound, "NOT_FOUND", "crm.engine", ""});
}

// Each batch and batch get of each service, before any row is looked at.
TEST_F(BadInput, BatchesTakeRowsAndARequestId) {
  for (const ContractService& service : Services()) {
    const engine::ServiceDef def = DefinitionOf(service);
    for (const engine::BatchDef& batch : def.batches) {
      const std::string& type = batch.method->input_type()->full_name();
      SCOPED_TRACE(type);
      ExpectRefusal(*Ask(type, ""), BadField("rows"));
      for (const char* id : {"", "two words", "a b \n"}) {
        ExpectRefusal(*RequestOf(type, "rows {}", id), BadField("request_id"));
      }
    }
    for (const engine::BatchGetDef& get : def.batch_gets) {
      ExpectRefusal(*Ask(get.method->input_type()->full_name(), ""), BadField("names"));
    }
  }
}

// Rows of a batch are answered one by one, each with details as a single call would give them.
TEST_F(BadInput, BadRowsOfABatchAreAnsweredEach) {
  sales::v1::ImportOrdersResponse response;
  const std::string day = "order_date { year: 2026 month: 1 day: 2 }";
  const auto import =
      Ask("crm.sales.v1.ImportOrdersRequest",
          "rows { customer: 'customers/c1' order {" + day +
              "revenue { currency_code: 'EUR' units: 1 } } }"
              "rows { order { external_id { system: 'erp' id: 'bad-2' }" +
              day +
              "revenue { currency_code: 'EUR' units: 1 } } }"
              "rows { customer: 'customers/c1' order { external_id { system: 'erp' id: 'bad-3' }" +
              day +
              "revenue { currency_code: 'USD' units: 1 } } }"
              "rows { customer: 'customers/c1' order { external_id { system: 'erp' id: 'bad-4' }" +
              day + "revenue { currency_code: 'EUR' units: -1 } } }");
  ASSERT_TRUE(suite_.Call(*import, &response).ok());
  ASSERT_EQ(response.results_size(), 4);
  const std::vector<std::string> fields = {"order.external_id", "customer",
                                           "order.revenue.currency_code", "order.revenue"};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(RefusalOf(base::FromWire(response.results(i).status())), BadField(fields[i])) << i;
    EXPECT_EQ(response.results(i).name(), "") << i;
  }
}

// A field over its limit spoils its row, not the call.
TEST_F(BadInput, ARowOverALimitIsAnsweredAlone) {
  customer::v1::ImportCustomersRequest import;
  import.set_request_id(suite_.NewRequestId());
  import.set_validate_only(true);
  for (int i = 0; i < 2; ++i) {
    customer::v1::Customer& row = *import.add_rows()->mutable_customer();
    row.set_kind(customer::v1::CUSTOMER_KIND_COMPANY);
    row.set_display_name(std::string(200 + i, 'x'));
    row.add_external_ids()->set_system("erp");
    row.mutable_external_ids(0)->set_id(absl::StrCat("long-", i));
  }
  customer::v1::ImportCustomersResponse response;
  ASSERT_TRUE(suite_.Call(import, &response).ok());
  ASSERT_EQ(response.results_size(), 2);
  EXPECT_TRUE(base::FromWire(response.results(0).status()).ok());
  EXPECT_EQ(RefusalOf(base::FromWire(response.results(1).status())),
            BadField("customer.display_name"));
  for (int i = 0; i < 999; ++i) import.add_rows();
  ExpectRefusal(import, BadField("rows"));
}

}  // namespace
}  // namespace crm::contract
