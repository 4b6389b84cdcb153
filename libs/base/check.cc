#include "libs/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace crm::base {

void Check(bool condition, std::string_view why, const char* file, int line, const char* function) {
  if (condition) return;
  std::fprintf(stderr, "%s:%d: %s: %.*s\n", file, line, function, static_cast<int>(why.size()),
               why.data());
  std::abort();
}

}  // namespace crm::base
