#include "services/customer/read/duplicate_search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "services/customer/domain/linkage_model.h"
#include "services/customer/read/redirects.h"

namespace crm::customer {
namespace {

// A name that so many have is as frequent as one can be.
constexpr int64_t kNameCountMax = 1'000;
// Records that what is known of all names counts for.
constexpr double kPriorRecords = 1'000;

int64_t Millibits(double bits) { return std::llround(bits * 1'000); }

}  // namespace

DuplicateSearch::DuplicateSearch(const LinkageKind& kind, const v1::LinkageModel& model,
                                 const engine::Snapshot& snapshot)
    : kind_(kind),
      model_(model),
      snapshot_(snapshot),
      parameters_(LinkageParametersOf(model)),
      records_(std::max<int64_t>(kind.count(snapshot), 1)) {
  std::set<v1::LinkageKeyKind> kinds = {v1::LINKAGE_KEY_KIND_TAX_ID, v1::LINKAGE_KEY_KIND_PHONE,
                                        v1::LINKAGE_KEY_KIND_EMAIL,
                                        v1::LINKAGE_KEY_KIND_NAME_ADDRESS};
  for (const int kind : model.blocking_keys()) kinds.insert(static_cast<v1::LinkageKeyKind>(kind));
  kinds_.assign(kinds.begin(), kinds.end());
}

DuplicateSearch::Candidates DuplicateSearch::CandidatesOf(const LinkageRecord& record,
                                                          std::string_view self,
                                                          std::string_view after) {
  Candidates candidates;
  std::map<std::string, int> keys_in_common;
  const auto block_size_max = static_cast<size_t>(model_.block_size_max());
  for (const auto& [kind, term] : record.keys) {
    if (!std::binary_search(kinds_.begin(), kinds_.end(), kind)) continue;
    std::vector<std::string> block;
    // Positions name merged contacts, too.
    const bool merged = kind == v1::LINKAGE_KEY_KIND_EMPLOYER;
    snapshot_.Scan(
        kind_.keys, "",
        [&](const v1::LinkageKey& key) {
          std::string name = merged ? SurvivorOf(key.record(), snapshot_) : key.record();
          if (name != self) block.push_back(std::move(name));
          return block.size() <= block_size_max;
        },
        kind, term);
    if (block.size() > block_size_max) {
      ++candidates.skipped_blocks;
      continue;
    }
    for (std::string& name : block) {
      if (name > after) ++keys_in_common[std::move(name)];
    }
  }
  std::vector<std::pair<int, std::string>> ranked;
  for (const auto& [name, keys] : keys_in_common) ranked.emplace_back(-keys, name);
  std::sort(ranked.begin(), ranked.end());
  candidates.cut = ranked.size() > kComparedMax;
  ranked.resize(std::min(ranked.size(), kComparedMax));
  for (auto& [keys, name] : ranked) candidates.names.push_back(std::move(name));
  std::sort(candidates.names.begin(), candidates.names.end());
  return candidates;
}

const LinkageRecord* DuplicateSearch::Read(const std::string& name) {
  const auto [known, is_new] = known_.try_emplace(name);
  if (is_new) {
    if (auto record = kind_.read(name, snapshot_); record.has_value())
      known->second = std::make_unique<LinkageRecord>(*std::move(record));
  }
  return known->second.get();
}

double DuplicateSearch::NameFrequency(const LinkageRecord& a, const LinkageRecord& b, double u) {
  int64_t rarest = kNameCountMax;
  for (const LinkageKeyOf& key : a.keys) {
    if (key.first != v1::LINKAGE_KEY_KIND_NAME || !b.keys.contains(key)) continue;
    int64_t& count = name_counts_[key.second];
    if (count == 0) {
      snapshot_.Scan(
          kind_.keys, "", [&](const v1::LinkageKey&) { return ++count < kNameCountMax; },
          v1::LINKAGE_KEY_KIND_NAME, key.second);
    }
    rarest = std::min(rarest, std::max<int64_t>(count - 1, 1));
  }
  return (static_cast<double>(rarest) + kPriorRecords * u) /
         (static_cast<double>(records_) + kPriorRecords);
}

linkage::Pattern DuplicateSearch::PatternOf(const LinkageRecord& a, const LinkageRecord& b) const {
  linkage::Pattern pattern;
  for (size_t f = 0; f < parameters_.fields.size(); ++f) {
    const auto attribute = static_cast<size_t>(model_.fields(static_cast<int>(f)).attribute());
    pattern.push_back(
        linkage::LevelOf(parameters_.fields[f], a.values[attribute], b.values[attribute]));
  }
  linkage::Settle(
      parameters_, [](size_t, size_t) { return false; }, pattern);
  return pattern;
}

LinkageScore DuplicateSearch::Compare(const LinkageRecord& a, const LinkageRecord& b) {
  LinkageScore score;
  score.weight_millibits = Millibits(linkage::PriorWeight(parameters_));
  const linkage::Pattern pattern = PatternOf(a, b);
  for (size_t f = 0; f < pattern.size(); ++f) {
    const v1::LinkageField& of_model = model_.fields(static_cast<int>(f));
    const linkage::Field& field = parameters_.fields[f];
    const linkage::LevelNumber level = pattern[f];
    v1::LinkageEvidence& evidence = score.evidence.emplace_back();
    evidence.set_attribute(of_model.attribute());
    evidence.set_method(of_model.method());
    evidence.set_level(level);
    if (level != linkage::kMissing) evidence.set_threshold(of_model.levels(level).threshold());
    evidence.set_weight_millibits(Millibits(linkage::WeightOf(field, level)));
    if (field.term_frequency && level == 0) {
      const double frequency = NameFrequency(a, b, field.levels.front().u);
      evidence.set_term_frequency_millibits(
          Millibits(linkage::TermFrequencyWeight(field, level, frequency)));
    }
    score.weight_millibits += evidence.weight_millibits() + evidence.term_frequency_millibits();
  }
  const double bits = static_cast<double>(score.weight_millibits) / 1'000;
  score.probability_ppm =
      static_cast<int32_t>(std::llround(linkage::ProbabilityOf(bits) * 1'000'000));
  std::set<v1::LinkageKeyKind> exact;
  for (const LinkageKeyOf& key : a.keys) {
    if (IsExactKey(key.first) && b.keys.contains(key)) exact.insert(key.first);
  }
  score.exact_keys.assign(exact.begin(), exact.end());
  return score;
}

}  // namespace crm::customer
