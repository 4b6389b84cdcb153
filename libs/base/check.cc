#include "libs/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace crm::base {

void Check(bool condition, std::string_view why, std::source_location where) {
  if (condition) return;
  std::fprintf(stderr, "%s:%u: %s: %.*s\n", where.file_name(), where.line(), where.function_name(),
               static_cast<int>(why.size()), why.data());
  std::abort();
}

}  // namespace crm::base
