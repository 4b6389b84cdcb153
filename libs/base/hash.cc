#include "libs/base/hash.h"

#include <openssl/evp.h>

#include <array>

#include "absl/strings/escaping.h"
#include "libs/base/check.h"

namespace crm::base {
namespace {

struct Digest {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Digest() {
    // Looked up once: EVP_sha256 is looked up anew by each digest.
    static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    Check(EVP_DigestInit_ex(context, sha256, nullptr) == 1, "SHA-256 is there");
  }
  ~Digest() { EVP_MD_CTX_free(context); }
  void Add(std::string_view data) { EVP_DigestUpdate(context, data.data(), data.size()); }
  std::string Finish() {
    std::string bytes(32, '\0');
    unsigned size = 0;
    EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(bytes.data()), &size);
    return bytes;
  }
};

}  // namespace

uint32_t JavaMurmur2(std::string_view data) {
  constexpr uint32_t kSeed = 0x9747b28c, kMultiplier = 0x5bd1e995;
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(data[i])); };
  uint32_t hash = kSeed ^ static_cast<uint32_t>(data.size());
  size_t i = 0;
  for (; i + 4 <= data.size(); i += 4) {
    uint32_t word = byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24;
    word *= kMultiplier;
    word ^= word >> 24;
    hash = (hash * kMultiplier) ^ (word * kMultiplier);
  }
  const size_t rest = data.size() - i;
  if (rest >= 3) hash ^= byte(i + 2) << 16;
  if (rest >= 2) hash ^= byte(i + 1) << 8;
  if (rest >= 1) hash = (hash ^ byte(i)) * kMultiplier;
  hash = (hash ^ hash >> 13) * kMultiplier;
  return hash ^ hash >> 15;
}

int PartitionOf(std::string_view key, int partitions) {
  return static_cast<int>((JavaMurmur2(key) & 0x7fffffff) % static_cast<uint32_t>(partitions));
}

std::string Sha256(std::initializer_list<std::string_view> parts) {
  Digest digest;
  for (std::string_view part : parts) {
    std::array<char, 8> length;
    for (int i = 0; i < 8; ++i)
      length[i] = static_cast<char>(uint64_t{part.size()} >> (56 - 8 * i));
    digest.Add({length.data(), length.size()});
    digest.Add(part);
  }
  return digest.Finish();
}

std::string Sha256Hex(std::string_view data) {
  Digest digest;
  digest.Add(data);
  return absl::BytesToHexString(digest.Finish());
}

std::string DeriveId(std::initializer_list<std::string_view> parts) {
  constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";
  const std::string hash = Sha256(parts);
  std::string id;
  uint32_t bits = 0;
  int held = 0;
  for (size_t i = 0; id.size() < 26; ++i) {
    bits = bits << 8 | static_cast<uint8_t>(hash[i]);
    for (held += 8; held >= 5 && id.size() < 26; held -= 5) {
      id.push_back(kDigits[bits >> (held - 5) & 31]);
    }
    bits &= (1u << held) - 1;
  }
  return id;
}

}  // namespace crm::base
