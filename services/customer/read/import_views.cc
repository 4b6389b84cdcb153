#include "services/customer/read/import_views.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "libs/table/rows.h"
#include "services/customer/read/exchange_tables.h"

namespace crm::customer {
namespace {

constexpr std::string_view kImportsPrefix = "imports/";

// Lines sort as numbers: no file has more than 64 Mi of them. What has no line any more is told
// apart by the event that says it.
void PutErrors(const google::protobuf::RepeatedPtrField<v1::ImportFault>& faults,
               const v1::ImportValues& values, const engine::EventMeta& meta, engine::Rows& rows) {
  for (int i = 0; i < faults.size(); ++i) {
    v1::ImportError error;
    error.set_name(absl::StrFormat("%s/importErrors/%010d-%d-%07d-%03d", meta.name,
                                   faults[i].line(), faults[i].running() ? 1 : 0, meta.revision,
                                   i));
    error.set_etag(engine::EtagOf(meta.revision));
    *error.mutable_create_time() = base::TimestampOf(meta.time);
    *error.mutable_update_time() = base::TimestampOf(meta.time);
    *error.mutable_fault() = faults[i];
    if (i < values.values_size()) error.set_value(values.values(i));
    rows.Put(kImportErrors, error);
  }
}

// The rows of an import in a table whose key is import and number.
template <class Row>
void DropNumbered(const table::TableSpec<Row>& table, const std::string& import,
                  engine::Rows& rows) {
  std::vector<int32_t> numbers;
  rows.Scan(
      table, "",
      [&](const Row& row) {
        numbers.push_back(row.number());
        return true;
      },
      import);
  for (const int32_t number : numbers) rows.Delete(table, import, number);
}

void DropErrors(const std::string& import, engine::Rows& rows) {
  std::vector<std::string> names;
  rows.Scan(
      kImportErrors, "",
      [&](const v1::ImportError& error) {
        names.push_back(error.name());
        return true;
      },
      table::StartsWith{import + "/importErrors/"});
  for (const std::string& name : names) rows.Delete(kImportErrors, name);
}

// What only an import that goes on needs.
void DropFile(const std::string& import, engine::Rows& rows) {
  DropNumbered(kImportStretches, import, rows);
  DropNumbered(kImportChunks, import, rows);
}

}  // namespace

std::string RunErrorsPrefix(const std::string& import, int64_t line) {
  return absl::StrFormat("%s/importErrors/%010d-1-", import, line);
}

void ProjectImport(const engine::Change<ImportModel>& change, engine::Rows& rows) {
  using Event = ImportModel::Event;
  const std::string& import = change.meta.name;
  switch (change.event.event_case()) {
    case Event::kChunkUploaded: {
      v1::ImportChunk chunk;
      chunk.set_import(import);
      chunk.set_number(change.event.chunk_uploaded().number());
      *chunk.mutable_personal() = change.event.chunk_uploaded().personal();
      rows.Put(kImportChunks, chunk);
      return;
    }
    case Event::kCheckStarted:
      DropNumbered(kImportStretches, import, rows);
      DropErrors(import, rows);
      return;
    case Event::kStretchChecked: {
      const v1::ImportStretchChecked& checked = change.event.stretch_checked();
      v1::ImportStretch stretch = checked.stretch();
      stretch.set_import(import);
      rows.Put(kImportStretches, stretch);
      PutErrors(checked.faults(), checked.personal(), change.meta, rows);
      return;
    }
    case Event::kRunContinued:
      PutErrors(change.event.run_continued().faults(), {}, change.meta, rows);
      return;
    case Event::kFinished:
      PutErrors(change.event.finished().faults(), {}, change.meta, rows);
      DropFile(import, rows);
      return;
    case Event::kFailed:
    case Event::kCancelled:
      DropFile(import, rows);
      return;
    case Event::kCreated:
    case Event::kRunStarted:
    case Event::EVENT_NOT_SET:
      return;
  }
}

void ProjectImportRefusal(const engine::Passed& passed, engine::Rows& rows) {
  if (passed.reaction != kOnImport || passed.target.starts_with(kImportsPrefix)) return;
  const std::string target = passed.reason.empty() ? "" : passed.target;
  v1::ImportRefusal refusal =
      rows.Get(kImportRefusals, passed.source, passed.source_revision, passed.partition, target)
          .value_or(v1::ImportRefusal());
  refusal.set_import(passed.source);
  refusal.set_revision(passed.source_revision);
  refusal.set_partition(passed.partition);
  refusal.set_target(target);
  refusal.set_reason(passed.reason);
  refusal.set_count(refusal.count() + 1);
  rows.Put(kImportRefusals, refusal);
}

}  // namespace crm::customer
