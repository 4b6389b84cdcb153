// What happens to a small company: every fact of every aggregate at least once. The golden log was
// made from it, and the live tests start from it.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace crm::contract {

struct Step {
  std::string type;  // Of the request: "crm.customer.v1.CreateCustomerRequest".
  std::string
      text;  // In text format, without request_id. "{UNTIL}": two days from now, in seconds.
  // Only where time can be turned and internal commands given: not by a caller.
  bool only_golden = false;
  int days_before = 0;  // Pass before it.
};

std::vector<Step> Scenario();

// The step's request at `now`. A text that does not parse ends the test program.
std::unique_ptr<google::protobuf::Message> RequestOf(const Step& step,
                                                     const std::string& request_id, absl::Time now);
std::unique_ptr<google::protobuf::Message> RequestOf(const std::string& type,
                                                     const std::string& text,
                                                     const std::string& request_id);

}  // namespace crm::contract
