// `crmctl calls`: says what stands in a file, one call after another.
#pragma once

#include <istream>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/crmctl/catalogue.h"
#include "tools/crmctl/connection.h"
#include "tools/crmctl/invoke.h"

namespace crm::crmctl {

struct CallFileOptions {
  // For how long what is not answered, or not now, is said again.
  absl::Duration patience = absl::Seconds(60);
};

// Each line of `calls` is a method and its request in JSON: `CustomerService/GetCustomer {"name":
// "customers/c"}`; empty lines count for nothing. Each with a request_id of its own, so that the
// file can be said again. Nothing is said when a line cannot be read. Ends at the first refusal,
// whose message begins with its line.
absl::Status CallFile(const ConnectionOptions& connection, const Catalogue& catalogue,
                      std::istream& calls, const CallFileOptions& options,
                      const Terminal& terminal);

}  // namespace crm::crmctl
