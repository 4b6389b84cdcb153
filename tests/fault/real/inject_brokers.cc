// Brokers that are killed, one or all.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/customer.pb.h"
#include "google/rpc/error_details.pb.h"
#include "libs/base/status.h"
#include "tests/e2e/load.h"
#include "tests/fault/real/injections.h"

namespace crm::fault {
namespace {

namespace v1 = customer::v1;

constexpr char kRetryInfo[] = "type.googleapis.com/google.rpc.RetryInfo";

void BrokerKill(Scene& scene) {
  const int broker = scene.cluster.brokers().BusiestLeader();
  scene.recorder.Mark(scene.kind, absl::StrCat("b", broker + 1), {});
  scene.cluster.brokers().Kill(broker);
  scene.load.WaitForAllPartitions("without a broker");
  Last(scene, absl::Seconds(1), absl::Seconds(20));
  scene.cluster.brokers().Start(broker);
}

// A write that each replica must refuse, saying when to try again.
void ExpectWritesAreRefused(Scene& scene) {
  for (int i = 0; i < kReplicas; ++i) {
    absl::Status status;
    e2e::Until(absl::StrCat("replica ", i + 1, " refuses writes with RetryInfo"), [&] {
      rpc::CallOptions options;
      options.deadline = absl::Now() + absl::Seconds(5);
      // Said under the name of a customer of this run, and again later: what became of it is open.
      v1::UpdateCustomerRequest request;
      request.mutable_customer()->set_name("customers/" + scene.run + "-nobody");
      request.mutable_customer()->set_industry("none");
      request.mutable_update_mask()->add_paths("industry");
      request.set_request_id(absl::StrCat(scene.run, "-refused-", i));
      status = scene.cluster.probe(i).Call<v1::Customer>(request, options).status();
      return absl::IsUnavailable(status) && status.GetPayload(kRetryInfo).has_value();
    });
    EXPECT_TRUE(absl::IsUnavailable(status)) << base::StatusText(status);
  }
}

// Plain reads go on, and say where they stand.
void ExpectReadsGoOn(Scene& scene) {
  for (int i = 0; i < kReplicas; ++i) {
    v1::GetCustomerRequest request;
    request.set_name("customers/" + scene.run + "-hot-0");
    rpc::CallOptions options;
    options.deadline = absl::Now() + absl::Seconds(5);
    rpc::MetadataList trailers;
    const auto read = scene.cluster.probe(i).Call<v1::Customer>(request, options, &trailers);
    EXPECT_TRUE(read.ok()) << "replica " << i + 1 << ": " << read.status();
    EXPECT_TRUE(rpc::FindMetadata(trailers, "crm-position").has_value()) << "replica " << i + 1;
  }
}

void AllBrokersDown(Scene& scene) {
  scene.recorder.Mark(scene.kind, "all", {});
  const absl::Time down = absl::Now();
  for (int i = 0; i < kBrokers; ++i) scene.cluster.brokers().Kill(i);
  ExpectWritesAreRefused(scene);
  ExpectReadsGoOn(scene);
  const absl::Duration wanted = scene.long_form ? absl::Seconds(30) : absl::Seconds(10);
  scene.load.Hold(wanted - (absl::Now() - down));
  ExpectReadsGoOn(scene);
  scene.cluster.brokers().StartAll();
}

}  // namespace

std::vector<Injection> BrokerInjections() {
  return {{"broker-kill", BrokerKill, absl::Seconds(15)}, {"all-brokers-down", AllBrokersDown}};
}

}  // namespace crm::fault
