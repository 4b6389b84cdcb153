#include "libs/eventlog/sim/writer.h"

#include <utility>

namespace crm::eventlog {
namespace {

absl::Status Unknown() { return absl::UnavailableError("what became of it is not known"); }

}  // namespace

SimWriter::SimWriter(SimBroker& broker, std::shared_ptr<SimClient> client, std::string topic,
                     Waker waker)
    : broker_(broker),
      client_(std::move(client)),
      topic_(std::move(topic)),
      state_(std::make_shared<State>()),
      acks_(broker.network().MakeLink(client_, SimNetwork::Kind::kMessages)),
      timeouts_(broker.network().MakeLink(client_, SimNetwork::Kind::kLocal)) {
  state_->waker = std::move(waker);
}

SimWriter::~SimWriter() { state_->waker = nullptr; }

absl::Status SimWriter::Append(const Record& record, uint64_t token) {
  if (broker_.Find({topic_, record.partition}) == nullptr) {
    return absl::InvalidArgumentError("no such partition");
  }
  if (client_->faults.topic_gone) return absl::NotFoundError("the topic is gone");
  size_t size = record.key.size() + record.value.size();
  for (const Header& header : record.headers) size += header.key.size() + header.value.size();
  if (size > broker_.options().record_bytes_max) {
    return absl::InvalidArgumentError("the record is larger than the log takes");
  }
  if (state_->pending >= broker_.options().writer_pending_max) {
    return absl::ResourceExhaustedError("the queue of the writer is full");
  }
  if (!state_->broken && broker_.network().Chance(client_->faults.break_writer)) Break();
  if (state_->broken) return absl::UnavailableError("the writer is broken");
  auto pending = std::make_shared<Pending>(Pending{token, record.partition, false, false});
  ++state_->pending;
  while (!untold_.empty() && untold_.front()->told) untold_.pop_front();
  untold_.push_back(pending);
  const Fate fate = DrawFate();
  if (fate == Fate::kDenied) {
    broker_.network().Send(
        *acks_, 2 * broker_.network().Delay(*client_), [state = state_, pending] {
          Tell(*state, *pending, absl::PermissionDeniedError("not authorised to write"), -1);
        });
    return absl::OkStatus();
  }
  WatchTimeout(pending);
  if (fate != Fate::kGood) TellUnknownSoon(pending);
  Send(LaneOf(record.partition), std::move(pending), OwnedRecord::From(record), fate);
  return absl::OkStatus();
}

SimWriter::Fate SimWriter::DrawFate() {
  SimNetwork& network = broker_.network();
  const SimFaults& faults = client_->faults;
  if (faults.deny_append) {
    network.Fired("denied_append");
    return Fate::kDenied;
  }
  if (network.Chance(faults.lose_append)) {
    network.Fired("lost_append");
    return Fate::kLost;
  }
  if (network.Chance(faults.lose_ack)) {
    network.Fired("lost_ack");
    return Fate::kAckLost;
  }
  if (network.Chance(faults.land_late)) {
    network.Fired("late_landing");
    return Fate::kLate;
  }
  return Fate::kGood;
}

SimWriter::Lane& SimWriter::LaneOf(int partition) {
  std::shared_ptr<Lane>& lane = lanes_[partition];
  if (lane == nullptr) {
    lane = std::make_shared<Lane>();
    lane->link = broker_.network().MakeLink(client_, SimNetwork::Kind::kLane);
  }
  return *lane;
}

void SimWriter::Send(Lane& lane, std::shared_ptr<Pending> pending, OwnedRecord record, Fate fate) {
  SimNetwork& network = broker_.network();
  absl::Duration delay = network.Delay(*client_);
  if (fate == Fate::kLate) delay += network.UpTo(client_->faults.late_max);
  lane.pending.push_back(pending);
  // Everything it needs is held by the task: the record may land when this writer is long gone.
  network.Send(*lane.link, delay,
               [&broker = broker_, client = client_, topic = topic_, state = state_, acks = acks_,
                held = lanes_[pending->partition], pending, record = std::move(record), fate] {
                 held->pending.pop_front();
                 if (pending->dropped || fate == Fate::kLost) return;
                 const Offset offset = broker.Land({topic, pending->partition}, record);
                 if (broker.network().Chance(client->faults.repeat_append))
                   LandAgain(broker, client, {topic, pending->partition}, record);
                 if (fate != Fate::kGood) return;
                 broker.network().Send(*acks, broker.network().Delay(*client),
                                       [state, pending, offset] {
                                         Tell(*state, *pending, absl::OkStatus(), offset);
                                       });
               });
}

void SimWriter::LandAgain(SimBroker& broker, const std::shared_ptr<SimClient>& client,
                          const TopicPartition& place, const OwnedRecord& record) {
  SimNetwork& network = broker.network();
  network.Fired("repeated_append");
  auto link = network.MakeLink(client, SimNetwork::Kind::kMessages);
  SimNetwork::Link& used = *link;
  network.Send(used, 3 * network.Delay(*client),
               [&broker, place, record, link = std::move(link)] { broker.Land(place, record); });
}

void SimWriter::TellUnknownSoon(const std::shared_ptr<Pending>& pending) {
  SimNetwork& network = broker_.network();
  // A link of its own: reports that come in time must not queue behind it. The task keeps it.
  auto link = network.MakeLink(client_, SimNetwork::Kind::kLocal);
  SimNetwork::Link& used = *link;
  network.Send(
      used, network.UpTo(broker_.options().message_timeout),
      [state = state_, pending, link = std::move(link)] { Tell(*state, *pending, Unknown(), -1); });
}

void SimWriter::WatchTimeout(const std::shared_ptr<Pending>& pending) {
  broker_.network().Send(
      *timeouts_, broker_.options().message_timeout,
      [&network = broker_.network(), state = state_, pending] {
        network.Fired("message_timeout");
        // What still waits at the client is given up; what is on its way may yet land.
        if (network.Pick(2) == 0) pending->dropped = true;
        Tell(*state, *pending, absl::DeadlineExceededError("not acknowledged in time"), -1);
      },
      std::shared_ptr<const bool>(pending, &pending->told));
}

void SimWriter::Tell(State& state, Pending& pending, const absl::Status& status, Offset offset) {
  if (pending.told) return;
  pending.told = true;
  --state.pending;
  state.reports.push_back({pending.token, pending.partition, offset, status});
  if (state.waker != nullptr) state.waker();
}

void SimWriter::Poll(std::vector<Delivery>& out) {
  for (Delivery& delivery : state_->reports) out.push_back(std::move(delivery));
  state_->reports.clear();
}

std::vector<std::shared_ptr<SimWriter::Pending>> SimWriter::Cut() {
  std::vector<std::shared_ptr<Pending>> given_up;
  for (auto& [partition, lane] : lanes_) {
    std::deque<SimNetwork::Item>& items = lane->link->items;
    size_t kept = client_->Reachable() ? broker_.network().Pick(items.size() + 1) : 0;
    while (kept < items.size() && items[kept].wire) ++kept;
    for (size_t i = 0; i < kept; ++i) items[i].wire = true;
    while (items.size() > kept) {
      given_up.push_back(std::move(lane->pending.back()));
      lane->pending.pop_back();
      items.pop_back();
    }
  }
  return given_up;
}

void SimWriter::Purge() {
  for (const std::shared_ptr<Pending>& pending : Cut()) {
    broker_.network().Fired("purged");
    Tell(*state_, *pending, Unknown(), -1);
  }
}

void SimWriter::Break() {
  broker_.network().Fired("broken_writer");
  state_->broken = true;
  Cut();
  for (const std::shared_ptr<Pending>& pending : untold_) Tell(*state_, *pending, Unknown(), -1);
}

}  // namespace crm::eventlog
