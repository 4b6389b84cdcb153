#include "tests/bench/growth_table.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/report.h"

namespace crm::bench {
namespace {

struct Column {
  const char* head;
  const char* format;
  double value;
};

std::vector<Column> ColumnsOf(const GrowthRow& row) {
  return {{"customers", "%.0f", static_cast<double>(row.customers)},
          {"imported/s", "%.0f", row.import_per_second},
          {"update us", "%.0f", row.command_us},
          {"updates/s", "%.0f", row.commands_per_second},
          {"get us", "%.0f", row.get_us},
          {"gets/s", "%.0f", row.gets_per_second},
          {"list us", "%.0f", row.list_us},
          {"pyramid ms", "%.1f", row.pyramid_ms},
          {"memory MiB", "%.0f", row.memory_mib},
          {"disk bytes", "%.0f", row.disk_bytes},
          {"start s", "%.2f", row.start_s},
          {"replay s", "%.1f", row.replay_s},
          {"records/s", "%.0f", row.records_per_second}};
}

}  // namespace

std::string TableOf(const std::vector<GrowthRow>& rows) {
  std::string head = "|", line = "|", body;
  for (const Column& column : ColumnsOf(GrowthRow())) {
    head += absl::StrFormat(" %10s |", column.head);
    line += "------------|";
  }
  for (const GrowthRow& row : rows) {
    body += "|";
    for (const Column& column : ColumnsOf(row)) {
      std::array<char, 32> text{};
      std::snprintf(text.data(), text.size(), column.format, column.value);
      body += absl::StrFormat(" %10s |", text.data());
    }
    body += "\n";
  }
  return head + "\n" + line + "\n" + body;
}

std::string Verdicts(const std::vector<GrowthRow>& rows) {
  const auto from = std::find_if(rows.begin(), rows.end(),
                                 [](const GrowthRow& row) { return row.customers >= kGrowthFrom; });
  if (from == rows.end() || from->customers == rows.back().customers) return "";
  const auto line = [&](const char* name, double GrowthRow::*p50) {
    return Verdict(
        {absl::StrCat(name, " p50 at ", rows.back().customers, " customers / at ", from->customers),
         true, 1.5},
        rows.back().*p50 / ((*from).*p50));
  };
  return absl::StrCat(line("update", &GrowthRow::command_us), line("get", &GrowthRow::get_us));
}

}  // namespace crm::bench
