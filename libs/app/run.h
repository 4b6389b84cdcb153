// Run: a process with one service or several, from its settings to its end.
#pragma once

#include <string>
#include <vector>

#include "libs/app/service.h"

namespace crm::app {

struct ServiceEntry {
  std::string name;     // "customer"
  std::string package;  // "crm.customer.v1"
  void (*describe)(Service& service);
};

// Serves until SIGINT or SIGTERM, then drains. Returns the exit code: 0 after an orderly end, 1
// when something failed, 2 for wrong settings.
int Run(int argc, char** argv, const std::vector<ServiceEntry>& services);

}  // namespace crm::app
