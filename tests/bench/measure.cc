#include "tests/bench/measure.h"

#include <vector>

#include "absl/time/time.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "libs/base/check.h"
#include "libs/engine/ops.h"
#include "libs/eventlog/embedded/embedded_log.h"
#include "services/customer/service.h"
#include "tests/bench/dump.h"
#include "tests/bench/load.h"
#include "tests/bench/ours.h"
#include "tests/bench/requests.h"

namespace crm::bench {
namespace {

std::string Topic() { return engine::TopicOfPackage(customer::kPackage); }

// The headers of the last event of a customer that was updated.
std::vector<std::pair<std::string, std::string>> ReadHeaders(const std::string& directory) {
  auto log = eventlog::EmbeddedLog::Open({directory + "/log"});
  base::Check(log.ok(), "the log opens again");
  std::vector<eventlog::EventLog::Start> starts;
  for (int i = 0; i < kPartitions; ++i) starts.push_back({i, 0});
  auto tail = (*log)->OpenTail(Topic(), std::move(starts), [] {});
  base::Check(tail.ok(), "the log can be read");
  std::vector<std::pair<std::string, std::string>> headers;
  eventlog::Records records;
  do {
    const absl::Status polled = (*tail)->Poll(1000, records);
    base::Check(polled.ok(), polled.ToString());
    for (const eventlog::Record& record : records.records) {
      const auto& updated = customer::v1::CustomerUpdated::descriptor()->full_name();
      if (record.HeaderOr("ce_type") != updated) continue;
      headers.clear();
      for (const eventlog::Header& header : record.headers) {
        headers.emplace_back(header.key, header.value);
      }
    }
  } while (!records.records.empty());
  base::Check(!headers.empty(), "the log holds the event of the update");
  return headers;
}

// What became of the keys of the one customer, and one position.
std::vector<Work::Write> Compare(const Dump& before, const Dump& after, const std::string& row) {
  std::vector<Work::Write> writes;
  bool position = false;
  const auto add = [&](Work::Kind kind, const std::string& key, size_t value_bytes) {
    const bool is_position = key.find(Topic()) != std::string::npos;
    if (is_position ? position : key.find(CustomerId(0)) == std::string::npos) return;
    position = position || is_position;
    if (is_position) kind = Work::kPosition;
    writes.push_back({kind, static_cast<int>(writes.size()), key.size(), value_bytes});
  };
  for (const auto& [key, value] : after) {
    const auto was = before.find(key);
    if (was != before.end() && was->second == value) continue;
    const bool is_row = value.ends_with(row);
    add(is_row                ? Work::kRow
        : was == before.end() ? Work::kAdded
                              : Work::kRewritten,
        key, value.size());
  }
  const size_t written = writes.size();
  for (const auto& [key, value] : before) {
    if (after.count(key) == 0) add(Work::kRemoved, key, 0);
  }
  // An index entry that went has the slot of the one that came.
  for (size_t gone = written; gone < writes.size(); ++gone) {
    for (size_t come = 0; come < written; ++come) {
      const bool pair = writes[come].kind == Work::kAdded && writes[come].value_bytes == 0 &&
                        writes[come].key_bytes == writes[gone].key_bytes;
      if (pair) writes[gone].slot = writes[come].slot;
    }
  }
  return writes;
}

}  // namespace

Work MeasureWork(const std::string& directory) {
  Dump before, after;
  const auto call = [&](const char* method, const std::string& request) {
    before = after;
    const auto process = StartOurs(directory, "");
    const std::string row = CallOnce(AddressOf(*process), method, request);
    process->Stop(absl::Seconds(1));
    after = DumpTables(directory, "customer");
    return row;
  };
  Work work;
  const std::string made = call(kCreate, CreateBytes(0));
  work.creation = Compare(before, after, made);
  call(kUpdate, UpdateBytes(0, 1));
  const std::string row = call(kUpdate, UpdateBytes(0, 2));
  base::Check(work.row.ParseFromString(row), "the answer is a customer");
  work.headers = ReadHeaders(directory);
  work.writes = Compare(before, after, row);
  return work;
}

}  // namespace crm::bench
