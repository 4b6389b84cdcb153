#include "libs/eventlog/embedded/codec.h"

#include <algorithm>

namespace crm::eventlog {
namespace {

void PutBig(std::string& out, uint64_t number, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(number >> (8 * i)));
}

uint64_t TakeBig(std::string_view& in, int bytes) {
  uint64_t number = 0;
  for (int i = 0; i < bytes; ++i) number = (number << 8) | static_cast<unsigned char>(in[i]);
  in.remove_prefix(bytes);
  return number;
}

void PutVarint(std::string& out, uint32_t number) {
  for (; number >= 0x80; number >>= 7) out.push_back(static_cast<char>(number | 0x80));
  out.push_back(static_cast<char>(number));
}

bool TakeVarint(std::string_view& in, uint32_t& number) {
  uint64_t value = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    if (in.empty()) return false;
    const auto byte = static_cast<unsigned char>(in[0]);
    in.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      number = static_cast<uint32_t>(value);
      return value <= UINT32_MAX;
    }
  }
  return false;
}

void PutText(std::string& out, std::string_view text) {
  PutVarint(out, static_cast<uint32_t>(text.size()));
  out.append(text);
}

bool TakeText(std::string_view& in, std::string_view& text) {
  uint32_t size = 0;
  if (!TakeVarint(in, size) || size > in.size()) return false;
  text = in.substr(0, size);
  in.remove_prefix(size);
  return true;
}

}  // namespace

std::string TopicKey(std::string_view name) { return std::string(kTopicPrefix).append(name); }

std::string TopicValue(const TopicRow& row) {
  std::string value;
  PutBig(value, row.id, 4);
  PutBig(value, row.partitions, 4);
  return value;
}

std::optional<TopicRow> ParseTopic(std::string_view key, std::string_view value) {
  if (!key.starts_with(kTopicPrefix) || value.size() != 8) return std::nullopt;
  TopicRow row;
  row.name = key.substr(kTopicPrefix.size());
  row.id = static_cast<uint32_t>(TakeBig(value, 4));
  row.partitions = static_cast<uint32_t>(TakeBig(value, 4));
  return row;
}

std::string CommitKey(const CommitRow& row) {
  std::string key(kCommitPrefix);
  key.append(row.group).push_back('\0');
  PutBig(key, row.topic_id, 4);
  PutBig(key, row.partition, 4);
  return key;
}

std::string CommitValue(const CommitRow& row) {
  std::string value;
  PutBig(value, static_cast<uint64_t>(row.next), 8);
  value.append(row.metadata);
  return value;
}

std::optional<CommitRow> ParseCommit(std::string_view key, std::string_view value) {
  constexpr size_t kFixed = 9;  // The zero byte and the two numbers.
  if (!key.starts_with(kCommitPrefix) || key.size() < kCommitPrefix.size() + kFixed ||
      value.size() < 8) {
    return std::nullopt;
  }
  CommitRow row;
  row.group = key.substr(kCommitPrefix.size(), key.size() - kCommitPrefix.size() - kFixed);
  key.remove_prefix(key.size() - 8);
  row.topic_id = static_cast<uint32_t>(TakeBig(key, 4));
  row.partition = static_cast<uint32_t>(TakeBig(key, 4));
  row.next = static_cast<Offset>(TakeBig(value, 8));
  row.metadata = value;
  return row;
}

std::string RecordKey(uint32_t topic_id, uint32_t partition, Offset offset) {
  std::string key = "r";
  PutBig(key, topic_id, 4);
  PutBig(key, partition, 4);
  PutBig(key, static_cast<uint64_t>(offset), 8);
  return key;
}

Offset OffsetOf(std::string_view key, uint32_t topic_id, uint32_t partition) {
  if (key.size() != 17 || key[0] != 'r') return -1;
  key.remove_prefix(1);
  if (TakeBig(key, 4) != topic_id || TakeBig(key, 4) != partition) return -1;
  // Beyond what an offset can be, it is no record's either.
  return std::max(static_cast<Offset>(TakeBig(key, 8)), Offset{-1});
}

std::string EncodeRecord(const Record& record) {
  std::string bytes;
  size_t size = record.key.size() + record.value.size() + 16;
  for (const Header& header : record.headers) size += header.key.size() + header.value.size() + 6;
  bytes.reserve(size);
  PutText(bytes, record.key);
  PutVarint(bytes, static_cast<uint32_t>(record.headers.size()));
  for (const Header& header : record.headers) {
    PutText(bytes, header.key);
    PutText(bytes, header.value);
  }
  bytes.append(record.value);
  return bytes;
}

bool DecodeRecord(std::string_view bytes, Record& into) {
  uint32_t headers = 0;
  if (!TakeText(bytes, into.key) || !TakeVarint(bytes, headers)) return false;
  if (headers > bytes.size() / 2) return false;  // A header takes two bytes at least.
  into.headers.clear();
  into.headers.reserve(headers);
  for (uint32_t i = 0; i < headers; ++i) {
    Header header;
    if (!TakeText(bytes, header.key) || !TakeText(bytes, header.value)) return false;
    into.headers.push_back(header);
  }
  into.value = bytes;
  return true;
}

}  // namespace crm::eventlog
