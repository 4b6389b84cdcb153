#include "services/customer/domain/export.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "libs/table/filter.h"
#include "libs/table/rows.h"
#include "services/customer/read/exchange_tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = ExportModel::Event;

constexpr int64_t kWhole = 10'000;  // Basis points.
constexpr absl::Duration kPartsRetry = absl::Milliseconds(100);

// The filter may name a customer: in an event it stands apart.
void MovePersonal(v1::ExportCreated& created) {
  v1::Export& exported = *created.mutable_export_();
  if (exported.filter().empty()) return;
  created.mutable_personal()->set_filter(exported.filter());
  exported.clear_filter();
}

absl::Status CheckExport(const v1::Export& exported) {
  if (base::IsBlank(exported.reason())) return Invalid("export.reason", "must be given");
  if (!v1::ExportFormat_IsValid(exported.format()))
    return Invalid("export.format", "must be one of the list");
  if (exported.fields().empty()) return Invalid("export.fields", "must be at least one");
  std::set<std::string> seen;
  for (int i = 0; i < exported.fields_size(); ++i) {
    const std::string field = absl::StrCat("export.fields[", i, "]");
    if (ExportSteps(exported.fields(i)).empty())
      return Invalid(field, "must be a field of Customer");
    if (!seen.insert(exported.fields(i)).second) return Invalid(field, "must be unique");
  }
  const auto filter = table::ParseFilter(exported.filter(), *v1::Customer::descriptor());
  if (!filter.ok()) return Invalid("export.filter", base::StatusText(filter.status()));
  return absl::OkStatus();
}

void End(v1::ExportState how, const google::protobuf::Timestamp& time, v1::Export& state) {
  state.set_state(how);
  *state.mutable_end_time() = time;
  state.clear_expire_time();
}

bool IsLarge(const v1::ExportResult& result, const v1::DataExchangePolicy& policy) {
  return result.rows() > policy.large_export_rows() ||
         result.own_rows() * kWhole > policy.large_export_book_bps() * result.book_size();
}

}  // namespace

std::vector<const google::protobuf::FieldDescriptor*> ExportSteps(std::string_view path) {
  std::vector<const google::protobuf::FieldDescriptor*> steps;
  const auto* type = v1::Customer::descriptor();
  const absl::string_view view(path.data(), path.size());
  for (const absl::string_view segment : absl::StrSplit(view, '.')) {
    if (type == nullptr || (!steps.empty() && steps.back()->is_repeated())) return {};
    steps.push_back(type->FindFieldByName(std::string(segment)));
    if (steps.back() == nullptr) return {};
    type = steps.back()->message_type();
  }
  return steps;
}

std::string ExportChunkId(int attempt, int number) {
  return absl::StrFormat("%d-%05d", attempt, number);
}

std::string ExportChunkName(const std::string& name, int attempt, int number) {
  return absl::StrCat(name, "/exportChunks/", ExportChunkId(attempt, number));
}

engine::Decision<ExportModel> ExportModel::Decide(const State&,
                                                  const v1::CreateExportRequest& create,
                                                  const engine::Context& context) {
  if (absl::Status s = CheckExport(create.export_()); !s.ok()) return s;
  Event event;
  v1::Export& exported = *event.mutable_created()->mutable_export_();
  exported = create.export_();
  if (exported.format() == v1::EXPORT_FORMAT_UNSPECIFIED)
    exported.set_format(v1::EXPORT_FORMAT_CSV);
  exported.set_state(v1::EXPORT_STATE_RUNNING);
  exported.set_operation("operations/" + context.name);
  exported.set_creator(context.actor);
  exported.set_attempt(1);
  MovePersonal(*event.mutable_created());
  return event;
}

engine::Decision<ExportModel> ExportModel::Decide(const State& exported,
                                                  const v1::CancelExportRequest& cancel,
                                                  const engine::Context& context) {
  if (exported.state() == v1::EXPORT_STATE_CANCELLED) return std::nullopt;
  if (cancel.only_running() && exported.state() != v1::EXPORT_STATE_RUNNING) return std::nullopt;
  if (exported.state() != v1::EXPORT_STATE_RUNNING && exported.state() != v1::EXPORT_STATE_DONE) {
    return base::Refused(v1::REASON_EXPORT_CLOSED, "the export is over",
                         {{"state", v1::ExportState_Name(exported.state())}});
  }
  Event event;
  event.mutable_cancelled()->set_reason(cancel.reason());
  event.mutable_cancelled()->set_chunk_count(exported.result().chunk_count());
  *event.mutable_cancelled()->mutable_end_time() = base::TimestampOf(context.time);
  return event;
}

ExportParts ExportModel::Gather(const v1::FinishExportRequest& finish, const engine::Context&,
                                const engine::Snapshot& snapshot) {
  ExportParts parts{GatherDataExchange(snapshot)};
  snapshot.Scan(
      kExportChunks, "",
      [&](const v1::ExportChunk& chunk) {
        ++parts.chunks;
        parts.mixed = parts.mixed || chunk.reading() != finish.reading();
        return true;
      },
      table::StartsWith{absl::StrCat(finish.name(), "/exportChunks/", finish.attempt(), "-")});
  return parts;
}

engine::Decision<ExportModel> ExportModel::Decide(const State& exported,
                                                  const v1::FinishExportRequest& finish,
                                                  const engine::Context& context,
                                                  const ExportParts& parts) {
  if (exported.state() != v1::EXPORT_STATE_RUNNING || finish.attempt() != exported.attempt())
    return std::nullopt;
  Event event;
  if (parts.mixed) {
    event.mutable_restarted()->set_attempt(exported.attempt() + 1);
    return event;
  }
  if (parts.chunks < finish.result().chunk_count()) {
    return base::Unavailable("EXPORT_PARTS_MISSING", "parts of the export are on their way",
                             kPartsRetry);
  }
  auto& finished = *event.mutable_finished();
  *finished.mutable_result() = finish.result();
  *finished.mutable_result()->mutable_read_time() = base::TimestampOf(context.time);
  finished.set_large(IsLarge(finish.result(), parts.exchange.policy));
  finished.set_customer_policy_etag(parts.exchange.customer_policy_etag);
  *finished.mutable_end_time() = base::TimestampOf(context.time);
  *finished.mutable_expire_time() =
      base::TimestampOf(context.time + absl::Hours(24) * parts.exchange.policy.export_keep_days());
  return event;
}

engine::Decision<ExportModel> ExportModel::Decide(const State& exported,
                                                  const v1::FailExportRequest& fail,
                                                  const engine::Context& context) {
  if (exported.state() != v1::EXPORT_STATE_RUNNING) return std::nullopt;
  Event event;
  *event.mutable_failed()->mutable_failure() = fail.failure();
  *event.mutable_failed()->mutable_end_time() = base::TimestampOf(context.time);
  return event;
}

engine::Decision<ExportModel> ExportModel::Decide(const State& exported,
                                                  const v1::ExpireExportRequest&,
                                                  const engine::Context& context) {
  if (exported.state() != v1::EXPORT_STATE_DONE ||
      context.time < base::TimeOf(exported.expire_time()))
    return std::nullopt;
  Event event;
  event.mutable_expired()->set_chunk_count(exported.result().chunk_count());
  return event;
}

std::optional<absl::Time> ExportModel::NextDue(const State& state) {
  if (!state.has_expire_time()) return std::nullopt;
  return base::TimeOf(state.expire_time());
}

void ExportModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().export_();
      if (event.created().has_personal()) state.set_filter(event.created().personal().filter());
      return;
    case Event::kRestarted:
      state.set_state(v1::EXPORT_STATE_RUNNING);
      state.set_attempt(event.restarted().attempt());
      return;
    case Event::kFinished:
      *state.mutable_result() = event.finished().result();
      state.set_large(event.finished().large());
      state.set_customer_policy_etag(event.finished().customer_policy_etag());
      End(v1::EXPORT_STATE_DONE, event.finished().end_time(), state);
      *state.mutable_expire_time() = event.finished().expire_time();
      return;
    case Event::kFailed:
      *state.mutable_failure() = event.failed().failure();
      End(v1::EXPORT_STATE_FAILED, event.failed().end_time(), state);
      return;
    case Event::kCancelled:
      state.set_cancel_reason(event.cancelled().reason());
      End(v1::EXPORT_STATE_CANCELLED, event.cancelled().end_time(), state);
      return;
    case Event::kExpired:
      state.set_state(v1::EXPORT_STATE_EXPIRED);
      state.clear_expire_time();
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
