#include "tests/contract/golden.h"

#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/contract/scenario.h"
#include "tests/contract/services.h"

namespace crm::contract {
namespace {

constexpr int64_t kStartSeconds = 1'767'603'600;  // 2026-01-05 09:00 UTC, a Monday.

absl::Status At(const absl::Status& status, const std::string& where) {
  return status.ok() ? status
                     : absl::Status(status.code(), absl::StrCat(where, ": ", status.ToString()));
}

}  // namespace

std::string ReadSource(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(SourcePath(path)).rdbuf();
  return text.str();
}

std::string GoldenLine(const GoldenRecord& record) {
  return absl::StrCat(record.package, " ", record.schema, " ", record.subject, " ", record.revision,
                      " ", absl::ToUnixNanos(record.time), " ", record.actor, " ",
                      absl::Base64Escape(record.value), "\n");
}

absl::StatusOr<std::vector<GoldenRecord>> ParseGoldenLog(const std::string& text) {
  std::vector<GoldenRecord> records;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> parts = absl::StrSplit(line, ' ');
    GoldenRecord record;
    int64_t nanos = 0;
    if (parts.size() != 7 || !absl::SimpleAtoi(parts[3], &record.revision) ||
        !absl::SimpleAtoi(parts[4], &nanos) || !absl::Base64Unescape(parts[6], &record.value)) {
      return absl::InvalidArgumentError(absl::StrCat("not a line of the golden log: ", line));
    }
    record.package = parts[0];
    record.schema = parts[1];
    record.subject = parts[2];
    record.time = absl::FromUnixNanos(nanos);
    record.actor = parts[5];
    records.push_back(std::move(record));
  }
  return records;
}

absl::StatusOr<Pinned> ParseDigests(const std::string& text) {
  Pinned pinned;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> parts = absl::StrSplit(line, ' ');
    int version = 0;
    if (parts.size() == 2 && parts[0] == "log") {
      pinned.log_sha256 = parts[1];
    } else if (parts.size() == 4 && absl::SimpleAtoi(parts[2], &version)) {
      pinned.tables[parts[0] + " " + parts[1]] = {version, parts[3]};
    } else {
      return absl::InvalidArgumentError(absl::StrCat("not a line of the digests: ", line));
    }
  }
  return pinned;
}

std::string PinnedName(const TableDigest& digest) {
  return absl::StrCat(digest.service, " ", digest.table);
}

absl::Status RunScenario(World& world) {
  absl::Time now = absl::FromUnixSeconds(kStartSeconds);
  if (absl::Status s = world.Seed(now); !s.ok()) return At(s, "seeds");
  int number = 0;
  for (const Step& step : Scenario()) {
    now += absl::Minutes(1) + absl::Hours(24) * step.days_before;
    const auto request = RequestOf(step, absl::StrCat("golden-", ++number), now);
    if (absl::Status s = world.Send(*request, now); !s.ok()) {
      return At(s, absl::StrCat("step ", number, ", ", step.type, " {", step.text, "}"));
    }
  }
  return absl::OkStatus();
}

absl::Status FoldAll(const std::vector<GoldenRecord>& records, World& world) {
  for (const GoldenRecord& record : records) {
    if (absl::Status s = world.Apply(record); !s.ok()) {
      return At(s, absl::StrCat(record.subject, " ", record.revision));
    }
  }
  return absl::OkStatus();
}

}  // namespace crm::contract
