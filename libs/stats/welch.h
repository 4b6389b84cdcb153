// Welch's t test: whether the means of two groups differ when their variances may. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace crm::stats {

// What is known of a group.
struct Sample {
  int64_t count = 0;
  double mean = 0;      // 0 when it is empty.
  double variance = 0;  // With count - 1; 0 for fewer than two values.
};

// Two passes, so that large means do not eat small differences.
Sample SampleOf(const std::vector<double>& values);

struct WelchResult {
  double difference = 0;  // Mean of a less that of b.
  double standard_error = 0;
  double t = 0;
  double degrees_freedom = 0;  // After Welch and Satterthwaite.
  double p_value = 0;          // On both sides.
  double low = 0;              // The interval of the difference.
  double high = 0;
};

// `confidence` lies between 0 and 1. Nothing where there is no answer: a group of fewer than two
// values, or no variance in either.
std::optional<WelchResult> Welch(const Sample& a, const Sample& b, double confidence);

}  // namespace crm::stats
