#include "libs/eventlog/sim/network.h"

#include <algorithm>
#include <utility>

namespace crm::eventlog {

SimNetwork::~SimNetwork() {
  for (size_t i = 0; i < links_->size(); ++i) {
    std::deque<Item> ended;  // Outside the link: its items may be all that holds it.
    if (Link* link = (*links_)[i]; link != nullptr) ended.swap(link->items);
  }
}

std::shared_ptr<SimNetwork::Link> SimNetwork::MakeLink(std::shared_ptr<const SimClient> client,
                                                       Kind kind) {
  std::shared_ptr<Link> link(new Link, [links = links_](Link* gone) {
    (*links)[gone->index] = nullptr;
    delete gone;
  });
  link->client = std::move(client);
  link->local = kind == Kind::kLocal;
  link->lane = kind == Kind::kLane;
  std::erase(*links_, nullptr);
  links_->push_back(link.get());
  for (size_t i = 0; i < links_->size(); ++i) (*links_)[i]->index = i;
  return link;
}

void SimNetwork::Send(Link& link, absl::Duration delay, Task task,
                      std::shared_ptr<const bool> settled) {
  if (link.client != nullptr && link.client->gone) return;
  absl::Duration at = Now() + delay;
  if (!link.items.empty()) at = std::max(at, link.items.back().at);
  link.items.push_back({at, std::move(task), false, std::move(settled)});
}

void SimNetwork::CutLanes(const SimClient& client, bool drop_rest) {
  for (size_t at = 0; at < links_->size(); ++at) {
    Link* link = (*links_)[at];
    if (link == nullptr || !link->lane || link->client.get() != &client || link->items.empty())
      continue;
    const std::shared_ptr<Link> held = link->shared_from_this();
    const size_t sent = Pick(link->items.size() + 1);
    for (size_t i = 0; i < sent; ++i) link->items[i].wire = true;
    if (!drop_rest) continue;
    while (!link->items.empty() && !link->items.back().wire) link->items.pop_back();
  }
}

void SimNetwork::Forget(const SimClient& client) {
  for (size_t i = 0; i < links_->size(); ++i) {
    Link* link = (*links_)[i];
    if (link == nullptr || link->client.get() != &client) continue;
    const std::shared_ptr<Link> held = link->shared_from_this();
    std::erase_if(link->items, [](const Item& item) { return !item.wire; });
  }
}

bool SimNetwork::CanRun(const Link& link, const Item& item) {
  if (link.client == nullptr || item.wire) return true;
  return link.local ? !link.client->frozen : link.client->Reachable();
}

SimNetwork::Link* SimNetwork::Next() {
  Link* next = nullptr;
  for (size_t i = 0; i < links_->size(); ++i) {
    Link* link = (*links_)[i];
    if (link == nullptr || link->items.empty()) continue;
    std::deque<Item>& items = link->items;
    std::shared_ptr<Link> held;  // What is dropped may be all that holds it.
    while (!items.empty() && items.front().settled != nullptr && *items.front().settled) {
      held = link->shared_from_this();
      items.pop_front();
    }
    if (items.empty() || !CanRun(*link, items.front())) continue;
    if (next == nullptr || items.front().at < next->items.front().at) next = link;
  }
  return next;
}

absl::Duration SimNetwork::NextTime() {
  const Link* next = Next();
  return next == nullptr ? absl::InfiniteDuration() : next->items.front().at;
}

void SimNetwork::Advance() {
  for (Link* next = Next(); next != nullptr && next->items.front().at <= Now(); next = Next()) {
    const Task task = std::move(next->items.front().task);
    next->items.pop_front();
    task();
  }
}

absl::Duration SimNetwork::Delay(const SimClient& client) {
  return client.faults.delay_min + UpTo(client.faults.delay_max - client.faults.delay_min);
}

absl::Duration SimNetwork::UpTo(absl::Duration longest) {
  const int64_t nanos = absl::ToInt64Nanoseconds(longest);
  if (nanos <= 0) return absl::ZeroDuration();
  return absl::Nanoseconds(static_cast<int64_t>(random_() % (static_cast<uint64_t>(nanos) + 1)));
}

bool SimNetwork::Chance(double probability) {
  if (probability <= 0)
    return false;  // Draws nothing, so that a fault that is off shifts no other.
  return static_cast<double>(random_() >> 11) * 0x1.0p-53 < probability;
}

size_t SimNetwork::Pick(size_t count) { return static_cast<size_t>(random_() % count); }

}  // namespace crm::eventlog
