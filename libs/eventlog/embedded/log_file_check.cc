#include "libs/eventlog/embedded/log_file_check.h"

#include <algorithm>
#include <array>
#include <memory>

namespace crm::eventlog {
namespace {

// A block is a row of fragments: checksum u32 (masked crc32c of type and payload), length u16,
// type u8 (3: a middle fragment), payload; all little-endian. Less than a header at its end is left
// empty.
constexpr size_t kHeaderBytes = 7;
constexpr unsigned char kFull = 1;
constexpr unsigned char kFirst = 2;
constexpr unsigned char kLast = 4;
// A batch begins with the sequence number of its first row, u64.
constexpr size_t kSequenceBytes = 8;

uint64_t Little(std::string_view bytes) {
  uint64_t number = 0;
  for (size_t i = bytes.size(); i > 0; --i) {
    number = (number << 8) | static_cast<unsigned char>(bytes[i - 1]);
  }
  return number;
}

std::array<uint32_t, 256> Crc32cTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0U);
    table[i] = crc;
  }
  return table;
}

uint32_t MaskedCrc32c(std::string_view bytes) {
  static const std::array<uint32_t, 256> table = Crc32cTable();
  uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

// Bytes of the intact fragment at the begin of `bytes`; 0: there is none.
size_t FragmentAt(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes) return 0;
  const auto type = static_cast<unsigned char>(bytes[6]);
  const size_t length = Little(bytes.substr(4, 2));
  if (type < kFull || type > kLast || kHeaderBytes + length > bytes.size()) return 0;
  const bool intact = Little(bytes.substr(0, 4)) == MaskedCrc32c(bytes.substr(6, 1 + length));
  return intact ? kHeaderBytes + length : 0;
}

}  // namespace

void LogFileCheck::Feed(std::string_view block) {
  size_t at = 0;
  while (at < block.size()) {
    if (kBlockBytes - at < kHeaderBytes) break;
    const size_t size = FragmentAt(block.substr(at));
    if (size > 0) {
      Take(static_cast<unsigned char>(block[at + 6]),
           block.substr(at + kHeaderBytes, size - kHeaderBytes), at_ + at);
      at += size;
      continue;
    }
    Damaged(at_ + at);
    // The length cannot be believed, so the next fragment may begin anywhere.
    do ++at;
    while (at < block.size() && FragmentAt(block.substr(at)) == 0);
  }
  at_ += block.size();
}

void LogFileCheck::End() {
  if (unfinished_.has_value()) Damaged(*unfinished_);
}

void LogFileCheck::Damaged(uint64_t at) {
  if (!damaged_at_.has_value()) damaged_at_ = unfinished_.value_or(at);
  unfinished_.reset();
}

void LogFileCheck::Take(unsigned char type, std::string_view payload, uint64_t at) {
  const bool begins = type == kFull || type == kFirst;
  // A piece without its begin belongs to a damaged record.
  if (begins == unfinished_.has_value()) Damaged(at);
  if (begins) {
    head_.clear();
    unfinished_ = at;
  }
  if (!unfinished_.has_value()) return;
  const size_t had = head_.size();
  head_.append(payload.substr(0, kSequenceBytes - std::min(kSequenceBytes, had)));
  if (had < kSequenceBytes && head_.size() == kSequenceBytes) {
    durable_before_ = std::max(durable_before_, Little(head_));
  }
  if (type == kFull || type == kLast) unfinished_.reset();
}

rocksdb::Status CheckLogFile(rocksdb::Env& env, const std::string& file, LogFileCheck& check) {
  std::unique_ptr<rocksdb::SequentialFile> in;
  rocksdb::Status status = env.NewSequentialFile(file, &in, rocksdb::EnvOptions());
  if (!status.ok()) return status;
  std::string room(LogFileCheck::kBlockBytes, '\0');
  std::string block;
  while (true) {
    rocksdb::Slice read;
    status = in->Read(LogFileCheck::kBlockBytes - block.size(), &read, room.data());
    if (!status.ok()) return status;
    block.append(read.data(), read.size());
    if (!read.empty() && block.size() < LogFileCheck::kBlockBytes) continue;
    if (block.empty()) break;
    check.Feed(block);
    if (read.empty()) break;
    block.clear();
  }
  check.End();
  return status;
}

}  // namespace crm::eventlog
