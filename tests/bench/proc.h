// What time, processor and memory this process, another one or the machine took.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

namespace crm::bench {

inline double SecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// A field of /proc/PID/status that is a size, "VmRSS": what is resident now, "VmHWM": the most.
double StatusMib(pid_t process, const std::string& field);

// Processor time since they began: of this process, of another, of all but idling.
double CpuSecondsHere();
double CpuSecondsOf(pid_t process);
double CpuSecondsOfMachine();

}  // namespace crm::bench
