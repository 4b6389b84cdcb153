// `crmctl partitions` and `crmctl wait-ready`.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "crm/engine/v1/engine.pb.h"
#include "tools/crmctl/connection.h"

namespace crm::crmctl {

// The partitions of the process as a table.
std::string PartitionsText(const engine::v1::ListPartitionsResponse& partitions);

// Why these partitions cannot take commands; empty: each has an owner and none has stopped.
std::string WhyNotOwned(const engine::v1::ListPartitionsResponse& partitions);

// Which partition one service of the process has read less far than another; empty: none.
std::string WhyBehind(const engine::v1::ListPartitionsResponse& partitions);

// Waits until the server, and each service of ours that it serves, is healthy (grpc.health.v1), and
// every partition has an owner; `caught_up`: and every service of the process has read as far of a
// log as the others. kDeadlineExceeded says what was missing last.
absl::Status WaitReady(const ConnectionOptions& options, const std::vector<std::string>& services,
                       bool caught_up, absl::Duration timeout);

}  // namespace crm::crmctl
