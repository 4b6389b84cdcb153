#include "tools/crmctl/log_skip.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "crm/eventlog/v1/eventlog.pb.h"
#include "libs/base/hash.h"
#include "libs/eventlog/cloud_events.h"
#include "tools/crmctl/connection.h"
#include "tools/crmctl/log_reading.h"

namespace crm::crmctl {
namespace {

using eventlog::Record;
using eventlog::Verdict;

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr size_t kReasonBytesMax = 500;
constexpr int kTries = 3;

// A partition as far as it matters here.
struct Found {
  std::optional<Verdict> verdict;  // Of the record at the offset.
  std::string sha256;
  bool readable = false;
  int64_t fence = 0;
  eventlog::Offset skipped_at = -1;  // Of a word that counts and names the hash.
};

bool IsReadable(const Record& record) {
  const auto headers = eventlog::ParseHeaders(record);
  if (!headers.ok()) return false;
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      headers->dataschema);
  if (type == nullptr) return false;
  const MessagePtr event = NewMessage(*type);
  if (!event->ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
    return false;
  }
  // A fact that is not known leaves its oneof empty.
  if (type->oneof_decl_count() == 0) return true;
  return event->GetReflection()->HasOneof(*event, type->oneof_decl(0));
}

bool IsSkipOf(const Record& record, const std::string& sha256) {
  eventlog::v1::LogEvent event;
  return record.HeaderOr("ce_type") == eventlog::v1::RecordSkipped::descriptor()->full_name() &&
         event.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())) &&
         event.record_skipped().sha256() == sha256;
}

LogScan::OnRecord Look(eventlog::Offset offset, Found& found) {
  return [offset, &found](const LogScan::Seen& seen) {
    found.fence = seen.fence;
    if (seen.record.offset == offset) {
      found.verdict = seen.verdict;
      found.sha256 = base::Sha256Hex(seen.record.value);
      found.readable = IsReadable(seen.record);
    } else if (found.verdict.has_value() && seen.verdict == Verdict::kAccepted &&
               IsSkipOf(seen.record, found.sha256)) {
      found.skipped_at = seen.record.offset;
    }
    return absl::OkStatus();
  };
}

absl::Status CheckFound(const SkipArguments& arguments, const Found& found) {
  if (!found.verdict.has_value()) return absl::NotFoundError("there is no record at this offset");
  if (*found.verdict == Verdict::kClaim) {
    return absl::FailedPreconditionError("the record is a claim, which no reader needs to parse");
  }
  if (*found.verdict == Verdict::kRejected) {
    return absl::FailedPreconditionError("the record does not count: every reader passes over it");
  }
  if (found.readable && !arguments.force) {
    return absl::FailedPreconditionError(
        "this program can read the record; --force when the service cannot");
  }
  return absl::OkStatus();
}

absl::StatusOr<eventlog::Offset> Append(eventlog::EventLog& log, const SkipArguments& arguments,
                                        const Found& found, absl::Time now) {
  eventlog::v1::LogEvent event;
  auto& skipped = *event.mutable_record_skipped();
  skipped.set_offset(arguments.offset);
  skipped.set_sha256(found.sha256);
  skipped.set_reason(arguments.reason);
  skipped.set_by(arguments.by);
  eventlog::EventHeaders headers;
  headers.id = RandomId();
  headers.source = "crmctl";
  headers.type = skipped.GetDescriptor()->full_name();
  headers.dataschema = event.GetDescriptor()->full_name();
  headers.time = now;
  headers.fence = found.fence;
  headers.actor = arguments.by;
  if (absl::Status s = eventlog::CheckHeaders(headers); !s.ok()) return s;

  std::mutex mutex;
  std::condition_variable woken;
  bool awake = false;
  auto writer = log.OpenWriter(arguments.topic, [&] {
    const std::lock_guard lock(mutex);
    awake = true;
    woken.notify_one();
  });
  if (!writer.ok()) return writer.status();
  const eventlog::HeaderBlock block(headers);
  const std::string value = event.SerializeAsString();
  const absl::Status status =
      (*writer)->Append(Record{arguments.partition, 0, "", value, block.headers()}, 1);
  if (!status.ok()) return status;
  std::vector<eventlog::Delivery> deliveries;
  const absl::Time until = absl::Now() + kPatience;
  while (deliveries.empty() && absl::Now() < until) {
    (*writer)->Poll(deliveries);
    if (!deliveries.empty()) break;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, std::chrono::milliseconds(200), [&] { return awake; });
    awake = false;
  }
  if (deliveries.empty()) return absl::UnavailableError("the log did not report on the record");
  if (!deliveries.front().status.ok()) return deliveries.front().status;
  return deliveries.front().offset;
}

}  // namespace

absl::StatusOr<Skipped> SkipRecord(eventlog::EventLog& log, const SkipArguments& arguments,
                                   absl::Time now) {
  if (arguments.reason.empty() || arguments.reason.size() > kReasonBytesMax) {
    return absl::InvalidArgumentError("the reason must have 1 to 500 characters");
  }
  auto scan = LogScan::Open(log, arguments.topic, arguments.partition);
  if (!scan.ok()) return scan.status();
  Found found;
  const LogScan::OnRecord look = Look(arguments.offset, found);
  if (absl::Status s = (*scan)->ReadToEnd(kPatience, look); !s.ok()) return s;
  if (absl::Status s = CheckFound(arguments, found); !s.ok()) return s;
  if (found.skipped_at >= 0) return Skipped{found.skipped_at, found.fence, found.sha256, true};
  for (int i = 0; i < kTries; ++i) {
    // What was appended counts unless a claim came between; then once more under the new fence.
    absl::StatusOr<eventlog::Offset> offset = Append(log, arguments, found, now);
    if (!offset.ok()) return offset.status();
    if (absl::Status s = (*scan)->ReadThrough(*offset, kPatience, look); !s.ok()) return s;
    if (found.skipped_at >= 0) return Skipped{found.skipped_at, found.fence, found.sha256, false};
  }
  return absl::UnavailableError("the owner of the partition keeps changing; try again");
}

}  // namespace crm::crmctl
