// A look into the tables of a service that does not run.
#pragma once

#include <map>
#include <string>

namespace crm::bench {

// All keys and values of the tables of `service` ("customer") in a data directory.
using Dump = std::map<std::string, std::string>;
Dump DumpTables(const std::string& directory, const std::string& service);

}  // namespace crm::bench
