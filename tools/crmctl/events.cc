#include "tools/crmctl/events.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "libs/base/hash.h"
#include "libs/eventlog/cloud_events.h"
#include "tools/crmctl/connection.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/fields.h"

namespace crm::crmctl {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr std::string_view kOwnSchema = "crm.eventlog.v1.LogEvent";

std::string Member(std::string_view name, std::string_view json) {
  return absl::StrCat(JsonString(name), ":", absl::string_view(json.data(), json.size()));
}

// The value as the message that its header names; empty: it cannot be read.
std::string EventJson(const eventlog::Record& record, const std::string& schema) {
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(schema);
  if (type == nullptr) return "";
  const MessagePtr event = NewMessage(*type);
  if (!event->ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) return "";
  return JsonOf(*event, /*pretty=*/false);
}

bool IsWanted(const eventlog::Record& record, const TailArguments& arguments) {
  const std::string type(record.HeaderOr("ce_type"));
  if (!arguments.log_records && record.HeaderOr("ce_dataschema") == kOwnSchema) return false;
  if (!arguments.type.empty() && !absl::EndsWith(type, arguments.type)) return false;
  return arguments.subject.empty() || record.HeaderOr("ce_subject") == arguments.subject;
}

}  // namespace

std::string EventLine(const std::string& topic, const eventlog::Record& record) {
  std::vector<std::string> members = {Member("topic", JsonString(topic)),
                                      Member("partition", absl::StrCat(record.partition)),
                                      Member("offset", absl::StrCat(record.offset))};
  const auto add = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) members.push_back(Member(name, JsonString(text)));
  };
  const absl::StatusOr<eventlog::EventHeaders> headers = eventlog::ParseHeaders(record);
  std::string event;
  if (headers.ok()) {
    add("type", headers->type);
    add("subject", headers->subject);
    if (headers->revision > 0)
      members.push_back(Member("revision", absl::StrCat(headers->revision)));
    add("time", absl::FormatTime(absl::RFC3339_full, headers->time, absl::UTCTimeZone()));
    add("actor", headers->actor);
    add("id", headers->id);
    add("request_id", headers->request_id);
    add("reaction", headers->reaction);
    event = EventJson(record, headers->dataschema);
  }
  if (event.empty()) {
    add("unreadable", headers.ok() ? absl::StrCat("no message of type ", headers->dataschema)
                                   : std::string(headers.status().message()));
    add("sha256", base::Sha256Hex(record.value));
  } else {
    members.push_back(Member("event", event));
  }
  return absl::StrCat("{", absl::StrJoin(members, ","), "}");
}

absl::Status TailEvents(const LogPlace& place, const TailArguments& arguments, std::ostream& out) {
  if (arguments.follow && !place.data_dir.empty()) {
    return Usage("nobody writes to a log that is stopped: --data-dir goes with --no-follow");
  }
  if (!arguments.follow && !arguments.from_beginning) {
    return Usage("--no-follow goes with --from beginning");
  }
  absl::StatusOr<std::unique_ptr<eventlog::EventLog>> log = OpenLog(place);
  if (!log.ok()) return log.status();
  auto scan = LogScan::Open(**log, arguments.topic, LogScan::kAllPartitions);
  if (!scan.ok()) return scan.status();
  bool at_end = false;  // From here on somebody waits for each line.
  const LogScan::OnRecord print = [&](const LogScan::Seen& seen) {
    const bool counts = seen.verdict == eventlog::Verdict::kAccepted ||
                        (seen.verdict == eventlog::Verdict::kClaim && arguments.log_records);
    if (!counts || !IsWanted(seen.record, arguments)) return absl::OkStatus();
    out << EventLine(arguments.topic, seen.record) << "\n";
    if (at_end) out.flush();
    return out.good() ? absl::OkStatus() : absl::CancelledError("nobody reads the output");
  };
  const LogScan::OnRecord pass = [](const LogScan::Seen&) { return absl::OkStatus(); };
  const absl::Status read = (*scan)->ReadToEnd(kPatience, arguments.from_beginning ? print : pass);
  if (!read.ok() || !arguments.follow) return read;
  out.flush();
  at_end = true;
  return (*scan)->Follow(print);
}

}  // namespace crm::crmctl
