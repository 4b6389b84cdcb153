#include "services/customer/read/linkage_training.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "libs/linkage/dataset.h"
#include "libs/linkage/training.h"
#include "services/customer/read/duplicate_search.h"
#include "services/customer/read/linkage_tables.h"

namespace crm::customer {
namespace {

constexpr uint64_t kSeed = 20'260'301;

std::vector<std::string> SampleOf(const LinkageKind& kind, const v1::LinkageModel& model,
                                  const engine::Snapshot& snapshot) {
  std::vector<std::string> names;
  snapshot.Scan(
      kind.keys, "",
      [&](const v1::LinkageKey& key) {
        names.push_back(key.record());
        return static_cast<int>(names.size()) < model.training_customers();
      },
      v1::LINKAGE_KEY_KIND_SAMPLE);
  return names;
}

class Learner {
 public:
  Learner(const LinkageKind& kind, const v1::LinkageModel& model, const engine::Snapshot& snapshot)
      : model_(model), search_(kind, model, snapshot), sample_(SampleOf(kind, model, snapshot)) {
    training_.set_customer_count(kind.count(snapshot));
    training_.set_sampled_customer_count(static_cast<int64_t>(sample_.size()));
  }

  v1::LinkageTraining Learn(linkage::Model& parameters) {
    linkage::TrainU(RandomPairs(), parameters);
    CountBlocks();
    training_.set_blocked_pair_count(candidates_.pairs());
    const linkage::EmResult em = linkage::TrainM(TrustedSessions(parameters), parameters);
    TrainMatchRate(parameters);
    if (candidates_.pairs() > 0) {
      training_.set_expected_match_millis(std::llround(parameters.match_rate * AllPairs() * 1'000));
    }
    training_.set_iteration_count(em.iterations);
    return training_;
  }

 private:
  // Of those of the sample that were looked at, each with all others that it is compared with.
  double AllPairs() const {
    return static_cast<double>(sample_looked_at_) * comparable_share_ *
           static_cast<double>(training_.customer_count() - 1);
  }

  void TrainMatchRate(linkage::Model& parameters) const {
    if (candidates_.pairs() > 0 && AllPairs() > 0)
      linkage::TrainMatchRate(candidates_, AllPairs(), parameters);
  }

  // Those of exact keys, and of other keys those that agree with what these teach.
  std::vector<linkage::Session> TrustedSessions(const linkage::Model& untrained) {
    std::vector<linkage::Session> trusted;
    for (const auto& [kind, session] : sessions_) {
      if (IsExactKey(kind)) trusted.push_back(session);
    }
    linkage::Model learnt = untrained;
    linkage::TrainM(trusted, learnt);
    TrainMatchRate(learnt);
    for (const auto& [kind, session] : sessions_) {
      if (!IsExactKey(kind) && linkage::Agrees(session, untrained, learnt))
        trusted.push_back(session);
    }
    return trusted;
  }

  // Others say nothing of those that are compared: people and firms, Chinese and Latin names are
  // unlike in all they have.
  static bool Comparable(const LinkageRecord& a, const LinkageRecord& b) {
    return a.group == b.group && a.ideographs == b.ideographs;
  }

  linkage::PatternCounts RandomPairs() {
    linkage::PatternCounts counts;
    int64_t drawn = 0;
    linkage::ForRandomPairs(sample_.size(), 4 * kRandomPairsMax, kSeed, [&](size_t a, size_t b) {
      if (counts.pairs() == kRandomPairsMax) return;
      const LinkageRecord* first = search_.Read(sample_[a]);
      const LinkageRecord* second = search_.Read(sample_[b]);
      if (first == nullptr || second == nullptr) return;
      ++drawn;
      if (Comparable(*first, *second)) counts.Add(search_.PatternOf(*first, *second));
    });
    training_.set_random_pair_count(counts.pairs());
    comparable_share_ =
        static_cast<double>(counts.pairs()) / static_cast<double>(std::max<int64_t>(drawn, 1));
    return counts;
  }

  // Each customer of the sample with all that have a key in common.
  void CountBlocks() {
    for (const std::string& name : sample_) {
      const LinkageRecord* known = search_.Read(name);
      if (known == nullptr) continue;
      if (candidates_.pairs() >= kBlockedPairsMax) return;
      ++sample_looked_at_;
      for (const std::string& other : search_.CandidatesOf(*known, name).names) {
        const LinkageRecord* with = search_.Read(other);
        if (with == nullptr || !Comparable(*known, *with)) continue;
        const linkage::Pattern pattern = search_.PatternOf(*known, *with);
        candidates_.Add(pattern);
        for (const LinkageKeyOf& key : known->keys) {
          if (with->keys.contains(key)) SessionOf(key.first).pairs.Add(pattern);
        }
      }
    }
  }

  linkage::Session& SessionOf(v1::LinkageKeyKind kind) {
    const auto [session, is_new] = sessions_.try_emplace(kind);
    if (is_new) {
      const std::set<v1::LinkageAttribute> looked_at = AttributesOf(kind);
      for (const v1::LinkageField& field : model_.fields())
        session->second.blocked.push_back(looked_at.contains(field.attribute()));
    }
    return session->second;
  }

  const v1::LinkageModel& model_;
  DuplicateSearch search_;
  const std::vector<std::string> sample_;
  v1::LinkageTraining training_;
  linkage::PatternCounts candidates_;
  int64_t sample_looked_at_ = 0;
  double comparable_share_ = 0;  // Of random pairs, those that are compared.
  std::map<v1::LinkageKeyKind, linkage::Session> sessions_;
};

}  // namespace

v1::LinkageTraining LearnLinkage(const LinkageKind& kind, const v1::LinkageModel& model,
                                 const engine::Snapshot& snapshot, linkage::Model& parameters) {
  return Learner(kind, model, snapshot).Learn(parameters);
}

}  // namespace crm::customer
