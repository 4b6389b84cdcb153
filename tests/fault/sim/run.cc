#include "tests/fault/sim/run.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/fault/sim/clients.h"
#include "tests/fault/sim/weather.h"
#include "tests/fault/sim/world.h"

namespace crm::fault {
namespace {

constexpr absl::Duration kWeatherMean = absl::Milliseconds(600);
// In good weather everything is settled within this time: sessions, claims, what waits for them.
constexpr absl::Duration kSettleMax = absl::Minutes(2);
// After the weather something may yet be on its way for so long: what lands late holds up what its
// writer appended behind it.
constexpr absl::Duration kCalm = absl::Seconds(25);
// What was due earlier than this before the end has fired.
constexpr absl::Duration kTimerSlack = absl::Seconds(15);

LogModel ModelOf(World& world, int service) {
  std::vector<std::vector<eventlog::OwnedRecord>> partitions;
  for (int partition = 0; partition < world.partitions(); ++partition)
    partitions.push_back(world.log().Contents(world.service(service).topic, partition));
  return ReadModel(partitions);
}

bool OwnsOne(const Process& process, int partition) {
  if (process.engine() == nullptr) return false;
  for (const auto& report : process.engine()->Reports()) {
    if (report.topic == process.engine()->service().topic && report.partition == partition &&
        report.role == engine::Role::kOwner && report.owner == process.name()) {
      return true;
    }
  }
  return false;
}

// Every replica runs and has applied both logs to their ends, every partition has one owner.
bool Settled(World& world) {
  for (int service = 0; service < kServices; ++service) {
    for (int partition = 0; partition < world.partitions(); ++partition) {
      int owners = 0;
      for (const Process* replica : world.replicas(service)) {
        if (replica->engine() == nullptr) return false;
        owners += OwnsOne(*replica, partition) ? 1 : 0;
      }
      if (owners != 1) return false;
    }
  }
  for (int of = 0; of < kServices; ++of) {
    for (int partition = 0; partition < world.partitions(); ++partition) {
      const auto& topic = world.service(of).topic;
      const eventlog::Offset end = world.log().End(topic, partition);
      for (const auto& process : world.processes()) {
        if (process->engine()->AppliedOf(topic, partition) < end) return false;
      }
    }
  }
  return true;
}

std::string WhyUnsettled(World& world) {
  std::string why;
  for (const auto& process : world.processes()) {
    absl::StrAppend(&why, " ", process->name(), ":");
    if (process->engine() == nullptr) {
      absl::StrAppend(&why, process->down() ? " down" : " starting", " next at ",
                      absl::FormatDuration(process->NextTime(true) - world.Now()));
      continue;
    }
    for (const auto& report : process->engine()->Reports()) {
      absl::StrAppend(&why, " ", report.topic, "/", report.partition, "=",
                      std::string(engine::RoleName(report.role)), "@", report.next, "of",
                      world.log().End(report.topic, report.partition), report.stopped);
    }
    absl::StrAppend(&why, " reactions: ", process->engine()->Reactions().stopped);
  }
  return why;
}

// All that reactions and timers still owed is done: nothing new is appended for a while.
bool RunUntilQuiet(World& world) {
  const auto ends = [&world] {
    int64_t sum = 0;
    for (int service = 0; service < kServices; ++service) {
      for (int partition = 0; partition < world.partitions(); ++partition)
        sum += world.log().End(world.service(service).topic, partition);
    }
    return sum;
  };
  int64_t last = -1;
  absl::Duration since = world.Now();
  return world.Run(
      [&] {
        if (const int64_t now = ends(); now != last) {
          last = now;
          since = world.Now();
        }
        return world.Now() - since > kTimerSlack && Settled(world);
      },
      kSettleMax);
}

// In good weather each account takes a command, and each replica shows it behind a barrier and
// behind the answer's position.
void LastWords(World& world, Clients& clients, Violations& out) {
  for (int service = 0; service < kServices; ++service) {
    for (const std::string& id : kHotAccounts) {
      Operation add;
      add.kind = Operation::Kind::kAdd;
      add.service = service;
      add.name = "accounts/" + id;
      add.amount = 1;
      clients.Insist(add, [&clients](const Operation& added) {
        for (const auto read : {Operation::Read::kAfter, Operation::Read::kBarrier}) {
          Operation look;
          look.service = added.service;
          look.name = added.name;
          look.read = read;
          look.after = added.position;
          clients.Insist(look, nullptr);
        }
      });
    }
  }
  const size_t before = clients.history().size();
  if (!world.Run([&] { return clients.done(); }, kSettleMax))
    out.push_back("at the end not every command and read was answered");
  for (size_t i = before; i < clients.history().size(); ++i) {
    const Operation& operation = clients.history()[i];
    if (operation.outcome != Operation::Outcome::kOk || operation.sends > 3)
      out.push_back(absl::StrCat("in good weather: ", Describe(operation)));
  }
}

void CheckAll(World& world, const History& history, Violations& out) {
  const LogModel models[kServices] = {ModelOf(world, 0), ModelOf(world, 1)};
  for (int service = 0; service < kServices; ++service) {
    const LogModel& own = models[service];
    const LogModel& partner = models[1 - service];
    out.insert(out.end(), own.faults.begin(), own.faults.end());
    CheckCommands(history, own, service, out);
    CheckRefusals(history, own, service, out);
    CheckLinearizable(history, own, service, out);
    CheckReads(history, own, service, out);
    CheckReactions(partner, own, "OnAmountSent", out);
    CheckReactions(own, own, "OnAmountAdded", out);
    CheckTimers(own, world.clock().Now() - kTimerSlack, out);
    for (const Process* replica : world.replicas(service)) {
      CheckTables(*replica, own, partner, out);
      if (replica->Digest() != world.replicas(service).front()->Digest())
        out.push_back(absl::StrCat(replica->name(), " differs from the first replica"));
    }
  }
}

}  // namespace

RunReport RunSeed(uint64_t seed) {
  RunReport report;
  World world(seed);
  const absl::Duration begin = world.Now();
  Clients clients(world, ClientOptions());
  Weather weather(world, kWeatherMean);
  clients.Begin();
  if (!world.Run([&] { return clients.done(); }, absl::Minutes(10)))
    report.violations.push_back("the callers did not come to an end");
  weather.Stop();
  // New replicas fold the logs from zero.
  for (int service = 0; service < kServices; ++service)
    world.AddReplica(service).StartAfter(absl::ZeroDuration());
  const absl::Duration calm = world.Now() + kCalm;
  bool settled = world.Run([&] { return world.Now() > calm && Settled(world); }, kSettleMax);
  if (settled) LastWords(world, clients, report.violations);
  settled = settled && RunUntilQuiet(world);
  // A flipped bit that nobody has read yet: the checks are to compare tables, not to find it.
  if (settled) {
    for (const auto& process : world.processes()) process->Scrub();
    settled = world.Run([&] { return Settled(world); }, kSettleMax);
  }
  if (settled) {
    CheckAll(world, clients.history(), report.violations);
  } else {
    report.violations.push_back(absl::StrCat("nothing settles:", WhyUnsettled(world)));
  }
  for (const std::string& complaint : world.complaints()) report.violations.push_back(complaint);
  report.faults = world.FaultsFired();
  report.operations = static_cast<int64_t>(clients.history().size());
  report.acknowledged = std::count_if(
      clients.history().begin(), clients.history().end(),
      [](const Operation& operation) { return operation.outcome == Operation::Outcome::kOk; });
  for (int service = 0; service < kServices; ++service) {
    const LogModel model = ModelOf(world, service);
    report.accepted += model.accepted;
    report.rejected += model.rejected;
  }
  report.simulated = world.Now() - begin;
  return report;
}

}  // namespace crm::fault
