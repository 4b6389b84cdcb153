// The file of an import as a stream, from the parts that are rows of a table.
#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <streambuf>
#include <string>

#include "crm/customer/v1/import.pb.h"
#include "libs/engine/model.h"
#include "libs/files/csv.h"

namespace crm::customer {

// Reads a part when the one before is used up, so that a stretch reads no more than it needs.
class ImportFile : public std::streambuf {
 public:
  // From a byte of the file on. `snapshot` must outlive it.
  ImportFile(std::string import, int64_t offset, const engine::Snapshot& snapshot);

 protected:
  int_type underflow() override;

 private:
  const std::string import_;
  const engine::Snapshot& snapshot_;
  int32_t number_;  // Of the part that is read next.
  size_t skip_;     // Bytes of it that are not wanted.
  std::string content_;
};

// How the letters of the file are coded: as it was said, else as they are. Cost: the whole file.
v1::ImportEncoding EncodingOf(const v1::Import& import, const engine::Snapshot& snapshot);

// Turns bytes of that encoding into UTF-8; none for UTF-8 itself. Not thread-safe.
files::Decode DecodeOf(v1::ImportEncoding encoding);

}  // namespace crm::customer
