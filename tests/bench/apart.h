// Our customer service in a process of its own, so that its memory and processor time are not those
// of who loads it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace crm::bench {

// What a process has used.
struct Usage {
  double cpu_seconds = 0;
  double memory_mib = 0;  // Resident, at its highest since it was last asked for.
};

class ServiceApart {
 public:
  // Forks, so that there must be no other thread yet; nothing runs until Start. The process ends
  // with this one.
  ServiceApart();
  ServiceApart(const ServiceApart&) = delete;
  ServiceApart& operator=(const ServiceApart&) = delete;
  // Stops the service and waits for it.
  ~ServiceApart();

  // As StartOurs; gives the port. A failure ends the program.
  int Start(const std::string& directory, const std::string& brokers);
  Usage Take();

 private:
  pid_t process_ = 0;
  int to_ = -1, from_ = -1;  // Pipes.
};

}  // namespace crm::bench
