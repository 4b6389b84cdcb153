#include "tests/bench/dump.h"

#include <rocksdb/db.h>

#include <filesystem>
#include <memory>

#include "libs/base/check.h"

namespace crm::bench {

Dump DumpTables(const std::string& directory, const std::string& service) {
  std::string path;
  for (const auto& entry : std::filesystem::directory_iterator(directory + "/" + service)) {
    const std::string name = entry.path().filename().string();
    // Others were put aside.
    if (name.starts_with("tables-") && name.find('.') == std::string::npos)
      path = entry.path().string();
  }
  base::Check(!path.empty(), "there are tables of " + service);
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(rocksdb::Options(), path, &opened);
  base::Check(status.ok(), status.ToString());
  const std::unique_ptr<rocksdb::DB> database(opened);
  const std::unique_ptr<rocksdb::Iterator> all(database->NewIterator(rocksdb::ReadOptions()));
  Dump dump;
  for (all->SeekToFirst(); all->Valid(); all->Next()) {
    dump[all->key().ToString()] = all->value().ToString();
  }
  base::Check(all->status().ok(), all->status().ToString());
  return dump;
}

}  // namespace crm::bench
