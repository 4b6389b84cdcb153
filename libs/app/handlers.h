// The RPCs of a hosted service, made from its description: one handler a kind, none a method.
#pragma once

#include <memory>
#include <vector>

#include "libs/app/host.h"
#include "libs/rpc/server.h"

namespace crm::app {

// Commands, batches, Get, BatchGet, List and queries of one service. `host` must outlive the
// server.
std::vector<rpc::Method> CommandMethods(Host& host);
std::vector<rpc::Method> ReadMethods(Host& host);
// Its streams of rows.
std::vector<rpc::Method> WatchMethods(Host& host);

// crm.engine.v1.EngineService for all services of the process.
std::vector<rpc::Method> EngineMethods(const std::vector<Host*>& hosts);

// The partitions of all services, or of one topic.
engine::v1::ListPartitionsResponse PartitionsOf(const std::vector<Host*>& hosts,
                                                const std::string& topic);

// The position a reader is told: trailing metadata crm-position.
inline constexpr char kPositionTrailer[] = "crm-position";
inline constexpr char kReadAfter[] = "crm-read-after";
inline constexpr char kReadBarrier[] = "crm-read-barrier";
inline constexpr char kRowsScannedTrailer[] = "crm-rows-scanned";

// The call's deadline on the scale of Clock::SinceBoot.
absl::Duration DeadlineOf(const rpc::Call& call, const base::Clock& clock);

// UNAVAILABLE while a host starts.
absl::Status NotStarted();

}  // namespace crm::app
