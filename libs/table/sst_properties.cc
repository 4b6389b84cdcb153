#include "libs/table/sst_properties.h"

#include <google/protobuf/io/coded_stream.h>
#include <xxhash.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "libs/table/store.h"

namespace crm::table {
namespace {

using google::protobuf::io::CodedInputStream;

// RocksDB's block based format, version 5 (its format.h, block_based_table_reader.cc):
//   block    = contents, 1 byte compression, 4 bytes checksum, little-endian
//   footer   = 1 byte checksum type, handle of the metaindex, handle of the index, padding,
//              4 bytes version, 8 bytes magic; the last 53 bytes of a file
//   handle   = varint offset, varint size of the contents
//   contents = entries, 4 bytes for each restart, 4 bytes their number; of the metaindex:
//   entry    = varint 0, varint size of the key, varint size of the value, key, value
constexpr uint64_t kFooterBytes = 53;
constexpr uint64_t kTrailerBytes = 5;
constexpr std::string_view kMagicAndVersion("\5\0\0\0\xf7\xcf\xf4\x85\xb7\x41\xe2\x88", 12);
constexpr char kXxh3 = 4;
constexpr uint64_t kBlockBytesMax = 1 << 20;

struct Handle {
  uint64_t offset = 0, size = 0;
};

CodedInputStream StreamOf(std::string_view bytes) {
  return CodedInputStream(reinterpret_cast<const uint8_t*>(bytes.data()),
                          static_cast<int>(bytes.size()));
}

std::optional<Handle> HandleIn(std::string_view bytes) {
  CodedInputStream stream = StreamOf(bytes);
  Handle handle;
  if (!stream.ReadVarint64(&handle.offset) || !stream.ReadVarint64(&handle.size))
    return std::nullopt;
  return handle;
}

class TableFile {
 public:
  TableFile(std::unique_ptr<rocksdb::RandomAccessFile> file, uint64_t size)
      : file_(std::move(file)), size_(size) {}

  // nullopt: there is not so much.
  std::optional<std::string> Read(uint64_t offset, uint64_t size) const {
    if (size > kBlockBytesMax || offset > size_ || size > size_ - offset) return std::nullopt;
    std::string bytes(size, '\0');
    rocksdb::Slice read;
    if (!file_->Read(offset, size, &read, bytes.data()).ok() || read.size() != size) {
      return std::nullopt;
    }
    return read.ToString();
  }

  // The contents with their trailer.
  std::optional<std::string> ReadBlock(Handle handle) const {
    if (handle.size > kBlockBytesMax) return std::nullopt;
    return Read(handle.offset, handle.size + kTrailerBytes);
  }

  uint64_t size() const { return size_; }

 private:
  std::unique_ptr<rocksdb::RandomAccessFile> file_;
  uint64_t size_;
};

bool IsWhole(std::string_view block) {
  const std::string_view contents = block.substr(0, block.size() - kTrailerBytes);
  const std::string_view trailer = block.substr(contents.size());
  // The compression counts too.
  auto sum = static_cast<uint32_t>(XXH3_64bits(contents.data(), contents.size()));
  sum ^= static_cast<uint8_t>(trailer[0]) * 0x6b9083d9U;
  for (size_t i = 1; i < kTrailerBytes; ++i, sum >>= 8) {
    if (static_cast<uint8_t>(trailer[i]) != (sum & 0xff)) return false;
  }
  return true;
}

std::optional<Handle> FindProperties(std::string_view metaindex) {
  CodedInputStream stream = StreamOf(metaindex);
  uint32_t shared = 0, key_size = 0, value_size = 0;
  std::string key, value;
  while (stream.ReadVarint32(&shared) && shared == 0 && stream.ReadVarint32(&key_size) &&
         stream.ReadVarint32(&value_size) && key_size <= metaindex.size() &&
         value_size <= metaindex.size() && stream.ReadString(&key, static_cast<int>(key_size)) &&
         stream.ReadString(&value, static_cast<int>(value_size))) {
    if (key == "rocksdb.properties") return HandleIn(value);
  }
  return std::nullopt;
}

// nullopt: the way to them is damaged or not of this format.
std::optional<std::string> ReadProperties(const TableFile& file) {
  if (file.size() < kFooterBytes) return std::nullopt;
  const auto footer = file.Read(file.size() - kFooterBytes, kFooterBytes);
  if (!footer.has_value() || !footer->ends_with(kMagicAndVersion) || footer->front() != kXxh3) {
    return std::nullopt;
  }
  const auto at = HandleIn(std::string_view(*footer).substr(1));
  if (!at.has_value()) return std::nullopt;
  const auto metaindex = file.ReadBlock(*at);
  if (!metaindex.has_value() || !IsWhole(*metaindex)) return std::nullopt;
  const auto properties = FindProperties(*metaindex);
  return properties.has_value() ? file.ReadBlock(*properties) : std::nullopt;
}

}  // namespace

absl::Status CheckProperties(rocksdb::Env& env, const std::string& directory) {
  std::vector<std::string> names;
  if (!env.GetChildren(directory, &names).ok()) return absl::OkStatus();
  for (const std::string& name : names) {
    if (!name.ends_with(".sst")) continue;
    const std::string path = directory + "/" + name;
    uint64_t size = 0;
    std::unique_ptr<rocksdb::RandomAccessFile> opened;
    if (!env.GetFileSize(path, &size).ok() ||
        !env.NewRandomAccessFile(path, &opened, rocksdb::EnvOptions()).ok()) {
      continue;
    }
    const auto block = ReadProperties(TableFile(std::move(opened), size));
    if (block.has_value() && !IsWhole(*block)) return Corrupt("properties of " + name);
  }
  return absl::OkStatus();
}

}  // namespace crm::table
