#include "libs/linkage/dataset.h"

#include <algorithm>
#include <utility>

#include "libs/base/check.h"

namespace crm::linkage {
namespace {

// SplitMix64 (Steele, Lea and Flood 2014).
uint64_t NextRandom(uint64_t& state) {
  uint64_t z = (state += 0x9E37'79B9'7F4A'7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EBULL;
  return z ^ (z >> 31);
}

}  // namespace

void Dataset::Add(const std::vector<Values>& record) {
  base::Check(record.size() == fields_.size(), "a record has values for each field");
  for (size_t f = 0; f < fields_.size(); ++f) {
    Column& column = fields_[f];
    Ids ids;
    for (const Value& value : record[f]) {
      const auto [known, is_new] =
          column.ids.try_emplace(value.text, static_cast<uint32_t>(column.values.size()));
      if (is_new) {
        column.values.push_back(value);
        column.counts.push_back(0);
      }
      if (std::find(ids.begin(), ids.end(), known->second) != ids.end()) continue;
      ++column.counts[known->second];
      ids.push_back(known->second);
    }
    column.known += ids.empty() ? 0 : 1;
    column.of_records.push_back(std::move(ids));
  }
  ++records_;
}

LevelNumber Dataset::LevelOf(const Model& model, size_t f, size_t g, size_t a, size_t b) const {
  const Ids& of_a = fields_[f].of_records[a];
  const Ids& of_b = fields_[g].of_records[b];
  if (of_a.empty() || of_b.empty()) return kMissing;
  LevelNumber best = static_cast<LevelNumber>(model.fields[f].levels.size() - 1);
  for (const uint32_t id_a : of_a) {
    for (const uint32_t id_b : of_b) {
      if (f == g && id_a == id_b) return 0;
      best = std::min(best, linkage::LevelOf(model.fields[f], fields_[f].values[id_a],
                                             fields_[g].values[id_b]));
    }
  }
  return best;
}

Pattern Dataset::PatternOf(const Model& model, size_t a, size_t b) const {
  Pattern pattern(fields_.size());
  for (size_t f = 0; f < fields_.size(); ++f) pattern[f] = LevelOf(model, f, f, a, b);
  const auto alike = [&](size_t f, size_t g) {
    const LevelNumber level = LevelOf(model, f, g, a, b);
    return level == 0 || level == 1;
  };
  Settle(model, alike, pattern);
  return pattern;
}

double Dataset::FrequencyOf(const Column& column, size_t a, size_t b) {
  int64_t rarest = 0;
  const Ids& of_b = column.of_records[b];
  for (const uint32_t id : column.of_records[a]) {
    if (std::find(of_b.begin(), of_b.end(), id) == of_b.end()) continue;
    rarest = rarest == 0 ? column.counts[id] : std::min(rarest, column.counts[id]);
  }
  return static_cast<double>(rarest) / static_cast<double>(std::max<int64_t>(column.known, 1));
}

double Dataset::WeightOf(const Model& model, size_t a, size_t b) const {
  const Pattern pattern = PatternOf(model, a, b);
  double weight = linkage::WeightOf(model, pattern);
  for (size_t f = 0; f < fields_.size(); ++f) {
    if (pattern[f] != 0 || !model.fields[f].term_frequency) continue;
    weight += TermFrequencyWeight(model.fields[f], 0, FrequencyOf(fields_[f], a, b));
  }
  return weight;
}

void ForRandomPairs(size_t records, int64_t pairs, uint64_t seed,
                    const std::function<void(size_t a, size_t b)>& visit) {
  if (records < 2) return;
  const double all = static_cast<double>(records) * static_cast<double>(records - 1) / 2;
  if (all <= static_cast<double>(pairs)) {
    for (size_t a = 0; a + 1 < records; ++a) {
      for (size_t b = a + 1; b < records; ++b) visit(a, b);
    }
    return;
  }
  for (int64_t i = 0; i < pairs; ++i) {
    const size_t a = NextRandom(seed) % records;
    const size_t b = (a + 1 + NextRandom(seed) % (records - 1)) % records;
    visit(std::min(a, b), std::max(a, b));
  }
}

}  // namespace crm::linkage
