// The parameters of a linkage model, learnt from the customers or contacts that there are.
#pragma once

#include "crm/customer/v1/linkage_model.pb.h"
#include "libs/engine/model.h"
#include "libs/linkage/model.h"
#include "services/customer/read/linkage_kind.h"

namespace crm::customer {

// Random pairs that u is learnt from, and pairs in blocks that m and lambda are learnt from.
// So few that the thread of the partition, on which a model is trained, is busy for less than a
// second.
inline constexpr int64_t kRandomPairsMax = 50'000;
inline constexpr int64_t kBlockedPairsMax = 20'000;

// Parameters of pairs of one kind and one writing, of which alone nearly all compared pairs are.
// Learns from training_customers of them, drawn by a hash of their names, and all that have a key
// in common with these: first from pairs that have an exact key in common, then also from those of
// other keys whose sessions agree with what was learnt. `parameters` are the model's own at first.
// Time and number of the training are left unset. Cost: at most kRandomPairsMax + kBlockedPairsMax
// comparisons and so many rows.
v1::LinkageTraining LearnLinkage(const LinkageKind& kind, const v1::LinkageModel& model,
                                 const engine::Snapshot& snapshot, linkage::Model& parameters);

}  // namespace crm::customer
