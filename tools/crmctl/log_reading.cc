#include "tools/crmctl/log_reading.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/check.h"
#include "libs/eventlog/kafka/kafka_log.h"
#include "tools/crmctl/failure.h"

namespace crm::crmctl {
namespace {

constexpr absl::Duration kDescribePatience = absl::Seconds(10);
constexpr absl::Duration kPollWait = absl::Milliseconds(200);
constexpr size_t kPollRecordsMax = 1000;

absl::StatusOr<std::unique_ptr<eventlog::EmbeddedLog>> OpenEmbedded(const std::string& data_dir,
                                                                    bool read_only) {
  const std::string path = data_dir + "/log";
  if (!std::filesystem::is_directory(path)) {
    return absl::NotFoundError(absl::StrCat(data_dir, " holds no embedded log"));
  }
  auto log = eventlog::EmbeddedLog::Open({.path = path, .read_only = read_only});
  if (!absl::IsFailedPrecondition(log.status())) return log;
  return absl::FailedPreconditionError(
      absl::StrCat("a running process holds the log in ", data_dir,
                   "; an embedded log can be read from outside only while it is stopped"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<eventlog::EventLog>> OpenLog(const LogPlace& place) {
  if (place.kafka.empty() == place.data_dir.empty()) {
    return Usage("say where the log is: --kafka BROKERS, or --data-dir of a suite that is stopped");
  }
  if (!place.data_dir.empty()) {
    auto log = OpenEmbedded(place.data_dir, /*read_only=*/false);
    if (!log.ok()) return log.status();
    return *std::move(log);
  }
  eventlog::kafka::Options options;
  options.bootstrap_servers = place.kafka;
  options.client_id = "crmctl";
  auto log = eventlog::kafka::KafkaLog::Open(std::move(options));
  if (!log.ok()) return log.status();
  return *std::move(log);
}

absl::StatusOr<std::unique_ptr<eventlog::EmbeddedLog>> OpenForReading(const std::string& data_dir) {
  return OpenEmbedded(data_dir, /*read_only=*/true);
}

absl::StatusOr<std::unique_ptr<LogScan>> LogScan::Open(eventlog::EventLog& log,
                                                       const std::string& topic, int partition) {
  absl::StatusOr<eventlog::TopicInfo> info = log.Describe(topic, kDescribePatience);
  if (!info.ok()) return info.status();
  const int count = static_cast<int>(info->partitions.size());
  if (partition != kAllPartitions && (partition < 0 || partition >= count)) {
    return absl::InvalidArgumentError(absl::StrCat(topic, " has the partitions 0 to ", count - 1));
  }
  auto scan = std::make_unique<LogScan>();
  scan->only_ = partition;
  scan->partitions_.resize(info->partitions.size());
  std::vector<eventlog::EventLog::Start> starts;
  for (int i = 0; i < count; ++i) {
    if (partition != kAllPartitions && partition != i) continue;
    const eventlog::PartitionInfo& range = info->partitions[static_cast<size_t>(i)];
    Partition& own = scan->partitions_[static_cast<size_t>(i)];
    own.next = range.begin;
    own.end = range.end;
    starts.push_back({i, range.begin});
  }
  auto tail = log.OpenTail(topic, std::move(starts), [scan = scan.get()] {
    const std::lock_guard lock(scan->mutex_);
    scan->awake_ = true;
    scan->woken_.notify_one();
  });
  if (!tail.ok()) return tail.status();
  scan->tail_ = *std::move(tail);
  return scan;
}

bool LogScan::AtEnd() const {
  return std::all_of(partitions_.begin(), partitions_.end(),
                     [](const Partition& p) { return p.next >= p.end; });
}

absl::Status LogScan::Poll(absl::Duration wait, const OnRecord& on_record) {
  eventlog::Records records;
  const absl::Status status = tail_->Poll(kPollRecordsMax, records);
  if (!status.ok() && !absl::IsUnavailable(status)) return status;
  for (const eventlog::Record& record : records.records) {
    Partition& partition = partitions_[static_cast<size_t>(record.partition)];
    const eventlog::Verdict verdict = partition.acceptance.Judge(record);
    partition.next = record.offset + 1;
    if (absl::Status s = on_record({record, verdict, partition.acceptance.fence()}); !s.ok()) {
      return s;
    }
  }
  if (!records.records.empty()) return absl::OkStatus();
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, absl::ToChronoNanoseconds(wait), [this] { return awake_; });
  awake_ = false;
  return absl::OkStatus();
}

absl::Status LogScan::ReadToEnd(absl::Duration patience, const OnRecord& on_record) {
  absl::Time news = absl::Now();
  while (!AtEnd()) {
    const auto counting = [&](const Seen& seen) {
      news = absl::Now();
      return on_record(seen);
    };
    if (absl::Status s = Poll(kPollWait, counting); !s.ok()) return s;
    if (absl::Now() - news > patience) return absl::UnavailableError("the log gives no records");
  }
  return absl::OkStatus();
}

absl::Status LogScan::ReadThrough(eventlog::Offset offset, absl::Duration patience,
                                  const OnRecord& on_record) {
  base::Check(only_ != kAllPartitions, "an offset is one of a partition");
  partitions_[static_cast<size_t>(only_)].end = offset + 1;
  return ReadToEnd(patience, on_record);
}

absl::Status LogScan::Follow(const OnRecord& on_record) {
  while (true) {
    if (absl::Status s = Poll(kPollWait, on_record); !s.ok()) return s;
  }
}

}  // namespace crm::crmctl
