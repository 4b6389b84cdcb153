#include "libs/engine/readings.h"

#include <algorithm>

#include "libs/base/hash.h"

namespace crm::engine {
namespace {

Reading ReadingOf(const PartitionReport& report) {
  Reading reading;
  reading.followed = true;
  reading.complete = report.stopped.empty() && report.next >= std::max(report.to, report.known_end);
  reading.newest_event = report.newest_event;
  return reading;
}

}  // namespace

EngineReadings::EngineReadings(const Engine& engine) : reachable_(engine.InContact()) {
  for (const PartitionReport& report : engine.Reports()) {
    std::vector<Reading>& partitions = topics_[report.topic];
    const auto place = static_cast<size_t>(report.partition);
    if (partitions.size() <= place) partitions.resize(place + 1);
    partitions[place] = ReadingOf(report);
  }
}

Reading EngineReadings::Of(std::string_view topic, std::string_view key) const {
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return Reading{};
  const std::vector<Reading>& partitions = found->second;
  Reading all;
  if (!key.empty()) {
    all = partitions[base::PartitionOf(key, static_cast<int>(partitions.size()))];
  } else {
    all.followed = all.complete = true;
    for (const Reading& one : partitions) {
      all.complete = all.complete && one.complete;
      all.newest_event = std::max(all.newest_event, one.newest_event);
    }
  }
  all.reachable = reachable_;
  return all;
}

}  // namespace crm::engine
