// The service config that clients of ours are given, and may copy: how long to wait, what to try
// again.
//
// Only UNAVAILABLE is tried again: nothing was begun then, or the request_id of the command settles
// what became of it. The same holds for CANCELLED, which a caller who waits hears only from a
// transport that is being closed. Retries stop while more than half of the calls fail (throttling),
// and wait as long as the server asks where that is long ("grpc-retry-pushback-ms", kPushbackMin).
// Servers that say NOT_SERVING get no calls. The waits add up to about 7 s, more than it takes
// until somebody else serves the keys of a replica that was killed.
#pragma once

#include <string_view>

namespace crm::rpc {

inline constexpr std::string_view kClientServiceConfig = R"json({
  "loadBalancingConfig": [{"round_robin": {}}],
  "healthCheckConfig": {"serviceName": ""},
  "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.5},
  "methodConfig": [{
    "name": [{}],
    "timeout": "60s",
    "retryPolicy": {
      "maxAttempts": 5,
      "initialBackoff": "0.1s",
      "maxBackoff": "5s",
      "backoffMultiplier": 4,
      "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"]
    }
  }]
})json";

}  // namespace crm::rpc
