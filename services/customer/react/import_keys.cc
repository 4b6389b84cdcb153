#include "services/customer/react/import_keys.h"

#include <bitset>
#include <memory>

#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "libs/base/hash.h"
#include "services/customer/read/exchange_tables.h"

namespace crm::customer {
namespace {

// Of a hash: what tells nearly all ids of other stretches apart, and fits into a cache.
constexpr int kFilterBits = 16;

}  // namespace

const google::protobuf::RepeatedPtrField<common::v1::ExternalId>& IdsOf(const ImportRow& row) {
  if (row.resource->GetDescriptor() == v1::Contact::descriptor())
    return static_cast<const v1::Contact&>(*row.resource).external_ids();
  return static_cast<const v1::Customer&>(*row.resource).external_ids();
}

uint64_t HashOf(const common::v1::ExternalId& id) {
  const std::string hash = base::Sha256({id.system(), id.id()});
  uint64_t number = 0;
  for (size_t i = 0; i < sizeof(number); ++i)
    number = number << 8 | static_cast<unsigned char>(hash[i]);
  return number;
}

ImportKeys LookUpKeys(const std::vector<ImportRow>& rows, const std::string& import, int stretch,
                      const engine::Snapshot& snapshot) {
  ImportKeys keys;
  const auto here = std::make_unique<std::bitset<1 << kFilterBits>>();
  const auto bit = [](uint64_t hash) { return static_cast<size_t>(hash >> (64 - kFilterBits)); };
  for (const ImportRow& row : rows) {
    for (const auto& id : IdsOf(row)) {
      const uint64_t hash = HashOf(id);
      keys.lines.emplace(hash, 0);
      here->set(bit(hash));
    }
  }
  snapshot.Scan(
      kImportStretches, "",
      [&](const v1::ImportStretch& before) {
        if (before.number() >= stretch) return false;
        for (int i = 0; i < before.key_hashes_size(); ++i) {
          if (!here->test(bit(before.key_hashes(i)))) continue;
          const auto found = keys.lines.find(before.key_hashes(i));
          if (found != keys.lines.end()) found->second = before.key_lines(i);
        }
        keys.findings += before.findings();
        return true;
      },
      import);
  return keys;
}

}  // namespace crm::customer
