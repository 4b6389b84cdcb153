#include "libs/linkage/training.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "libs/base/check.h"

namespace crm::linkage {
namespace {

constexpr double kStill = 1e-6;
// Of the pairs of a block, how many are taken for the same at first.
constexpr double kFirstShare = 0.5;
// No probability becomes 0 or 1: no single field decides for ever.
constexpr double kLeast = 1e-9;
// A level that no random pair was alike to counts as half a pair.
constexpr double kUnseenPairs = 0.5;

using Counted = std::vector<std::pair<Pattern, int64_t>>;
// By field and level.
using Table = std::vector<std::vector<double>>;

double Within(double probability) { return std::clamp(probability, kLeast, 1 - kLeast); }

Table Zeros(const Model& model) {
  Table table;
  for (const Field& field : model.fields) table.emplace_back(field.levels.size(), 0.0);
  return table;
}

double ExpectedOf(const Counted& counted, const Model& model) {
  double matches = 0;
  for (const auto& [pattern, pairs] : counted)
    matches += ProbabilityOf(WeightOf(model, pattern)) * static_cast<double>(pairs);
  return matches;
}

// One run of expectation maximisation: the share of matches and m, with u as given.
class Run {
 public:
  Run(const Session& session, const Model& model)
      : blocked_(session.blocked), counted_(session.pairs.Sorted()), model_(model) {
    base::Check(blocked_.size() == model.fields.size(), "a session says of each field whether");
  }

  // Adds the expected matches of each level to `matches`. Gives their number and the iterations.
  EmResult AddTo(Table& matches) {
    EmResult result;
    if (counted_.empty()) return result;
    double before = share_;
    for (; result.iterations < kIterationsMax; ++result.iterations) {
      Table expected = Zeros(model_);
      result.expected_matches = Expect(expected);
      double change = Maximise(expected, result.expected_matches);
      change = std::max(change, std::abs(share_ - before));
      before = share_;
      if (change < kStill) break;
    }
    Table expected = Zeros(model_);
    result.expected_matches = Expect(expected);
    for (size_t f = 0; f < expected.size(); ++f) {
      for (size_t l = 0; l < expected[f].size(); ++l) matches[f][l] += expected[f][l];
    }
    return result;
  }

 private:
  double Expect(Table& expected) const {
    double sum = 0;
    const double prior = std::log2(Within(share_) / (1 - Within(share_)));
    for (const auto& [pattern, pairs] : counted_) {
      double weight = prior;
      for (size_t f = 0; f < pattern.size(); ++f) {
        if (!blocked_[f]) weight += WeightOf(model_.fields[f], pattern[f]);
      }
      const double matches = ProbabilityOf(weight) * static_cast<double>(pairs);
      sum += matches;
      for (size_t f = 0; f < pattern.size(); ++f) {
        if (!blocked_[f] && pattern[f] != kMissing)
          expected[f][static_cast<size_t>(pattern[f])] += matches;
      }
    }
    return sum;
  }

  // Gives the largest change.
  double Maximise(const Table& expected, double matches) {
    double pairs = 0, change = 0;
    for (const auto& entry : counted_) pairs += static_cast<double>(entry.second);
    share_ = matches / pairs;
    for (size_t f = 0; f < expected.size(); ++f) {
      double sum = 0;
      for (const double of_level : expected[f]) sum += of_level;
      if (blocked_[f] || sum <= 0) continue;
      for (size_t l = 0; l < expected[f].size(); ++l) {
        double& m = model_.fields[f].levels[l].m;
        const double next = Within(expected[f][l] / sum);
        change = std::max(change, std::abs(next - m));
        m = next;
      }
    }
    return change;
  }

  const std::vector<bool>& blocked_;
  const Counted counted_;
  Model model_;
  double share_ = kFirstShare;
};

}  // namespace

size_t PatternCounts::Hash::operator()(const Pattern& pattern) const {
  uint64_t hash = 14'695'981'039'346'656'037ULL;
  for (const LevelNumber level : pattern)
    hash = (hash ^ static_cast<uint8_t>(level)) * 1'099'511'628'211ULL;
  return hash;
}

std::vector<std::pair<Pattern, int64_t>> PatternCounts::Sorted() const {
  std::vector<std::pair<Pattern, int64_t>> sorted(counts_.begin(), counts_.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

void TrainU(const PatternCounts& random_pairs, Model& model) {
  Table seen = Zeros(model);
  for (const auto& [pattern, pairs] : random_pairs.Sorted()) {
    for (size_t f = 0; f < pattern.size(); ++f) {
      if (pattern[f] != kMissing)
        seen[f][static_cast<size_t>(pattern[f])] += static_cast<double>(pairs);
    }
  }
  for (size_t f = 0; f < seen.size(); ++f) {
    double sum = 0;
    for (double& of_level : seen[f]) sum += of_level = std::max(of_level, kUnseenPairs);
    if (sum <= kUnseenPairs * static_cast<double>(seen[f].size())) continue;
    for (size_t l = 0; l < seen[f].size(); ++l)
      model.fields[f].levels[l].u = Within(seen[f][l] / sum);
  }
}

EmResult TrainM(const std::vector<Session>& sessions, Model& model) {
  Table matches = Zeros(model);
  EmResult all;
  for (const Session& session : sessions) {
    const EmResult one = Run(session, model).AddTo(matches);
    all.expected_matches += one.expected_matches;
    all.iterations += one.iterations;
  }
  for (size_t f = 0; f < matches.size(); ++f) {
    double sum = 0;
    for (const double of_level : matches[f]) sum += of_level;
    for (size_t l = 0; l < matches[f].size(); ++l) {
      double& m = model.fields[f].levels[l].m;
      m = Within((matches[f][l] + kPriorMatches * m) / (sum + kPriorMatches));
    }
  }
  return all;
}

double ExpectedMatches(const PatternCounts& pairs, const Model& model) {
  return ExpectedOf(pairs.Sorted(), model);
}

bool Agrees(const Session& session, const Model& untrained, const Model& model) {
  Table matches = Zeros(untrained);
  const double own = Run(session, untrained).AddTo(matches).expected_matches;
  const double trusted = ExpectedMatches(session.pairs, model);
  return own <= kAgreementMax * trusted && trusted <= kAgreementMax * own;
}

void TrainMatchRate(const PatternCounts& candidates, double all_pairs, Model& model) {
  const Counted counted = candidates.Sorted();
  for (int i = 0; i < kIterationsMax; ++i) {
    const double matches = ExpectedOf(counted, model);
    const double next = std::clamp(matches / all_pairs, 1e-12, 0.5);
    const bool still = std::abs(next - model.match_rate) < kStill * next;
    model.match_rate = next;
    if (still) return;
  }
}

}  // namespace crm::linkage
