// Measures what one of our commands writes, so that the bare pipeline is given the same to write.
#pragma once

#include <string>

#include "tests/bench/work.h"

namespace crm::bench {

// Runs the service on an embedded log in `directory`, twice, and compares its tables before and
// after one UpdateCustomer (requests.h). Any failure ends the program.
Work MeasureWork(const std::string& directory);

}  // namespace crm::bench
