// `crmctl events tail`: accepted events of a log as lines of JSON.
#pragma once

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "libs/eventlog/record.h"
#include "tools/crmctl/log_reading.h"

namespace crm::crmctl {

struct TailArguments {
  std::string topic = "crm.customer.log.v1";
  bool from_beginning = false;  // Else only what comes from now on.
  bool follow = true;           // Else it ends where the log ends now.
  std::string type;             // Only events whose ce_type ends with it; empty: all.
  std::string subject;          // Only of this resource; empty: all.
  bool log_records = false;     // Also what the log says about itself: claims, barriers.
};

// The record as one line of JSON, without "\n": topic, partition, offset, the CloudEvents headers
// and the event. A record that cannot be read is a line too: with `unreadable` and its SHA-256.
std::string EventLine(const std::string& topic, const eventlog::Record& record);

// Prints until the end, or, following, until it fails or the process is ended.
absl::Status TailEvents(const LogPlace& place, const TailArguments& arguments, std::ostream& out);

}  // namespace crm::crmctl
