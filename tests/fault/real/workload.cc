#include "tests/fault/real/workload.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/hash.h"

namespace crm::fault {
namespace {

constexpr int kWorkers = 6;
constexpr int kHotCustomers = 4;
constexpr int kOrderCustomers = 4;
// A gap is known to within the time between two writes to a partition.
constexpr absl::Duration kProbeEvery = absl::Milliseconds(50);
constexpr absl::Duration kWorkEvery = absl::Milliseconds(15);
constexpr absl::Duration kOrderEvery = absl::Milliseconds(100);
constexpr absl::Duration kRateWindow = absl::Seconds(1);
constexpr int kRateWindowsMax = 30;

std::string IdIn(int partition, const std::string& run) {
  for (int i = 0;; ++i) {
    std::string id = absl::StrCat(run, "-probe-", i);
    if (base::PartitionOf(id, kPartitions) == partition) return id;
  }
}

}  // namespace

Workload::Workload(Cluster& cluster, Recorder& recorder, const std::string& run,
                   absl::Duration call_timeout) {
  common_.replicas = cluster.ReplicaAddresses();
  common_.sales = cluster.sales().address();
  common_.recorder = &recorder;
  common_.run = run;
  common_.call_timeout = call_timeout;
  for (int i = 0; i < kPartitions; ++i) threads_.emplace_back([this, i] { Probe(i); });
  for (int i = 0; i < kWorkers; ++i) threads_.emplace_back([this, i] { Work(i); });
  threads_.emplace_back([this] { OrderAll(); });
}

void Workload::Probe(int partition) {
  Speaker speaker(1 + partition, common_, Speaker::Manner::kImpatient);
  const std::string id = IdIn(partition, common_.run);
  if (!speaker.Create(id, 0)) return;
  while (!common_.stopping.HasBeenNotified()) {
    const int64_t called = MonotonicNs();
    if (speaker.Update("customers/" + id, "", 0)) acknowledged_call_ns_[partition] = called;
    common_.Pause(kProbeEvery);
  }
}

void Workload::DoAnything(Speaker& speaker, const std::string& name) {
  const int more = speaker.Draw(4) == 0 ? speaker.Draw(5) : 0;
  const int what = speaker.Draw(100);
  if (what < 30) {
    speaker.Update(name, "", more);
  } else if (what < 50) {
    const std::string etag = speaker.EtagOf(name);
    etag.empty() ? speaker.Get(name, "barrier") : void(speaker.Update(name, etag, more));
  } else if (what < 60) {
    speaker.Get(name, "plain");
  } else if (what < 75) {
    speaker.Get(name, "after");
  } else {
    speaker.Get(name, "barrier");
  }
}

void Workload::Work(int worker) {
  Speaker speaker(100 + worker, common_);
  // All want to create the same ones: one does, and all may update them from then on.
  for (int i = 0; i < kHotCustomers; ++i) {
    speaker.Create(absl::StrCat(common_.run, "-hot-", i), worker % 2);
  }
  for (int i = 0; !common_.stopping.HasBeenNotified(); ++i) {
    if (speaker.Draw(30) == 0) {
      speaker.Create(absl::StrCat(common_.run, "-new-", worker, "-", i), speaker.Draw(5));
    } else {
      DoAnything(speaker,
                 absl::StrCat("customers/", common_.run, "-hot-", speaker.Draw(kHotCustomers)));
    }
    common_.Pause(kWorkEvery);
  }
}

void Workload::OrderAll() {
  Speaker speaker(200, common_);
  for (int i = 0; i < kOrderCustomers; ++i) {
    speaker.Create(absl::StrCat(common_.run, "-order-", i), 0);
  }
  while (!common_.stopping.HasBeenNotified()) {
    const int customer = speaker.Draw(kOrderCustomers);
    const int more = speaker.Draw(3) == 0 ? speaker.Draw(5) : 0;
    speaker.Order(absl::StrCat("customers/", common_.run, "-order-", customer),
                  1 + speaker.Draw(1000), more);
    common_.Pause(kOrderEvery);
  }
}

double Workload::Warm(double wanted) {
  WaitForAllPartitions("before the fault");
  double rate = 0;
  for (int i = 0; i < kRateWindowsMax && rate < wanted; ++i) {
    const int64_t before = common_.recorder->counts().operations;
    const int64_t began = MonotonicNs();
    common_.Pause(kRateWindow);
    rate = 1e9 * static_cast<double>(common_.recorder->counts().operations - before) /
           static_cast<double>(MonotonicNs() - began);
  }
  return rate;
}

bool Workload::WaitForAllPartitions(const std::string& when) {
  const int64_t now = MonotonicNs();
  return e2e::Until("writes to every partition " + when, [&] {
    return std::all_of(acknowledged_call_ns_.begin(), acknowledged_call_ns_.end(),
                       [&](const auto& called) { return called.load() >= now; });
  });
}

void Workload::Stop() {
  if (!common_.stopping.HasBeenNotified()) common_.stopping.Notify();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace crm::fault
