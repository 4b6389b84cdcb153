// Digest: what two replicas compare.
#include <xxhash.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "libs/table/codec.h"
#include "libs/table/database.h"
#include "libs/table/raw.h"
#include "libs/table/read_view.h"
#include "libs/table/store.h"

namespace crm::table {
namespace {

// Hashes pieces, each preceded by its length.
class Hasher {
 public:
  Hasher() : state_(XXH3_createState()) { XXH3_128bits_reset(state_); }
  ~Hasher() { XXH3_freeState(state_); }
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  void Add(std::string_view piece) {
    const uint64_t bytes = piece.size();
    XXH3_128bits_update(state_, &bytes, sizeof bytes);
    XXH3_128bits_update(state_, piece.data(), piece.size());
  }
  std::string Hex() const {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_));
    return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(canonical.digest),
                                                    sizeof canonical.digest));
  }

 private:
  XXH3_state_t* state_;
};

struct Section {
  std::string prefix;
  // Keys without the prefix that begin with one of these are left out.
  std::vector<std::string> skipped;
};

absl::Status AddSection(Store& store, const rocksdb::Snapshot* snapshot, const Section& section,
                        Hasher& hasher) {
  const KeyRange range = PrefixRange(section.prefix);
  RocksCursor cursor(store, snapshot, range.begin, range.end);
  std::string_view key, value;
  while (cursor.Next(key, value)) {
    key.remove_prefix(section.prefix.size());
    const bool skip = std::any_of(
        section.skipped.begin(), section.skipped.end(),
        [key](const std::string& prefix) { return key.substr(0, prefix.size()) == prefix; });
    if (skip) continue;
    hasher.Add(key);
    hasher.Add(value);
  }
  return cursor.status();
}

}  // namespace

absl::StatusOr<std::string> Database::Digest(const DigestOptions& options) const {
  if (!options.table.empty()) store_->TableOf(options.table);
  const ReadView view(*this);
  Hasher hasher;
  for (const TableDef& table : tables()) {
    if (!options.table.empty() && table.name() != options.table) continue;
    // The table's place among the others is not part of its contents.
    const char id = static_cast<char>(table.id());
    for (char space : {kTableSpace, kHistorySpace}) {
      hasher.Add(table.name());
      absl::Status s = AddSection(*store_, view.snapshot(), {std::string{space, id}, {}}, hasher);
      if (!s.ok()) return s;
    }
  }
  if (options.raw_spaces && options.table.empty()) {
    Section raw{std::string(1, kRawSpace), {}};
    for (const auto& [space, prefix] : options.skip_raw) {
      raw.skipped.push_back(std::string(1, space).append(prefix));
    }
    if (absl::Status s = AddSection(*store_, view.snapshot(), raw, hasher); !s.ok()) return s;
  }
  return hasher.Hex();
}

}  // namespace crm::table
