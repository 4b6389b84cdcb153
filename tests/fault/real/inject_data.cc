// A disk that is full, and tables that are not what was written.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/fault/real/injections.h"

namespace crm::fault {
namespace {

namespace fs = std::filesystem;

constexpr size_t kDamageEvery = 512;

// Files of the replica's tables whose name has this in it.
std::vector<fs::path> TableFiles(const std::string& data, const std::string& part) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(data)) {
    if (entry.is_regular_file() && absl::StrContains(entry.path().filename().string(), part)) {
      files.push_back(entry.path());
    }
  }
  return files;
}

// Directories that were found damaged, which are removed: there is no use for them any more.
int TakeAside(const std::string& data) {
  std::vector<fs::path> aside;
  for (const auto& entry : fs::directory_iterator(data + "/customer")) {
    if (absl::StrContains(entry.path().filename().string(), ".damaged-")) {
      aside.push_back(entry.path());
    }
  }
  for (const fs::path& path : aside) fs::remove_all(path);
  return static_cast<int>(aside.size());
}

// Kills the owner, damages what it has, and has it start until it is ready.
void Damage(Scene& scene, const std::function<int(const std::string& data)>& damage) {
  const int owner = scene.cluster.BusiestOwner();
  e2e::Service& service = scene.cluster.replica(owner);
  const std::string data = service.data_directory();
  e2e::Until("there are tables on disk", [&] { return !TableFiles(data, ".sst").empty(); });
  scene.recorder.Mark(scene.kind, absl::StrCat("r", owner + 1), scene.cluster.OwnedBy(owner));
  service.Kill();
  const int damaged = damage(data);
  EXPECT_GT(damaged, 0) << "nothing was damaged";
  int aside = 0;
  int starts = StartUntilReady(scene, owner);
  // A damaged block is noticed when it is read.
  e2e::Until("the damage is noticed", [&] {
    starts += StartUntilReady(scene, owner);
    aside = TakeAside(data);
    return aside > 0;
  });
  starts += StartUntilReady(scene, owner);
  scene.note = absl::StrCat(damaged, " files damaged, ", starts, " starts");
}

int FlipBytes(const std::string& data) {
  int damaged = 0;
  for (const fs::path& path : TableFiles(data, ".sst")) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = fs::file_size(path);
    for (size_t at = kDamageEvery / 2; at < size; at += kDamageEvery) {
      file.seekg(static_cast<std::streamoff>(at));
      const char flipped = static_cast<char>(file.get() ^ 0x10);
      file.seekp(static_cast<std::streamoff>(at));
      file.put(flipped);
    }
    ++damaged;
  }
  return damaged;
}

int TruncateManifest(const std::string& data) {
  const std::vector<fs::path> manifests = TableFiles(data, "MANIFEST-");
  // Within the first record: what is cut off at a record's end cannot be told from an older state.
  for (const fs::path& path : manifests) fs::resize_file(path, 20);
  return static_cast<int>(manifests.size());
}

int DeleteTables(const std::string& data) {
  const std::vector<fs::path> tables = TableFiles(data, ".sst");
  for (const fs::path& path : tables) fs::remove(path);
  return static_cast<int>(tables.size());
}

void CorruptSst(Scene& scene) { Damage(scene, FlipBytes); }
void TruncatedManifest(Scene& scene) { Damage(scene, TruncateManifest); }
void DeletedTables(Scene& scene) { Damage(scene, DeleteTables); }

// The whole directory gone: nothing is there to be put aside.
void DeletedFolder(Scene& scene) {
  const int owner = scene.cluster.BusiestOwner();
  e2e::Service& service = scene.cluster.replica(owner);
  scene.recorder.Mark(scene.kind, absl::StrCat("r", owner + 1), scene.cluster.OwnedBy(owner));
  service.Kill();
  fs::remove_all(service.data_directory());
  StartUntilReady(scene, owner);
}

void FillUp(const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  const std::string block(1 << 16, 'x');
  while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
  }
}

void DiskFull(Scene& scene) {
  if (!scene.can_mount) {
    scene.note = "skipped: no right to mount a small disk";
    return;
  }
  const int owner = scene.cluster.BusiestOwner();
  e2e::Service& service = scene.cluster.replica(owner);
  const std::string data = service.data_directory();
  EXPECT_EQ(service.Stop(), 0);
  // Twice what a start asks for.
  EXPECT_EQ(mount("tmpfs", data.c_str(), "tmpfs", 0, "size=192m"), 0) << strerror(errno);
  service.Start();
  service.WaitUntilReady();
  e2e::Until("it owns some", [&] { return !scene.cluster.OwnedBy(owner).empty(); });
  scene.recorder.Mark(scene.kind, absl::StrCat("r", owner + 1), scene.cluster.OwnedBy(owner));
  FillUp(data + "/ballast");
  e2e::Until("the full disk is noticed", [&] {
    const e2e::HttpAnswer answer = service.Readyz();
    scene.note = !service.Running()   ? "ended"
                 : answer.code == 503 ? answer.body.substr(0, answer.body.find('\n'))
                                      : "";
    return !scene.note.empty();
  });
  scene.load.WaitForAllPartitions("while a disk is full");
  fs::remove(data + "/ballast");
  StartUntilReady(scene, owner);
  scene.load.WaitForAllPartitions("with room again");
  EXPECT_EQ(service.Stop(), 0);
  EXPECT_EQ(umount(data.c_str()), 0) << strerror(errno);
  service.Start();  // On the tables of before, which catch up.
}

}  // namespace

std::vector<Injection> DataInjections() {
  return {{"disk-full", DiskFull},
          {"corrupt-sst", CorruptSst},
          {"truncated-manifest", TruncatedManifest},
          {"deleted-tables", DeletedTables},
          {"deleted-folder", DeletedFolder}};
}

}  // namespace crm::fault
