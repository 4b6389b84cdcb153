// Plan: which keys a list walks, and what is left to be checked on each row.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/table/filter.h"
#include "libs/table/order.h"
#include "libs/table/table_def.h"

namespace crm::table {

// What must be true of a row: all of `conjuncts`. The first `parent_conjuncts` of them are the
// variables that the parent binds; where these are the leading ones of the name, all names begin
// with `name_prefix` and nothing more is asked of the parent ("" otherwise).
struct Conditions {
  std::vector<Filter> conjuncts;
  int parent_conjuncts = 0;
  std::string name_prefix;
  // Whether name_prefix says all that the parent conjuncts say.
  bool prefix_is_parent = false;
};

struct Plan {
  const IndexDef* index = nullptr;
  std::string begin, end;  // Keys walked: begin <= key < end.
  std::string equal;       // How all of them begin, by what the conditions hold equal.
  bool reverse = false;
  // To be checked on the row; they live in the conditions.
  std::vector<const Filter*> residual;
};

// The index with the longest run of equalities, then a range, in the order asked for; the primary
// key when others are not better. INVALID_ARGUMENT with field "order_by", naming the field, when no
// index gives the order.
absl::StatusOr<Plan> MakePlan(const TableDef& table, const Conditions& conditions,
                              const std::vector<OrderField>& order);

}  // namespace crm::table
