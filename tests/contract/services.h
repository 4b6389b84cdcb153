// The services of the suite, as the contract tests see them: one line each in services.cc.
#pragma once

#include <string>
#include <vector>

#include "libs/app/run.h"
#include "libs/engine/ops.h"

namespace crm::contract {

struct ContractService {
  app::ServiceEntry entry;
  std::string directory;  // Of its sources, below the project's root: "services/customer".
};

std::vector<ContractService> Services();

// What its Describe declares. A mistake in it ends the test program, naming it.
engine::ServiceDef DefinitionOf(const ContractService& service);

// "<root>/<path>", where the project's sources lie.
std::string SourcePath(const std::string& path);

}  // namespace crm::contract
