// LinkageModel: how likely two customers, or two contacts, are the same. There are two:
// "linkageModels/standard" of customers, "linkageModels/contacts".
//
// Its parameters are learnt from a sample of these as they are; what was learnt is the model's own
// fact. Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>

#include "crm/customer/v1/linkage_model.pb.h"
#include "libs/engine/model.h"
#include "libs/linkage/model.h"

namespace crm::customer {

// What a sample taught.
struct LinkageTrainingFacts {
  v1::LinkageModel learnt;  // Fields and lambda.
  v1::LinkageTraining training;
};

struct LinkageModelModel {
  using State = v1::LinkageModel;
  using Event = v1::LinkageModelEvent;

  // kInvalidArgument, naming the field: another id than the two, fields or levels that make no
  // model.
  static engine::Decision<LinkageModelModel> Decide(const State&,
                                                    const v1::CreateLinkageModelRequest&,
                                                    const engine::Context&);
  // The same. Nothing when nothing would change.
  static engine::Decision<LinkageModelModel> Decide(const State&,
                                                    const v1::UpdateLinkageModelRequest&,
                                                    const engine::Context&);
  // Reads customers or contacts: other keys, which may be behind; the event records what they
  // taught. Cost: some hundred milliseconds at the default size of the sample
  // (read/linkage_training.h).
  static LinkageTrainingFacts Gather(const v1::TrainLinkageModelRequest&, const engine::Context&,
                                     const engine::Snapshot&);
  // Refuses TOO_FEW_DUPLICATES.
  static engine::Decision<LinkageModelModel> Decide(const State&,
                                                    const v1::TrainLinkageModelRequest&,
                                                    const engine::Context&,
                                                    const LinkageTrainingFacts&);

  static void Evolve(State& state, const Event& event);
};

// Matches that a training must have expected, or it has learnt nothing.
inline constexpr int64_t kTrainingMatchesMin = 20;

// What is set up at the first start: the models with their defaults.
engine::Commands SeedLinkageModels();

// What is not said becomes the default of the kind.
void FillInLinkageModel(v1::LinkageRecordKind kind, v1::LinkageModel& model);

// Parameters in numbers to calculate with, and back. Fields stand in the order of the model.
linkage::Model LinkageParametersOf(const v1::LinkageModel& model);
void SetLinkageParameters(const linkage::Model& parameters, v1::LinkageModel& model);

}  // namespace crm::customer
