// Load: so many unary calls at once against one address, the same driver for every server.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace crm::bench {

struct Load {
  std::string address;
  std::string method;  // "/package.Service/Method"
  int in_flight = 1;
  double seconds = 5;  // Measured; a tenth more before that is not.
  int64_t calls = 0;   // Not 0: so many calls instead, all of them measured.
  // The request of a slot (0 to in_flight - 1) for its nth call. Called from any thread.
  std::function<std::string(int slot, int64_t n)> request;
  // What is wrong with an answer that is OK; "": nothing. Unset: nobody looks. From any thread.
  std::function<std::string(const std::string& reply)> fault;
};

struct Figures {
  int64_t calls = 0;     // Answered OK.
  int64_t failures = 0;  // Answered otherwise, or with a fault; not in the other figures.
  std::string first_failure;
  double per_second = 0;
  double p50_us = 0, p99_us = 0;
  double cpu_us = 0;  // Of this process, client and server, for each call.
};

// Waits until every slot is answered. A slot sends its next request when the last was answered.
// Channels are its own; each is one connection.
Figures Drive(const Load& load);

// One call; gives the reply. Any other answer than OK ends the program.
std::string CallOnce(const std::string& address, const std::string& method,
                     const std::string& request);

}  // namespace crm::bench
