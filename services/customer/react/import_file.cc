#include "services/customer/react/import_file.h"

#include <algorithm>
#include <utility>

#include "libs/files/encoding.h"
#include "services/customer/domain/import.h"
#include "services/customer/read/exchange_tables.h"

namespace crm::customer {

ImportFile::ImportFile(std::string import, int64_t offset, const engine::Snapshot& snapshot)
    : import_(std::move(import)),
      snapshot_(snapshot),
      number_(static_cast<int32_t>(offset / kImportChunkBytes)),
      skip_(static_cast<size_t>(offset % kImportChunkBytes)) {}

ImportFile::int_type ImportFile::underflow() {
  auto chunk = snapshot_.Get(kImportChunks, import_, number_);
  if (!chunk.has_value()) return traits_type::eof();
  ++number_;
  content_ = std::move(*chunk->mutable_personal()->mutable_content());
  const size_t skip = std::min(std::exchange(skip_, 0), content_.size());
  setg(content_.data(), content_.data() + skip, content_.data() + content_.size());
  return gptr() == egptr() ? underflow() : traits_type::to_int_type(*gptr());
}

v1::ImportEncoding EncodingOf(const v1::Import& import, const engine::Snapshot& snapshot) {
  if (import.encoding() != v1::IMPORT_ENCODING_UNSPECIFIED) return import.encoding();
  files::EncodingFinder finder;
  snapshot.Scan(
      kImportChunks, "",
      [&](const v1::ImportChunk& chunk) {
        finder.Add(chunk.personal().content());
        return true;
      },
      import.name());
  return finder.IsUtf8() ? v1::IMPORT_ENCODING_UTF8 : v1::IMPORT_ENCODING_GB18030;
}

files::Decode DecodeOf(v1::ImportEncoding encoding) {
  if (encoding != v1::IMPORT_ENCODING_GB18030) return nullptr;
  // Shared: a function object is copied.
  auto decoder = std::make_shared<files::Gb18030Decoder>();
  return [decoder](std::string_view bytes) { return decoder->Decode(bytes); };
}

}  // namespace crm::customer
