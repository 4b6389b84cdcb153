// How replicas in one process reach each other: by a call.
#pragma once

#include <functional>
#include <string>

#include "libs/engine/engine.h"

namespace crm::engine::testdata {

using ForwardDone = std::function<void(absl::StatusOr<v1::SubmitCommandResponse>)>;
using PeerBarrierDone = std::function<void(absl::StatusOr<v1::CreateBarrierResponse>)>;

// `find` gives the engine of an instance that can be reached now; nullptr: UNAVAILABLE.
Peers LocalPeers(std::function<Engine*(const std::string& instance)> find);

}  // namespace crm::engine::testdata
