// Parameters without anybody saying which pairs are the same: u from random pairs, m by expectation
// maximisation (Dempster, Laird and Rubin 1977; Winkler 1988) within blocks, lambda from what the
// model then finds.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "libs/linkage/model.h"

namespace crm::linkage {

// Pairs by their patterns: all that training looks at, however many pairs there are.
class PatternCounts {
 public:
  void Add(const Pattern& pattern, int64_t pairs = 1) {
    counts_[pattern] += pairs;
    pairs_ += pairs;
  }
  int64_t pairs() const { return pairs_; }
  // The patterns in their own order, so that sums are the same on every machine.
  std::vector<std::pair<Pattern, int64_t>> Sorted() const;

 private:
  struct Hash {
    size_t operator()(const Pattern& pattern) const;
  };
  std::unordered_map<Pattern, int64_t, Hash> counts_;
  int64_t pairs_ = 0;
};

// u of each level is its share in pairs that are taken at random: nearly none of them are the same.
// A field that is never known of both keeps what it had.
void TrainU(const PatternCounts& random_pairs, Model& model);

// Pairs that have the value of one blocking rule in common.
struct Session {
  PatternCounts pairs;
  // By field: the rule looks at it, so that it says nothing here and is not scored.
  std::vector<bool> blocked;
};

struct EmResult {
  double expected_matches = 0;  // Of all sessions.
  int iterations = 0;           // Of all sessions.
};

// m of each level: each session is brought to rest with u as it is, then expected matches are added
// up over the sessions. The model's own m count as kPriorMatches matches: a level that was not seen
// does not become impossible. Cost: iterations times patterns.
EmResult TrainM(const std::vector<Session>& sessions, Model& model);
inline constexpr double kPriorMatches = 2;
inline constexpr int kIterationsMax = 100;

// Of the pairs, how many the model takes for the same.
double ExpectedMatches(const PatternCounts& pairs, const Model& model);

// Whether a session, brought to rest from `untrained`, finds about as many matches as `model`,
// learnt from sessions that can be trusted, finds in the same pairs. Where a rule is loose, others
// than those that are the same have much in common, too (streets of one town), and expectation
// maximisation takes them for the same: such a session is off by a factor, not by a share.
bool Agrees(const Session& session, const Model& untrained, const Model& model);
inline constexpr double kAgreementMax = 1.25;

// Lambda such that the pairs that `candidates` counts, of `all_pairs`, hold as many matches as it
// says. Pairs that no rule brings together are taken for different.
void TrainMatchRate(const PatternCounts& candidates, double all_pairs, Model& model);

}  // namespace crm::linkage
