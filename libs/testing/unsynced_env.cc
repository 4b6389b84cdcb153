#include "libs/testing/unsynced_env.h"

#include <algorithm>
#include <utility>

#include "libs/base/check.h"

namespace crm::testing {
namespace {

using rocksdb::Slice;
using rocksdb::Status;

std::string Directory(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::string WithoutSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

class UnsyncedFile : public rocksdb::WritableFileWrapper {
 public:
  UnsyncedFile(UnsyncedEnv& env, uint64_t epoch, std::shared_ptr<UnsyncedEnv::FileState> state,
               std::unique_ptr<rocksdb::WritableFile> file)
      : WritableFileWrapper(file.get()),
        env_(env),
        epoch_(epoch),
        state_(std::move(state)),
        file_(std::move(file)) {}

  Status Append(const Slice& data) override {
    const std::lock_guard lock(env_.mutex_);
    if (Status s = env_.Operate(epoch_); !s.ok()) return s;
    if (Status s = env_.Full(); !s.ok()) return s;
    const Status appended = file_->Append(data);
    if (appended.ok()) state_->size += data.size();
    return appended;
  }
  Status Append(const Slice& data, const rocksdb::DataVerificationInfo&) override {
    return Append(data);
  }
  Status PositionedAppend(const Slice&, uint64_t) override {
    return Status::NotSupported("positioned");
  }
  Status PositionedAppend(const Slice&, uint64_t, const rocksdb::DataVerificationInfo&) override {
    return Status::NotSupported("positioned");
  }
  Status Truncate(uint64_t size) override {
    const std::lock_guard lock(env_.mutex_);
    if (Status s = env_.Operate(epoch_); !s.ok()) return s;
    state_->size = std::min(state_->size, size);
    state_->synced = std::min(state_->synced, size);
    return file_->Truncate(size);
  }
  Status Sync() override {
    const std::lock_guard lock(env_.mutex_);
    if (Status s = env_.Operate(epoch_); !s.ok()) return s;
    if (env_.fail_syncs_) return Status::IOError("the sync failed, as told to");
    state_->synced = state_->size;
    ++env_.syncs_;
    return file_->Flush();
  }
  Status Fsync() override { return Sync(); }
  Status RangeSync(uint64_t, uint64_t) override { return Status::OK(); }  // Promises nothing.

 private:
  UnsyncedEnv& env_;
  const uint64_t epoch_;
  std::shared_ptr<UnsyncedEnv::FileState> state_;
  std::unique_ptr<rocksdb::WritableFile> file_;
};

class UnsyncedDirectory : public rocksdb::Directory {
 public:
  UnsyncedDirectory(UnsyncedEnv& env, uint64_t epoch, std::string name)
      : env_(env), epoch_(epoch), name_(WithoutSlash(std::move(name))) {}

  Status Fsync() override {
    const std::lock_guard lock(env_.mutex_);
    if (Status s = env_.Operate(epoch_); !s.ok()) return s;
    if (env_.fail_syncs_) return Status::IOError("the sync failed, as told to");
    env_.SyncDirectory(name_);
    return Status::OK();
  }
  Status Close() override { return Status::OK(); }

 private:
  UnsyncedEnv& env_;
  const uint64_t epoch_;
  const std::string name_;
};

void UnsyncedEnv::Crash() {
  const std::lock_guard lock(mutex_);
  crashed_ = true;
}

void UnsyncedEnv::CrashAfter(int64_t operations) {
  const std::lock_guard lock(mutex_);
  until_crash_ = operations;
}

bool UnsyncedEnv::crashed() const {
  const std::lock_guard lock(mutex_);
  return crashed_;
}

void UnsyncedEnv::FailSyncs(bool fail) {
  const std::lock_guard lock(mutex_);
  fail_syncs_ = fail;
}

void UnsyncedEnv::FillDisk(bool full) {
  const std::lock_guard lock(mutex_);
  full_ = full;
}

int64_t UnsyncedEnv::syncs() const {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

Status UnsyncedEnv::Operate(uint64_t epoch) {
  if (epoch != epoch_) return Status::IOError("opened before the power went");
  if (until_crash_ > 0 && --until_crash_ == 0) crashed_ = true;
  if (crashed_) return Status::IOError("the power is gone");
  return Status::OK();
}

Status UnsyncedEnv::OperateNow() { return Operate(epoch_); }

Status UnsyncedEnv::Full() const {
  return full_ ? Status::NoSpace("the disk is full") : Status::OK();
}

void UnsyncedEnv::Remember(const std::string& name) {
  Entry entry{name, target()->FileExists(name).ok(), {}};
  if (entry.replaced) entry.before = Contents(name);
  unsynced_[Directory(name)].push_back(std::move(entry));
}

void UnsyncedEnv::SyncDirectory(const std::string& name) { unsynced_.erase(name); }

Status UnsyncedEnv::NewWritableFile(const std::string& name,
                                    std::unique_ptr<rocksdb::WritableFile>* out,
                                    const rocksdb::EnvOptions& options) {
  const std::lock_guard lock(mutex_);
  if (Status s = OperateNow(); !s.ok()) return s;
  if (Status s = Full(); !s.ok()) return s;
  Remember(name);
  // Mapped and direct writes have rules of their own; what is shown here does not depend on them.
  rocksdb::EnvOptions plain = options;
  plain.use_mmap_writes = false;
  plain.use_direct_writes = false;
  std::unique_ptr<rocksdb::WritableFile> file;
  if (Status s = target()->NewWritableFile(name, &file, plain); !s.ok()) return s;
  auto state = std::make_shared<FileState>();
  files_[name] = state;
  *out = std::make_unique<UnsyncedFile>(*this, epoch_, std::move(state), std::move(file));
  return Status::OK();
}

Status UnsyncedEnv::ReopenWritableFile(const std::string&, std::unique_ptr<rocksdb::WritableFile>*,
                                       const rocksdb::EnvOptions&) {
  return Status::NotSupported("reopening a file for writing");
}

Status UnsyncedEnv::ReuseWritableFile(const std::string&, const std::string&,
                                      std::unique_ptr<rocksdb::WritableFile>*,
                                      const rocksdb::EnvOptions&) {
  return Status::NotSupported("reusing a file");
}

Status UnsyncedEnv::NewRandomRWFile(const std::string&, std::unique_ptr<rocksdb::RandomRWFile>*,
                                    const rocksdb::EnvOptions&) {
  return Status::NotSupported("writing within a file");
}

Status UnsyncedEnv::NewDirectory(const std::string& name,
                                 std::unique_ptr<rocksdb::Directory>* out) {
  const std::lock_guard lock(mutex_);
  *out = std::make_unique<UnsyncedDirectory>(*this, epoch_, name);
  return Status::OK();
}

Status UnsyncedEnv::DeleteFile(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (Status s = OperateNow(); !s.ok()) return s;
  files_.erase(name);
  const auto directory = unsynced_.find(Directory(name));
  if (directory != unsynced_.end()) {
    std::erase_if(directory->second, [&](const Entry& entry) { return entry.name == name; });
  }
  return target()->DeleteFile(name);
}

Status UnsyncedEnv::RenameFile(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (Status s = OperateNow(); !s.ok()) return s;
  Remember(to);
  if (Status s = target()->RenameFile(from, to); !s.ok()) return s;
  const auto moved = files_.find(from);
  if (moved != files_.end()) {
    files_[to] = moved->second;
    files_.erase(from);
  }
  std::erase_if(unsynced_[Directory(from)], [&](const Entry& entry) { return entry.name == from; });
  return Status::OK();
}

Status UnsyncedEnv::LinkFile(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (Status s = OperateNow(); !s.ok()) return s;
  Remember(to);
  if (Status s = target()->LinkFile(from, to); !s.ok()) return s;
  const auto found = files_.find(from);
  if (found != files_.end()) files_[to] = found->second;
  return Status::OK();
}

Status UnsyncedEnv::Truncate(const std::string& name, size_t size) {
  const std::lock_guard lock(mutex_);
  if (Status s = OperateNow(); !s.ok()) return s;
  const auto found = files_.find(name);
  if (found != files_.end()) {
    found->second->size = std::min<uint64_t>(found->second->size, size);
    found->second->synced = std::min<uint64_t>(found->second->synced, size);
  }
  return target()->Truncate(name, size);
}

void UnsyncedEnv::Restart(Loss loss, uint64_t seed) {
  const std::lock_guard lock(mutex_);
  std::mt19937_64 random(seed);
  for (auto& [name, state] : files_) LoseEnd(name, *state, loss, random);
  for (auto& [directory, entries] : unsynced_) {
    // The last first: a name that changed twice goes back two steps. What a disk has kept of a
    // directory is what came first.
    const size_t kept = loss == Loss::kTorn ? random() % (entries.size() + 1) : 0;
    for (size_t i = entries.size(); i > kept; --i) LoseEntry(entries[i - 1]);
  }
  unsynced_.clear();
  files_.clear();
  crashed_ = false;
  until_crash_ = -1;
  ++epoch_;
}

void UnsyncedEnv::LoseEnd(const std::string& name, FileState& state, Loss loss,
                          std::mt19937_64& random) {
  if (state.synced == state.size || !target()->FileExists(name).ok()) return;
  std::string bytes = Contents(name);
  const uint64_t unsynced = state.size - state.synced;
  const uint64_t kept = loss == Loss::kTorn ? random() % (unsynced + 1) : 0;
  bytes.resize(std::min<uint64_t>(bytes.size(), state.synced + kept));
  if (kept > 0 && random() % 2 == 0) {
    bytes[state.synced + random() % kept] ^= static_cast<char>(1 << (random() % 8));
  }
  Rewrite(name, bytes);
  state.size = state.synced = bytes.size();  // It may have a second name.
}

void UnsyncedEnv::LoseEntry(const Entry& entry) {
  if (entry.replaced) {
    Rewrite(entry.name, entry.before);
  } else if (target()->FileExists(entry.name).ok()) {
    base::Check(target()->DeleteFile(entry.name).ok(), "a file of a test can be deleted");
  }
}

std::string UnsyncedEnv::Contents(const std::string& name) {
  std::string bytes;
  base::Check(rocksdb::ReadFileToString(target(), name, &bytes).ok(),
              "a file of a test can be read");
  return bytes;
}

void UnsyncedEnv::Rewrite(const std::string& name, const std::string& bytes) {
  base::Check(rocksdb::WriteStringToFile(target(), bytes, name).ok(),
              "a file of a test can be written");
}

}  // namespace crm::testing
