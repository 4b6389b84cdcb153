// Waiting until services that run in this process have come to rest.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "libs/app/process.h"

namespace crm::bench {

// Looks again and again until it is `so`; ends the program after half an hour.
void AwaitThat(const std::string& what, const std::function<bool()>& so);

// How far each service has applied each topic: {service, topic} -> partition -> next offset.
using Applied = std::map<std::pair<std::string, std::string>, std::map<int, int64_t>>;
Applied AppliedBy(const app::Process& process);

// Nothing was written for a while, and whoever follows another's topic has read all of it:
// reactions have done what they had to.
void AwaitQuiet(const app::Process& process);
// Everything that the logs held at the start is in the tables.
void AwaitReplayed(const app::Process& process);

}  // namespace crm::bench
