// Sends the rows of a CSV file in batches, several at once, and says what became of each.
//
// Every row is known by its external id, so that an import that was cut off is resumed by sending
// the file again. What may pass (UNAVAILABLE and the like, of calls and of rows) is sent again.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/rpc/call.h"
#include "tools/crmctl/connection.h"
#include "tools/crmctl/csv.h"
#include "tools/crmctl/import_rows.h"

namespace crm::crmctl {

// What an import call takes.
inline constexpr int kRowsPerCallMax = 1000;

struct ImportOptions {
  int rows_per_call = kRowsPerCallMax;  // From 1.
  int calls = 4;                        // At once, from 1.
  // Gives up when nothing has succeeded for so long.
  absl::Duration patience = absl::Seconds(60);
  // Before a batch is sent again: at first, doubled each time, and at most.
  absl::Duration retry_first = absl::Milliseconds(200);
  absl::Duration retry_max = absl::Seconds(5);
  bool validate_only = false;
};

struct ImportSummary {
  int64_t taken = 0;    // Rows that the server holds, also those it held before.
  int64_t orphans = 0;  // Of these, orders kept until their customer is known.
  int64_t refused = 0;
  int64_t resent = 0;  // Rows sent again, each time.
};

class Importer {
 public:
  // Starts a call; `done` comes on any thread, once.
  using Send = std::function<void(std::string request, std::function<void(rpc::CallReply)> done)>;
  struct Events {
    // A row was refused, here or by the server.
    std::function<void(const RowError&)> on_error;
    // After each answer: what is done so far.
    std::function<void(const ImportSummary&)> on_progress;
  };

  // `csv`, `format` and what the functions hold must outlive it.
  Importer(CsvReader& csv, RowFormat& format, ImportOptions options, Send send, Events events);

  // Waits until every row was answered. An error that ends it: kInvalidArgument for the heading
  // (no row was sent), the server's for a batch as a whole, kUnavailable when patience was over.
  // Rows refused are no error: they are counted.
  absl::StatusOr<ImportSummary> Run();

 private:
  struct Row {
    int64_t line = 0;
    MessagePtr message;
    int exists = 0;  // How often it was answered ALREADY_EXISTS.
  };
  struct Batch {
    std::vector<Row> rows;
    std::string request_id;
    absl::Duration wait;  // Before it is sent the next time.
    absl::Time due = absl::InfinitePast();
  };
  struct Answer {
    Batch batch;
    rpc::CallReply reply;
  };

  absl::Status ReadHeading();
  bool FillBatch(Batch& batch);
  bool NextBatch(Batch& batch);
  void StartCall(Batch batch);
  Answer WaitForAnswer(bool& got);
  absl::Status Handle(Answer answer);
  absl::Status HandleRows(Batch batch, const std::string& reply);
  absl::Status HandleFailure(Batch batch, const absl::Status& status);
  bool IsPassing(Row& row, const absl::Status& status) const;
  absl::Status Again(Batch batch, const absl::Status& why);
  void Refuse(const Row& row, const absl::Status& status);
  void Report(RowError error);

  CsvReader& csv_;
  RowFormat& format_;
  const ImportOptions options_;
  const Send send_;
  const Events events_;
  ImportSummary summary_;
  bool at_end_ = false;
  int running_ = 0;
  absl::Time last_success_;
  std::deque<Batch> again_;

  std::mutex mutex_;
  std::condition_variable answered_;
  std::deque<Answer> answers_;  // Guarded by mutex_.
};

}  // namespace crm::crmctl
