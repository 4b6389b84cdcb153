// Open loop: calls come on a schedule, whether or not the earlier ones were answered, as from many
// callers who do not know of each other.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace crm::bench {

// One call that was sent. Times in seconds since its phase began.
struct Arrival {
  float due = 0;        // When it was to be sent: waits are counted from here.
  float sent = 0;       // When it was.
  float answered = 0;   // When all was known.
  uint16_t answer = 0;  // Of Traffic::answers.
};

struct Phase {
  double per_second = 0;
  double seconds = 0;
};

struct PhaseFigures {
  double seconds = 0;
  int64_t planned = 0;
  std::vector<Arrival> arrivals;  // Fewer than planned when the schedule could not be kept.
};

struct Traffic {
  std::string address;
  std::string method;  // "/package.Service/Method"
  std::chrono::milliseconds deadline{2000};
  std::vector<Phase> phases;  // One behind the other, without a pause.
  // The request of the nth call.
  std::function<std::string(int64_t n)> request;
  // Before each phase, by its number, and after the last one. On the thread that sends.
  std::function<void(size_t phase)> begins;
};

struct TrafficFigures {
  std::vector<PhaseFigures> phases;
  // By Arrival::answer: "OK", or the reason of a refusal.
  std::vector<std::string> answers;
};

// Sends on the calling thread, and returns when everything is answered: a deadline after the last
// phase at the latest. A call is sent once; gRPC's retries are off. What is due while the sender is
// late is sent as soon as it can; what has not been sent when its phase is over is left out.
TrafficFigures Flow(const Traffic& traffic);

}  // namespace crm::bench
