#include "tests/fault/sim/world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/engine/testdata/local_peers.h"

namespace crm::fault {
namespace {

using engine::testdata::ForwardDone;
using engine::testdata::MakeAccountService;
using engine::testdata::PeerBarrierDone;

constexpr char kPackages[kServices][16] = {"crm.east.v1", "crm.west.v1"};
constexpr const char* kNames[kServices] = {"east", "west"};
// Work takes time.
constexpr absl::Duration kStep = absl::Microseconds(20);
// A call to a replica that does not answer is given up.
constexpr absl::Duration kPeerPatience = absl::Seconds(2);

absl::Status Lost() {
  return base::Unavailable("UNREACHABLE", "lost on the way", absl::Milliseconds(100));
}

eventlog::SimLog::Options LogOptions(uint64_t seed) {
  eventlog::SimLog::Options options;
  options.seed = seed;
  // Shorter ones too than in production, for they are reached more often.
  options.message_timeout = absl::Seconds(1 + 3 * (seed % 4));
  return options;
}

}  // namespace

World::World(uint64_t seed)
    : seed_(seed),
      random_(seed),
      log_(LogOptions(seed), clock_),
      partitions_(1 + static_cast<int>(Pick(3))) {
  setup_ = log_.Connect("setup");
  for (int i = 0; i < kServices; ++i) {
    services_.push_back(MakeAccountService({.package = kPackages[i], .partner = kPackages[1 - i]}));
    const absl::Status made =
        setup_->CreateTopic(services_[i].topic, partitions_, absl::Seconds(1));
    base::Check(made.ok(), "the topics can be made");
  }
  // Nobody else is to be frozen or cut off.
  setup_.reset();
  log_.Crash("setup");
  const size_t replicas[kServices] = {2 + Pick(4), 2 + Pick(2)};
  for (int i = 0; i < kServices; ++i) {
    for (size_t j = 0; j < replicas[i]; ++j) AddReplica(i).StartAfter(absl::ZeroDuration());
  }
}

World::~World() {
  agenda_.clear();
  processes_.clear();
}

Process& World::AddReplica(int service) {
  ProcessOptions options;
  options.name = absl::StrCat(kNames[service], "-", replicas_[service].size());
  options.service = &services_[service];
  options.workers = 1 + static_cast<int>(Pick(2));
  // Not drawn, so that seeds of before mean what they meant.
  options.steps_here = seed_ % 3 == 2;
  options.seed = random_();
  options.log = &log_;
  options.clock = &clock_;
  options.peers = PeersOf(options.name);
  options.idle = [this](absl::Duration at_most) {
    const bool was = std::exchange(starting_, true);
    Tick(at_most);
    starting_ = was;
  };
  options.complain = [this](std::string what) { Complain(std::move(what)); };
  processes_.push_back(std::make_unique<Process>(std::move(options)));
  replicas_[service].push_back(processes_.back().get());
  return *processes_.back();
}

Process* World::Find(const std::string& name) const {
  for (const auto& process : processes_) {
    if (process->name() == name) return process.get();
  }
  return nullptr;
}

bool World::Chance(double probability) {
  return probability > 0 && std::uniform_real_distribution<double>(0, 1)(random_) < probability;
}

absl::Duration World::UpTo(absl::Duration longest) {
  return absl::Nanoseconds(
      static_cast<int64_t>(random_() % (absl::ToInt64Nanoseconds(longest) + 1)));
}

bool World::Loses(double probability, const char* kind) {
  if (!Chance(probability)) return false;
  Fired(kind);
  return true;
}

template <class Answer>
std::function<void(Answer)> World::Delayed(const std::string& name,
                                           std::function<void(Answer)> done) {
  Process* asker = Find(name);
  std::shared_ptr<bool> answered = std::make_shared<bool>(false);
  auto once = [life = std::weak_ptr<Life>(asker->life()), asker, answered,
               done = std::move(done)](Answer answer) {
    const std::shared_ptr<Life> alive = life.lock();
    if (alive == nullptr || alive->dead() || asker->engine() == nullptr) return;
    if (std::exchange(*answered, true)) return;
    done(std::move(answer));
  };
  At(kPeerPatience, [once] { once(Lost()); });
  return [this, once](Answer answer) {
    if (Loses(peer_faults.lose_answer, "peer_answer_lost")) answer = Lost();
    At(UpTo(peer_faults.delay_max),
       [once, held = std::make_shared<Answer>(std::move(answer))] { once(std::move(*held)); });
  };
}

// To answer is a deed of whoever answers.
template <class Answer>
std::function<void(Answer)> World::Spoken(const std::string& name,
                                          std::function<void(Answer)> done) {
  const Process* speaker = Find(name);
  if (speaker == nullptr || speaker->life() == nullptr) return done;
  return [life = speaker->life(), done = std::move(done)](Answer answer) {
    if (life->Deed()) done(std::move(answer));
  };
}

engine::Peers World::PeersOf(const std::string& name) {
  const engine::Peers direct =
      engine::testdata::LocalPeers([this](const std::string& instance) -> engine::Engine* {
        Process* target = Find(instance);
        return target == nullptr || target->frozen() ? nullptr : target->engine();
      });
  engine::Peers peers;
  peers.forward = [this, name, direct](const std::string& instance,
                                       const engine::v1::SubmitCommandRequest& request,
                                       absl::Duration deadline, ForwardDone done) {
    done = Delayed(name, std::move(done));
    if (Loses(peer_faults.lose_request, "peer_request_lost")) return done(Lost());
    At(UpTo(peer_faults.delay_max), [this, direct, instance, request, deadline, done] {
      direct.forward(instance, request, deadline, Spoken(instance, done));
    });
  };
  peers.barrier = [this, name, direct](const std::string& instance,
                                       const engine::v1::CreateBarrierRequest& request,
                                       absl::Duration deadline, PeerBarrierDone done) {
    done = Delayed(name, std::move(done));
    if (Loses(peer_faults.lose_request, "peer_request_lost")) return done(Lost());
    At(UpTo(peer_faults.delay_max), [this, direct, instance, request, deadline, done] {
      direct.barrier(instance, request, deadline, Spoken(instance, done));
    });
  };
  return peers;
}

void World::At(absl::Duration delay, std::function<void()> what) {
  agenda_.emplace(Now() + delay, std::move(what));
}

void World::Tick(absl::Duration at_most) {
  absl::Duration next = std::min(log_.NextEventTime(), Now() + at_most);
  if (!agenda_.empty()) next = std::min(next, agenda_.begin()->first);
  for (const auto& process : processes_) next = std::min(next, process->NextTime(!starting_));
  clock_.AdvanceTo(std::max(next, Now() + kStep));
  log_.Advance();
  while (!agenda_.empty() && agenda_.begin()->first <= Now()) {
    const std::function<void()> what = std::move(agenda_.begin()->second);
    agenda_.erase(agenda_.begin());
    what();
  }
  for (size_t i = 0; i < processes_.size(); ++i) processes_[i]->Step(!starting_);
}

bool World::Run(const std::function<bool()>& until, absl::Duration limit) {
  const absl::Duration end = Now() + limit;
  while (!until()) {
    if (Now() > end) return false;
    Tick(absl::Seconds(1));
  }
  return true;
}

std::map<std::string, int64_t> World::FaultsFired() {
  std::map<std::string, int64_t> all = fired_;
  for (const auto& [kind, count] : log_.fired()) all[kind] += count;
  return all;
}

}  // namespace crm::fault
