#include "services/customer/react/imports.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "services/customer/domain/import.h"
#include "services/customer/domain/notice.h"
#include "services/customer/domain/references.h"
#include "services/customer/react/import_keys.h"
#include "services/customer/react/import_plan.h"
#include "services/customer/react/import_rows.h"
#include "services/customer/react/import_run.h"
#include "services/customer/read/exchange_tables.h"

namespace crm::customer {
namespace {

// Of one row; the others are said when these are mended.
constexpr size_t kFindingsOfRowMax = 20;

// One stretch of a check.
class Check {
 public:
  // `encoding`: as it was found out; unspecified: it is to be.
  Check(const v1::Import& import, const v1::ImportPosition& position, v1::ImportEncoding encoding,
        absl::Time time, const engine::Snapshot& snapshot)
      : import_(import),
        position_(position),
        encoding_(encoding),
        time_(time),
        snapshot_(snapshot),
        record_(std::make_unique<v1::RecordImportCheckRequest>()) {}

  engine::Commands Run();

 private:
  void Read(ImportRows& rows);
  void CheckRow(ImportRow& row, const ImportRows& rows);
  void CheckKeys(ImportRow& row) const;
  void CheckPosition(ImportRow& row, const std::string& contact, const ImportRows& rows) const;
  void Count(const ImportRow& row);
  v1::Reason TooMany() const;
  v1::ImportStretchChecked& checked() { return *record_->mutable_checked(); }

  const v1::Import& import_;
  const v1::ImportPosition position_;
  const v1::ImportEncoding encoding_;
  const absl::Time time_;
  const engine::Snapshot& snapshot_;
  std::vector<ImportRow> rows_;                // Of the stretch, if it has not too many findings.
  std::vector<v1::ImportPosition> positions_;  // Behind each of them.
  ImportKeys keys_;
  std::unique_ptr<v1::RecordImportCheckRequest> record_;
};

// Of rows or of bad ones, with those of this stretch; REASON_UNSPECIFIED: not.
v1::Reason Check::TooMany() const {
  // The import is further: this stretch was counted.
  if (import_.position().stretch() != position_.stretch()) return v1::REASON_UNSPECIFIED;
  const v1::ImportCheckCounts& more = record_->checked().counts();
  if (import_.checked().rows() + more.rows() > kImportRowsMax) return v1::REASON_IMPORT_TOO_LARGE;
  if (import_.checked().bad_rows() + more.bad_rows() > kImportBadRowsMax)
    return v1::REASON_IMPORT_TOO_MANY_BAD_ROWS;
  return v1::REASON_UNSPECIFIED;
}

void Check::Read(ImportRows& rows) {
  for (ImportRow row; rows_.size() < kImportStretchRows && rows.Next(row);) {
    rows_.push_back(std::move(row));
    positions_.push_back(rows.position());
  }
}

engine::Commands Check::Run() {
  const bool first = position_.stretch() == 1;
  const v1::ImportEncoding encoding = first ? EncodingOf(import_, snapshot_) : encoding_;
  ImportRows rows(import_, encoding, snapshot_, /*thorough=*/true);
  if (absl::Status s = rows.Open(); !s.ok()) {
    return FailImport(import_, v1::REASON_IMPORT_FILE_UNREADABLE,
                      {s.message().data(), s.message().size()});
  }
  rows.GoTo(position_);
  *checked().mutable_stretch()->mutable_start() = *checked().mutable_next() = rows.position();
  Read(rows);
  keys_ = LookUpKeys(rows_, import_.name(), position_.stretch(), snapshot_);

  record_->set_name(import_.name());
  record_->set_check_number(import_.check_number());
  checked().set_encoding(encoding);
  v1::ImportStretch& stretch = *checked().mutable_stretch();
  stretch.set_number(position_.stretch());
  for (size_t i = 0; i < rows_.size() && checked().faults_size() < kImportFindingsMax; ++i) {
    stretch.set_rows(stretch.rows() + 1);
    CheckRow(rows_[i], rows);
    Count(rows_[i]);
    *checked().mutable_next() = positions_[i];
  }
  checked().set_last(stretch.rows() < kImportStretchRows &&
                     stretch.rows() == static_cast<int>(rows_.size()));
  if (first && stretch.rows() == 0) {
    return FailImport(import_, v1::REASON_IMPORT_FILE_UNREADABLE, "the file has no rows");
  }
  if (const v1::Reason reason = TooMany(); reason != v1::REASON_UNSPECIFIED)
    return FailImport(import_, reason, "");
  stretch.set_findings(checked().faults_size());
  checked().mutable_next()->set_stretch(position_.stretch() + 1);
  engine::Commands commands;
  commands.push_back(std::move(record_));
  return commands;
}

void Check::CheckKeys(ImportRow& row) const {
  for (const auto& id : IdsOf(row)) {
    const auto found = keys_.lines.find(HashOf(id));
    if (found->second == 0) continue;
    ImportFinding finding = Finding(row.line, v1::IMPORT_SEVERITY_ERROR, v1::REASON_ROW_DUPLICATE,
                                    absl::StrCat("stood in line ", found->second));
    finding.fault.set_field("external_ids");
    finding.value = Cut(absl::StrCat(id.system(), ":", id.id()), kImportValueBytesMax);
    row.findings.push_back(std::move(finding));
    return;
  }
}

void Check::CheckRow(ImportRow& row, const ImportRows& rows) {
  v1::ImportCheckCounts& counts = *checked().mutable_counts();
  if (!row.bad()) CheckKeys(row);
  if (!row.bad()) {
    const RowPlan plan = PlanRow(import_, row, snapshot_);
    const absl::Status tried =
        plan.refusal.ok() ? TryRow(import_, plan, time_, snapshot_) : plan.refusal;
    if (!tried.ok()) row.findings.push_back(rows.Refused(row, tried));
    if (!row.bad() && rows.has_positions()) CheckPosition(row, plan.target, rows);
    if (!row.bad() && plan.is_new) counts.set_new_rows(counts.new_rows() + 1);
  }
  if (row.bad()) {
    checked().mutable_stretch()->add_bad_lines(row.line);
    return;
  }
  for (const auto& id : IdsOf(row)) {
    const uint64_t hash = HashOf(id);
    int64_t& line = keys_.lines[hash];
    if (line != 0) continue;
    line = row.line;
    checked().mutable_stretch()->add_key_hashes(hash);
    checked().mutable_stretch()->add_key_lines(row.line);
  }
}

void Check::CheckPosition(ImportRow& row, const std::string& contact,
                          const ImportRows& rows) const {
  const RowPlan plan = PlanPosition(import_, row, contact, snapshot_);
  absl::Status tried = plan.refusal;
  if (tried.ok() && plan.command != nullptr) tried = TryPosition(import_, plan, time_, snapshot_);
  if (!tried.ok()) row.findings.push_back(rows.Refused(row, tried, plan.field));
}

void Check::Count(const ImportRow& row) {
  v1::ImportCheckCounts& counts = *checked().mutable_counts();
  counts.set_rows(counts.rows() + 1);
  if (row.bad()) {
    counts.set_bad_rows(counts.bad_rows() + 1);
  } else {
    counts.set_good_rows(counts.good_rows() + 1);
  }
  for (size_t i = 0; i < row.findings.size(); ++i) {
    const ImportFinding& finding = row.findings[i];
    if (finding.fault.severity() == v1::IMPORT_SEVERITY_WARNING)
      counts.set_warnings(counts.warnings() + 1);
    if (i >= kFindingsOfRowMax || keys_.findings + checked().faults_size() >= kImportReportedMax)
      continue;
    *checked().add_faults() = finding.fault;
    checked().mutable_personal()->add_values(finding.value);
  }
}

// Who announced an import is told how it ended.
engine::Commands Tell(const v1::Import& import, const engine::EventMeta& meta) {
  engine::Commands commands;
  // Nobody is told when it was no person.
  AddNotice(meta,
            {.staff = StaffOfActor(import.creator()),
             .reason = v1::NOTIFICATION_REASON_IMPORT_ENDED,
             .about = import.name()},
            commands);
  return commands;
}

}  // namespace

engine::Commands OnImport(const engine::ForeignEvent<v1::ImportEvent>& event,
                          const engine::Snapshot& snapshot) {
  using Event = v1::ImportEvent;
  const auto import = snapshot.Get(kImports, event.meta.name);
  if (!import.has_value()) return {};
  // Where to go on says the event, not the import: when a server stopped in between, the import may
  // be further than the event whose rows are to be sent once more.
  v1::ImportPosition begin;
  begin.set_stretch(1);
  begin.set_line(1);
  const bool checking = import->state() == v1::IMPORT_STATE_CHECKING;
  const bool running = import->state() == v1::IMPORT_STATE_RUNNING;
  switch (event.event.event_case()) {
    case Event::kChunkUploaded:
      if (!checking || !event.event.chunk_uploaded().has_basis()) return {};
      return Check(*import, begin, {}, event.meta.time, snapshot).Run();
    case Event::kCheckStarted:
      if (!checking) return {};
      return Check(*import, begin, {}, event.meta.time, snapshot).Run();
    case Event::kStretchChecked:
      if (!checking || event.event.stretch_checked().last()) return {};
      return Check(*import, event.event.stretch_checked().next(),
                   event.event.stretch_checked().encoding(), event.meta.time, snapshot)
          .Run();
    case Event::kRunStarted:
      return running ? BeginRun(*import, begin, snapshot) : engine::Commands();
    case Event::kRunContinued:
      if (!running) return {};
      return GoOnWithRun(*import, event.event.run_continued(), event.meta.revision, snapshot);
    case Event::kFailed:
    case Event::kFinished:
      return Tell(*import, event.meta);
    case Event::kCreated:
    case Event::kCancelled:
    case Event::EVENT_NOT_SET:
      return {};
  }
  return {};
}

}  // namespace crm::customer
