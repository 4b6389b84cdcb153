// RowCache: values of rows as readers last saw them, so that what is asked for often is not looked
// up in RocksDB each time. Readers put rows in, each write of a row in it replaces it, and what it
// gives out is exactly what RocksDB would give at that moment.
//
// Why it never gives anything else: an entry {value, since} is the row in every snapshot from
// `since` on, until a write of the row begins. A write is announced before RocksDB has it, so
// whoever has a snapshot with the write in it finds the entry closed or renewed. What a reader has
// looked up is taken only when no write of the row can have come between: none is under way, the
// row has no entry, and no entry that went away was younger than the reader's moment (`floor`).
#pragma once

#include <rocksdb/types.h>

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/base/lru_map.h"

namespace crm::table {

// Keys of rows with what is written there; nullptr: the row is deleted.
using RowWrites = std::vector<std::pair<std::string_view, const std::string*>>;

// Thread-safe.
class RowCache {
 public:
  // Shared with the readers that it was given to, for as long as they look at it.
  using Value = std::shared_ptr<const std::string>;
  using Moment = rocksdb::SequenceNumber;
  // A moment after all others, for reads without a snapshot.
  static constexpr Moment kNow = std::numeric_limits<Moment>::max();

  // About as many bytes as it may take; 0: it holds nothing.
  explicit RowCache(size_t bytes_max);
  RowCache(const RowCache&) = delete;
  RowCache& operator=(const RowCache&) = delete;

  // The row as of `moment`; nullptr: not known here.
  Value Find(std::string_view key, Moment moment);
  // `value` was read from RocksDB at some moment from `first` to `last`.
  void Fill(std::string_view key, Value value, Moment first, Moment last);
  // Before RocksDB is given a write of the row, and when it has taken it: `moment` is not before
  // that of the write. nullptr: the row is deleted, or nobody knows.
  void BeginWrite(std::string_view key);
  void EndWrite(std::string_view key, const std::string* value, Moment moment);

 private:
  struct Row {
    Value value;
    Moment since = 0;
    int writers = 0;       // While there is one, nobody is given the value.
    bool unknown = false;  // What it is after them: writers met, one failed, or it is deleted.
  };
  struct Shard {
    std::mutex mutex;
    base::LruMap<Row> rows;
    size_t bytes = 0;
    // The youngest of what went away, and of writes of rows that are not here.
    Moment floor = 0;
    int other_writers = 0;  // Of rows that are not here.

    void Drop(std::string_view key, const Row& row);
    // Takes out what was used longest ago. False: it is being written just now.
    bool MakeRoom(size_t bytes_max);
  };

  Shard& ShardOf(std::string_view key);

  const size_t shard_bytes_max_;
  std::array<Shard, 64> shards_;
};

}  // namespace crm::table
