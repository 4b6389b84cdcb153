#include "tests/bench/overload_report.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/report.h"

namespace crm::bench {
namespace {

// How a stretch of the time after a flood is judged, and how finely its begin is found.
constexpr double kStretchSeconds = 1, kStepSeconds = 0.1;

// {factor, share of the peak that must be left}.
constexpr std::pair<double, double> kGoodputs[] = {{2, 0.95}, {5, 0.90}, {10, 0.80}};

// Sorts them. 0 when there are none.
double Percentile(std::vector<float>& values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
}

bool IsOk(const Arrival& arrival) { return arrival.answer == 0; }

std::vector<float> Waits(const std::vector<Arrival>& arrivals) {
  std::vector<float> waits;
  for (const Arrival& arrival : arrivals) {
    if (IsOk(arrival)) waits.push_back(arrival.answered - arrival.due);
  }
  return waits;
}

// Arrivals stand in the order of their schedule.
bool CalmFrom(const std::vector<Arrival>& arrivals, double begin, double p99) {
  const auto before = [](const Arrival& arrival, double due) { return arrival.due < due; };
  const auto first = std::lower_bound(arrivals.begin(), arrivals.end(), begin, before);
  const auto end =
      std::lower_bound(arrivals.begin(), arrivals.end(), begin + kStretchSeconds, before);
  std::vector<float> waits = Waits({first, end});
  return first != end && std::all_of(first, end, IsOk) && Percentile(waits, 0.99) <= p99;
}

std::optional<double> RecoveryOf(const PhaseFigures& after, double calm_p99) {
  for (double begin = 0; begin + kStretchSeconds <= after.seconds; begin += kStepSeconds) {
    if (CalmFrom(after.arrivals, begin, kCalmRatio * calm_p99)) return begin;
  }
  return std::nullopt;
}

std::string AnswersOf(const Flood& flood) {
  std::string text;
  for (const auto& [answer, share] : flood.answers) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", answer, " ",
                    absl::StrFormat("%.1f %%", 100 * share));
  }
  return text;
}

std::string SecondsText(const std::optional<double>& seconds) {
  return seconds.has_value() ? absl::StrFormat("%.1f s", *seconds) : "never";
}

// What was really sent, when that is not what was meant; else "".
std::string NotMeasured(const Subject& subject, const Flood& flood) {
  const double factor = flood.offered / subject.peak_per_second;
  if (factor >= kKeptAtLeast * flood.factor && flood.late_p99_ms <= kLateMs) return "";
  return absl::StrFormat("MISSED, not measured: %.1fx was sent, %.0f ms late\n", factor,
                         flood.late_p99_ms);
}

std::string FloodVerdicts(const Subject& subject, const Flood& flood) {
  const std::string name = absl::StrFormat("%s, %gx: ", subject.name, flood.factor);
  std::string text;
  if (const std::string why = NotMeasured(subject, flood); !why.empty()) {
    text = name + why;
  } else {
    for (const auto& [factor, least] : kGoodputs) {
      if (factor != flood.factor) continue;
      text +=
          Verdict({name + "goodput / peak", false, least}, flood.goodput / subject.peak_per_second);
    }
    text += Verdict({name + "p99 of what was admitted / deadline", true, 1},
                    flood.p99_ms / (1e3 * kDeadlineSeconds));
  }
  return text + Verdict({name + "seconds until back to normal", true, kRecoverySeconds},
                        flood.recovery_seconds.value_or(std::nan("")));
}

std::string StuckVerdict(const Stuck& stuck) {
  if (stuck.readers == 0) return "";
  const std::string what = absl::StrFormat(
      "others beside %d stuck readers of %.0f KiB each / before (%.2f while these came)",
      stuck.readers, stuck.reply_bytes / 1024, stuck.coming_per_second / stuck.before_per_second);
  return Verdict({what, false, kStuckRatio}, stuck.beside_per_second / stuck.before_per_second);
}

std::string JsonFlood(const Flood& flood) {
  std::string answers;
  for (const auto& [answer, share] : flood.answers) {
    absl::StrAppend(&answers, answers.empty() ? "" : ",", "\"", answer,
                    absl::StrFormat("\":%.5f", share));
  }
  return absl::StrFormat(
      "{\"factor\":%g,\"offered\":%.1f,\"late_p99_ms\":%.3f,\"goodput\":%.1f,\"p50_ms\":%.3f,"
      "\"p99_ms\":%.3f,\"memory_mib\":%.1f,\"cores\":{\"sender\":%.3f,\"service\":%.3f,"
      "\"machine\":%.3f},\"calm_p99_ms\":%.3f,\"recovery_seconds\":%s,\"answers\":{%s}}",
      flood.factor, flood.offered, flood.late_p99_ms, flood.goodput, flood.p50_ms, flood.p99_ms,
      flood.memory_mib, flood.cores.sender, flood.cores.service, flood.cores.machine,
      flood.calm_p99_ms,
      flood.recovery_seconds.has_value() ? absl::StrFormat("%.2f", *flood.recovery_seconds)
                                         : "null",
      answers);
}

}  // namespace

Flood FloodOf(const TrafficFigures& figures, double factor) {
  const PhaseFigures &before = figures.phases[0], &during = figures.phases[1];
  Flood flood{.factor = factor};
  const auto sent = static_cast<double>(during.arrivals.size());
  flood.offered = sent / during.seconds;
  std::vector<float> late;
  int64_t in_time = 0;
  for (const Arrival& arrival : during.arrivals) {
    late.push_back(arrival.sent - arrival.due);
    flood.answers[figures.answers[arrival.answer]] += 1 / sent;
    in_time += IsOk(arrival) && arrival.answered < during.seconds ? 1 : 0;
  }
  flood.goodput = static_cast<double>(in_time) / during.seconds;
  flood.late_p99_ms = 1e3 * Percentile(late, 0.99);
  std::vector<float> calm = Waits(before.arrivals), waits = Waits(during.arrivals);
  flood.p50_ms = 1e3 * Percentile(waits, 0.5);
  flood.p99_ms = 1e3 * Percentile(waits, 0.99);
  flood.calm_p99_ms = 1e3 * Percentile(calm, 0.99);
  flood.recovery_seconds = RecoveryOf(figures.phases[2], flood.calm_p99_ms / 1e3);
  return flood;
}

std::string TableOf(const Subjected& subjected) {
  const Subject& subject = subjected.subject;
  constexpr char kLine[] = "| %5s | %9s | %9s | %9s | %7s | %9s | %9s | %10s | %6s | %22s |\n";
  std::string table = absl::StrFormat("%s: peak %.0f/s, at %d in flight\n", subject.name,
                                      subject.peak_per_second, subject.peak_in_flight);
  std::string head = absl::StrFormat(kLine, "load", "offered/s", "late p99", "goodput/s", "of peak",
                                     "p50", "p99", "memory", "back", "cores: sender/ours/all");
  absl::StrAppend(&table, head);
  for (const char c : head) table.push_back(c == '|' || c == '\n' ? c : '-');
  for (const Flood& flood : subjected.floods) {
    absl::StrAppend(
        &table,
        absl::StrFormat(
            kLine, absl::StrFormat("%gx", flood.factor), absl::StrFormat("%.0f", flood.offered),
            absl::StrFormat("%.1f ms", flood.late_p99_ms), absl::StrFormat("%.0f", flood.goodput),
            absl::StrFormat("%.2f", flood.goodput / subject.peak_per_second),
            absl::StrFormat("%.0f ms", flood.p50_ms), absl::StrFormat("%.0f ms", flood.p99_ms),
            absl::StrFormat("%.0f MiB", flood.memory_mib), SecondsText(flood.recovery_seconds),
            absl::StrFormat("%.2f / %.2f / %.2f", flood.cores.sender, flood.cores.service,
                            flood.cores.machine)),
        "  ", AnswersOf(flood), absl::StrFormat("; p99 before: %.1f ms\n", flood.calm_p99_ms));
  }
  return table;
}

std::string Verdicts(const std::vector<Subjected>& all, const Stuck& stuck) {
  std::string text;
  double memory_mib = stuck.memory_mib;
  for (const auto& [subject, floods] : all) {
    for (const Flood& flood : floods) {
      memory_mib = std::max(memory_mib, flood.memory_mib);
      text += FloodVerdicts(subject, flood);
    }
  }
  return text + StuckVerdict(stuck) +
         Verdict({"memory of the service at its highest, MiB", true, kMemoryMib}, memory_mib);
}

std::string Json(const std::vector<Subjected>& all, const Stuck& stuck) {
  std::string json = "{\"subjects\":[";
  for (const auto& [subject, floods] : all) {
    absl::StrAppend(&json, &subject == &all.front().subject ? "" : ",", "\n{\"name\":\"",
                    subject.name, "\",\"customers\":", subject.customers,
                    absl::StrFormat(",\"peak_per_second\":%.1f", subject.peak_per_second),
                    ",\"peak_in_flight\":", subject.peak_in_flight, ",\"floods\":[");
    for (const Flood& flood : floods)
      absl::StrAppend(&json, &flood == &floods.front() ? "\n" : ",\n", JsonFlood(flood));
    json += "]}";
  }
  return json + absl::StrFormat(
                    "],\n\"stuck\":{\"readers\":%d,\"reply_bytes\":%.0f,"
                    "\"before_per_second\":%.1f,\"coming_per_second\":%.1f,"
                    "\"beside_per_second\":%.1f,\"memory_mib\":%.1f}}\n",
                    stuck.readers, stuck.reply_bytes, stuck.before_per_second,
                    stuck.coming_per_second, stuck.beside_per_second, stuck.memory_mib);
}

}  // namespace crm::bench
