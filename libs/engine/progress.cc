#include "libs/engine/progress.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace crm::engine {

Replay ReplayOf(const std::vector<PartitionReport>& reports) {
  Replay replay;
  for (const PartitionReport& report : reports) {
    if (!report.stopped.empty() || report.to <= report.from) continue;
    replay.done += std::clamp(report.next, report.from, report.to) - report.from;
    replay.all += report.to - report.from;
  }
  return replay;
}

std::string Describe(const Replay& replay, absl::Duration since_start) {
  std::string text = absl::StrCat(replay.done, " of ", replay.all, " records");
  if (since_start < absl::Seconds(1)) return text;
  const auto per_second =
      static_cast<int64_t>(static_cast<double>(replay.done) / absl::ToDoubleSeconds(since_start));
  if (per_second == 0) return text;
  const int64_t left = (replay.all - replay.done + per_second - 1) / per_second;
  return absl::StrCat(text, ", ", per_second, "/s, about ", left, " s left");
}

}  // namespace crm::engine
