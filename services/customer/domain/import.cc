#include "services/customer/domain/import.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "crm/common/v1/options.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/hash.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/import_fields.h"
#include "services/customer/read/exchange_tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using base::Refused;
using Event = ImportModel::Event;

constexpr char kDelimiters[] = ",;|\t";
constexpr char kExpired[] = "nobody went on with it";

NamedDeclarations CustomFieldsOf(const v1::Import& import, std::string_view first_part,
                                 const engine::Snapshot& snapshot) {
  return DeclarationsOf(FieldNamesOf(import, first_part), CustomFieldTargetOf(import.kind()),
                        snapshot);
}

absl::Status TooMany(const char* field) {
  return Invalid(field, "names more custom fields than are kept: 1,000, and 524,288 bytes");
}

absl::Status CheckMappings(const v1::Import& import, const CustomFields& custom_fields) {
  std::set<std::string> paths;
  for (int i = 0; i < import.mappings_size(); ++i) {
    const v1::ImportMapping& mapping = import.mappings(i);
    const std::string field = absl::StrCat("import.mappings[", i, "]");
    const auto found = FindImportField(import.kind(), mapping.field(), custom_fields);
    if (!found.ok()) return Invalid(field + ".field", std::string(found.status().message()));
    if (found->as == ImportField::As::kValue && !paths.insert(found->path).second)
      return Invalid(field + ".field", "has one value, which another mapping gives");
    if (mapping.column().empty() && mapping.constant().empty())
      return Invalid(field + ".column", "must be given where there is no constant");
    if (!mapping.column().empty() && import.format() == v1::IMPORT_FORMAT_VCARD)
      return Invalid(field + ".column", "must be empty: a vCard has no columns");
    if (mapping.constant().empty()) continue;
    const std::unique_ptr<google::protobuf::Message> owner(OwnerOf(import.kind(), *found).New());
    const absl::Status set = SetImportField(*owner, *found, mapping.constant());
    if (!set.ok()) return Invalid(field + ".constant", std::string(set.message()));
  }
  return absl::OkStatus();
}

absl::Status CheckFile(const v1::Import& import) {
  if (import.file_bytes() < 1 || import.file_bytes() > kImportFileBytesMax)
    return Invalid("import.file_bytes", "must be 1 to 67,108,864");
  const std::string& hash = import.file_sha256();
  const bool is_hash = hash.size() == 64 && std::all_of(hash.begin(), hash.end(), [](char c) {
                         return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
                       });
  if (!is_hash) return Invalid("import.file_sha256", "must be 64 lower-case hexadecimal digits");
  return absl::OkStatus();
}

absl::Status CheckImport(const v1::Import& import, const CustomFields& custom_fields) {
  if (!v1::ImportKind_IsValid(import.kind()) || import.kind() == v1::IMPORT_KIND_UNSPECIFIED)
    return Invalid("import.kind", "must be one of the list");
  if (!v1::ImportFormat_IsValid(import.format()) ||
      import.format() == v1::IMPORT_FORMAT_UNSPECIFIED)
    return Invalid("import.format", "must be one of the list");
  if (!v1::ImportEncoding_IsValid(import.encoding()))
    return Invalid("import.encoding", "must be one of the list");
  if (!import.delimiter().empty() &&
      std::string_view(kDelimiters).find(import.delimiter()[0]) == std::string_view::npos)
    return Invalid("import.delimiter", "must be \",\", \";\", \"|\" or a tab");
  if (!import.phone_country_code().empty() && !IsCountryCode(import.phone_country_code())) {
    return Invalid("import.phone_country_code", "must be two capital letters of ISO 3166-1");
  }
  if (import.initial_status() != v1::CUSTOMER_STATUS_UNSPECIFIED &&
      import.initial_status() != v1::CUSTOMER_STATUS_SUSPECT &&
      import.initial_status() != v1::CUSTOMER_STATUS_PROSPECT)
    return Invalid("import.initial_status", "must be SUSPECT or PROSPECT");
  if (absl::Status s = CheckFile(import); !s.ok()) return s;
  return CheckMappings(import, custom_fields);
}

google::protobuf::Timestamp ExpireTime(const DataExchangeFacts& facts,
                                       const engine::Context& context) {
  return base::TimestampOf(context.time + absl::Hours(24) * facts.policy.import_keep_days());
}

// A custom field that is not shown here, but was known before, is as it was: none goes.
// `said`: the field of the command that is refused when they are too many together.
absl::StatusOr<v1::ImportBasis> BasisOf(const v1::Import& import, const DataExchangeFacts& facts,
                                        const CustomFields& custom_fields,
                                        const engine::Context& context, const char* said) {
  v1::ImportBasis basis;
  *basis.mutable_custom_fields() = custom_fields;
  for (const v1::CustomField& known : import.basis().custom_fields()) {
    if (!KeepDeclaration(known, *basis.mutable_custom_fields())) return TooMany(said);
  }
  basis.set_reporting_currency(context.reporting_currency);
  *basis.mutable_business_date() = base::DateOf(context.business_date);
  basis.set_phone_country_code(import.phone_country_code().empty()
                                   ? facts.policy.phone_country_code()
                                   : import.phone_country_code());
  basis.set_customer_policy_etag(facts.customer_policy_etag);
  return basis;
}

void BeginCheck(const v1::ImportBasis& basis, v1::Import& state) {
  state.set_state(v1::IMPORT_STATE_CHECKING);
  state.set_check_number(state.check_number() + 1);
  *state.mutable_basis() = basis;
  state.clear_checked();
  state.clear_expire_time();
  state.clear_position();
  state.mutable_position()->set_stretch(1);
  state.mutable_position()->set_line(1);
}

void FoldStretch(const v1::ImportStretchChecked& checked, v1::Import& state) {
  v1::ImportCheckCounts& all = *state.mutable_checked();
  const v1::ImportCheckCounts& more = checked.counts();
  all.set_rows(all.rows() + more.rows());
  all.set_good_rows(all.good_rows() + more.good_rows());
  all.set_bad_rows(all.bad_rows() + more.bad_rows());
  all.set_warnings(all.warnings() + more.warnings());
  all.set_new_rows(all.new_rows() + more.new_rows());
  state.set_found_encoding(checked.encoding());
  *state.mutable_position() = checked.next();
  if (!checked.last()) return;
  state.set_state(v1::IMPORT_STATE_READY);
  *state.mutable_expire_time() = checked.expire_time();
}

// The rows that were on their way were answered.
template <class Fact>
void FoldAnswers(const Fact& answers, v1::Import& state) {
  v1::ImportRunCounts& ran = *state.mutable_ran();
  ran.set_rows(ran.rows() + ran.sent_rows());
  ran.set_sent_rows(0);
  ran.set_unchanged_rows(ran.unchanged_rows() + answers.unchanged_rows());
  ran.set_refused_rows(ran.refused_rows() + answers.refused_rows());
  ran.set_positions(ran.positions() + ran.sent_positions());
  ran.set_sent_positions(0);
  ran.set_refused_positions(ran.refused_positions() + answers.refused_positions());
}

void End(v1::ImportState how, const google::protobuf::Timestamp& time, v1::Import& state) {
  state.set_state(how);
  *state.mutable_end_time() = time;
  state.clear_expire_time();
  state.clear_position();
}

bool IsOpen(v1::ImportState state) {
  return state != v1::IMPORT_STATE_DONE && state != v1::IMPORT_STATE_FAILED &&
         state != v1::IMPORT_STATE_CANCELLED;
}

absl::Status NotReady(const v1::Import& import) {
  return Refused(v1::REASON_IMPORT_NOT_READY, "the import is not READY",
                 {{"state", v1::ImportState_Name(import.state())}});
}

Event Cancelled(const std::string& reason, const engine::Context& context) {
  Event event;
  event.mutable_cancelled()->set_reason(reason);
  *event.mutable_cancelled()->mutable_end_time() = base::TimestampOf(context.time);
  return event;
}

}  // namespace

bool SamePlace(const v1::ImportPosition& a, const v1::ImportPosition& b) {
  return a.stretch() == b.stretch() && a.rows() == b.rows() && a.positions() == b.positions();
}

ReasonWords WordsOf(v1::Reason reason) {
  const auto& value = *v1::Reason_descriptor()->FindValueByNumber(reason);
  return {std::string(absl::StripPrefix(value.name(), "REASON_")),
          value.options().GetExtension(common::v1::text)};
}

ImportFacts ImportModel::Gather(const v1::CreateImportRequest& create, const engine::Context&,
                                const engine::Snapshot& snapshot) {
  NamedDeclarations named = CustomFieldsOf(create.import(), "", snapshot);
  return {GatherDataExchange(snapshot), std::move(named.kept),
          named.too_many ? TooMany("import.mappings") : absl::OkStatus()};
}

engine::Decision<ImportModel> ImportModel::Decide(const State&,
                                                  const v1::CreateImportRequest& create,
                                                  const engine::Context& context,
                                                  const ImportFacts& facts) {
  if (!facts.refusal.ok()) return facts.refusal;
  if (absl::Status s = CheckImport(create.import(), facts.custom_fields); !s.ok()) return s;
  Event event;
  v1::Import& import = *event.mutable_created()->mutable_import();
  import = create.import();
  import.set_state(v1::IMPORT_STATE_UPLOADING);
  import.set_operation("operations/" + context.name);
  import.set_creator(context.actor);
  if (!facts.custom_fields.empty())
    *import.mutable_basis()->mutable_custom_fields() = facts.custom_fields;
  *import.mutable_expire_time() = ExpireTime(facts.exchange, context);
  return event;
}

UploadFacts ImportModel::Gather(const v1::UploadChunkRequest& upload, const engine::Context&,
                                const engine::Snapshot& snapshot) {
  UploadFacts facts{GatherDataExchange(snapshot)};
  const auto import = snapshot.Get(kImports, upload.name());
  const auto size = static_cast<int64_t>(upload.content().size());
  if (!import.has_value() || import->state() != v1::IMPORT_STATE_UPLOADING ||
      upload.offset() != import->uploaded_bytes() || upload.offset() + size != import->file_bytes())
    return facts;
  std::string file;
  file.reserve(static_cast<size_t>(import->file_bytes()));
  snapshot.Scan(
      kImportChunks, "",
      [&](const v1::ImportChunk& chunk) {
        file.append(chunk.personal().content());
        return true;
      },
      upload.name());
  file.append(upload.content());
  facts.damaged = base::Sha256Hex(file) != import->file_sha256();
  NamedDeclarations named =
      CustomFieldsOf(*import, std::string_view(file).substr(0, kImportChunkBytes), snapshot);
  facts.custom_fields = std::move(named.kept);
  if (named.too_many) facts.refusal = TooMany("content");
  // What mappings name was known when they were taken.
  if (named.unknown.has_value() && import->mappings().empty()) {
    facts.refusal = Invalid("content", absl::StrCat("column ", *named.unknown + 1,
                                                    " names a custom field not known here"));
  }
  return facts;
}

engine::Decision<ImportModel> ImportModel::Decide(const State& import,
                                                  const v1::UploadChunkRequest& upload,
                                                  const engine::Context& context,
                                                  const UploadFacts& facts) {
  const int64_t offset = upload.offset();
  if (offset < 0 || offset % kImportChunkBytes != 0 || offset >= import.file_bytes())
    return Invalid("offset", "must be a multiple of 262,144 within the file");
  const auto size = static_cast<int64_t>(upload.content().size());
  if (size != std::min(kImportChunkBytes, import.file_bytes() - offset))
    return Invalid("content", "must be 262,144 bytes, of the last part what is left");
  if (offset < import.uploaded_bytes()) return std::nullopt;
  if (import.state() != v1::IMPORT_STATE_UPLOADING) {
    return Refused(v1::REASON_IMPORT_NOT_UPLOADING, "the import is not UPLOADING",
                   {{"state", v1::ImportState_Name(import.state())}});
  }
  if (offset > import.uploaded_bytes()) {
    return Refused(v1::REASON_IMPORT_CHUNK_OUT_OF_ORDER, "the parts before it are not here",
                   {{"uploaded_bytes", absl::StrCat(import.uploaded_bytes())}});
  }
  if (facts.damaged) {
    return Refused(v1::REASON_IMPORT_FILE_DAMAGED, "the file has another SHA-256 than announced");
  }
  if (!facts.refusal.ok()) return facts.refusal;
  Event event;
  auto& uploaded = *event.mutable_chunk_uploaded();
  uploaded.set_number(static_cast<int32_t>(offset / kImportChunkBytes));
  uploaded.set_uploaded_bytes(offset + size);
  uploaded.mutable_personal()->set_content(upload.content());
  if (offset + size == import.file_bytes()) {
    auto basis = BasisOf(import, facts.exchange, facts.custom_fields, context, "content");
    if (!basis.ok()) return basis.status();
    *uploaded.mutable_basis() = *std::move(basis);
  } else {
    *uploaded.mutable_expire_time() = ExpireTime(facts.exchange, context);
  }
  return event;
}

ImportFacts ImportModel::Gather(const v1::CheckImportRequest& check, const engine::Context&,
                                const engine::Snapshot& snapshot) {
  ImportFacts facts{GatherDataExchange(snapshot)};
  const auto import = snapshot.Get(kImports, check.name());
  const auto first = snapshot.Get(kImportChunks, check.name(), 0);
  if (!import.has_value() || !first.has_value()) return facts;
  NamedDeclarations named = CustomFieldsOf(*import, first->personal().content(), snapshot);
  facts.custom_fields = std::move(named.kept);
  if (named.too_many) facts.refusal = TooMany("name");
  return facts;
}

engine::Decision<ImportModel> ImportModel::Decide(const State& import,
                                                  const v1::CheckImportRequest&,
                                                  const engine::Context& context,
                                                  const ImportFacts& facts) {
  if (import.state() == v1::IMPORT_STATE_CHECKING) return std::nullopt;
  if (import.state() != v1::IMPORT_STATE_READY) return NotReady(import);
  if (!facts.refusal.ok()) return facts.refusal;
  auto basis = BasisOf(import, facts.exchange, facts.custom_fields, context, "name");
  if (!basis.ok()) return basis.status();
  Event event;
  *event.mutable_check_started()->mutable_basis() = *std::move(basis);
  return event;
}

engine::Decision<ImportModel> ImportModel::Decide(const State& import, const v1::RunImportRequest&,
                                                  const engine::Context& context) {
  if (import.state() == v1::IMPORT_STATE_RUNNING || import.state() == v1::IMPORT_STATE_DONE)
    return std::nullopt;
  if (import.state() != v1::IMPORT_STATE_READY) return NotReady(import);
  Event event;
  event.mutable_run_started()->set_runner(context.actor);
  *event.mutable_run_started()->mutable_basis() = import.basis();
  *event.mutable_run_started()->mutable_run_time() = base::TimestampOf(context.time);
  return event;
}

engine::Decision<ImportModel> ImportModel::Decide(const State& import,
                                                  const v1::CancelImportRequest& cancel,
                                                  const engine::Context& context) {
  if (import.state() == v1::IMPORT_STATE_CANCELLED) return std::nullopt;
  if (!IsOpen(import.state())) {
    if (cancel.only_running()) return std::nullopt;
    return Refused(v1::REASON_IMPORT_CLOSED, "the import is over",
                   {{"state", v1::ImportState_Name(import.state())}});
  }
  return Cancelled(cancel.reason(), context);
}

DataExchangeFacts ImportModel::Gather(const v1::RecordImportCheckRequest&, const engine::Context&,
                                      const engine::Snapshot& snapshot) {
  return GatherDataExchange(snapshot);
}

engine::Decision<ImportModel> ImportModel::Decide(const State& import,
                                                  const v1::RecordImportCheckRequest& record,
                                                  const engine::Context& context,
                                                  const DataExchangeFacts& facts) {
  if (import.state() != v1::IMPORT_STATE_CHECKING ||
      record.check_number() != import.check_number() ||
      record.checked().stretch().number() != import.position().stretch())
    return std::nullopt;
  Event event;
  *event.mutable_stretch_checked() = record.checked();
  if (record.checked().last())
    *event.mutable_stretch_checked()->mutable_expire_time() = ExpireTime(facts, context);
  return event;
}

engine::Decision<ImportModel> ImportModel::Decide(const State& import,
                                                  const v1::FailImportRequest& fail,
                                                  const engine::Context& context) {
  const auto fails = fail.running() ? v1::IMPORT_STATE_RUNNING : v1::IMPORT_STATE_CHECKING;
  if (import.state() != fails || fail.check_number() != import.check_number()) return std::nullopt;
  Event event;
  *event.mutable_failed()->mutable_failure() = fail.failure();
  *event.mutable_failed()->mutable_end_time() = base::TimestampOf(context.time);
  return event;
}

engine::Decision<ImportModel> ImportModel::Decide(const State& import,
                                                  const v1::ContinueImportRequest& more,
                                                  const engine::Context&) {
  const v1::ImportPosition& start = more.continued().start();
  if (import.state() != v1::IMPORT_STATE_RUNNING || !SamePlace(start, import.position()))
    return std::nullopt;
  Event event;
  *event.mutable_run_continued() = more.continued();
  return event;
}

engine::Decision<ImportModel> ImportModel::Decide(const State& import,
                                                  const v1::FinishImportRequest& finish,
                                                  const engine::Context& context) {
  if (import.state() != v1::IMPORT_STATE_RUNNING) return std::nullopt;
  Event event;
  *event.mutable_finished() = finish.finished();
  *event.mutable_finished()->mutable_end_time() = base::TimestampOf(context.time);
  return event;
}

engine::Decision<ImportModel> ImportModel::Decide(const State& import,
                                                  const v1::ExpireImportRequest&,
                                                  const engine::Context& context) {
  if (!IsOpen(import.state()) || !import.has_expire_time() ||
      context.time < base::TimeOf(import.expire_time()))
    return std::nullopt;
  return Cancelled(kExpired, context);
}

std::optional<absl::Time> ImportModel::NextDue(const State& state) {
  if (!state.has_expire_time()) return std::nullopt;
  return base::TimeOf(state.expire_time());
}

void ImportModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().import();
      return;
    case Event::kChunkUploaded:
      state.set_uploaded_bytes(event.chunk_uploaded().uploaded_bytes());
      state.set_next_chunk_number(event.chunk_uploaded().number() + 1);
      if (event.chunk_uploaded().has_expire_time())
        *state.mutable_expire_time() = event.chunk_uploaded().expire_time();
      if (event.chunk_uploaded().has_basis()) BeginCheck(event.chunk_uploaded().basis(), state);
      return;
    case Event::kCheckStarted:
      BeginCheck(event.check_started().basis(), state);
      return;
    case Event::kStretchChecked:
      FoldStretch(event.stretch_checked(), state);
      return;
    case Event::kFailed:
      *state.mutable_failure() = event.failed().failure();
      End(v1::IMPORT_STATE_FAILED, event.failed().end_time(), state);
      return;
    case Event::kRunStarted:
      state.set_state(v1::IMPORT_STATE_RUNNING);
      state.set_runner(event.run_started().runner());
      *state.mutable_run_time() = event.run_started().run_time();
      state.clear_expire_time();
      state.clear_position();
      state.mutable_position()->set_stretch(1);
      return;
    case Event::kRunContinued:
      FoldAnswers(event.run_continued(), state);
      state.mutable_ran()->set_sent_rows(event.run_continued().sent_rows());
      state.mutable_ran()->set_sent_positions(event.run_continued().sent_positions());
      *state.mutable_position() = event.run_continued().next();
      return;
    case Event::kFinished:
      FoldAnswers(event.finished(), state);
      End(v1::IMPORT_STATE_DONE, event.finished().end_time(), state);
      return;
    case Event::kCancelled:
      state.set_cancel_reason(event.cancelled().reason());
      End(v1::IMPORT_STATE_CANCELLED, event.cancelled().end_time(), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
