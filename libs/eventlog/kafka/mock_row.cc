#include "libs/eventlog/kafka/mock_row.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace crm::eventlog::kafka {
namespace {

using absl::StatusCode;

const absl::Duration kSlow = absl::Milliseconds(300);
// Beyond the clients' socket time-out, with the second that librdkafka may take to notice, and
// beyond their message time-out.
const absl::Duration kTooSlow = absl::Seconds(4);

void LetIn(MockCluster& cluster) { cluster.LetIn(); }
void AtOnce(MockCluster& cluster) { cluster.Delay(absl::ZeroDuration()); }

}  // namespace

std::vector<Row> Answered(Request request, When when, const std::vector<Error>& errors,
                          StatusCode lost) {
  std::vector<Row> rows;
  const auto add = [&](std::string name, Answer answer, StatusCode outcome, bool broken = false) {
    rows.push_back({std::move(name), {answer}, outcome, broken, when == When::kAtOpen});
  };
  for (const Error& error : errors) {
    add(absl::StrCat(rd_kafka_err2name(error.error), " x", error.times),
        {request, error.error, absl::ZeroDuration(), error.times}, error.outcome, error.broken);
  }
  add("cut off", {request, RD_KAFKA_RESP_ERR__TRANSPORT}, StatusCode::kOk);
  add("slow answer", {request, RD_KAFKA_RESP_ERR_NO_ERROR, kSlow}, StatusCode::kOk);
  add("lost answer", {request, RD_KAFKA_RESP_ERR_NO_ERROR, kTooSlow}, lost);
  return rows;
}

Row Down(StatusCode outcome) {
  return {.name = "all down",
          .outcome = outcome,
          .begin = [](MockCluster& c) { c.CutOff(); },
          .end = LetIn};
}

Row AllSlow() {
  return {.name = "all slow", .begin = [](MockCluster& c) { c.Delay(kSlow); }, .end = AtOnce};
}

Row AllTooSlow(StatusCode outcome) {
  return {.name = "all too slow",
          .outcome = outcome,
          .begin = [](MockCluster& c) { c.Delay(kTooSlow); },
          .end = AtOnce};
}

Row Moved() {
  return {.name = "moved to another broker",
          .begin = [](MockCluster& c) { c.MoveToSecond(); },
          .brokers = 2};
}

Row NoLeader(StatusCode outcome, std::vector<Answer> answers) {
  return {.name = "no leader",
          .answers = std::move(answers),
          .outcome = outcome,
          .begin = [](MockCluster& c) { c.NoLeader(); },
          .end = [](MockCluster& c) { c.Leader(); }};
}

Row TopicUnknown(StatusCode outcome, std::vector<Answer> answers) {
  return {.name = "topic unknown",
          .answers = std::move(answers),
          .outcome = outcome,
          .begin = [](MockCluster& c) { c.TopicError(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART); },
          .end = [](MockCluster& c) { c.TopicError(RD_KAFKA_RESP_ERR_NO_ERROR); }};
}

Row TopicForbidden(StatusCode outcome, std::vector<Answer> answers) {
  return {
      .name = "topic forbidden",
      .answers = std::move(answers),
      .outcome = outcome,
      .begin = [](MockCluster& c) { c.TopicError(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED); },
      .end = [](MockCluster& c) { c.TopicError(RD_KAFKA_RESP_ERR_NO_ERROR); }};
}

void Begin(const Row& row, MockCluster& cluster) {
  if (row.begin != nullptr) row.begin(cluster);
  for (const Answer& answer : row.answers) cluster.Give(answer);
}

void End(const Row& row, MockCluster& cluster) {
  if (row.end != nullptr) row.end(cluster);
}

bool Consumed(const Row& row, const MockCluster& cluster) {
  return std::all_of(row.answers.begin(), row.answers.end(),
                     [&](const Answer& answer) { return cluster.Left(answer.request) == 0; });
}

}  // namespace crm::eventlog::kafka
