// List: AIP-132 paging, AIP-160 filter (a subset: filter.h), order_by by index.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/table/filter.h"
#include "libs/table/limits.h"
#include "libs/table/read_view.h"
#include "libs/table/table_def.h"

namespace crm::table {

// What our own code adds to the caller's filter: the field has one of the values. Singular fields,
// or variables of the name. No values: nothing fits.
struct Predicate {
  std::string field;
  std::vector<KeyValue> any_of;
};

struct ListQuery {
  // Name of the parent, "" where the collection is at the root; "customers/-" for all parents
  // (AIP-159). Tables without a google.api.resource pattern take "" only.
  std::string parent;
  // Further parents of the same collection, none twice: what hangs on them is listed as if it hung
  // on the first. Not a part of the query that a page token is bound to. Cost: a walk for each.
  std::vector<std::string> parents_besides;
  std::string filter;
  // "close_time desc, name". Needs an index that gives this order.
  std::string order_by;
  int32_t page_size = 0;  // 0: kPageSizeDefault; more than kPageSizeMax counts as that.
  std::string page_token;
  std::vector<Predicate> predicates;
  // What the filter's values are compared with in maps (filter.h).
  KeyTypes key_types;
  int64_t rows_scanned_max = kRowsScannedMax;
};

struct ListResult {
  std::vector<StoredRow> rows;
  // "" on the last page. A page may be short, even empty, and have one: the scan was ended by a
  // limit.
  std::string next_page_token;
  int64_t rows_scanned = 0;
};

// One page. INVALID_ARGUMENT with field parent, filter, order_by, page_size or page_token;
// DATA_LOSS. Without order_by the order is that of the index chosen: the same for all pages of one
// query.
absl::StatusOr<ListResult> List(const ReadView& view, const TableDef& table,
                                const ListQuery& query);

}  // namespace crm::table
