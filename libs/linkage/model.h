// Probabilistic record linkage: how likely two records are of the same thing (Fellegi and Sunter
// 1969). Each field of two records is alike to some level; a level is so frequent among pairs that
// are the same (m) and among those that are not (u), and says log2(m/u) bits for or against. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"

namespace crm::linkage {

// How values that are not equal are compared.
enum class Method {
  kExact,               // Not at all.
  kJaroWinkler,         // Similarity at least the threshold.
  kDamerauLevenshtein,  // At most so many edits.
};

struct Level {
  // Of the levels between the first (equal values) and the last (anything else), from the
  // strictest.
  double threshold = 0;
  // Instead of a threshold: the values of this field and of its `partner` are in each other's
  // place. At most one, next to the last.
  bool swapped = false;
  // How frequent it is among pairs that are the same, and among those that are not. 0 < .. < 1.
  double m = 0;
  double u = 0;
};

struct Field {
  Method method = Method::kExact;
  // The weight of equal values depends on how frequent the value is.
  bool term_frequency = false;
  std::vector<Level> levels;  // At least two.
  // For the level `swapped`: a field behind this one, which then says nothing more.
  size_t partner = 0;
  // Fields that say nothing more where this one is equal or alike to the first level below: parts
  // of it, or what follows from it. Without them the same would be counted twice.
  std::vector<size_t> covers;
};

struct Model {
  // Lambda: of all pairs, how many are the same. 0 < .. < 1.
  double match_rate = 0;
  std::vector<Field> fields;
};

// One value of a field. Where `spoken` is equal and not empty, two values are alike to the first
// level below equal, however they are written.
struct Value {
  std::u32string text;
  std::u32string spoken;

  bool operator==(const Value& other) const { return text == other.text; }
};
// Of one field of one record; none: not known.
using Values = absl::InlinedVector<Value, 1>;

// The level of one field, 0 for equal values; kMissing when it is not known of both.
using LevelNumber = int8_t;
inline constexpr LevelNumber kMissing = -1;
// The levels of all fields: all that a pair says, but for how frequent equal values are.
using Pattern = std::vector<LevelNumber>;

// Without regard to a level `swapped`.
LevelNumber LevelOf(const Field& field, const Value& a, const Value& b);
// Of several values the two that are most alike.
LevelNumber LevelOf(const Field& field, const Values& a, const Values& b);

// Two records: by field the values of each.
Pattern PatternOf(const Model& model, const std::vector<Values>& a, const std::vector<Values>& b);
// Makes it of the levels of fields by themselves: finds values in each other's place, and takes out
// what is covered. `alike(f, g)` says whether the values of field f of the one and of field g of
// the other are equal or alike to the first level below.
void Settle(const Model& model, const std::function<bool(size_t f, size_t g)>& alike,
            Pattern& pattern);

// log2(m/u); 0 for kMissing.
double WeightOf(const Field& field, LevelNumber level);
// What is added to the weight of equal values of this frequency: log2(u/frequency), where u is that
// of equal values. 0 for any other level, and for a field without term frequencies.
double TermFrequencyWeight(const Field& field, LevelNumber level, double frequency);

// log2(lambda / (1 - lambda)): what is known of two records before they are compared.
double PriorWeight(const Model& model);
// 2^M / (1 + 2^M).
double ProbabilityOf(double weight);

// M of a pair without term frequencies.
double WeightOf(const Model& model, const Pattern& pattern);

}  // namespace crm::linkage
