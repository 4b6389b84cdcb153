#include "libs/eventlog/embedded/damage.h"

#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>

#include <algorithm>
#include <regex>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/base/status.h"
#include "libs/eventlog/embedded/log_file_check.h"

namespace crm::eventlog {
namespace {

constexpr char kLogCorrupt[] = "LOG_CORRUPT";

bool IsDamaged(rocksdb::Env& env, const std::string& directory, const std::string& name) {
  const std::string file = absl::StrCat(directory, "/", name);
  if (absl::EndsWith(name, ".sst")) {
    rocksdb::Options options;
    options.env = &env;
    rocksdb::SstFileReader reader(options);
    return !reader.Open(file).ok() || !reader.VerifyChecksum().ok();
  }
  if (!absl::EndsWith(name, ".log") && !absl::StartsWith(name, "MANIFEST-")) return false;
  LogFileCheck check;
  return !CheckLogFile(env, file, check).ok() || check.damaged_at().has_value();
}

}  // namespace

absl::Status Damaged(const std::string& directory, const Damage& damage) {
  constexpr std::string_view kText =
      "the log of record is damaged and left as it is, for nothing can make it anew: bring it back "
      "from a copy; 'crmctl log verify' reads all of it and says what is damaged";
  const std::string file = damage.file.empty() ? "unknown" : damage.file;
  if (damage.topic.empty()) {
    return base::Failed(absl::StatusCode::kDataLoss, kLogCorrupt, kText,
                        {{"directory", directory}, {"file", file}, {"found", damage.found}});
  }
  return base::Failed(absl::StatusCode::kDataLoss, kLogCorrupt, kText,
                      {{"directory", directory},
                       {"file", file},
                       {"found", damage.found},
                       {"topic", damage.topic},
                       {"partition", absl::StrCat(damage.partition)},
                       {"offset", absl::StrCat(damage.offset)}});
}

std::string DamagedFile(rocksdb::Env& env, const std::string& directory,
                        const rocksdb::Status& status) {
  const std::string text = status.ToString();
  // A table that is not there is looked for under its former ending too.
  static const std::regex table(R"((\d{6,})\.(sst|ldb))");
  static const std::regex manifest(R"(MANIFEST-\d+)");
  static const std::regex write_ahead(R"(log number: (\d+))");
  std::smatch match;
  if (std::regex_search(text, match, table)) return match[1].str() + ".sst";
  if (std::regex_search(text, match, write_ahead)) {
    return absl::StrFormat("%06d.log", std::stoll(match[1].str()));
  }
  std::vector<std::string> names;
  if (!env.GetChildren(directory, &names).ok()) return "";
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    if (IsDamaged(env, directory, name)) return name;
  }
  if (!std::regex_search(text, match, manifest)) {
    return absl::StrContains(text, "CURRENT") ? "CURRENT" : "";
  }
  // CURRENT says which manifest counts. Where it names none of those that are there, it is wrong.
  const bool is_there = std::find(names.begin(), names.end(), match[0].str()) != names.end();
  const bool another_is = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return absl::StartsWith(name, "MANIFEST-");
  });
  return !is_there && another_is ? "CURRENT" : match[0].str();
}

}  // namespace crm::eventlog
