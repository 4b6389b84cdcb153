#include "libs/linkage/model.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "libs/base/check.h"
#include "libs/linkage/similarity.h"

namespace crm::linkage {
namespace {

// Similarities are decimal fractions as people write them: 0.92 itself is alike.
constexpr double kRounding = 1e-9;

bool Reaches(const Field& field, const Level& level, double likeness) {
  if (level.swapped) return false;
  const double threshold = level.threshold;
  return field.method == Method::kJaroWinkler ? likeness >= threshold - kRounding
                                              : likeness <= threshold;
}

}  // namespace

LevelNumber LevelOf(const Field& field, const Value& a, const Value& b) {
  const int last = static_cast<int>(field.levels.size()) - 1;
  if (a.text == b.text) return 0;
  if (last > 1 && !a.spoken.empty() && a.spoken == b.spoken) return 1;
  if (field.method == Method::kExact || last < 2) return static_cast<LevelNumber>(last);
  double likeness;
  if (field.method == Method::kJaroWinkler) {
    likeness = JaroWinkler(a.text, b.text);
  } else {
    likeness = DamerauLevenshtein(a.text, b.text);
  }
  for (int level = 1; level < last; ++level) {
    if (Reaches(field, field.levels[static_cast<size_t>(level)], likeness))
      return static_cast<LevelNumber>(level);
  }
  return static_cast<LevelNumber>(last);
}

LevelNumber LevelOf(const Field& field, const Values& a, const Values& b) {
  if (a.empty() || b.empty()) return kMissing;
  LevelNumber best = static_cast<LevelNumber>(field.levels.size() - 1);
  for (const Value& of_a : a) {
    for (const Value& of_b : b) {
      best = std::min(best, LevelOf(field, of_a, of_b));
      if (best == 0) return best;
    }
  }
  return best;
}

Pattern PatternOf(const Model& model, const std::vector<Values>& a, const std::vector<Values>& b) {
  Pattern pattern(model.fields.size());
  for (size_t f = 0; f < pattern.size(); ++f) pattern[f] = LevelOf(model.fields[f], a[f], b[f]);
  const auto alike = [&](size_t f, size_t g) {
    const LevelNumber level = LevelOf(model.fields[f], a[f], b[g]);
    return level == 0 || level == 1;
  };
  Settle(model, alike, pattern);
  return pattern;
}

void Settle(const Model& model, const std::function<bool(size_t f, size_t g)>& alike,
            Pattern& pattern) {
  for (size_t f = 0; f < pattern.size(); ++f) {
    const Field& field = model.fields[f];
    const size_t last = field.levels.size() - 1, g = field.partner;
    if (last < 2 || !field.levels[last - 1].swapped || pattern[f] != static_cast<int>(last))
      continue;
    const auto partner_last = static_cast<int>(model.fields[g].levels.size()) - 1;
    if (pattern[g] != partner_last || !alike(f, g) || !alike(g, f)) continue;
    pattern[f] = static_cast<LevelNumber>(last - 1);
    pattern[g] = kMissing;
  }
  for (size_t f = 0; f < pattern.size(); ++f) {
    const bool is_last = pattern[f] + 1 == static_cast<int>(model.fields[f].levels.size());
    if (pattern[f] == kMissing || pattern[f] > 1 || is_last) continue;
    for (const size_t covered : model.fields[f].covers) pattern[covered] = kMissing;
  }
}

double WeightOf(const Field& field, LevelNumber level) {
  if (level == kMissing) return 0;
  const Level& of = field.levels[static_cast<size_t>(level)];
  return std::log2(of.m / of.u);
}

double TermFrequencyWeight(const Field& field, LevelNumber level, double frequency) {
  if (!field.term_frequency || level != 0 || frequency <= 0) return 0;
  return std::log2(field.levels.front().u / frequency);
}

double PriorWeight(const Model& model) {
  return std::log2(model.match_rate / (1 - model.match_rate));
}

double ProbabilityOf(double weight) { return 1 / (1 + std::exp2(-weight)); }

double WeightOf(const Model& model, const Pattern& pattern) {
  base::Check(pattern.size() == model.fields.size(), "a pattern has a level for each field");
  double weight = PriorWeight(model);
  for (size_t i = 0; i < pattern.size(); ++i) weight += WeightOf(model.fields[i], pattern[i]);
  return weight;
}

}  // namespace crm::linkage
