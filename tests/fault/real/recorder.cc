#include "tests/fault/real/recorder.h"

#include <time.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace crm::fault {
namespace {

// Texts are names, codes and words of ours: nothing in them needs escaping.
void Text(std::string& line, const char* field, const std::string& value) {
  if (!value.empty()) absl::StrAppend(&line, ",\"", field, "\":\"", value, "\"");
}

std::string LineOf(const Operation& o) {
  std::string line = absl::StrCat("{\"client\":", o.client);
  Text(line, "op", o.op);
  Text(line, "topic", o.topic);
  Text(line, "read", o.read);
  Text(line, "name", o.name);
  Text(line, "request_id", o.request_id);
  Text(line, "value", o.value);
  Text(line, "expected_etag", o.expected_etag);
  if (!o.token.empty()) {
    const auto entry = [](std::string* out, const std::pair<const int, int64_t>& position) {
      absl::StrAppend(out, "\"", position.first, "\":", position.second);
    };
    absl::StrAppend(&line, ",\"token\":{", absl::StrJoin(o.token, ",", entry), "}");
  }
  absl::StrAppend(&line, ",\"call_ns\":", o.call_ns, ",\"return_ns\":", o.return_ns);
  Text(line, "outcome", o.outcome);
  Text(line, "code", o.code);
  Text(line, "reason", o.reason);
  Text(line, "etag", o.etag);
  Text(line, "seen_value", o.seen_value);
  if (o.position.has_value()) {
    absl::StrAppend(&line, ",\"position\":{\"partition\":", o.position->first,
                    ",\"next\":", o.position->second, "}");
  }
  return absl::StrCat(line, ",\"sends\":", o.sends, "}\n");
}

}  // namespace

int64_t MonotonicNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

void Recorder::Add(const Operation& operation) {
  const std::string line = LineOf(operation);
  const std::lock_guard lock(mutex_);
  file_ << line;
  ++counts_.operations;
  if (operation.outcome == "ok") ++counts_.acknowledged;
  if (operation.outcome == "refused") ++counts_.refused;
  if (operation.outcome == "unknown") ++counts_.unknown;
}

void Recorder::Mark(const std::string& kind, const std::string& target,
                    const std::vector<int>& partitions) {
  const std::lock_guard lock(mutex_);
  file_ << absl::StrCat("{\"mark\":\"", kind, "\",\"target\":\"", target,
                        "\",\"topic\":\"crm.customer.log.v1\",\"partitions\":[",
                        absl::StrJoin(partitions, ","), "],\"at_ns\":", MonotonicNs(), "}\n");
}

Recorder::Counts Recorder::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Recorder::Close() {
  const std::lock_guard lock(mutex_);
  file_.close();
}

}  // namespace crm::fault
