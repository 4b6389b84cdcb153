#include "libs/rpc/wire.h"

#include <algorithm>
#include <utility>

#include "libs/base/check.h"

namespace crm::rpc {
namespace {

// Below it, one allocation and a copy are cheaper than the two allocations that moving needs.
constexpr size_t kMoveBytesMin = 2'048;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

bool IsValueCharacter(char c) { return c >= 0x20 && c <= 0x7E; }

}  // namespace

grpc::Slice Flatten(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.Valid() || buffer.Length() == 0 || buffer.TrySingleSlice(&slice).ok()) return slice;
  base::Check(buffer.DumpToSingleSlice(&slice).ok(), "received bytes can be read");
  return slice;
}

std::string_view ViewOf(const grpc::Slice& slice) {
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

grpc::ByteBuffer BufferOf(std::string bytes) {
  if (bytes.size() < kMoveBytesMin) {
    const grpc::Slice slice(bytes.data(), bytes.size());
    return grpc::ByteBuffer(&slice, 1);
  }
  auto owner = std::make_unique<std::string>(std::move(bytes));
  char* const data = owner->data();
  const size_t size = owner->size();
  const grpc::Slice slice(
      data, size, [](void* moved) { delete static_cast<std::string*>(moved); }, owner.release());
  return grpc::ByteBuffer(&slice, 1);
}

MetadataList CopyMetadata(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  MetadataList list;
  list.reserve(metadata.size());
  for (const auto& [name, value] : metadata) {
    list.emplace_back(std::string(name.data(), name.size()),
                      std::string(value.data(), value.size()));
  }
  return list;
}

bool IsSendable(std::string_view name, std::string_view value) {
  if (name.empty() || !std::all_of(name.begin(), name.end(), IsNameCharacter)) return false;
  if (name.starts_with("grpc-") && name != "grpc-retry-pushback-ms") return false;
  return name.ends_with("-bin") || std::all_of(value.begin(), value.end(), IsValueCharacter);
}

}  // namespace crm::rpc
