#include "tools/crmctl/import_command.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/fields.h"

namespace crm::crmctl {
namespace {

constexpr int kBarWidth = 40;
constexpr char kClearLine[] = "\r\x1b[K";

int64_t Speed(int64_t rows, absl::Duration elapsed) {
  const double seconds = std::max(absl::ToDoubleSeconds(elapsed), 1e-3);
  return std::llround(static_cast<double>(rows) / seconds);
}

std::string SummaryText(const ImportArguments& arguments, const ImportSummary& summary,
                        absl::Duration elapsed) {
  std::string text =
      absl::StrCat(arguments.kind, ": ", WithSeparators(summary.taken), " rows ",
                   arguments.options.validate_only ? "would be taken" : "taken", ", ",
                   WithSeparators(summary.refused), " refused, in ",
                   absl::StrFormat("%.1f s", absl::ToDoubleSeconds(elapsed)), " (",
                   WithSeparators(Speed(summary.taken + summary.refused, elapsed)), " rows/s)");
  if (summary.orphans > 0) {
    absl::StrAppend(&text, "; ", WithSeparators(summary.orphans),
                    " wait for their customer (crmctl orphan-orders list)");
  }
  if (summary.resent > 0) {
    absl::StrAppend(&text, "; ", WithSeparators(summary.resent), " sent again");
  }
  return text + "\n";
}

absl::StatusOr<ImportSummary> RunImport(Connection& connection, const ImportArguments& arguments,
                                        std::istream& in, double size, RowFormat& format,
                                        const Terminal& terminal, bool tty) {
  CsvReader csv(in, arguments.delimiter);
  const absl::Time begin = absl::Now();
  const auto send = [&](std::string request, std::function<void(rpc::CallReply)> done) {
    connection.Start(format.method(), std::move(request), std::move(done));
  };
  const auto on_error = [&](const RowError& error) {
    if (tty) terminal.err << kClearLine;
    terminal.err << arguments.path << ":" << error.line << ": "
                 << (error.column.empty() ? "" : error.column + ": ") << error.reason << "\n";
  };
  const auto on_progress = [&](const ImportSummary& summary) {
    if (!tty) return;
    const double fraction = size > 0 ? static_cast<double>(csv.bytes_read()) / size : 0;
    terminal.err << kClearLine
                 << ProgressText(fraction, summary.taken + summary.refused, absl::Now() - begin)
                 << std::flush;
  };
  Importer importer(csv, format, arguments.options, send, {on_error, on_progress});
  absl::StatusOr<ImportSummary> summary = importer.Run();
  if (tty) terminal.err << kClearLine;
  if (summary.ok()) terminal.err << SummaryText(arguments, *summary, absl::Now() - begin);
  return summary;
}

}  // namespace

std::string ProgressText(double fraction, int64_t rows, absl::Duration elapsed) {
  const int full = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * kBarWidth);
  return absl::StrFormat("[%s%s] %3d %%  %s rows  %s rows/s", std::string(full, '='),
                         std::string(kBarWidth - full, ' '),
                         static_cast<int>(std::clamp(fraction, 0.0, 1.0) * 100),
                         WithSeparators(rows), WithSeparators(Speed(rows, elapsed)));
}

absl::Status Import(Connection& connection, const ImportArguments& arguments,
                    const Terminal& terminal, bool tty) {
  absl::StatusOr<RowFormat> format = RowFormat::Find(arguments.kind);
  if (!format.ok()) return Usage(format.status().message());
  std::ifstream file;
  double size = 0;
  if (arguments.path != "-") {
    std::error_code error;
    size = static_cast<double>(std::filesystem::file_size(arguments.path, error));
    file.open(arguments.path, std::ios::binary);
    if (!file || error) return Usage(absl::StrCat(arguments.path, " cannot be read"));
  }
  std::istream& in = arguments.path == "-" ? std::cin : file;
  absl::StatusOr<ImportSummary> summary =
      RunImport(connection, arguments, in, size, *format, terminal, tty);
  if (!summary.ok()) return summary.status();
  if (in.bad()) return absl::UnknownError(absl::StrCat(arguments.path, " could not be read"));
  if (summary->refused == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(summary->refused, " rows were refused; the others are in"));
}

}  // namespace crm::crmctl
