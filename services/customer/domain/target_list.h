// TargetList: the customers that we want in a year.
// Pure: no I/O, no clock, no randomness.
#pragma once

#include "crm/customer/v1/target_list.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

struct TargetListModel {
  using State = v1::TargetList;
  using Event = v1::TargetListEvent;

  static engine::Decision<TargetListModel> Decide(const State&, const v1::CreateTargetListRequest&,
                                                  const engine::Context&);
  static engine::Decision<TargetListModel> Decide(const State&, const v1::UpdateTargetListRequest&,
                                                  const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
