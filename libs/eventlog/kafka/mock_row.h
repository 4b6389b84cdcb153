// For tests: one row of the matrix of client errors, and what each handle is put through with it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/eventlog/kafka/mock_cluster.h"

namespace crm::eventlog::kafka {

struct Row {
  std::string name;
  // Bad answers of the first broker. Each of them must have been asked for in the end.
  std::vector<Answer> answers = {};
  // What the handle makes of it, with event_log.h's meaning. kOk: nothing is noticed above;
  // kUnavailable of an append: its fate is unknown; kUnavailable of a membership: no contact.
  absl::StatusCode outcome = absl::StatusCode::kOk;
  bool broken = false;   // The writer does not get over it.
  bool at_open = false;  // From before the handle is opened; else from after its first success.
  // What else is wrong with the cluster, and how it ends.
  void (*begin)(MockCluster&) = nullptr;
  void (*end)(MockCluster&) = nullptr;
  int brokers = 1;
};

enum class When { kAtOpen, kLater };
struct Error {
  rd_kafka_resp_err_t error{};
  int times = 1;
  absl::StatusCode outcome = absl::StatusCode::kOk;
  bool broken = false;
};
// A row for each of the errors, one for a connection that is cut off instead of an answer, one for
// a slow answer, and one, with the outcome `lost`, for an answer that comes too late.
std::vector<Row> Answered(Request request, When when, const std::vector<Error>& errors,
                          absl::StatusCode lost = absl::StatusCode::kOk);

Row Down(absl::StatusCode outcome);
Row AllSlow();
Row AllTooSlow(absl::StatusCode outcome);
Row Moved();
// Clients ask for metadata now and then, or when an answer makes them.
Row NoLeader(absl::StatusCode outcome, std::vector<Answer> answers);
Row TopicUnknown(absl::StatusCode outcome, std::vector<Answer> answers);
Row TopicForbidden(absl::StatusCode outcome, std::vector<Answer> answers);

// Begins the row's trouble and gives its answers.
void Begin(const Row& row, MockCluster& cluster);
void End(const Row& row, MockCluster& cluster);
// True once every bad answer was asked for.
bool Consumed(const Row& row, const MockCluster& cluster);

// Each builds a cluster of its own, brings the row's trouble over one handle, and checks what the
// handle promises meanwhile and afterwards. They wait for conditions, each at most kPatience.
void PutWriterThrough(const Row& row);
void PutTailThrough(const Row& row);
void PutOwnershipThrough(const Row& row);
void PutGroupThrough(const Row& row);
void PutDescribeThrough(const Row& row);

}  // namespace crm::eventlog::kafka
