// golden_writer log: writes golden/log.txt anew from the scenario. Only after a fact, an aggregate
// or a table was added; then the digests too.
//
// golden_writer digests: writes golden/digests.txt anew. Refuses while a table folds the same log
// to other rows and its version did not rise.
#include <fstream>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "libs/base/hash.h"
#include "tests/contract/golden.h"
#include "tests/contract/services.h"

namespace crm::contract {
namespace {

absl::Status WriteLog() {
  World world;
  if (absl::Status s = RunScenario(world); !s.ok()) return s;
  std::ofstream out(SourcePath(kGoldenLog));
  for (const GoldenRecord& record : world.records()) out << GoldenLine(record);
  return out ? absl::OkStatus() : absl::UnavailableError("the log cannot be written");
}

absl::Status WriteDigests() {
  const std::string text = ReadSource(kGoldenLog);
  const auto records = ParseGoldenLog(text);
  if (!records.ok()) return records.status();
  const auto pinned = ParseDigests(ReadSource(kGoldenDigests));
  if (!pinned.ok()) return pinned.status();
  World world;
  if (absl::Status s = FoldAll(*records, world); !s.ok()) return s;
  const std::string log_sha256 = base::Sha256Hex(text);
  std::string digests = absl::StrCat("log ", log_sha256, "\n");
  for (const TableDigest& digest : world.Digests()) {
    const std::string name = PinnedName(digest);
    const auto before = pinned->tables.find(name);
    if (pinned->log_sha256 == log_sha256 && before != pinned->tables.end() &&
        before->second.version == digest.version && before->second.sha256 != digest.sha256) {
      return absl::FailedPreconditionError(absl::StrCat("raise the version of ", name, " first"));
    }
    absl::StrAppend(&digests, name, " ", digest.version, " ", digest.sha256, "\n");
  }
  std::ofstream out(SourcePath(kGoldenDigests));
  out << digests;
  return out ? absl::OkStatus() : absl::UnavailableError("the digests cannot be written");
}

int Main(const std::string& what) {
  if (what != "log" && what != "digests") {
    std::cerr << "usage: golden_writer log|digests\n";
    return 2;
  }
  const absl::Status written = what == "log" ? WriteLog() : WriteDigests();
  if (!written.ok()) std::cerr << written << "\n";
  return written.ok() ? 0 : 1;
}

}  // namespace
}  // namespace crm::contract

int main(int argc, char** argv) { return crm::contract::Main(argc == 2 ? argv[1] : ""); }
