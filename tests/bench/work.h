// What one command writes: measured on ours (measure.h), repeated by the bare pipeline.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "crm/customer/v1/customer.pb.h"

namespace crm::bench {

struct Work {
  enum Kind {
    kPosition,   // Once for each partition in a batch.
    kRewritten,  // A key that every command on the same customer writes again.
    kAdded,      // A new key.
    kRow,        // The resource itself; its value is `row`.
    kRemoved,    // What the same customer's last command added in the slot.
  };
  struct Write {
    Kind kind = Kind::kRewritten;
    int slot = 0;
    size_t key_bytes = 0;
    size_t value_bytes = 0;
  };
  // Of the event, with the values of one; ce_id differs in each.
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<Write> creation;  // Of the command that made the customer.
  std::vector<Write> writes;    // Of each update afterwards.
  customer::v1::Customer row;   // Also what the command and Get answer.
};

}  // namespace crm::bench
