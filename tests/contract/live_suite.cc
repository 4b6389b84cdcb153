#include "tests/contract/live_suite.h"

#include <unistd.h>

#include <filesystem>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "tests/contract/scenario.h"
#include "tests/contract/services.h"

namespace crm::contract {
namespace {

using google::protobuf::Message;

constexpr absl::Duration kPoll = absl::Milliseconds(20);
// Reactions follow each other within milliseconds: so long without a record means that they are
// done.
constexpr int kQuietPolls = 25;

app::Settings SettingsFor(const std::string& directory) {
  const std::vector<std::string> flags = {
      "contract_live_test", "--data-dir", directory, "--listen-address", "127.0.0.1:0",
      "--admin-address", "", "--log", "embedded", "--partitions", "3", "--workers", "1",
      // The days of the scenario, whenever it runs.
      "--business-date", "2026-01-10", "--reporting-currency", "EUR"};
  std::vector<const char*> argv;
  for (const std::string& flag : flags) argv.push_back(flag.c_str());
  auto parsed =
      app::Settings::Parse(static_cast<int>(argv.size()), argv.data(), app::ServiceSettings());
  base::Check(parsed.ok(), parsed.status().ToString());
  return parsed->settings;
}

void Pause() { absl::Notification().WaitForNotificationWithTimeout(kPoll); }

}  // namespace

std::ostream& operator<<(std::ostream& out, const Refusal& refusal) {
  return out << absl::StatusCodeToString(refusal.code) << " {" << refusal.reason << " of "
             << refusal.domain << ", field \"" << refusal.field << "\"}";
}

Refusal RefusalOf(const absl::Status& status) {
  Refusal refusal{status.code(), base::ReasonOf(status), "", base::FieldOf(status)};
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.ErrorInfo");
  google::rpc::ErrorInfo info;
  if (payload.has_value() && info.ParseFromString(std::string(*payload))) {
    refusal.domain = info.domain();
  }
  return refusal;
}

LiveSuite::LiveSuite()
    : directory_(absl::StrCat(testing::TempDir(), "crm_contract_", getpid(), "_",
                              absl::ToUnixNanos(absl::Now()))) {
  std::vector<app::ServiceEntry> entries;
  for (const ContractService& service : Services()) entries.push_back(service.entry);
  auto started = app::Process::Start(SettingsFor(directory_), entries);
  base::Check(started.ok(), started.status().ToString());
  process_ = *std::move(started);
  Await("the suite is ready", [&] { return process_->Ready(); });
  process_->Refresh();
  channel_ = std::make_unique<rpc::Channel>(
      rpc::Channel::Options{.target = absl::StrCat("127.0.0.1:", process_->port())});
  for (const auto& [type, name] : std::vector<std::pair<std::string, std::string>>{
           {"crm.customer.v1.GetTierPlanRequest", "tierPlans/standard"},
           {"crm.customer.v1.GetCustomerPolicyRequest", "customerPolicies/standard"},
           {"crm.customer.v1.GetNotificationPolicyRequest", "notificationPolicies/standard"},
           {"crm.sales.v1.GetPipelineRequest", "pipelines/standard"},
           {"crm.servicedesk.v1.GetPriorityPolicyRequest", "priorityPolicies/standard"}}) {
    const auto get = RequestOf(type, absl::StrCat("name: '", name, "'"), "");
    Await(name + " is set up", [&] { return Call(*get).ok(); });
  }
}

LiveSuite::~LiveSuite() {
  channel_.reset();
  process_->Stop(absl::Seconds(1));
  process_.reset();
  std::error_code ignored;  // The directory of a test is cleared away by the machine, too.
  std::filesystem::remove_all(directory_, ignored);
}

void LiveSuite::Await(const std::string& what, const std::function<bool()>& done) {
  const absl::Time until = absl::Now() + absl::Minutes(1);
  while (!done()) {
    base::Check(absl::Now() < until, "in time: " + what);
    Pause();
  }
}

void LiveSuite::AwaitQuiet() {
  State before = Look();
  int quiet = 0;
  Await("no reaction is left", [&] {
    State now = Look();
    quiet = now == before ? quiet + 1 : 0;
    before = std::move(now);
    return quiet >= kQuietPolls;
  });
}

void LiveSuite::RunScenario() {
  for (const Step& step : Scenario()) {
    if (step.only_golden) continue;
    const absl::Status sent = Call(*RequestOf(step, NewRequestId(), absl::Now()));
    EXPECT_TRUE(sent.ok()) << step.type << " {" << step.text << "}: " << sent;
  }
  // The longest way round: the orphan order finds its customer, and its order makes that ACTIVE.
  const auto list = RequestOf("crm.customer.v1.ListCustomersRequest",
                              "filter: 'status = CUSTOMER_STATUS_ACTIVE'", "");
  const auto* method = engine::MethodOf(*list->GetDescriptor());
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  const std::unique_ptr<Message> found(factory->GetPrototype(method->output_type())->New());
  const auto* rows = method->output_type()->FindFieldByName("customers");
  Await("two customers are ACTIVE", [&] {
    return Call(*list, found.get()).ok() && found->GetReflection()->FieldSize(*found, rows) == 2;
  });
  AwaitQuiet();
  // Else the timer does so some seconds after the import, in the middle of a test.
  const auto compute = RequestOf("crm.customer.v1.ComputeTierPlanRequest",
                                 "name: 'tierPlans/standard'", NewRequestId());
  EXPECT_TRUE(Call(*compute).ok());
  AwaitQuiet();
}

absl::Status LiveSuite::Call(const Message& request, Message* reply, rpc::CallOptions options,
                             rpc::MetadataList* trailers) {
  const auto* method = engine::MethodOf(*request.GetDescriptor());
  base::Check(method != nullptr, request.GetDescriptor()->full_name() + " has an RPC");
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  std::unique_ptr<Message> own(factory->GetPrototype(method->output_type())->New());
  return channel_->Call(*method, request, reply == nullptr ? *own : *reply, std::move(options),
                        trailers);
}

LiveSuite::State LiveSuite::Look() {
  State state;
  for (const app::Host* host : process_->hosts()) {
    const std::string& topic = host->service().topic;
    // The log itself: what a replica says of itself may lag behind its answers.
    const auto described = host->engine()->log().Describe(topic, absl::Seconds(10));
    base::Check(described.ok(), described.status().ToString());
    for (size_t i = 0; i < described->partitions.size(); ++i) {
      state.log_ends[{topic, static_cast<int>(i)}] = described->partitions[i].end;
    }
    state.digests[topic];
  }
  for (auto& [topic, digest] : state.digests) {
    engine::v1::ComputeDigestRequest request;
    request.set_topic(topic);
    engine::v1::ComputeDigestResponse computed;
    const absl::Status status = Call(request, &computed);
    EXPECT_TRUE(status.ok()) << status;
    digest = computed.digest();
  }
  return state;
}

int64_t LiveSuite::State::Records() const {
  int64_t records = 0;
  for (const auto& [partition, end] : log_ends) records += end;
  return records;
}

std::string LiveSuite::NewRequestId() { return absl::StrCat("contract-", ++request_ids_); }

}  // namespace crm::contract
