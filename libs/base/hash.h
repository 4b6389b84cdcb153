// Hashes with a fixed meaning: what they give is stored in logs and tables for ever.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace crm::base {

// The partition that Kafka's Java client picks for a key: (murmur2(key) & 0x7fffffff) mod
// partitions.
int PartitionOf(std::string_view key, int partitions);
// MurmurHash2 as org.apache.kafka.common.utils.Utils.murmur2 computes it.
uint32_t JavaMurmur2(std::string_view data);

// SHA-256 over the parts, each preceded by its length, so that parts cannot run into each other. 32
// bytes.
std::string Sha256(std::initializer_list<std::string_view> parts);
// SHA-256 of one piece of data as 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::string_view data);

// An id derived from the parts: 26 characters [a-z2-7], the same for the same parts, for ever.
std::string DeriveId(std::initializer_list<std::string_view> parts);

}  // namespace crm::base
