// What customers and contacts do alike when they are merged: remember it, and keep what it changed.
#pragma once

#include <google/protobuf/repeated_field.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "crm/customer/v1/customer_merge.pb.h"
#include "libs/engine/model.h"
#include "libs/table/spec.h"

namespace crm::customer {

// Those that can be merged into one and be so at a time, merges that one remembers, and resources
// that are named when a merge is taken back.
inline constexpr int kAbsorbedMax = 100;
inline constexpr int kMergesMax = 100;
inline constexpr int kKeptMax = 100;

// nullptr: the case is not remembered.
template <class Merge>
const Merge* Remembered(const google::protobuf::RepeatedPtrField<Merge>& merges,
                        const std::string& merge_case) {
  const auto found = std::find_if(merges.rbegin(), merges.rend(), [&](const auto& merge) {
    return merge.merge_case() == merge_case;
  });
  return found == merges.rend() ? nullptr : &*found;
}

// The outcome of a case, in place of an earlier one.
template <class Merge>
void RememberMerge(Merge merge, google::protobuf::RepeatedPtrField<Merge>& merges) {
  for (Merge& known : merges) {
    if (known.merge_case() != merge.merge_case()) continue;
    known = std::move(merge);
    return;
  }
  if (merges.size() == kMergesMax) merges.DeleteSubrange(0, 1);
  *merges.Add() = std::move(merge);
}

// Without the name of the other.
template <class Merge>
Merge MergeOf(const std::string& merge_case, v1::MergeRole role, v1::MergeOutcome outcome,
              const google::protobuf::Timestamp& time) {
  Merge merge;
  merge.set_merge_case(merge_case);
  merge.set_role(role);
  merge.set_outcome(outcome);
  *merge.mutable_outcome_time() = time;
  return merge;
}

inline void RemoveName(const std::string& name,
                       google::protobuf::RepeatedPtrField<std::string>& names) {
  names.erase(std::remove(names.begin(), names.end(), name), names.end());
}

// The merge is gone: merges of later rest on what was before it. `rebase(gone, later)` makes the
// later one what it would be without.
template <class Undo, class Rebase>
void DropUndo(const table::TableSpec<Undo>& table, const std::string& survivor,
              const std::string& merge_case, engine::Rows& rows, const Rebase& rebase) {
  const auto gone = rows.Get(table, survivor, merge_case);
  if (!gone.has_value()) return;
  rows.Delete(table, survivor, merge_case);
  std::vector<Undo> later;
  rows.Scan(
      table, "",
      [&](const Undo& undo) {
        if (undo.revision() > gone->revision()) later.push_back(undo);
        return true;
      },
      survivor);
  for (Undo& undo : later) {
    rebase(*gone, undo);
    rows.Put(table, undo);
  }
}

}  // namespace crm::customer
