// What the bench found: rounds of figures by point, and how they are shown.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/load.h"

namespace crm::bench {

// One line of the table: the same work done by ours and, unless there is nothing to compare it to,
// by the bare one, in turns.
struct Point {
  std::string name;
  int in_flight = 1;
  std::vector<Figures> ours, bare;  // By round.
};

// Medians over the rounds; ratios are of each round's pair. NaN without a bare one.
struct Summary {
  Figures ours, bare;
  double rate_ratio = 0;     // Ours per second / bare per second: more is better.
  double latency_ratio = 0;  // Our p50 / bare p50: less is better.
};
Summary Summarise(const Point& point);

// A target: what `what` may be at most, or must be at least.
struct Target {
  std::string what;
  bool at_most = false;
  double bound = 0;
};
// A line that ends with held, or with MISSED: so it does too when calls failed, and for NaN.
std::string Verdict(const Target& target, double value, int64_t failures = 0);

std::string Table(const std::vector<Point>& points);
std::string Json(const std::vector<Point>& points, double seconds);

}  // namespace crm::bench
