#include "services/customer/react/import_run.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/table/rows.h"
#include "services/customer/domain/import.h"
#include "services/customer/react/import_plan.h"
#include "services/customer/react/import_rows.h"
#include "services/customer/read/exchange_tables.h"
#include "services/customer/read/import_views.h"

namespace crm::customer {
namespace {

// Of one part.
constexpr size_t kRunFaultsMax = 1'000;
constexpr size_t kFailureBytesMax = 500, kDetailBytesMax = 300;

// The rows of a stretch that the check found good, one after another.
class GoodRows {
 public:
  GoodRows(const v1::Import& import, const v1::ImportPosition& from,
           const engine::Snapshot& snapshot)
      : rows_(import, import.found_encoding(), snapshot, /*thorough=*/false) {
    const auto stretch = snapshot.Get(kImportStretches, import.name(), from.stretch());
    there_ = stretch.has_value();
    if (!there_) return;
    opened_ = rows_.Open();
    if (!opened_.ok()) return;
    stretch_ = *stretch;
    rows_.GoTo(stretch_.start());
    ImportRow skipped;
    while (read_ < from.rows() && rows_.Next(skipped)) ++read_;
  }

  // False: all stretches before it were the whole file.
  bool there() const { return there_; }
  // Why none can be read.
  const absl::Status& opened() const { return opened_; }
  bool has_positions() const { return rows_.has_positions(); }
  // Rows of the stretch that were read, the one given out last included.
  int read() const { return read_; }
  bool Next(ImportRow& row) {
    while (read_ < stretch_.rows() && rows_.Next(row)) {
      ++read_;
      const auto& bad = stretch_.bad_lines();
      if (!std::binary_search(bad.begin(), bad.end(), row.line)) return true;
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
  absl::Status opened_;
  int read_ = 0;
};

// What became of the rows, or positions, that an event asked for.
struct Answers {
  int64_t unchanged_rows = 0;
  int64_t refused_rows = 0;
  int64_t refused_positions = 0;
  std::vector<v1::ImportFault> faults;
};

// What a good row asks for in this part of a run. A position comes after its contact: nothing is
// asked for when that is not there, as its row was refused, and reported so.
RowPlan PlanPart(const v1::Import& import, const ImportRow& row, bool positions,
                 const engine::Snapshot& snapshot) {
  if (row.bad()) {
    if (positions) return {};
    return {.refusal = absl::InvalidArgumentError("could be read when it was checked")};
  }
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

std::unique_ptr<v1::ContinueImportRequest> StepTo(const v1::Import& import,
                                                  const v1::ImportPosition& start,
                                                  const v1::ImportPosition& next,
                                                  const Answers& answers) {
  auto step = std::make_unique<v1::ContinueImportRequest>();
  step->set_name(import.name());
  v1::ImportRunContinued& continued = *step->mutable_continued();
  *continued.mutable_start() = start;
  *continued.mutable_next() = next;
  continued.set_unchanged_rows(answers.unchanged_rows);
  continued.set_refused_rows(answers.refused_rows);
  continued.set_refused_positions(answers.refused_positions);
  AddFaults(answers.faults, continued);
  return step;
}

// Before it fails, a run says what became of what it has sent: nothing else would.
engine::Commands FailRun(const v1::Import& import, const v1::ImportPosition& start,
                         const Answers& answers, const absl::Status& why) {
  if (import.ran().sent_rows() == 0 && import.ran().sent_positions() == 0 &&
      answers.faults.empty()) {
    return FailImport(import, v1::REASON_IMPORT_FILE_UNREADABLE,
                      {why.message().data(), why.message().size()});
  }
  engine::Commands commands;
  commands.push_back(StepTo(import, start, start, answers));
  return commands;
}

// Sends the next rows, or their positions. Two for one target do not go at once: the second begins
// the next part. What is sent once more ends where it ended, as the next part begins there: by now
// two rows may be for one target that were not, and the second is left out.
engine::Commands Send(const v1::Import& import, const v1::ImportPosition& start, Answers answers,
                      const engine::Snapshot& snapshot) {
  GoodRows rows(import, start, snapshot);
  if (!rows.there()) return Finish(import, answers);
  if (!rows.opened().ok()) return FailRun(import, start, answers, rows.opened());
  v1::ImportPosition next = AfterStretch(start, rows.has_positions());
  const auto end = EndOfPart(import, start);
  const bool ends_within =
      end.has_value() && end->stretch() == start.stretch() && end->positions() == start.positions();
  engine::Commands commands;
  std::set<std::string> targets;
  int64_t sent = 0;
  for (ImportRow row; rows.Next(row);) {
    if (ends_within && rows.read() > end->rows()) {
      next = *end;
      break;
    }
    RowPlan plan = PlanPart(import, row, start.positions(), snapshot);
    if (plan.refusal.ok() && plan.command == nullptr) continue;
    if (plan.refusal.ok() && !targets.insert(plan.target).second) {
      if (end.has_value()) continue;
      next = start;
      next.set_rows(rows.read() - 1);
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
  auto step = StepTo(import, start, next, answers);
  if (start.positions()) {
    step->mutable_continued()->set_sent_positions(sent);
  } else {
    step->mutable_continued()->set_sent_rows(sent);
  }
  commands.push_back(std::move(step));
  return commands;
}

}  // namespace

engine::Commands FailImport(const v1::Import& import, v1::Reason reason, std::string_view detail) {
  auto fail = std::make_unique<v1::FailImportRequest>();
  fail->set_name(import.name());
  fail->set_check_number(import.check_number());
  fail->set_running(import.state() == v1::IMPORT_STATE_RUNNING);
  ReasonWords words = WordsOf(reason);
  fail->mutable_failure()->set_reason(std::move(words.reason));
  *fail->mutable_failure()->mutable_text() = std::move(words.text);
  fail->mutable_failure()->set_detail(Cut(detail, kFailureBytesMax));
  engine::Commands commands;
  commands.push_back(std::move(fail));
  return commands;
}

engine::Commands BeginRun(const v1::Import& import, const v1::ImportPosition& begin,
                          const engine::Snapshot& snapshot) {
  return Send(import, begin, {}, snapshot);
}

engine::Commands GoOnWithRun(const v1::Import& import, const v1::ImportRunContinued& continued,
                             int64_t revision, const engine::Snapshot& snapshot) {
  return Send(import, continued.next(),
              AnswersTo(import, revision - 1, continued.start(), snapshot), snapshot);
}

}  // namespace crm::customer
