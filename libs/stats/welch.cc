#include "libs/stats/welch.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace crm::stats {

Sample SampleOf(const std::vector<double>& values) {
  Sample sample;
  sample.count = static_cast<int64_t>(values.size());
  if (values.empty()) return sample;
  double sum = 0;
  for (const double value : values) sum += value;
  sample.mean = sum / static_cast<double>(values.size());
  if (values.size() < 2) return sample;
  double squares = 0;
  for (const double value : values) squares += (value - sample.mean) * (value - sample.mean);
  sample.variance = squares / static_cast<double>(values.size() - 1);
  return sample;
}

std::optional<WelchResult> Welch(const Sample& a, const Sample& b, double confidence) {
  if (a.count < 2 || b.count < 2) return std::nullopt;
  const double of_a = a.variance / static_cast<double>(a.count);
  const double of_b = b.variance / static_cast<double>(b.count);
  const double both = of_a + of_b;
  WelchResult result;
  result.difference = a.mean - b.mean;
  result.standard_error = std::sqrt(both);
  if (!(result.standard_error > 0) || !std::isfinite(both * both)) return std::nullopt;
  // As parts of the whole, so that the squares of tiny variances do not vanish.
  const double part_a = of_a / both, part_b = of_b / both;
  result.degrees_freedom = 1 / (part_a * part_a / static_cast<double>(a.count - 1) +
                                part_b * part_b / static_cast<double>(b.count - 1));
  result.t = result.difference / result.standard_error;
  const boost::math::students_t_distribution<double> student(result.degrees_freedom);
  result.p_value = 2 * boost::math::cdf(boost::math::complement(student, std::fabs(result.t)));
  const double reach =
      boost::math::quantile(boost::math::complement(student, (1 - confidence) / 2)) *
      result.standard_error;
  result.low = result.difference - reach;
  result.high = result.difference + reach;
  return result;
}

}  // namespace crm::stats
