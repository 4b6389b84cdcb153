#include "tests/fault/real/speaker.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "crm/engine/v1/engine.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/base/hash.h"
#include "libs/base/status.h"
#include "libs/rpc/call.h"
#include "tests/e2e/load.h"
#include "tests/fault/real/cluster.h"

namespace crm::fault {
namespace {

namespace v1 = customer::v1;

// Longer than any fault and what follows from it.
constexpr absl::Duration kSayPatience = absl::Seconds(120);
constexpr absl::Duration kImpatientTimeout = absl::Seconds(1);
constexpr size_t kFailuresTold = 20;
constexpr absl::Duration kAgainAfter = absl::Milliseconds(50);
// Within a call the policy may send again, which nobody tells us. Not before this time.
constexpr int64_t kSentOnceNs = 20'000'000;

bool IsDefinite(const absl::Status& status) {
  return !absl::IsUnavailable(status) && !absl::IsDeadlineExceeded(status) &&
         !absl::IsCancelled(status);
}

bool IsExpected(const absl::Status& status) {
  return status.ok() || absl::IsAlreadyExists(status) || absl::IsAborted(status) ||
         absl::IsNotFound(status);
}

int PartitionOf(const std::string& name) {
  const size_t begin = name.find('/') + 1;
  return base::PartitionOf(name.substr(begin, name.find('/', begin) - begin), kPartitions);
}

}  // namespace

Speaker::Speaker(int client, Common& common, Manner manner)
    : client_(client),
      common_(common),
      manner_(manner),
      replicas_(common.replicas, manner == Manner::kPatient ? e2e::Client::Policy::kPublished
                                                            : e2e::Client::Policy::kBalanced),
      sales_({common.sales}),
      random_(static_cast<unsigned>(client)) {}

std::string Speaker::Fresh(const char* what) {
  return absl::StrCat(common_.run, "-", what, "-", client_, "-", ++count_, ".");
}

std::string Speaker::EtagOf(const std::string& name) const {
  const auto found = etags_.find(name);
  return found == etags_.end() ? "" : found->second;
}

void Speaker::KeepPosition(const rpc::MetadataList& trailers, const std::string& name,
                           Operation& operation) {
  const auto text = rpc::FindMetadata(trailers, "crm-position");
  std::string bytes;
  engine::v1::PositionToken token;
  if (!text.has_value() || !absl::WebSafeBase64Unescape(std::string(*text), &bytes) ||
      !token.ParseFromString(bytes)) {
    return;
  }
  Common::Token kept{std::string(*text), {}};
  for (const auto& position : token.positions()) {
    kept.positions[position.partition()] = position.next_offset();
  }
  if (const auto own = kept.positions.find(PartitionOf(name)); own != kept.positions.end()) {
    operation.position = *own;
  }
  if (operation.topic != kCustomerTopic) return;
  const std::lock_guard lock(common_.mutex);
  common_.tokens[name] = std::move(kept);
}

void Speaker::NoteFailure(const Operation& operation, int64_t sent_ns, const absl::Status& status) {
  ++common_.failed_calls;
  const std::lock_guard lock(common_.mutex);
  if (common_.failures.size() >= kFailuresTold) return;
  common_.failures.push_back(absl::StrCat(operation.op, " ", operation.read, " ", operation.name,
                                          " after ", (MonotonicNs() - sent_ns) / 1'000'000,
                                          " ms: ", base::StatusText(status)));
}

template <class Response, class Request>
absl::Status Speaker::Say(e2e::Client& client, const Request& request, rpc::CallOptions options,
                          Operation& operation, Response& response) {
  const bool patient = manner_ == Manner::kPatient;
  const absl::Time end = absl::Now() + kSayPatience;
  operation.client = client_;
  operation.call_ns = MonotonicNs();
  absl::Status status;
  rpc::MetadataList trailers;
  while (true) {
    const int64_t sent = MonotonicNs();
    if (!operation.request_id.empty() && operation.sends > 0) {
      options.metadata = {{"crm-read-barrier", "true"}};  // As the API asks of who repeats himself.
      operation.read = "barrier";
    }
    options.deadline = absl::Now() + (patient ? common_.call_timeout : kImpatientTimeout);
    auto answer = client.Call<Response>(request, options, &trailers);
    operation.sends += patient && MonotonicNs() - sent > kSentOnceNs ? 2 : 1;
    status = answer.status();
    if (answer.ok()) response = *std::move(answer);
    if (IsDefinite(status) || absl::Now() > end) break;
    if (patient) NoteFailure(operation, sent, status);
    common_.Pause(kAgainAfter);
  }
  operation.return_ns = MonotonicNs();
  EXPECT_TRUE(IsExpected(status) || !IsDefinite(status))
      << operation.op << " " << operation.name << ": " << base::StatusText(status);
  operation.outcome = status.ok() ? "ok" : IsDefinite(status) ? "refused" : "unknown";
  if (!status.ok()) {
    operation.code = absl::StatusCodeToString(status.code());
    operation.reason = base::ReasonOf(status);
  }
  // Of creates of an order the name comes with the answer.
  if constexpr (std::is_same_v<Response, sales::v1::Order>) operation.name = response.name();
  if (IsDefinite(status)) KeepPosition(trailers, operation.name, operation);
  return status;
}

template <class Response, class Request>
bool Speaker::Write(e2e::Client& client, const Request& request, int more, Operation& operation,
                    Response& response) {
  const absl::Status status = Say(client, request, {}, operation, response);
  for (int i = 0; status.ok() && i < more; ++i) {
    Operation again;
    again.topic = operation.topic;
    again.name = operation.name;
    again.request_id = operation.request_id;
    again.sends = 1;
    Response repeated;
    const absl::Status said = Say(client, request, {}, again, repeated);
    EXPECT_TRUE(said.ok()) << operation.name << " " << operation.request_id
                           << " said again: " << base::StatusText(said);
  }
  return status.ok();
}

void Speaker::See(const v1::Customer& customer, Operation& operation) {
  operation.etag = customer.etag();
  operation.seen_value = customer.industry();
  etags_[operation.name] = customer.etag();
}

bool Speaker::Create(const std::string& id, int more) {
  Operation operation;
  operation.op = "create";
  operation.topic = kCustomerTopic;
  operation.name = "customers/" + id;
  operation.value = Fresh("value");
  operation.request_id = Fresh("create");
  v1::CreateCustomerRequest request = e2e::NewCustomer(id);
  request.set_request_id(operation.request_id);
  request.mutable_customer()->set_industry(operation.value);
  v1::Customer customer;
  const bool done = Write(replicas_, request, more, operation, customer);
  if (done) See(customer, operation);
  common_.recorder->Add(operation);
  return done;
}

bool Speaker::Update(const std::string& name, const std::string& etag, int more) {
  Operation operation;
  operation.op = "update";
  operation.topic = kCustomerTopic;
  operation.name = name;
  operation.value = Fresh("value");
  operation.request_id = Fresh("update");
  operation.expected_etag = etag;
  v1::UpdateCustomerRequest request;
  request.set_request_id(operation.request_id);
  request.mutable_customer()->set_name(name);
  request.mutable_customer()->set_etag(etag);
  request.mutable_customer()->set_industry(operation.value);
  request.mutable_update_mask()->add_paths("industry");
  v1::Customer customer;
  const bool done = Write(replicas_, request, more, operation, customer);
  if (done) See(customer, operation);
  if (operation.outcome == "refused") etags_.erase(name);
  common_.recorder->Add(operation);
  return done;
}

void Speaker::Get(const std::string& name, const std::string& read) {
  Operation operation;
  operation.op = "get";
  operation.topic = kCustomerTopic;
  operation.name = name;
  operation.read = read;
  rpc::CallOptions options;
  if (read == "barrier") options.metadata = {{"crm-read-barrier", "true"}};
  if (read == "after") {
    const std::lock_guard lock(common_.mutex);
    const auto found = common_.tokens.find(name);
    if (found == common_.tokens.end()) return;
    options.metadata = {{"crm-read-after", found->second.text}};
    operation.token = found->second.positions;
  }
  v1::GetCustomerRequest request;
  request.set_name(name);
  v1::Customer customer;
  if (Say(replicas_, request, options, operation, customer).ok()) See(customer, operation);
  common_.recorder->Add(operation);
}

bool Speaker::Order(const std::string& customer, int64_t units, int more) {
  Operation operation;
  operation.op = "create";
  operation.topic = kSalesTopic;
  operation.value = Fresh("order");
  operation.request_id = Fresh("record");
  sales::v1::RecordOrderRequest request;
  request.set_parent(customer);
  request.set_request_id(operation.request_id);
  sales::v1::Order& order = *request.mutable_order();
  order.mutable_order_date()->set_year(2026);
  order.mutable_order_date()->set_month(6);
  order.mutable_order_date()->set_day(1);
  order.mutable_revenue()->set_currency_code("USD");
  order.mutable_revenue()->set_units(units);
  order.set_department(operation.value);
  sales::v1::Order recorded;
  const bool done = Write(sales_, request, more, operation, recorded);
  EXPECT_TRUE(done) << "an order was neither recorded nor refused: " << operation.code;
  if (!done) return false;
  operation.etag = recorded.etag();
  operation.seen_value = recorded.department();
  common_.recorder->Add(operation);
  common_.order_units += units;
  ++common_.orders;
  return true;
}

}  // namespace crm::fault
