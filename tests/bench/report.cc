#include "tests/bench/report.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace crm::bench {
namespace {

double Median(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Figures MedianOf(const std::vector<Figures>& rounds) {
  const auto median = [&](double Figures::*field) {
    std::vector<double> values;
    for (const Figures& round : rounds) values.push_back(round.*field);
    return Median(std::move(values));
  };
  Figures figures;
  for (const Figures& round : rounds) {
    figures.calls += round.calls;
    figures.failures += round.failures;
    if (figures.first_failure.empty()) figures.first_failure = round.first_failure;
  }
  figures.per_second = median(&Figures::per_second);
  figures.p50_us = median(&Figures::p50_us);
  figures.p99_us = median(&Figures::p99_us);
  figures.cpu_us = median(&Figures::cpu_us);
  return figures;
}

double RatioOf(const Point& point, double Figures::*field) {
  std::vector<double> ratios;
  for (size_t i = 0; i < std::min(point.ours.size(), point.bare.size()); ++i) {
    ratios.push_back(point.ours[i].*field / (point.bare[i].*field));
  }
  return Median(std::move(ratios));
}

std::string Cell(double value, const char* unit = "") {
  if (std::isnan(value)) return "-";
  return absl::StrCat(absl::StrFormat(value < 10 ? "%.2f" : "%.0f", value), unit);
}

std::string JsonNumber(double value) {
  return std::isfinite(value) ? absl::StrFormat("%.3f", value) : "null";
}

std::string JsonFigures(const std::vector<Figures>& rounds) {
  std::string json = "[";
  for (const Figures& round : rounds) {
    absl::StrAppend(
        &json, json.size() > 1 ? "," : "", "{\"calls\":", round.calls,
        ",\"failures\":", round.failures, ",\"per_second\":", JsonNumber(round.per_second),
        ",\"p50_us\":", JsonNumber(round.p50_us), ",\"p99_us\":", JsonNumber(round.p99_us),
        ",\"cpu_us\":", JsonNumber(round.cpu_us), "}");
  }
  return json + "]";
}

}  // namespace

Summary Summarise(const Point& point) {
  return {MedianOf(point.ours), MedianOf(point.bare), RatioOf(point, &Figures::per_second),
          RatioOf(point, &Figures::p50_us)};
}

std::string Verdict(const Target& target, double value, int64_t failures) {
  const bool within = target.at_most ? value <= target.bound : value >= target.bound;
  return absl::StrFormat("%s: %.2f, %s %g: %s%s\n", target.what, value,
                         target.at_most ? "at most" : "at least", target.bound,
                         within && failures == 0 ? "held" : "MISSED",
                         failures == 0 ? "" : absl::StrCat(" (", failures, " calls failed)"));
}

std::string Table(const std::vector<Point>& points) {
  constexpr char kLine[] = "| %-18s | %9s | %8s | %8s | %5s | %9s | %9s | %5s | %8s | %8s |\n";
  const std::string head = absl::StrFormat(kLine, "work", "in flight", "ours/s", "bare/s", "ratio",
                                           "ours p50", "bare p50", "ratio", "ours CPU", "bare CPU");
  std::string table = head;
  for (const char c : head) table.push_back(c == '|' || c == '\n' ? c : '-');
  for (const Point& point : points) {
    const Summary summary = Summarise(point);
    absl::StrAppend(
        &table,
        absl::StrFormat(kLine, point.name, std::to_string(point.in_flight),
                        Cell(summary.ours.per_second), Cell(summary.bare.per_second),
                        Cell(summary.rate_ratio), Cell(summary.ours.p50_us, " us"),
                        Cell(summary.bare.p50_us, " us"), Cell(summary.latency_ratio),
                        Cell(summary.ours.cpu_us, " us"), Cell(summary.bare.cpu_us, " us")));
    for (const Figures* side : {&summary.ours, &summary.bare}) {
      if (side->failures == 0) continue;
      absl::StrAppend(&table, "  ", side->failures,
                      " calls failed, the first: ", side->first_failure, "\n");
    }
  }
  return table;
}

std::string Json(const std::vector<Point>& points, double seconds) {
  std::string json = absl::StrCat("{\"seconds\":", JsonNumber(seconds), ",\"points\":[");
  for (size_t i = 0; i < points.size(); ++i) {
    const Summary summary = Summarise(points[i]);
    absl::StrAppend(&json, i > 0 ? "," : "", "\n{\"name\":\"", points[i].name,
                    "\",\"in_flight\":", points[i].in_flight,
                    ",\"rate_ratio\":", JsonNumber(summary.rate_ratio),
                    ",\"latency_ratio\":", JsonNumber(summary.latency_ratio),
                    ",\"ours\":", JsonFigures(points[i].ours),
                    ",\"bare\":", JsonFigures(points[i].bare), "}");
  }
  return json + "\n]}\n";
}

}  // namespace crm::bench
