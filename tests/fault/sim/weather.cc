#include "tests/fault/sim/weather.h"

namespace crm::fault {
namespace {

constexpr absl::Duration kTroubleMax = absl::Seconds(4);
constexpr absl::Duration kLongTroubleMax = absl::Seconds(15);
constexpr absl::Duration kDownMax = absl::Seconds(2);
constexpr absl::Duration kClockErrorMax = absl::Hours(1);
constexpr double kLateCommand = 0.08;
using Ending = Process::Ending;

}  // namespace

Weather::Weather(World& world, absl::Duration mean)
    : world_(world),
      mean_(mean),
      chaos_(std::make_unique<eventlog::SimChaos>(
          world.log(), mean, world.Pick(3) == 0 ? kLongTroubleMax : kTroubleMax)) {
  world_.late_command = kLateCommand;
  Next();
}

void Weather::Stop() {
  *going_ = false;
  chaos_->Stop();
  world_.peer_faults = World::PeerFaults();
  world_.late_command = 0;
  for (const auto& process : world_.processes()) {
    process->EndAt(0);
    process->FillDisk(false);
    process->clock().SetError(absl::ZeroDuration());
    process->StartAfter(absl::ZeroDuration());
  }
}

void Weather::Next() {
  world_.At(world_.UpTo(2 * mean_), [this, going = going_] {
    if (!*going) return;
    Strike();
    Next();
  });
}

void Weather::Strike() {
  Process& process = *world_.processes()[world_.Pick(world_.processes().size())];
  switch (world_.Pick(12)) {
    case 0:
      world_.Fired("kill");
      return End(process, Ending::kKilled);
    case 1:
      world_.Fired("power_loss");
      return End(process, Ending::kPowerLost);
    case 2:
      return StopProcess(process);
    case 3:
      return FillDisk(process);
    case 4:
      return JumpClock(process);
    case 5:
      return TroublePeers();
    case 6:
    case 7:
      // In the middle of what it does next: in front of or behind an append, a commit, an answer.
      world_.Fired("death_in_a_step");
      process.StartAfter(world_.UpTo(kDownMax));
      return process.EndAt(static_cast<int64_t>(1 + world_.Pick(12)));
    default:
      world_.Fired("flush");
      return process.Flush();
  }
}

void Weather::End(Process& process, Ending ending) {
  if (process.down()) return;
  process.StartAfter(absl::Milliseconds(1) + world_.UpTo(kDownMax));
  process.End(ending);
  // Behind its next step, in which it goes down.
  world_.At(absl::Microseconds(100), [this, &process, going = going_] {
    if (*going) HurtDisk(process);
  });
}

void Weather::HurtDisk(Process& process) {
  switch (world_.Pick(4)) {
    case 0:
      if (process.FlipBit()) world_.Fired("bit_flip");
      return;
    case 1:
      if (!process.down()) return;
      world_.Fired("tables_lost");
      return process.Wipe();
    default:
      return;
  }
}

void Weather::StopProcess(Process& process) {
  if (process.engine() == nullptr) return;
  world_.Fired("stop");
  process.engine()->LeaveGroup();
  world_.At(world_.UpTo(absl::Seconds(1)), [this, &process, going = going_, life = process.life()] {
    if (!*going || life->dead()) return;
    process.StartAfter(world_.UpTo(kDownMax));
    process.End(Ending::kStopped);
  });
}

void Weather::FillDisk(Process& process) {
  world_.Fired("disk_full");
  process.FillDisk(true);
  process.Flush();
  process.StartAfter(world_.UpTo(kDownMax));
  world_.At(world_.UpTo(kTroubleMax), [&process] { process.FillDisk(false); });
}

void Weather::JumpClock(Process& process) {
  world_.Fired("clock_error");
  process.clock().SetError(world_.UpTo(2 * kClockErrorMax) - kClockErrorMax);
}

void Weather::TroublePeers() {
  world_.peer_faults.lose_request = world_.Pick(2) == 0 ? 0 : 0.3;
  world_.peer_faults.lose_answer = world_.Pick(2) == 0 ? 0 : 0.3;
  world_.peer_faults.delay_max =
      world_.Pick(2) == 0 ? absl::Milliseconds(1) : absl::Milliseconds(500);
}

}  // namespace crm::fault
