// `crmctl import --upload`: sends a file as it is, and lets the server check it and take the rows
// in.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/crmctl/catalogue.h"
#include "tools/crmctl/connection.h"
#include "tools/crmctl/invoke.h"

namespace crm::crmctl {

struct FileImportArguments {
  std::string kind;  // "customers", "contacts"
  std::string path;  // A name that ends in .vcf is that of vCards, any other of CSV.
  std::string delimiter;
  std::string encoding;                // "utf8", "gb18030"; empty: found out.
  std::string country;                 // Of telephone numbers; empty: the company's.
  std::vector<std::string> mappings;   // "column=field"
  std::vector<std::string> constants;  // "field=value"
  std::string id;                      // Empty: made of the file, so that the same one goes on.
  bool check_only = false;
  absl::Duration poll = absl::Milliseconds(200);
};

// Goes on where it was cut off, whoever of the two stopped. kInvalidArgument also when rows stay
// out, kFailedPrecondition when the file cannot be read. `tty`: whether terminal.err is one.
absl::Status ImportFile(Connection& connection, const Catalogue& catalogue,
                        const FileImportArguments& arguments, const Terminal& terminal, bool tty);

}  // namespace crm::crmctl
