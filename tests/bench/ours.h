// Ours: services in this process, as their own binaries would run them.
#pragma once

#include <memory>
#include <string>

#include "libs/app/process.h"

namespace crm::bench {

inline constexpr int kPartitions = 12;  // The default of our topics.

enum class Services { kCustomer, kCustomerAndSales };

// Begins to start them. The tables, and the embedded log when there are no
// `brokers`, lie in `directory`. Whatever fails ends the program.
std::unique_ptr<app::Process> LaunchOurs(const std::string& directory, const std::string& brokers,
                                         Services services);
// The same, and waits until they take commands.
std::unique_ptr<app::Process> StartOurs(const std::string& directory, const std::string& brokers,
                                        Services services = Services::kCustomer);
std::string AddressOf(const app::Process& process);

// Makes a topic on a broker: for the bare pipeline, and for the logs that our service follows.
void MakeTopic(const std::string& brokers, const std::string& topic);

}  // namespace crm::bench
