#include "services/customer/domain/export.h"

#include <set>
#include <utility>

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
#include "services/customer/domain/custom_values.h"
#include "services/customer/read/exchange_tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = ExportModel::Event;

constexpr int64_t kWhole = 10'000;  // Basis points.
constexpr absl::Duration kPartsRetry = absl::Milliseconds(100);
constexpr absl::Duration kPast = absl::Nanoseconds(1);  // The least that times of events differ by.

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
    if (FindExportField(exported.fields(i)).steps.empty())
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

// Whether a step of a reading follows on where the export is.
template <class Step>
bool IsNext(const v1::Export& exported, const Step& step) {
  return exported.state() == v1::EXPORT_STATE_RUNNING && step.attempt() == exported.attempt() &&
         step.previous_customer() == exported.last_customer();
}

// Only the moment of its rows was said, and it was still to come: what said that came no later.
bool WaitsForItsMoment(const v1::Export& exported) {
  return exported.state() == v1::EXPORT_STATE_RUNNING && exported.last_customer().empty() &&
         exported.result().has_read_time() &&
         base::TimeOf(exported.update_time()) <= base::TimeOf(exported.result().read_time());
}

// What is there of the parts of a stretch, the last of which is the one before `end`.
template <class Step>
ExportParts PartsOf(const Step& step, int end, const engine::Snapshot& snapshot) {
  ExportParts parts{GatherDataExchange(snapshot)};
  for (int number = step.first_chunk_number(); number < end; ++number) {
    const auto chunk =
        snapshot.Get(kExportChunks, ExportChunkName(step.name(), step.attempt(), number));
    if (!chunk.has_value()) continue;
    ++parts.chunks;
    parts.mixed = parts.mixed || chunk->reading() != step.reading();
  }
  return parts;
}

// Sets `restarted` when the parts are of several readings. UNAVAILABLE while some are missing.
template <class Step>
absl::Status CheckParts(const v1::Export& exported, const Step& step,
                        const v1::ExportResult& result, const ExportParts& parts, Event& event) {
  if (parts.mixed) {
    event.mutable_restarted()->set_attempt(exported.attempt() + 1);
    return absl::OkStatus();
  }
  if (parts.chunks < result.chunk_count() - step.first_chunk_number()) {
    return base::Unavailable("EXPORT_PARTS_MISSING", "parts of the export are on their way",
                             kPartsRetry);
  }
  return absl::OkStatus();
}

bool IsLarge(const v1::ExportResult& result, const v1::DataExchangePolicy& policy) {
  return result.rows() > policy.large_export_rows() ||
         result.own_rows() * kWhole > policy.large_export_book_bps() * result.book_size();
}

}  // namespace

ExportField FindExportField(std::string_view path) {
  ExportField field;
  const auto* type = v1::Customer::descriptor();
  if (auto custom = ReadCustomFieldPath(path)) {
    if (custom->personal) field.steps.push_back(type->FindFieldByName("personal"));
    if (custom->personal) type = field.steps.back()->message_type();
    field.steps.push_back(type->FindFieldByName("custom_fields"));
    field.custom_field = std::move(custom->id);
    return field;
  }
  const absl::string_view view(path.data(), path.size());
  for (const absl::string_view segment : absl::StrSplit(view, '.')) {
    if (type == nullptr || segment.empty()) return {};
    if (!field.steps.empty() && field.steps.back()->is_repeated()) return {};
    field.steps.push_back(type->FindFieldByName(std::string(segment)));
    if (field.steps.back() == nullptr) return {};
    type = field.steps.back()->message_type();
  }
  return field;
}

ExportFacts ExportModel::Gather(const v1::CreateExportRequest& create, const engine::Context&,
                                const engine::Snapshot& snapshot) {
  const v1::Export& exported = create.export_();
  for (int i = 0; i < exported.fields_size(); ++i) {
    const std::string& path = exported.fields(i);
    const std::string id = FindExportField(path).custom_field;
    if (id.empty()) continue;
    const auto field = FindCustomField(v1::CUSTOM_FIELD_TARGET_CUSTOMER, id, snapshot);
    if (!field.ok() || field->path() != path)
      return {Invalid(absl::StrCat("export.fields[", i, "]"), "must be a field of Customer")};
  }
  ExportFacts facts;
  const table::KeyTypes types = [&](const google::protobuf::FieldDescriptor& map,
                                    std::string_view id) {
    auto field = FindCustomField(v1::CUSTOM_FIELD_TARGET_CUSTOMER, id, snapshot);
    if (field.ok()) {
      field->clear_choices();
      // A filter is too short to name more than are kept.
      KeepDeclaration(*field, facts.custom_fields);
    }
    return TypeOfCustomField(map, id, snapshot);
  };
  const auto filter = table::ParseFilter(exported.filter(), *v1::Customer::descriptor(), types);
  if (!filter.ok()) facts.refusal = Invalid("export.filter", base::StatusText(filter.status()));
  return facts;
}

std::string ExportChunkId(int attempt, int number) {
  return absl::StrFormat("%d-%05d", attempt, number);
}

std::string ExportChunkName(const std::string& name, int attempt, int number) {
  return absl::StrCat(name, "/exportChunks/", ExportChunkId(attempt, number));
}

engine::Decision<ExportModel> ExportModel::Decide(const State&,
                                                  const v1::CreateExportRequest& create,
                                                  const engine::Context& context,
                                                  const ExportFacts& facts) {
  if (absl::Status s = CheckExport(create.export_()); !s.ok()) return s;
  if (!facts.refusal.ok()) return facts.refusal;
  Event event;
  v1::Export& exported = *event.mutable_created()->mutable_export_();
  exported = create.export_();
  if (exported.format() == v1::EXPORT_FORMAT_UNSPECIFIED)
    exported.set_format(v1::EXPORT_FORMAT_CSV);
  exported.set_state(v1::EXPORT_STATE_RUNNING);
  exported.set_operation("operations/" + context.name);
  exported.set_creator(context.actor);
  exported.set_attempt(1);
  *exported.mutable_custom_fields() = facts.custom_fields;
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

ExportParts ExportModel::Gather(const v1::ContinueExportRequest& more, const engine::Context&,
                                const engine::Snapshot& snapshot) {
  return PartsOf(more, more.continued().result().chunk_count(), snapshot);
}

engine::Decision<ExportModel> ExportModel::Decide(const State& exported,
                                                  const v1::ContinueExportRequest& more,
                                                  const engine::Context&,
                                                  const ExportParts& parts) {
  if (!IsNext(exported, more)) return std::nullopt;
  const v1::ExportResult& result = more.continued().result();
  Event event;
  if (absl::Status s = CheckParts(exported, more, result, parts, event); !s.ok()) return s;
  if (event.has_restarted()) return event;
  *event.mutable_continued() = more.continued();
  event.mutable_continued()->set_attempt(more.attempt());
  return event;
}

ExportParts ExportModel::Gather(const v1::FinishExportRequest& finish, const engine::Context&,
                                const engine::Snapshot& snapshot) {
  return PartsOf(finish, finish.result().chunk_count(), snapshot);
}

engine::Decision<ExportModel> ExportModel::Decide(const State& exported,
                                                  const v1::FinishExportRequest& finish,
                                                  const engine::Context& context,
                                                  const ExportParts& parts) {
  if (!IsNext(exported, finish)) return std::nullopt;
  Event event;
  if (absl::Status s = CheckParts(exported, finish, finish.result(), parts, event); !s.ok())
    return s;
  if (event.has_restarted()) return event;
  auto& finished = *event.mutable_finished();
  *finished.mutable_result() = finish.result();
  if (!finished.result().has_read_time())
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
  Event event;
  if (WaitsForItsMoment(exported)) {
    if (context.time <= base::TimeOf(exported.result().read_time())) return std::nullopt;
    *event.mutable_continued()->mutable_result() = exported.result();
    event.mutable_continued()->set_attempt(exported.attempt());
    return event;
  }
  if (exported.state() != v1::EXPORT_STATE_DONE ||
      context.time < base::TimeOf(exported.expire_time()))
    return std::nullopt;
  event.mutable_expired()->set_chunk_count(exported.result().chunk_count());
  return event;
}

std::optional<absl::Time> ExportModel::NextDue(const State& state) {
  if (WaitsForItsMoment(state)) return base::TimeOf(state.result().read_time()) + kPast;
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
      state.clear_result();
      state.clear_last_customer();
      return;
    case Event::kContinued:
      *state.mutable_result() = event.continued().result();
      state.set_last_customer(event.continued().last_customer());
      return;
    case Event::kFinished:
      *state.mutable_result() = event.finished().result();
      state.clear_last_customer();
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
