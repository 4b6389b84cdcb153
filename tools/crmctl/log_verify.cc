#include "tools/crmctl/log_verify.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/text_table.h"

namespace crm::crmctl {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr size_t kCellWidthMax = 60;

// What a partition holds, as far as it could be read.
struct Counts {
  int64_t records = 0;
  int64_t claims = 0;
  int64_t accepted = 0;
  int64_t rejected = 0;
  int64_t fence = 0;
  int64_t bytes = 0;  // Keys, values and headers.
  eventlog::Offset next = 0;
  absl::Status status;
};

int64_t BytesOf(const eventlog::Record& record) {
  size_t bytes = record.key.size() + record.value.size();
  for (const eventlog::Header& header : record.headers) {
    bytes += header.key.size() + header.value.size();
  }
  return static_cast<int64_t>(bytes);
}

absl::Status Add(const LogScan::Seen& seen, bool dense, Counts& counts) {
  const eventlog::Offset offset = seen.record.offset;
  if (offset < counts.next || (dense && offset != counts.next)) {
    return absl::DataLossError(
        absl::StrCat("offset ", offset, " where ", counts.next, " should come"));
  }
  counts.next = offset + 1;
  ++counts.records;
  counts.claims += seen.verdict == eventlog::Verdict::kClaim;
  counts.accepted += seen.verdict == eventlog::Verdict::kAccepted;
  counts.rejected += seen.verdict == eventlog::Verdict::kRejected;
  counts.fence = seen.fence;
  counts.bytes += BytesOf(seen.record);
  return absl::OkStatus();
}

Counts ReadPartition(eventlog::EventLog& log, const std::string& topic, int partition, bool dense) {
  Counts counts;
  const auto scan = LogScan::Open(log, topic, partition);
  counts.status =
      scan.ok()
          ? (*scan)->ReadToEnd(kPatience,
                               [&](const LogScan::Seen& seen) { return Add(seen, dense, counts); })
          : scan.status();
  return counts;
}

// Reads topics, and keeps the first error of each kind of trouble: the others show in the rows.
class Report {
 public:
  absl::Status ReadTopic(eventlog::EventLog& log, const std::string& topic, bool dense) {
    const auto info = log.Describe(topic, kPatience);
    if (!info.ok()) return info.status();
    for (size_t i = 0; i < info->partitions.size(); ++i) {
      const Counts counts = ReadPartition(log, topic, static_cast<int>(i), dense);
      damage_.Update(counts.status);
      ++partitions_;
      records_ += counts.records;
      const std::string state =
          counts.status.ok() ? "whole" : absl::StrCat("cannot be read from ", counts.next, " on");
      rows_.push_back({topic, absl::StrCat(i), absl::StrCat(counts.records),
                       absl::StrCat(counts.claims), absl::StrCat(counts.accepted),
                       absl::StrCat(counts.rejected), absl::StrCat(counts.fence),
                       absl::StrCat(counts.bytes), state});
    }
    return absl::OkStatus();
  }

  absl::Status Print(std::ostream& out) const {
    out << FormatTable({{"topic"},
                        {"partition", Align::kRight},
                        {"records", Align::kRight},
                        {"claims", Align::kRight},
                        {"accepted", Align::kRight},
                        {"rejected", Align::kRight},
                        {"fence", Align::kRight},
                        {"bytes", Align::kRight},
                        {"state"}},
                       rows_, kCellWidthMax);
    if (damage_.ok()) out << "OK: " << records_ << " records in " << partitions_ << " partitions\n";
    return damage_;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
  absl::Status damage_;
  int64_t partitions_ = 0;
  int64_t records_ = 0;
};

absl::Status VerifyEmbedded(const std::string& data_dir, const std::string& only,
                            std::ostream& out) {
  const auto log = OpenForReading(data_dir);
  if (!log.ok()) return log.status();
  Report report;
  for (const std::string& topic : (*log)->Topics()) {
    if (!only.empty() && topic != only) continue;
    if (absl::Status s = report.ReadTopic(**log, topic, /*dense=*/true); !s.ok()) return s;
  }
  const std::string end = (*log)->HalfWrittenEnd();
  if (!end.empty()) {
    out << "half written: " << end
        << "\n  As when the process was killed or the power went while it wrote: nobody was told "
           "that it was kept.\n  A bit that was flipped in the very last record later looks the "
           "same.\n";
  }
  return report.Print(out);
}

}  // namespace

absl::Status VerifyLog(const LogPlace& place, const std::string& topic, std::ostream& out) {
  if (place.kafka.empty() && !place.data_dir.empty()) {
    return VerifyEmbedded(place.data_dir, topic, out);
  }
  if (topic.empty() && place.data_dir.empty() && !place.kafka.empty()) {
    return Usage("--kafka goes with --topic");
  }
  const auto log = OpenLog(place);
  if (!log.ok()) return log.status();
  Report report;
  if (absl::Status s = report.ReadTopic(**log, topic, /*dense=*/false); !s.ok()) return s;
  return report.Print(out);
}

}  // namespace crm::crmctl
