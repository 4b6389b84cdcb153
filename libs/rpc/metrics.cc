#include "libs/rpc/metrics.h"

#include <utility>

namespace crm::rpc {
namespace {

const prometheus::Histogram::BucketBoundaries kSeconds = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

}  // namespace

MethodMetrics::MethodMetrics(prometheus::Family<prometheus::Counter>& requests,
                             prometheus::Family<prometheus::Histogram>& seconds, std::string method)
    : requests_(requests),
      method_(std::move(method)),
      seconds_(seconds.Add({{"method", method_}}, kSeconds)) {}

void MethodMetrics::Count(absl::StatusCode code, absl::Duration took) {
  auto index = static_cast<size_t>(code);
  if (index >= counters_.size()) index = static_cast<size_t>(absl::StatusCode::kUnknown);
  prometheus::Counter* counter = counters_[index].load(std::memory_order_acquire);
  if (counter == nullptr) {
    // Two threads may both come here: they are given the same counter.
    const std::string name =
        absl::StatusCodeToString(static_cast<absl::StatusCode>(static_cast<int>(index)));
    counter = &requests_.Add({{"method", method_}, {"code", name}});
    counters_[index].store(counter, std::memory_order_release);
  }
  counter->Increment();
  seconds_.Observe(absl::ToDoubleSeconds(took));
}

Metrics::Metrics(prometheus::Registry& registry)
    : requests_(prometheus::BuildCounter()
                    .Name("crm_rpc_requests_total")
                    .Help("Calls answered")
                    .Register(registry)),
      seconds_(prometheus::BuildHistogram()
                   .Name("crm_rpc_request_seconds")
                   .Help("From the arrival of a request to its answer")
                   .Register(registry)),
      in_flight_(prometheus::BuildGauge()
                     .Name("crm_rpc_requests_in_flight")
                     .Help("Calls taken and not yet answered")
                     .Register(registry)
                     .Add({})),
      replies_cut_(prometheus::BuildCounter()
                       .Name("crm_rpc_replies_cut_total")
                       .Help("Calls cut off because the caller did not take the reply")
                       .Register(registry)
                       .Add({})),
      limits_(prometheus::BuildGauge()
                  .Name("crm_rpc_limit")
                  .Help("Limits in force, in their own units")
                  .Register(registry)) {}

std::unique_ptr<MethodMetrics> Metrics::ForMethod(std::string method) {
  return std::make_unique<MethodMetrics>(requests_, seconds_, std::move(method));
}

void Metrics::SetLimit(std::string_view limit, double value) {
  limits_.Add({{"limit", std::string(limit)}}).Set(value);
}

}  // namespace crm::rpc
