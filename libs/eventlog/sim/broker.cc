#include "libs/eventlog/sim/broker.h"

#include <algorithm>

namespace crm::eventlog {
namespace {

using Targets = std::map<TopicPartition, std::shared_ptr<SimMember>>;

// Evenly, each keeping what it has as far as that allows.
Targets DealEvenly(const SimGroup& group, const std::vector<std::shared_ptr<SimMember>>& members) {
  std::map<const SimMember*, std::vector<TopicPartition>> held;
  std::vector<TopicPartition> free;
  for (const auto& [where, place] : group.places) {
    const SimMember* holder = place.target.get();
    const bool stays = std::any_of(members.begin(), members.end(),
                                   [&](const auto& member) { return member.get() == holder; });
    if (stays) {
      held[holder].push_back(where);
    } else {
      free.push_back(where);
    }
  }
  std::vector<std::shared_ptr<SimMember>> order = members;
  std::stable_sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    return held[a.get()].size() > held[b.get()].size();
  });
  Targets targets;
  const size_t least = group.places.size() / members.size();
  size_t with_one_more = group.places.size() % members.size();
  std::vector<std::pair<std::shared_ptr<SimMember>, size_t>> room;
  for (const std::shared_ptr<SimMember>& member : order) {
    const size_t quota = least + (with_one_more > 0 ? 1 : 0);
    if (with_one_more > 0) --with_one_more;
    std::vector<TopicPartition>& mine = held[member.get()];
    for (size_t i = 0; i < mine.size(); ++i) {
      if (i < quota) {
        targets[mine[i]] = member;
      } else {
        free.push_back(mine[i]);
      }
    }
    room.emplace_back(member, quota - std::min(quota, mine.size()));
  }
  auto to = room.begin();
  for (const TopicPartition& where : free) {
    while (to->second == 0) ++to;
    targets[where] = to->first;
    --to->second;
  }
  return targets;
}

}  // namespace

SimBroker::SimBroker(const Options& options, const base::Clock& clock)
    : options_(options), network_(options.seed, clock) {}

SimPartition* SimBroker::Find(const TopicPartition& place) {
  const auto found = topics_.find(place.first);
  if (found == topics_.end() || place.second < 0) return nullptr;
  const auto number = static_cast<size_t>(place.second);
  return number < found->second.size() ? &found->second[number] : nullptr;
}

void SimBroker::TopicMade(const std::string& topic) {
  for (auto& [name, group] : groups_) {
    if (group.topics.count(topic) != 0) Rebalance(name, false);
  }
}

Offset SimBroker::Land(const TopicPartition& place, OwnedRecord record) {
  SimPartition& partition = *Find(place);
  record.partition = place.second;
  record.offset = partition.end();
  partition.records.push_back(std::make_shared<const OwnedRecord>(std::move(record)));
  for (const std::shared_ptr<SimReader>& reader : readers_) {
    if (reader->visible.count(place) != 0) ShowLanding(*reader, place, partition.end());
  }
  return partition.end() - 1;
}

void SimBroker::ShowLanding(SimReader& reader, const TopicPartition& place, Offset end) {
  absl::Duration delay = network_.Delay(*reader.client);
  if (network_.Chance(reader.client->faults.slow_read)) {
    delay += network_.UpTo(reader.client->faults.slow_read_max);
    network_.Fired("slow_read");
  }
  network_.Send(*reader.link, delay, [&reader, place, end] {
    const auto visible = reader.visible.find(place);
    if (visible == reader.visible.end() || visible->second >= end) return;
    visible->second = end;
    if (reader.waker != nullptr) reader.waker();
  });
}

std::shared_ptr<SimReader> SimBroker::AddReader(std::shared_ptr<const SimClient> client,
                                                std::function<void()> waker) {
  auto reader = std::make_shared<SimReader>();
  reader->link = network_.MakeLink(client, SimNetwork::Kind::kMessages);
  reader->client = std::move(client);
  reader->waker = std::move(waker);
  readers_.push_back(reader);
  return reader;
}

void SimBroker::RemoveReader(const std::shared_ptr<SimReader>& reader) {
  reader->link->items.clear();
  std::erase(readers_, reader);
}

void SimBroker::Watch(SimReader& reader, const TopicPartition& place, Offset from) {
  reader.visible[place] = from;
  const SimPartition* partition = Find(place);
  if (partition != nullptr && partition->end() > from) ShowLanding(reader, place, partition->end());
}

std::shared_ptr<SimMember> SimBroker::Join(const std::string& group,
                                           const std::set<std::string>& topics,
                                           std::shared_ptr<const SimClient> client,
                                           std::function<void(const TopicPartition&, bool)> tell) {
  auto member = std::make_shared<SimMember>();
  member->id = next_member_++;
  member->up = network_.MakeLink(client, SimNetwork::Kind::kMessages);
  member->down = network_.MakeLink(client, SimNetwork::Kind::kMessages);
  member->timer = network_.MakeLink(client, SimNetwork::Kind::kLocal);
  member->watch = network_.MakeLink(nullptr, SimNetwork::Kind::kMessages);
  member->client = std::move(client);
  member->tell = std::move(tell);
  SimGroup& joined = groups_[group];
  joined.topics.insert(topics.begin(), topics.end());
  joined.members.push_back(member);
  Beat(group, member);
  return member;
}

// One heartbeat now, the next in its time. The first is the one that joins.
void SimBroker::Beat(const std::string& group, const std::weak_ptr<SimMember>& weak) {
  const std::shared_ptr<SimMember> member = weak.lock();
  if (member == nullptr) return;
  if (member->client->connected && member->client->heartbeats) {
    network_.Send(*member->up, network_.Delay(*member->client),
                  [this, group, weak, sent = network_.Now()] {
                    if (const auto arrived = weak.lock(); arrived != nullptr)
                      Arrive(group, arrived, sent);
                  });
  }
  network_.Send(*member->timer, options_.heartbeat_interval,
                [this, group, weak] { Beat(group, weak); });
}

void SimBroker::Arrive(const std::string& group, const std::shared_ptr<SimMember>& member,
                       absl::Duration sent) {
  member->seen = network_.Now();
  network_.Send(*member->down, network_.Delay(*member->client),
                [weak = std::weak_ptr(member), sent] {
                  if (const auto answered = weak.lock(); answered != nullptr) {
                    answered->heartbeat = std::max(answered->heartbeat, sent);
                  }
                });
  if (member->in_group) return;
  member->in_group = true;
  WatchSession(group, member);
  Rebalance(group, false);
}

void SimBroker::WatchSession(const std::string& group, const std::weak_ptr<SimMember>& weak) {
  const std::shared_ptr<SimMember> member = weak.lock();
  if (member == nullptr || !member->in_group) return;
  const absl::Duration expires = member->seen + options_.session_timeout;
  if (expires > network_.Now()) {
    network_.Send(*member->watch, expires - network_.Now(),
                  [this, group, weak] { WatchSession(group, weak); });
    return;
  }
  network_.Fired("session_expired");
  Remove(group, member);
}

void SimBroker::Leave(const std::string& group, const std::shared_ptr<SimMember>& member) {
  member->tell = nullptr;
  std::erase(groups_[group].members, member);
  Remove(group, member);
}

// Out of the group, perhaps to come back: it is told when it can be reached.
void SimBroker::Remove(const std::string& group, const std::shared_ptr<SimMember>& member) {
  member->in_group = false;
  for (auto& [where, place] : groups_[group].places) {
    if (place.target == member) place.target = nullptr;
    if (place.owner != member) continue;
    if (!place.revoking) Tell(member, where, false, network_.Delay(*member->client), nullptr);
    place.owner = nullptr;
    place.revoking = false;
  }
  if (member->client->gone) std::erase(groups_[group].members, member);
  Rebalance(group, false);
}

void SimBroker::Rebalance(const std::string& group, bool by_chance) {
  SimGroup& dealt = groups_[group];
  for (const std::string& topic : dealt.topics) {
    const auto found = topics_.find(topic);
    if (found == topics_.end()) continue;
    for (size_t i = 0; i < found->second.size(); ++i) dealt.places[{topic, static_cast<int>(i)}];
  }
  std::vector<std::shared_ptr<SimMember>> members;
  for (const std::shared_ptr<SimMember>& member : dealt.members) {
    if (member->in_group) members.push_back(member);
  }
  if (members.empty()) return;
  if (by_chance) {
    for (auto& [where, place] : dealt.places) place.target = members[network_.Pick(members.size())];
  } else {
    Targets targets = DealEvenly(dealt, members);
    for (auto& [where, place] : dealt.places) place.target = targets[where];
  }
  for (auto& [where, place] : dealt.places) Settle(group, where);
}

// Takes a partition one step nearer to its target.
void SimBroker::Settle(const std::string& group, const TopicPartition& where) {
  SimGroup::Place& place = groups_[group].places[where];
  if (place.owner == place.target || place.revoking) return;
  if (place.owner == nullptr) return Give(place, where);
  const std::shared_ptr<SimMember> old = place.owner;
  if (place.target != nullptr && network_.Chance(place.target->client->faults.split_view)) {
    network_.Fired("split_view");
    Tell(old, where, false,
         network_.Delay(*old->client) + network_.UpTo(2 * options_.session_timeout), nullptr);
    return Give(place, where);
  }
  place.revoking = true;
  Tell(old, where, false, network_.Delay(*old->client),
       [this, group, where, weak = std::weak_ptr(old)] {
         SimGroup::Place& released = groups_[group].places[where];
         if (released.owner != weak.lock() || !released.revoking) return;
         released.owner = nullptr;
         released.revoking = false;
         Settle(group, where);
       });
}

void SimBroker::Give(SimGroup::Place& place, const TopicPartition& where) {
  place.owner = place.target;
  place.revoking = false;
  if (place.owner != nullptr) {
    Tell(place.owner, where, true, network_.Delay(*place.owner->client), nullptr);
  }
}

void SimBroker::Tell(const std::shared_ptr<SimMember>& member, const TopicPartition& where,
                     bool assigned, absl::Duration delay, SimNetwork::Task then) {
  network_.Send(*member->down, delay,
                [weak = std::weak_ptr(member), where, assigned, then = std::move(then)] {
                  const std::shared_ptr<SimMember> told = weak.lock();
                  if (told != nullptr && told->tell != nullptr) told->tell(where, assigned);
                  if (then != nullptr) then();
                });
}

std::vector<std::string> SimBroker::GroupNames() const {
  std::vector<std::string> names;
  for (const auto& [name, group] : groups_) names.push_back(name);
  return names;
}

}  // namespace crm::eventlog
