#include "libs/eventlog/sim/network.h"

#include <algorithm>
#include <utility>

namespace crm::eventlog {

void SimNetwork::Links::Sort(Link& link) {
  std::optional<absl::Duration> next;
  if (!link.items.empty()) next = link.items.front().at;
  if (next == link.next) return;
  if (link.next.has_value()) busy.erase({*link.next, link.number});
  link.next = next;
  if (next.has_value()) busy[{*next, link.number}] = &link;
}

// A visit may end any link: the next one is looked for after it.
template <class Visit>
void SimNetwork::Each(const Visit& visit) {
  for (auto at = links_->all.begin(); at != links_->all.end();) {
    const int64_t number = at->first;
    visit(*at->second);
    at = links_->all.upper_bound(number);
  }
}

SimNetwork::~SimNetwork() {
  Each([this](Link& link) {
    std::deque<Item> ended;  // Outside the link: its items may be all that holds it.
    ended.swap(link.items);
    links_->Sort(link);
  });
}

std::shared_ptr<SimNetwork::Link> SimNetwork::MakeLink(std::shared_ptr<const SimClient> client,
                                                       Kind kind) {
  std::shared_ptr<Link> link(new Link, [links = links_](Link* gone) {
    links->all.erase(gone->number);
    if (gone->next.has_value()) links->busy.erase({*gone->next, gone->number});
    delete gone;
  });
  link->client = std::move(client);
  link->local = kind == Kind::kLocal;
  link->lane = kind == Kind::kLane;
  link->number = ++made_;
  links_->all[link->number] = link.get();
  return link;
}

void SimNetwork::Send(Link& link, absl::Duration delay, Task task,
                      std::shared_ptr<const bool> settled) {
  if (link.client != nullptr && link.client->gone) return;
  DropSettled(link);
  absl::Duration at = Now() + delay;
  if (!link.items.empty()) at = std::max(at, link.items.back().at);
  link.items.push_back({at, std::move(task), false, std::move(settled)});
  links_->Sort(link);
}

void SimNetwork::CutLanes(const SimClient& client, bool drop_rest) {
  Each([&](Link& link) {
    if (!link.lane || link.client.get() != &client || link.items.empty()) return;
    const std::shared_ptr<Link> held = link.shared_from_this();
    const size_t sent = Pick(link.items.size() + 1);
    for (size_t i = 0; i < sent; ++i) link.items[i].wire = true;
    if (!drop_rest) return;
    while (!link.items.empty() && !link.items.back().wire) link.items.pop_back();
    links_->Sort(link);
  });
}

void SimNetwork::Forget(const SimClient& client) {
  Each([&](Link& link) {
    if (link.client.get() != &client || link.items.empty()) return;
    const std::shared_ptr<Link> held = link.shared_from_this();
    std::erase_if(link.items, [](const Item& item) { return !item.wire; });
    links_->Sort(link);
  });
}

bool SimNetwork::CanRun(const Link& link, const Item& item) {
  if (link.client == nullptr || item.wire) return true;
  return link.local ? !link.client->frozen : link.client->Reachable();
}

// What holds the link must not be among its items alone.
void SimNetwork::DropSettled(Link& link) {
  const auto settled = [](const Item& item) { return item.settled != nullptr && *item.settled; };
  while (!link.items.empty() && settled(link.items.front())) link.items.pop_front();
}

SimNetwork::Link* SimNetwork::Next() {
  for (auto at = links_->busy.begin(); at != links_->busy.end();) {
    const auto key = at->first;
    {
      const std::shared_ptr<Link> link = at->second->shared_from_this();
      DropSettled(*link);
      links_->Sort(*link);
      if (link->next == key.first && CanRun(*link, link->items.front())) return link.get();
    }
    at = links_->busy.upper_bound(key);  // What went may have taken others with it.
  }
  return nullptr;
}

absl::Duration SimNetwork::NextTime() {
  const Link* next = Next();
  return next == nullptr ? absl::InfiniteDuration() : next->items.front().at;
}

void SimNetwork::Advance() {
  for (Link* next = Next(); next != nullptr && next->items.front().at <= Now(); next = Next()) {
    const Task task = std::move(next->items.front().task);
    next->items.pop_front();
    links_->Sort(*next);
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
