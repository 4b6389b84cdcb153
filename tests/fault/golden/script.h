// The golden topic: a log of crm.customer.v1 with stale events, lost claims and garbage, and what
// must be accepted from it. Written once to topic.jsonl and expected.jsonl, for every reader.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libs/eventlog/record.h"

namespace crm::fault {

inline constexpr int kGoldenPartitions = 3;

struct GoldenLine {
  eventlog::OwnedRecord record;
  std::string verdict;  // "claim", "accepted", "rejected", "skipped".
  std::string why;
};

// By partition and offset.
std::vector<GoldenLine> GoldenScript();

// The customers that are there in the end: name → etag and region.
std::map<std::string, std::pair<std::string, std::string>> GoldenCustomers();

// The text of topic.jsonl and of expected.jsonl.
std::string TopicText(const std::vector<GoldenLine>& lines);
std::string ExpectedText(const std::vector<GoldenLine>& lines);
// Back from the texts.
std::vector<GoldenLine> ParseGolden(const std::string& topic, const std::string& expected);

}  // namespace crm::fault
