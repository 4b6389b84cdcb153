// What is measured of RPC:
//   crm_rpc_requests_total{method,code}    calls answered
//   crm_rpc_request_seconds{method}        from the request's arrival to its answer
//   crm_rpc_requests_in_flight             calls taken and not yet answered
//   crm_rpc_replies_cut_total              calls cut off, as their callers did not take the reply
//   crm_rpc_limit{limit}                   the limits in force, in their own units
// `method` is "crm.customer.v1.CustomerService/GetCustomer", "unknown" for paths nobody serves.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace crm::rpc {

// The series of one method. Thread-safe.
class MethodMetrics {
 public:
  MethodMetrics(prometheus::Family<prometheus::Counter>& requests,
                prometheus::Family<prometheus::Histogram>& seconds, std::string method);
  void Count(absl::StatusCode code, absl::Duration took);

 private:
  prometheus::Family<prometheus::Counter>& requests_;
  const std::string method_;
  prometheus::Histogram& seconds_;
  // Found at first use; by code.
  std::array<std::atomic<prometheus::Counter*>, 17> counters_{};
};

class Metrics {
 public:
  // `registry` must outlive this. Two servers may share one: their figures add up.
  explicit Metrics(prometheus::Registry& registry);

  std::unique_ptr<MethodMetrics> ForMethod(std::string method);
  prometheus::Gauge& in_flight() { return in_flight_; }
  prometheus::Counter& replies_cut() { return replies_cut_; }
  void SetLimit(std::string_view limit, double value);

 private:
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  prometheus::Gauge& in_flight_;
  prometheus::Counter& replies_cut_;
  prometheus::Family<prometheus::Gauge>& limits_;
};

}  // namespace crm::rpc
