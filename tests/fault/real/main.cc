// Injects faults into real processes under load, one after the other, and judges each.
//
// Ends with 0 when everything held, 1 after a violation, 2 when it could not be run.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "tests/fault/real/runner.h"

namespace crm::fault {
namespace {

namespace fs = std::filesystem;

// Mounts of ours are seen by our processes only, and gone with them. False: not allowed.
bool TakePrivateMounts() {
  return unshare(CLONE_NEWNS) == 0 &&
         mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

// A gap is also the machine's: where each kind comes once, a gap beyond its limit is tried again.
constexpr int kGapTries = 3;

// The kinds that are asked for, or all; empty when one is unknown.
std::vector<Injection> Chosen(const std::vector<std::string>& kinds) {
  const std::vector<Injection> all = AllInjections();
  if (kinds.empty()) return all;
  std::vector<Injection> chosen;
  for (const std::string& kind : kinds) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Injection& one) { return one.kind == kind; });
    if (found == all.end()) return {};
    chosen.push_back(*found);
  }
  return chosen;
}

Programs ProgramsIn(const std::string& bin) {
  return {bin + "/customer",  bin + "/sales-pipeline", CRM_BROKER_TOOL, bin + "/faultproxy",
          bin + "/topicdump", bin + "/verify",         bin + "/crmctl", bin + "/libwrong_clock.so"};
}

// Every kind comes once before any comes again, each time in another order.
int RunAll(Runner& runner, std::vector<Injection> chosen, int count, unsigned seed) {
  std::mt19937 random(seed);
  int held = 0;
  for (int i = 0; i < count; ++i) {
    const size_t next = static_cast<size_t>(i) % chosen.size();
    if (next == 0) std::shuffle(chosen.begin(), chosen.end(), random);
    if (runner.Inject(chosen[next])) ++held;
  }
  std::cout << runner.Summary() << held << " of " << count << " held" << std::endl;
  return held == count ? 0 : 1;
}

int Main(int argc, char** argv) {
  testing::InitGoogleTest();
  CLI::App flags("Injects faults into real processes under load, and judges what follows.");
  int count = 0;
  std::vector<std::string> kinds;
  bool each_once = false;
  bool list = false;
  RunOptions options;
  flags.add_option("--injections", count, "how many, over the kinds in rotation")
      ->check(CLI::Range(1, 1'000'000));
  flags.add_option("--kind", kinds, "only this one; repeated");
  flags.add_flag("--each-once", each_once, "each kind once");
  flags.add_flag("--long", options.long_form, "faults last longer");
  flags.add_flag("--keep", options.keep, "keep histories and dumps of what held");
  flags.add_flag("--list", list, "print the kinds and end");
  flags.add_option("--seed", options.seed, "of the order of kinds, and of their draws");
  flags.add_option("--out", options.out, "a directory for the record and for what failed")
      ->take_last();
  CLI11_PARSE(flags, argc, argv);
  const std::vector<Injection> chosen = Chosen(kinds);
  if (list) {
    for (const Injection& injection : chosen) std::cout << injection.kind << "\n";
    return 0;
  }
  if (each_once) {
    count = static_cast<int>(chosen.size());
    options.gap_tries = kGapTries;
  }
  if (chosen.empty() || count == 0 || options.out.empty()) {
    std::cerr << "fault: needs --out, --injections or --each-once, and kinds that --list has\n";
    return 2;
  }
  options.out = fs::absolute(options.out);
  options.programs = ProgramsIn(fs::canonical("/proc/self/exe").parent_path());
  options.can_mount = TakePrivateMounts();
  Runner runner(options);
  return RunAll(runner, chosen, count, options.seed);
}

}  // namespace
}  // namespace crm::fault

int main(int argc, char** argv) { return crm::fault::Main(argc, argv); }
