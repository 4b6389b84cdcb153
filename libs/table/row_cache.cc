#include "libs/table/row_cache.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace crm::table {
namespace {

// What an entry costs besides its bytes, about.
constexpr size_t kEntryBytes = 200;

size_t Cost(std::string_view key, const std::string& value) {
  return kEntryBytes + key.size() + value.size();
}

}  // namespace

RowCache::RowCache(size_t bytes_max) : shard_bytes_max_(bytes_max / std::size(shards_)) {}

RowCache::Shard& RowCache::ShardOf(std::string_view key) {
  return shards_[std::hash<std::string_view>()(key) % shards_.size()];
}

void RowCache::Shard::Drop(std::string_view key, const Row& row) {
  floor = std::max(floor, row.since);
  bytes -= Cost(key, *row.value);
  rows.Erase(key);
}

bool RowCache::Shard::MakeRoom(size_t bytes_max) {
  while (bytes > bytes_max) {
    const auto* oldest = rows.Oldest();
    if (oldest->value.writers > 0) return false;
    Drop(oldest->key, oldest->value);
  }
  return true;
}

RowCache::Value RowCache::Find(std::string_view key, Moment moment) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  const Row* row = shard.rows.Find(key);
  return row != nullptr && row->writers == 0 && row->since <= moment ? row->value : nullptr;
}

void RowCache::Fill(std::string_view key, Value value, Moment first, Moment last) {
  const size_t cost = Cost(key, *value);
  if (cost > shard_bytes_max_) return;
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  if (shard.other_writers > 0 || first < shard.floor || shard.rows.Find(key) != nullptr) return;
  if (!shard.MakeRoom(shard_bytes_max_ - cost)) return;
  shard.bytes += cost;
  shard.rows.Add(key, {std::move(value), last});
}

void RowCache::BeginWrite(std::string_view key) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  Row* row = shard.rows.Find(key);
  if (row == nullptr) {
    ++shard.other_writers;
    return;
  }
  row->unknown = row->unknown || row->writers > 0;
  ++row->writers;
}

void RowCache::EndWrite(std::string_view key, const std::string* value, Moment moment) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  Row* row = shard.rows.Find(key);
  if (row == nullptr) {
    --shard.other_writers;
    shard.floor = std::max(shard.floor, moment);
    return;
  }
  // Of all writers' the latest: what was read before the last of them must not come back.
  row->since = std::max(row->since, moment);
  row->unknown = row->unknown || value == nullptr;
  if (--row->writers > 0) return;
  if (row->unknown || Cost(key, *value) > shard_bytes_max_) return shard.Drop(key, *row);
  shard.bytes += value->size();
  shard.bytes -= row->value->size();
  row->value = std::make_shared<const std::string>(*value);
  shard.MakeRoom(shard_bytes_max_);
}

}  // namespace crm::table
