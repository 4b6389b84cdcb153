#include "libs/eventlog/embedded/end_mark.h"

#include <memory>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/hash.h"
#include "libs/eventlog/embedded/damage.h"

namespace crm::eventlog {
namespace {

// "<identity> <sequence> <hash of both>\n": for people too.
std::string Line(const EndMark& mark) {
  const std::string text = absl::StrCat(mark.identity, " ", mark.sequence);
  return absl::StrCat(text, " ", base::Sha256Hex(text), "\n");
}

}  // namespace

absl::StatusOr<std::optional<EndMark>> ReadEndMark(rocksdb::Env& env,
                                                   const std::string& directory) {
  const std::string file = absl::StrCat(directory, "/", kEndMarkFile);
  const rocksdb::Status exists = env.FileExists(file);
  if (exists.IsNotFound()) return std::nullopt;
  std::string text;
  const rocksdb::Status read = rocksdb::ReadFileToString(&env, file, &text);
  if (!read.ok()) return absl::UnavailableError(absl::StrCat(file, ": ", read.ToString()));
  const std::vector<std::string> words = absl::StrSplit(text, ' ');
  EndMark mark;
  if (words.size() == 3 && absl::SimpleAtoi(words[1], &mark.sequence)) mark.identity = words[0];
  if (mark.identity.empty() || text != Line(mark)) {
    return Damaged(directory,
                   {.file = kEndMarkFile,
                    .found = "the mark of the log's end cannot be read; the log may be "
                             "whole, and is checked without its mark once that is gone"});
  }
  return mark;
}

rocksdb::Status WriteEndMark(rocksdb::Env& env, const std::string& directory, const EndMark& mark) {
  const std::string file = absl::StrCat(directory, "/", kEndMarkFile);
  rocksdb::Status status =
      rocksdb::WriteStringToFile(&env, Line(mark), file + ".new", /*should_sync=*/true);
  if (status.ok()) status = env.RenameFile(file + ".new", file);
  std::unique_ptr<rocksdb::Directory> entries;
  if (status.ok()) status = env.NewDirectory(directory, &entries);
  return status.ok() ? entries->Fsync() : status;
}

}  // namespace crm::eventlog
