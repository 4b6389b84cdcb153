#include "services/customer/react/imports.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/domain/import.h"
#include "services/customer/domain/notice.h"
#include "services/customer/domain/references.h"
#include "services/customer/react/import_keys.h"
#include "services/customer/react/import_plan.h"
#include "services/customer/react/import_rows.h"
#include "services/customer/read/exchange_tables.h"

namespace crm::customer {
namespace {

// Of one row; the others are said when these are mended.
constexpr size_t kFindingsOfRowMax = 20;
// Of one stretch of a run.
constexpr size_t kRunFaultsMax = 1'000;
constexpr size_t kFailureBytesMax = 500, kDetailBytesMax = 300;

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
  engine::Commands Fail(v1::Reason reason, std::string_view detail) const;
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

engine::Commands Check::Fail(v1::Reason reason, std::string_view detail) const {
  auto fail = std::make_unique<v1::FailImportRequest>();
  fail->set_name(import_.name());
  fail->set_check_number(import_.check_number());
  ReasonWords words = WordsOf(reason);
  fail->mutable_failure()->set_reason(std::move(words.reason));
  *fail->mutable_failure()->mutable_text() = std::move(words.text);
  fail->mutable_failure()->set_detail(Cut(detail, kFailureBytesMax));
  engine::Commands commands;
  commands.push_back(std::move(fail));
  return commands;
}

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
    return Fail(v1::REASON_IMPORT_FILE_UNREADABLE, {s.message().data(), s.message().size()});
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
    return Fail(v1::REASON_IMPORT_FILE_UNREADABLE, "the file has no rows");
  }
  if (const v1::Reason reason = TooMany(); reason != v1::REASON_UNSPECIFIED)
    return Fail(reason, "");
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

// The good rows of a stretch, one after another.
class GoodRows {
 public:
  GoodRows(const v1::Import& import, const v1::ImportPosition& from,
           const engine::Snapshot& snapshot)
      : rows_(import, import.found_encoding(), snapshot, /*thorough=*/false) {
    const auto stretch = snapshot.Get(kImportStretches, import.name(), from.stretch());
    if (!stretch.has_value() || !rows_.Open().ok()) return;
    stretch_ = *stretch;
    there_ = true;
    rows_.GoTo(stretch_.start());
    ImportRow skipped;
    while (read_ < from.rows() && rows_.Next(skipped)) ++read_;
  }

  bool there() const { return there_; }
  bool has_positions() const { return rows_.has_positions(); }
  // Rows of the stretch that were read, the one given out last included.
  int read() const { return read_; }
  bool Next(ImportRow& row) {
    while (read_ < stretch_.rows() && rows_.Next(row)) {
      ++read_;
      const auto& bad = stretch_.bad_lines();
      if (!row.bad() && !std::binary_search(bad.begin(), bad.end(), row.line)) return true;
    }
    return false;
  }
  ImportFinding Refused(const ImportRow& row, const RowPlan& plan) const {
    return rows_.Refused(row, plan.refusal, plan.field);
  }

 private:
  ImportRows rows_;
  v1::ImportStretch stretch_;
  bool there_ = false;
  int read_ = 0;
};

// What became of the rows, or positions, that an event asked for.
struct Answers {
  int64_t unchanged_rows = 0;
  int64_t refused_rows = 0;
  int64_t refused_positions = 0;
  std::vector<v1::ImportFault> faults;
};

// What a good row asks for in this part of a run. A position waits for its contact, which was sent
// before; where that was refused, nothing is asked for.
RowPlan PlanPart(const v1::Import& import, const ImportRow& row, bool positions,
                 const engine::Snapshot& snapshot) {
  RowPlan plan = PlanRow(import, row, snapshot);
  if (!positions) return plan;
  if (!plan.refusal.ok() || plan.is_new) return {};
  return PlanPosition(import, row, plan.target, snapshot);
}

v1::ImportFault RunFault(int64_t line, const std::string& reason) {
  v1::Reason known = v1::REASON_ROW_VALUE_INVALID;
  const bool is_known = v1::Reason_Parse("REASON_" + reason, &known);
  v1::ImportFault fault =
      Finding(line, v1::IMPORT_SEVERITY_ERROR, known, is_known ? "" : reason).fault;
  fault.set_running(true);
  return fault;
}

Answers AnswersTo(const v1::Import& import, int64_t revision, const v1::ImportPosition& start,
                  const engine::Snapshot& snapshot) {
  Answers answers;
  std::map<std::string, std::string> refused;  // Reasons by target.
  snapshot.Scan(
      kImportRefusals, "",
      [&](const v1::ImportRefusal& refusal) {
        if (refusal.reason().empty()) {
          if (!start.positions()) answers.unchanged_rows += refusal.count();
        } else {
          refused.emplace(refusal.target(), refusal.reason());
        }
        return true;
      },
      import.name(), revision);
  (start.positions() ? answers.refused_positions : answers.refused_rows) =
      static_cast<int64_t>(refused.size());
  if (refused.empty()) return answers;
  GoodRows rows(import, start, snapshot);
  for (ImportRow row; !refused.empty() && rows.Next(row);) {
    const auto found = refused.find(PlanPart(import, row, start.positions(), snapshot).target);
    if (found == refused.end()) continue;
    answers.faults.push_back(RunFault(row.line, found->second));
    refused.erase(found);
  }
  // What is another's row by now: the target says which it was.
  for (const auto& [target, reason] : refused) {
    answers.faults.push_back(RunFault(0, reason));
    answers.faults.back().set_detail(Cut(absl::StrCat(target, ": ", reason), kDetailBytesMax));
  }
  return answers;
}

// As many as a fact takes; the last one says how many more there are.
template <class Fact>
void AddFaults(const std::vector<v1::ImportFault>& faults, Fact& fact) {
  const bool all = faults.size() <= kRunFaultsMax;
  const size_t said = all ? faults.size() : kRunFaultsMax - 1;
  for (size_t i = 0; i < said; ++i) *fact.add_faults() = faults[i];
  if (all) return;
  v1::ImportFault& rest = *fact.add_faults();
  rest = faults[said];
  rest.set_detail(absl::StrCat("this row, and ", faults.size() - kRunFaultsMax, " more"));
}

engine::Commands Finish(const v1::Import& import, const Answers& answers) {
  auto finish = std::make_unique<v1::FinishImportRequest>();
  finish->set_name(import.name());
  v1::ImportFinished& finished = *finish->mutable_finished();
  finished.set_unchanged_rows(answers.unchanged_rows);
  finished.set_refused_rows(answers.refused_rows);
  finished.set_refused_positions(answers.refused_positions);
  AddFaults(answers.faults, finished);
  engine::Commands commands;
  commands.push_back(std::move(finish));
  return commands;
}

// Where a part that was sent before ended: the import is further than its start. Unset: it was not.
std::optional<v1::ImportPosition> EndOfPart(const v1::Import& import,
                                            const v1::ImportPosition& start) {
  if (SamePlace(import.position(), start)) return std::nullopt;
  return import.position();
}

// What comes when all rows of a stretch were sent: their positions, or the next stretch.
v1::ImportPosition AfterStretch(const v1::ImportPosition& start, bool has_positions) {
  v1::ImportPosition next;
  const bool positions = has_positions && !start.positions();
  next.set_stretch(positions ? start.stretch() : start.stretch() + 1);
  next.set_positions(positions);
  return next;
}

// Sends the next rows, or their positions. Two for one target do not go at once: the second begins
// the next part. What is sent once more ends where it ended, as the next part begins there: by now
// two rows may be for one target that were not, and the second is left out.
engine::Commands Send(const v1::Import& import, const v1::ImportPosition& start, Answers answers,
                      const engine::Snapshot& snapshot) {
  GoodRows rows(import, start, snapshot);
  if (!rows.there()) return Finish(import, answers);
  auto more = std::make_unique<v1::ContinueImportRequest>();
  more->set_name(import.name());
  v1::ImportRunContinued& continued = *more->mutable_continued();
  *continued.mutable_start() = start;
  *continued.mutable_next() = AfterStretch(start, rows.has_positions());
  const auto end = EndOfPart(import, start);
  const bool ends_within =
      end.has_value() && end->stretch() == start.stretch() && end->positions() == start.positions();
  engine::Commands commands;
  std::set<std::string> targets;
  int64_t sent = 0;
  for (ImportRow row; rows.Next(row);) {
    if (ends_within && rows.read() > end->rows()) {
      *continued.mutable_next() = *end;
      break;
    }
    RowPlan plan = PlanPart(import, row, start.positions(), snapshot);
    if (plan.refusal.ok() && plan.command == nullptr) continue;
    if (plan.refusal.ok() && !targets.insert(plan.target).second) {
      if (end.has_value()) continue;
      *continued.mutable_next() = start;
      continued.mutable_next()->set_rows(rows.read() - 1);
      break;
    }
    ++sent;
    if (plan.refusal.ok()) {
      commands.push_back(std::move(plan.command));
      continue;
    }
    ++(start.positions() ? answers.refused_positions : answers.refused_rows);
    answers.faults.push_back(rows.Refused(row, plan).fault);
    answers.faults.back().set_running(true);
  }
  if (start.positions()) {
    continued.set_sent_positions(sent);
  } else {
    continued.set_sent_rows(sent);
  }
  continued.set_unchanged_rows(answers.unchanged_rows);
  continued.set_refused_rows(answers.refused_rows);
  continued.set_refused_positions(answers.refused_positions);
  AddFaults(answers.faults, continued);
  commands.push_back(std::move(more));
  return commands;
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
      return running ? Send(*import, begin, {}, snapshot) : engine::Commands();
    case Event::kRunContinued:
      if (!running) return {};
      return Send(*import, event.event.run_continued().next(),
                  AnswersTo(*import, event.meta.revision - 1, event.event.run_continued().start(),
                            snapshot),
                  snapshot);
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
