// Replicas that are killed, stopped, frozen, or live in another time.
#include <gtest/gtest.h>
#include <signal.h>

#include "absl/strings/str_cat.h"
#include "tests/fault/real/injections.h"

namespace crm::fault {
namespace {

std::string NameOf(int replica) { return absl::StrCat("r", replica + 1); }

// Marks the partitions of the owner that is about to be hit.
int MarkBusiest(Scene& scene) {
  const int owner = scene.cluster.BusiestOwner();
  const std::vector<int> owned = scene.cluster.OwnedBy(owner);
  EXPECT_FALSE(owned.empty());
  scene.recorder.Mark(scene.kind, NameOf(owner), owned);
  return owner;
}

void AwaitOthersOwn(Scene& scene, int replica) {
  e2e::Until(absl::StrCat("others own what ", NameOf(replica), " had"),
             [&] { return scene.cluster.OthersOwnAll(replica); });
}

void Kill9Owner(Scene& scene) {
  const int owner = MarkBusiest(scene);
  scene.cluster.replica(owner).Kill();
  AwaitOthersOwn(scene, owner);
  scene.load.WaitForAllPartitions("without the killed owner");
  scene.cluster.replica(owner).Start();
}

void CleanStop(Scene& scene) {
  const int owner = MarkBusiest(scene);
  EXPECT_EQ(scene.cluster.replica(owner).Stop(), 0);
  scene.load.WaitForAllPartitions("without the stopped owner");
  scene.cluster.replica(owner).Start();
}

void RollingRestart(Scene& scene) {
  for (int i = 0; i < kReplicas; ++i) {
    scene.recorder.Mark(scene.kind, NameOf(i), scene.cluster.OwnedBy(i));
    EXPECT_EQ(scene.cluster.replica(i).Stop(), 0);
    scene.cluster.replica(i).Start();
    scene.cluster.WaitUntilWell();
  }
}

void SigstopOwner(Scene& scene) {
  const int owner = MarkBusiest(scene);
  scene.cluster.replica(owner).Signal(SIGSTOP);
  AwaitOthersOwn(scene, owner);
  scene.load.WaitForAllPartitions("without the frozen owner");
  if (scene.long_form) scene.load.Hold(absl::Seconds(20));
  scene.cluster.replica(owner).Signal(SIGCONT);
}

// Only what the wall clock says: spans are measured by clocks that nobody sets.
void LiveInAnotherTime(Scene& scene, const std::string& shift) {
  const int owner = scene.cluster.BusiestOwner();
  e2e::Service& service = scene.cluster.replica(owner);
  EXPECT_EQ(service.Stop(), 0);
  service.Start({"LD_PRELOAD=" + scene.programs.wrong_clock, "CRM_CLOCK_SHIFT_SECONDS=" + shift});
  service.WaitUntilReady();
  e2e::Until("it owns some", [&] { return !scene.cluster.OwnedBy(owner).empty(); });
  scene.recorder.Mark(scene.kind, NameOf(owner), scene.cluster.OwnedBy(owner));
  Last(scene, absl::Seconds(3), absl::Seconds(20));
  scene.load.WaitForAllPartitions("with a clock that is wrong");
  EXPECT_EQ(service.Stop(), 0);
  service.Start();
}

void ClockForward(Scene& scene) { LiveInAnotherTime(scene, "3600"); }
void ClockBack(Scene& scene) { LiveInAnotherTime(scene, "-3600"); }

}  // namespace

std::vector<Injection> ProcessInjections() {
  return {{"kill-9-owner", Kill9Owner, absl::Seconds(5)},
          {"clean-stop", CleanStop, absl::Seconds(1)},
          {"rolling-restart", RollingRestart, absl::InfiniteDuration(), true},
          {"sigstop-owner", SigstopOwner},
          {"clock-forward", ClockForward},
          {"clock-back", ClockBack}};
}

}  // namespace crm::fault
