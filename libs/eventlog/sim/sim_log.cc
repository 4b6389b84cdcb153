#include "libs/eventlog/sim/sim_log.h"

#include <utility>

#include "libs/base/check.h"
#include "libs/eventlog/sim/handles.h"

namespace crm::eventlog {

std::unique_ptr<EventLog> SimLog::Connect(const std::string& client) {
  std::shared_ptr<SimClient>& connected = clients_[client];
  base::Check(connected == nullptr || connected->gone, "a client connects once at a time");
  connected = std::make_shared<SimClient>();
  connected->name = client;
  connected->faults = faults_[client];
  return std::make_unique<SimConnection>(broker_, connected);
}

SimClient* SimLog::Find(const std::string& client) const {
  const auto found = clients_.find(client);
  return found == clients_.end() ? nullptr : found->second.get();
}

void SimLog::SetFaults(const std::string& client, const SimFaults& faults) {
  faults_[client] = faults;
  if (SimClient* found = Find(client); found != nullptr) found->faults = faults;
}

SimFaults SimLog::FaultsOf(const std::string& client) const {
  const auto found = faults_.find(client);
  return found == faults_.end() ? SimFaults() : found->second;
}

void SimLog::Freeze(const std::string& client, bool frozen) {
  SimClient* found = Find(client);
  if (found == nullptr || found->frozen == frozen) return;
  if (frozen) {
    broker_.network().Fired("frozen");
    broker_.network().CutLanes(*found, false);
  }
  found->frozen = frozen;
}

bool SimLog::Frozen(const std::string& client) const {
  const SimClient* found = Find(client);
  return found != nullptr && found->frozen;
}

void SimLog::Disconnect(const std::string& client, bool disconnected) {
  SimClient* found = Find(client);
  if (found == nullptr || found->connected != disconnected) return;
  if (disconnected) {
    broker_.network().Fired("disconnected");
    broker_.network().CutLanes(*found, false);
  }
  found->connected = !disconnected;
}

void SimLog::StopHeartbeats(const std::string& client, bool stopped) {
  SimClient* found = Find(client);
  if (found == nullptr || found->heartbeats != stopped) return;
  if (stopped) broker_.network().Fired("heartbeats_stopped");
  found->heartbeats = !stopped;
}

void SimLog::Crash(const std::string& client) {
  SimClient* found = Find(client);
  if (found == nullptr || found->gone) return;
  broker_.network().Fired("crash");
  broker_.network().CutLanes(*found, true);
  broker_.network().Forget(*found);
  found->gone = true;
}

void SimLog::Heal() {
  faults_.clear();
  for (const auto& [name, client] : clients_) {
    client->frozen = false;
    client->connected = client->heartbeats = true;
    client->faults = SimFaults();
  }
}

void SimLog::Rebalance(const std::string& topic) {
  broker_.network().Fired("rebalance");
  for (const std::string& group : broker_.GroupNames()) {
    if (topic.empty() || group == SimOwnership::GroupOf(topic)) broker_.Rebalance(group, true);
  }
}

std::vector<std::string> SimLog::Clients() const {
  std::vector<std::string> names;
  for (const auto& [name, client] : clients_) {
    if (!client->gone) names.push_back(name);
  }
  return names;
}

Offset SimLog::End(const std::string& topic, int partition) {
  const SimPartition* found = broker_.Find({topic, partition});
  return found == nullptr ? 0 : found->end();
}

std::vector<OwnedRecord> SimLog::Contents(const std::string& topic, int partition) {
  std::vector<OwnedRecord> contents;
  const SimPartition* found = broker_.Find({topic, partition});
  if (found == nullptr) return contents;
  for (const auto& record : found->records) contents.push_back(*record);
  return contents;
}

}  // namespace crm::eventlog
