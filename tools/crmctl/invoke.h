// One call of any method, and its answer on the terminal.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/crmctl/connection.h"

namespace crm::crmctl {

struct OutputOptions {
  // JSON, else tables. A list with all pages gives a line of JSON for each row.
  bool json = false;
  // Fields shown of the rows of a list; empty: chosen by what they hold.
  std::vector<std::string> columns;
  // Prints the position token of the answer, "crm-position: TOKEN".
  bool position = false;
};

// Where answers and what is said about them go.
struct Terminal {
  std::ostream& out;
  std::ostream& err;
};

// Calls once, and prints the answer, or each message of a stream until it ends. With `all`, follows
// a list to its last page; that of a method that is no list is a usage error.
absl::Status Invoke(Connection& connection, const google::protobuf::MethodDescriptor& method,
                    google::protobuf::Message& request, bool all, const OutputOptions& output,
                    const Terminal& terminal);

}  // namespace crm::crmctl
