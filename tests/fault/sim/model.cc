#include "tests/fault/sim/model.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "crm/eventlog/v1/eventlog.pb.h"

namespace crm::fault {
namespace {

using eventlog::OwnedRecord;

std::string HeaderOf(const OwnedRecord& record, const std::string& name) {
  for (const auto& [key, value] : record.headers) {
    if (key == name) return value;
  }
  return "";
}

int64_t NumberOf(const std::string& text) {
  int64_t number = -1;
  return text.size() == 20 && absl::SimpleAtoi(text, &number) ? number : -1;
}

// What an id ends with, behind its last '-'.
int64_t NumberIn(const std::string& id) {
  const size_t dash = id.rfind('-');
  int64_t number = -1;
  const bool digits = dash != std::string::npos && dash + 1 < id.size() && id.size() - dash <= 19 &&
                      id.find_first_not_of("0123456789", dash + 1) == std::string::npos &&
                      absl::SimpleAtoi(id.substr(dash + 1), &number);
  return digits ? number : -1;
}

class Reader {
 public:
  explicit Reader(LogModel& model) : model_(model) {}

  void Read(const OwnedRecord& record) {
    const int64_t fence = NumberOf(HeaderOf(record, "ce_fence"));
    const bool claim = HeaderOf(record, "ce_type") == "crm.eventlog.v1.PartitionClaimed";
    const int64_t number = claim ? -1 : NumberIn(HeaderOf(record, "ce_id"));
    if (claim ? fence <= fence_
              : fence != fence_ || fence < 1 || (number >= 0 && number <= number_)) {
      ++model_.rejected;
      return;
    }
    ++model_.accepted;
    fence_ = fence;
    if (claim) number_ = 0;
    number_ = std::max(number_, number);
    if (!claim) Accept(record);
  }

 private:
  void Fault(const OwnedRecord& record, const std::string& what) {
    model_.faults.push_back(absl::StrCat("log: partition ", record.partition, " offset ",
                                         record.offset, " (", HeaderOf(record, "ce_id"),
                                         "): ", what));
  }

  void Accept(const OwnedRecord& record) {
    if (!ids_.insert(HeaderOf(record, "ce_id")).second) Fault(record, "its id came before");
    if (HeaderOf(record, "ce_dataschema") == "crm.eventlog.v1.LogEvent") return Note(record);
    Version version;
    if (!version.event.ParseFromString(record.value)) return Fault(record, "cannot be parsed");
    std::vector<Version>& versions = model_.accounts[HeaderOf(record, "ce_subject")];
    const int64_t revision = NumberOf(HeaderOf(record, "ce_revision"));
    if (revision != static_cast<int64_t>(versions.size()) + 1)
      Fault(record, absl::StrCat("revision ", revision, " follows ", versions.size()));
    version.partition = record.partition;
    version.offset = record.offset;
    version.request_id = HeaderOf(record, "ce_requestid");
    version.reaction = HeaderOf(record, "ce_reaction");
    if (version.reaction.empty() && answered_.count(version.request_id) > 0)
      Fault(record, absl::StrCat("takes effect, but was answered: ", version.request_id));
    absl::Time time;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, HeaderOf(record, "ce_time"), &time, &error))
      Fault(record, error);
    version.time_ns = absl::ToUnixNanos(time);
    if (!versions.empty()) {
      version.title = versions.back().title;
      version.balance = versions.back().balance;
      version.woken = versions.back().woken;
      version.mirrors = versions.back().mirrors;
    }
    Fold(version);
    versions.push_back(std::move(version));
  }

  void Note(const OwnedRecord& record) {
    eventlog::v1::LogEvent event;
    if (!event.ParseFromString(record.value)) return Fault(record, "cannot be parsed");
    if (event.has_command_answered()) answered_.insert(HeaderOf(record, "ce_requestid"));
    if (!event.has_reaction_passed()) return;
    const auto& passed = event.reaction_passed();
    model_.passed[absl::StrCat(passed.reaction(), "/", passed.source(), "/", passed.revision())]
        .push_back(passed.target());
  }

  static void Fold(Version& version) {
    const auto& event = version.event;
    version.balance += event.added().amount() + event.received().amount() - event.sent().amount();
    if (event.has_woken()) ++version.woken;
    if (event.has_updated()) version.title = event.updated().account().title();
    if (!event.has_opened()) return;
    version.title = event.opened().account().title();
    const auto& mirrors = event.opened().account().mirrors();
    version.mirrors.assign(mirrors.begin(), mirrors.end());
  }

  LogModel& model_;
  int64_t fence_ = 0;
  int64_t number_ = 0;
  std::set<std::string> ids_;
  std::set<std::string> answered_;  // Of commands that the log says had no event.
};

}  // namespace

int64_t LogModel::RevisionAt(const std::string& name, eventlog::Offset next) const {
  const auto found = accounts.find(name);
  if (found == accounts.end()) return 0;
  int64_t revision = 0;
  while (revision < static_cast<int64_t>(found->second.size()) &&
         found->second[revision].offset < next) {
    ++revision;
  }
  return revision;
}

LogModel ReadModel(const std::vector<std::vector<OwnedRecord>>& partitions) {
  LogModel model;
  for (const auto& partition : partitions) {
    Reader reader(model);
    for (const OwnedRecord& record : partition) reader.Read(record);
  }
  return model;
}

}  // namespace crm::fault
