// A RocksDB Env over a disk that loses what was not synced when the power goes: for showing that
// what was acknowledged survives, and that a failing disk is not taken for a working one.
#pragma once

#include <rocksdb/env.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace crm::testing {

// Thread-safe. Syncs are only recorded, not passed on to the machine: they cost nothing here.
class UnsyncedEnv : public rocksdb::EnvWrapper {
 public:
  // `base` is not owned; it is where the files lie.
  explicit UnsyncedEnv(rocksdb::Env* base) : rocksdb::EnvWrapper(base) {}

  // The power goes: from now on nothing can be written. Whoever has files open should then be
  // destroyed.
  void Crash();
  // The power goes at the `operations`th write, sync, rename, creation or deletion from now.
  void CrashAfter(int64_t operations);
  bool crashed() const;

  enum class Loss {
    kAll,   // Everything that was not synced is gone: ends of files, and files whose directory was
            // not synced.
    kTorn,  // By chance: of an unsynced end some part is left, perhaps with a wrong byte in it.
  };
  // The power is back, and what was lost is seen. Files opened earlier stay dead.
  void Restart(Loss loss, uint64_t seed = 1);

  // While set, syncs fail and make nothing durable.
  void FailSyncs(bool fail);
  // While set, writes and creations fail: the disk is full.
  void FillDisk(bool full);
  // Syncs of files that succeeded, since the start.
  int64_t syncs() const;

  using EnvWrapper::DeleteFile;
  rocksdb::Status NewWritableFile(const std::string& name,
                                  std::unique_ptr<rocksdb::WritableFile>* out,
                                  const rocksdb::EnvOptions& options) override;
  rocksdb::Status ReopenWritableFile(const std::string& name,
                                     std::unique_ptr<rocksdb::WritableFile>* out,
                                     const rocksdb::EnvOptions& options) override;
  rocksdb::Status ReuseWritableFile(const std::string& name, const std::string& old_name,
                                    std::unique_ptr<rocksdb::WritableFile>* out,
                                    const rocksdb::EnvOptions& options) override;
  rocksdb::Status NewRandomRWFile(const std::string& name,
                                  std::unique_ptr<rocksdb::RandomRWFile>* out,
                                  const rocksdb::EnvOptions& options) override;
  rocksdb::Status NewDirectory(const std::string& name,
                               std::unique_ptr<rocksdb::Directory>* out) override;
  rocksdb::Status DeleteFile(const std::string& name) override;
  rocksdb::Status RenameFile(const std::string& from, const std::string& to) override;
  rocksdb::Status LinkFile(const std::string& from, const std::string& to) override;
  rocksdb::Status Truncate(const std::string& name, size_t size) override;

 private:
  friend class UnsyncedFile;
  friend class UnsyncedDirectory;

  struct FileState {
    uint64_t size = 0;
    uint64_t synced = 0;
  };
  // A name that its directory may forget.
  struct Entry {
    std::string name;
    bool replaced = false;  // It had been another file, with these bytes.
    std::string before;
  };

  // Counts one operation of a file opened in `epoch`; not OK when the power is gone.
  rocksdb::Status Operate(uint64_t epoch);
  rocksdb::Status OperateNow();
  rocksdb::Status Full() const;
  void Remember(const std::string& name);
  void SyncDirectory(const std::string& name);
  void LoseEnd(const std::string& name, FileState& state, Loss loss, std::mt19937_64& random);
  void LoseEntry(const Entry& entry);
  std::string Contents(const std::string& name);
  void Rewrite(const std::string& name, const std::string& bytes);

  mutable std::mutex mutex_;
  bool crashed_ = false;  // Guarded by mutex_, as all below.
  uint64_t epoch_ = 0;
  int64_t until_crash_ = -1;
  bool fail_syncs_ = false;
  bool full_ = false;
  int64_t syncs_ = 0;
  std::map<std::string, std::shared_ptr<FileState>> files_;  // Shared with the open files.
  std::map<std::string, std::vector<Entry>> unsynced_;  // By directory, in the order of making.
};

}  // namespace crm::testing
