// What bench_growth found, size by size.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace crm::bench {

// One line of the table: everything at one size.
struct GrowthRow {
  int64_t customers = 0;
  double import_per_second = 0;
  double command_us = 0, get_us = 0, list_us = 0, pyramid_ms = 0;  // p50 of one at a time.
  double commands_per_second = 0, gets_per_second = 0;             // 64 in flight.
  double memory_mib = 0;  // Of this process: services, log and callers.
  double disk_bytes = 0;  // For each customer with its orders: tables of both services, log.
  double start_s = 0;     // With tables, until commands are taken.
  double replay_s = 0;    // Without: until they are as before.
  double records_per_second = 0;
};

// Markdown, which growth.gp reads as well.
std::string TableOf(const std::vector<GrowthRow>& rows);
// How much dearer a command and a Get have become since kGrowthFrom customers, against the targets;
// empty when there is no larger size.
inline constexpr int64_t kGrowthFrom = 100'000;
std::string Verdicts(const std::vector<GrowthRow>& rows);

}  // namespace crm::bench
