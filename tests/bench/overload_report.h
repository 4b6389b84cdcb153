// What bench_overload found, and what of it holds.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/open_loop.h"

namespace crm::bench {

// What the system holds itself to. Goodput by factor: see kGoodputs in the .cc.
inline constexpr double kDeadlineSeconds = 2;  // Of each call; bounds the p99 of what is admitted.
inline constexpr double kRecoverySeconds = 5;  // After a flood.
inline constexpr double kMemoryMib = 1024;     // As the limit of a pod would be.
inline constexpr double kCalmRatio = 2;        // p99 that counts as before the flood.
inline constexpr double kKeptAtLeast = 0.95;   // Of the schedule,
inline constexpr double kLateMs = 100;         // and p99 of its delay; else nothing was measured.
inline constexpr double kStuckRatio = 0.8;     // Goodput of others beside stuck readers.

// Processors used on average, of one each.
struct Cores {
  double sender = 0, service = 0, machine = 0;
};

// What is loaded: so many customers, and their peak.
struct Subject {
  std::string name;
  int customers = 1;
  double peak_per_second = 0;
  int peak_in_flight = 0;
};

struct Flood {
  double factor = 0;                      // Of the peak, as it was meant.
  double offered = 0;                     // Calls a second that were really sent.
  double late_p99_ms = 0;                 // How much later than their schedule.
  double goodput = 0;                     // OK a second, while it lasted.
  double p50_ms = 0, p99_ms = 0;          // Of those, from the schedule on.
  std::map<std::string, double> answers;  // Share of each, refusals by reason.
  double memory_mib = 0;
  Cores cores;
  double calm_p99_ms = 0;  // Before it.
  // Until the load from before is served as before; nullopt: not while it was looked at.
  std::optional<double> recovery_seconds;
};

// Phases 0, 1, 2 are before, during and after it. Memory and cores are left to the caller.
Flood FloodOf(const TrafficFigures& figures, double factor);

struct Stuck {
  int readers = 0;
  double reply_bytes = 0;        // Of each, which they do not take.
  double before_per_second = 0;  // Updates of others: before,
  double coming_per_second = 0;  // while the readers come and their replies are made,
  double beside_per_second = 0;  // and after.
  double memory_mib = 0;
};

struct Subjected {
  Subject subject;
  std::vector<Flood> floods;
};

std::string TableOf(const Subjected& subjected);
// Without readers nothing is said of them.
std::string Verdicts(const std::vector<Subjected>& all, const Stuck& stuck);
std::string Json(const std::vector<Subjected>& all, const Stuck& stuck);

}  // namespace crm::bench
