#include "services/customer/read/status_counts.h"

#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

void AddToCount(v1::CustomerStatus status, int partition, int64_t more, engine::Rows& rows) {
  v1::StatusCount count = rows.Get(kStatusCounts, status, partition).value_or(v1::StatusCount());
  count.set_status(status);
  count.set_partition(partition);
  count.set_customer_count(count.customer_count() + more);
  if (count.customer_count() == 0) {
    rows.Delete(kStatusCounts, status, partition);
  } else {
    rows.Put(kStatusCounts, count);
  }
}

// A merged customer counts with the one that stands for it.
bool Counts(const v1::Customer& customer) { return customer.merged_into().empty(); }

}  // namespace

void ProjectStatusCounts(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  const bool counted = change.before != nullptr && Counts(*change.before);
  const bool counts = Counts(change.after);
  if (counted && counts && change.before->status() == change.after.status()) return;
  if (counted) AddToCount(change.before->status(), change.meta.partition, -1, rows);
  if (counts) AddToCount(change.after.status(), change.meta.partition, +1, rows);
}

int64_t CountStatus(const engine::Snapshot& snapshot, v1::CustomerStatus status) {
  int64_t count = 0;
  snapshot.Scan(
      kStatusCounts, "",
      [&](const v1::StatusCount& row) {
        count += row.customer_count();
        return true;
      },
      status);
  return count;
}

}  // namespace crm::customer
