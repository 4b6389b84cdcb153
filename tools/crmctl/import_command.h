// `crmctl import`: a file, a progress bar, the faults of its rows, a summary.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tools/crmctl/connection.h"
#include "tools/crmctl/importer.h"
#include "tools/crmctl/invoke.h"

namespace crm::crmctl {

struct ImportArguments {
  std::string kind;  // "customers", "orders"
  std::string path;  // "-": standard input
  char delimiter = ',';
  ImportOptions options;
};

// The bar: `fraction` of the file and the speed. For terminals of 80 columns.
std::string ProgressText(double fraction, int64_t rows, absl::Duration elapsed);

// kInvalidArgument also when rows were refused. `tty`: whether terminal.err is one.
absl::Status Import(Connection& connection, const ImportArguments& arguments,
                    const Terminal& terminal, bool tty);

}  // namespace crm::crmctl
