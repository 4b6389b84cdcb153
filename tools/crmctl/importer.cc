#include "tools/crmctl/importer.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "crm/common/v1/types.pb.h"
#include "google/rpc/error_details.pb.h"
#include "libs/base/status.h"
#include "libs/base/wire_status.h"
#include "tools/crmctl/failure.h"

namespace crm::crmctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A row that others keep making at the same moment is refused after so many tries.
constexpr int kExistsMax = 5;

bool IsPassingCode(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded ||
         code == absl::StatusCode::kAborted;
}

std::string DescriptionOf(const absl::Status& status) {
  const google::rpc::Status wire = base::ToWire(status);
  for (const auto& any : wire.details()) {
    google::rpc::BadRequest bad;
    if (any.UnpackTo(&bad) && bad.field_violations_size() > 0) {
      return bad.field_violations(0).description();
    }
  }
  return std::string(status.message());
}

}  // namespace

Importer::Importer(CsvReader& csv, RowFormat& format, ImportOptions options, Send send,
                   Events events)
    : csv_(csv),
      format_(format),
      options_(options),
      send_(std::move(send)),
      events_(std::move(events)),
      last_success_(absl::Now()) {}

absl::StatusOr<ImportSummary> Importer::Run() {
  if (absl::Status s = ReadHeading(); !s.ok()) return s;
  absl::Status ended;
  last_success_ = absl::Now();
  while (true) {
    Batch batch;
    while (ended.ok() && running_ < options_.calls && NextBatch(batch)) {
      StartCall(std::exchange(batch, {}));
    }
    if (running_ == 0 && again_.empty()) break;
    bool got = false;
    Answer answer = WaitForAnswer(got);
    if (!got) continue;
    --running_;
    if (absl::Status s = Handle(std::move(answer)); !s.ok()) ended.Update(s);
    if (!ended.ok()) again_.clear();
    if (events_.on_progress) events_.on_progress(summary_);
  }
  if (!ended.ok()) return ended;
  return summary_;
}

absl::Status Importer::ReadHeading() {
  CsvRecord heading;
  if (!csv_.Next(heading)) return absl::InvalidArgumentError("the file is empty");
  if (!heading.status.ok()) return heading.status;
  return format_.SetHeading(heading.fields);
}

bool Importer::FillBatch(Batch& batch) {
  CsvRecord record;
  while (static_cast<int>(batch.rows.size()) < options_.rows_per_call) {
    if (!csv_.Next(record)) {
      at_end_ = true;
      break;
    }
    RowError error{record.line, "", std::string(record.status.message())};
    if (record.status.ok()) {
      absl::StatusOr<MessagePtr> row = format_.Convert(record.fields, error);
      if (row.ok()) {
        batch.rows.push_back({record.line, *std::move(row)});
        continue;
      }
    }
    Report(std::move(error));
  }
  batch.request_id = "import-" + RandomId();
  batch.wait = options_.retry_first;
  return !batch.rows.empty();
}

bool Importer::NextBatch(Batch& batch) {
  const auto due = std::find_if(again_.begin(), again_.end(),
                                [](const Batch& waiting) { return waiting.due <= absl::Now(); });
  if (due != again_.end()) {
    batch = std::move(*due);
    again_.erase(due);
    return true;
  }
  // While the server is in trouble no further rows are begun.
  if (static_cast<int>(again_.size()) >= options_.calls || at_end_) return false;
  return FillBatch(batch);
}

void Importer::StartCall(Batch batch) {
  MessagePtr request = NewMessage(*format_.method().input_type());
  const auto& type = *request->GetDescriptor();
  const auto& reflection = *request->GetReflection();
  const FieldDescriptor* rows = type.FindFieldByName("rows");
  for (const Row& row : batch.rows) {
    reflection.AddMessage(request.get(), rows)->CopyFrom(*row.message);
  }
  reflection.SetString(request.get(), type.FindFieldByName("request_id"), batch.request_id);
  reflection.SetBool(request.get(), type.FindFieldByName("validate_only"), options_.validate_only);
  ++running_;
  auto shared = std::make_shared<Batch>(std::move(batch));
  send_(request->SerializeAsString(), [this, shared](rpc::CallReply reply) {
    const std::lock_guard lock(mutex_);
    answers_.push_back({std::move(*shared), std::move(reply)});
    answered_.notify_one();
  });
}

Importer::Answer Importer::WaitForAnswer(bool& got) {
  absl::Time until = absl::InfiniteFuture();
  for (const Batch& batch : again_) until = std::min(until, batch.due);
  std::unique_lock lock(mutex_);
  const auto some = [this] { return !answers_.empty(); };
  if (until == absl::InfiniteFuture() || running_ >= options_.calls) {
    answered_.wait(lock, some);
  } else {
    answered_.wait_for(lock, absl::ToChronoNanoseconds(until - absl::Now()), some);
  }
  got = !answers_.empty();
  if (!got) return {};
  Answer answer = std::move(answers_.front());
  answers_.pop_front();
  return answer;
}

absl::Status Importer::Handle(Answer answer) {
  if (answer.reply.status.ok()) return HandleRows(std::move(answer.batch), answer.reply.reply);
  return HandleFailure(std::move(answer.batch), answer.reply.status);
}

absl::Status Importer::HandleRows(Batch batch, const std::string& reply) {
  MessagePtr response = NewMessage(*format_.method().output_type());
  const FieldDescriptor* results = response->GetDescriptor()->FindFieldByName("results");
  if (!response->ParseFromString(reply) ||
      response->GetReflection()->FieldSize(*response, results) !=
          static_cast<int>(batch.rows.size())) {
    return absl::InternalError("the server did not answer every row");
  }
  Batch left;
  absl::Status why;
  for (size_t i = 0; i < batch.rows.size(); ++i) {
    const auto& result = static_cast<const common::v1::BatchResult&>(
        response->GetReflection()->GetRepeatedMessage(*response, results, static_cast<int>(i)));
    const absl::Status status = base::FromWire(result.status());
    if (status.ok()) {
      ++summary_.taken;
      if (result.name().starts_with("orphanOrders/")) ++summary_.orphans;
      last_success_ = absl::Now();
    } else if (IsPassing(batch.rows[i], status)) {
      why = status;
      left.rows.push_back(std::move(batch.rows[i]));
    } else {
      Refuse(batch.rows[i], status);
      last_success_ = absl::Now();  // A refusal is an answer: the server works.
    }
  }
  if (left.rows.empty()) return absl::OkStatus();
  // Fewer rows are another request.
  left.request_id = "import-" + RandomId();
  left.wait = batch.wait;
  return Again(std::move(left), why);
}

// What is too large for one call goes in two; a row that is so alone is refused.
absl::Status Importer::HandleFailure(Batch batch, const absl::Status& status) {
  if (IsPassingCode(status.code())) return Again(std::move(batch), status);
  if (!absl::IsResourceExhausted(status)) return status;
  if (batch.rows.size() == 1) {
    Refuse(batch.rows.front(), status);
    return absl::OkStatus();
  }
  const auto middle = batch.rows.begin() + static_cast<std::ptrdiff_t>(batch.rows.size() / 2);
  Batch second;
  second.rows.assign(std::make_move_iterator(middle), std::make_move_iterator(batch.rows.end()));
  batch.rows.erase(middle, batch.rows.end());
  for (Batch* half : {&batch, &second}) {
    half->request_id = "import-" + RandomId();
    half->wait = options_.retry_first;
    half->due = absl::InfinitePast();
    again_.push_back(std::move(*half));
  }
  return absl::OkStatus();
}

bool Importer::IsPassing(Row& row, const absl::Status& status) const {
  if (IsPassingCode(status.code())) return true;
  return format_.exists_is_passing() && status.code() == absl::StatusCode::kAlreadyExists &&
         ++row.exists < kExistsMax;
}

absl::Status Importer::Again(Batch batch, const absl::Status& why) {
  const absl::Time now = absl::Now();
  if (now - last_success_ > options_.patience) {
    return absl::Status(
        why.code() == absl::StatusCode::kAborted ? absl::StatusCode::kUnavailable : why.code(),
        absl::StrCat("gave up after ", absl::FormatDuration(options_.patience),
                     " without an answer; import the file again to go on: ", why.message()));
  }
  summary_.resent += static_cast<int64_t>(batch.rows.size());
  batch.due = now + batch.wait;
  batch.wait = std::min(batch.wait * 2, options_.retry_max);
  again_.push_back(std::move(batch));
  return absl::OkStatus();
}

void Importer::Refuse(const Row& row, const absl::Status& status) {
  const std::string field = base::FieldOf(status);
  Report({row.line, field.empty() ? "" : format_.ColumnOf(field),
          absl::StrCat(HasOwnReason(status) ? base::ReasonOf(status) + ": " : "",
                       DescriptionOf(status))});
}

void Importer::Report(RowError error) {
  ++summary_.refused;
  if (events_.on_error) events_.on_error(error);
}

}  // namespace crm::crmctl
