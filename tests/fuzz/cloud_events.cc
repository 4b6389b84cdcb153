// Headers of records and the rule which of them count. Input: a header on each line, "key: value";
// an empty line ends a record.
#include "libs/eventlog/cloud_events.h"

#include <optional>
#include <string>
#include <vector>

#include "libs/base/check.h"
#include "libs/eventlog/acceptance.h"
#include "tests/fuzz/fuzz.h"

namespace crm::fuzz {
namespace {

using eventlog::Verdict;

std::vector<eventlog::Record> RecordsOf(Input input) {
  std::vector<eventlog::Record> records(1);
  while (!input.empty()) {
    const std::string_view line = input.Line();
    if (line.empty()) {
      records.emplace_back();
      continue;
    }
    const size_t colon = line.find(": ");
    const std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 2);
    records.back().headers.push_back({line.substr(0, colon), value});
  }
  return records;
}

void CheckHeaders(const eventlog::Record& record) {
  const auto headers = eventlog::ParseHeaders(record);
  if (!headers.ok()) {
    return base::Check(absl::IsInvalidArgument(headers.status()), headers.status().ToString());
  }
  base::Check(eventlog::CheckHeaders(*headers).ok(), "a writer may write what a reader reads");
  const eventlog::HeaderBlock block(*headers);
  const auto again = eventlog::ParseHeaders({0, 0, "", "", block.headers()});
  base::Check(again.ok() && *again == *headers, "headers are the same when written and read");
}

// What stands behind the last '-', without leading zeros; nullopt: it is no number.
std::optional<std::string> DigitsOf(const std::string& id) {
  const std::string digits = id.substr(id.rfind('-') + 1);
  if (digits.size() == id.size() || digits.empty() || digits.size() > 18 ||
      digits.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  return digits.substr(std::min(digits.size(), digits.find_first_not_of('0')));
}

// The rule once more, on the texts: 20 digits compare as numbers do, others by length first. Before
// the first claim nothing is accepted. `last` is the highest number under it.
Verdict Expected(const eventlog::Record& record, std::string& highest, std::string& last) {
  const std::string fence(record.HeaderOr("ce_fence"));
  const bool shaped = fence.size() == 20 && fence > eventlog::FormatFence(0) &&
                      fence.find_first_not_of("0123456789") == std::string::npos &&
                      fence <= "09223372036854775807";
  if (!shaped) return Verdict::kRejected;
  if (record.HeaderOr("ce_type") != eventlog::kClaimType) {
    if (fence != highest) return Verdict::kRejected;
    const auto digits = DigitsOf(std::string(record.HeaderOr("ce_id")));
    if (!digits.has_value()) return Verdict::kAccepted;
    const bool higher = std::pair(digits->size(), *digits) > std::pair(last.size(), last);
    if (higher) last = *digits;
    return higher ? Verdict::kAccepted : Verdict::kRejected;
  }
  if (fence <= highest) return Verdict::kRejected;
  highest = fence;
  last.clear();
  return Verdict::kClaim;
}

}  // namespace

void Target(std::string_view bytes) {
  eventlog::Acceptance acceptance;
  std::string highest = eventlog::FormatFence(0), last;
  for (const eventlog::Record& record : RecordsOf(Input(bytes))) {
    CheckHeaders(record);
    const Verdict expected = Expected(record, highest, last);
    base::Check(acceptance.Judge(record) == expected, "the rule is three comparisons");
    base::Check(eventlog::FormatFence(acceptance.fence()) == highest,
                "only claims raise the fence");
  }
}

}  // namespace crm::fuzz
