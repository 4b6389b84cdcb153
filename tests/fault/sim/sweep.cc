#include "tests/fault/sim/sweep.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "libs/base/check.h"
#include "libs/base/log.h"
#include "tests/fault/sim/run.h"

namespace crm::fault {
namespace {

// A process that ran so many seeds is replaced, so that nothing piles up.
constexpr int kSeedsPerProcess = 200;
// A run that takes longer is one that hangs.
constexpr absl::Duration kRunMax = absl::Minutes(2);
// What a sweep must have had, each in a fifth of its seeds.
constexpr const char* kKinds[] = {
    "bit_flip",
    "broken_writer",
    "clock_error",
    "crash",
    "death_in_a_step",
    "disconnected",
    "disk_full",
    "flush",
    "frozen",
    "heartbeats_stopped",
    "kill",
    "late_command",
    "late_landing",
    "lost_ack",
    "lost_append",
    "lost_commit",
    "power_loss",
    "purged",
    "peer_answer_lost",
    "message_timeout",
    "peer_request_lost",
    "rebalance",
    "repeated_append",
    "session_expired",
    "slow_read",
    "split_view",
    "stop",
    "tables_lost",
    "unavailable_poll",
};
// A sweep of fewer seeds says nothing about how often a kind happens.
constexpr uint64_t kSeedsForKinds = 200;

// Lines from a child to its parent: "begin <seed>", "kind <name>", "violation <text>", "end".
void Say(int fd, const std::string& line) {
  const std::string text = line + "\n";
  base::Check(write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()),
              "the parent listens");
}

std::string OneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.substr(0, 2000);
}

struct Child {
  pid_t pid = 0;
  int fd = -1;
  std::string rest;  // Of a line that has not come whole.
  uint64_t seed = 0;
  bool running = false;  // A seed.
  absl::Time begun;
  uint64_t next = 0;  // Seed that its successor begins with.
};

class Sweeper {
 public:
  explicit Sweeper(const SweepOptions& options)
      : options_(options),
        jobs_(options.jobs > 0 ? options.jobs
                               : static_cast<int>(std::thread::hardware_concurrency())),
        begun_(absl::Now()) {}

  int Run() {
    children_.resize(jobs_);
    for (int i = 0; i < jobs_; ++i) {
      children_[i].next = options_.from + i;
      Start(children_[i]);
    }
    while (std::any_of(children_.begin(), children_.end(), [](auto& c) { return c.pid != 0; }))
      Wait();
    return Conclude();
  }

 private:
  bool Over(uint64_t seed) const {
    // A slow machine takes longer, not fewer.
    const bool enough = seed >= options_.from + options_.at_least;
    return (options_.count > 0 && seed >= options_.from + options_.count) ||
           (enough && absl::Now() - begun_ > options_.time) ||
           (options_.planted && !found_.empty());
  }

  void Start(Child& child) {
    if (Over(child.next)) return;
    int ends[2];
    base::Check(pipe(ends) == 0, "a pipe can be made");
    child.pid = fork();
    base::Check(child.pid >= 0, "a process can be made");
    if (child.pid == 0) {
      close(ends[0]);
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      Work(ends[1], child.next);
    }
    close(ends[1]);
    child.fd = ends[0];
    child.rest.clear();
    child.running = false;
  }

  [[noreturn]] void Work(int fd, uint64_t seed) {
    base::SetLogLevel(base::Level::kError);
    if (freopen("/dev/null", "w", stderr) == nullptr) _exit(3);
    for (int i = 0; i < kSeedsPerProcess && !Over(seed); ++i, seed += jobs_) {
      Say(fd, absl::StrCat("begin ", seed));
      const RunReport report = RunSeed(seed);
      for (const auto& [kind, count] : report.faults) Say(fd, absl::StrCat("kind ", kind));
      int64_t fired = 0;
      for (const auto& [kind, count] : report.faults) fired += count;
      Say(fd, absl::StrCat("counts ", fired, " ", report.operations, " ", report.acknowledged, " ",
                           report.accepted, " ", report.rejected));
      for (const std::string& violation : report.violations)
        Say(fd, absl::StrCat("violation ", OneLine(violation)));
      Say(fd, "end");
    }
    _exit(0);
  }

  void Wait() {
    std::vector<pollfd> fds;
    for (const Child& child : children_) {
      if (child.pid != 0) fds.push_back({child.fd, POLLIN, 0});
    }
    poll(fds.data(), fds.size(), 1000);
    size_t at = 0;
    for (Child& child : children_) {
      if (child.pid == 0) continue;
      if (fds[at++].revents != 0) Read(child);
      if (child.pid != 0 && child.running && absl::Now() - child.begun > kRunMax) {
        Found(child.seed, "the run hangs");
        kill(child.pid, SIGKILL);
      } else if (child.pid != 0 && options_.planted && !found_.empty()) {
        kill(child.pid, SIGKILL);
        child.running = false;
      }
    }
  }

  void Read(Child& child) {
    char buffer[65536];
    const ssize_t got = read(child.fd, buffer, sizeof(buffer));
    if (got <= 0) return Reap(child);
    child.rest.append(buffer, static_cast<size_t>(got));
    for (size_t end; (end = child.rest.find('\n')) != std::string::npos;) {
      const std::string line = child.rest.substr(0, end);
      child.rest.erase(0, end + 1);
      Hear(child, line);
    }
  }

  void Hear(Child& child, const std::string& line) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    if (words[0] == "begin") {
      base::Check(absl::SimpleAtoi(words[1], &child.seed), "a seed is a number");
      child.running = true;
      child.begun = absl::Now();
      child.next = child.seed + jobs_;
    } else if (words[0] == "kind") {
      ++seeds_with_[words[1]];
    } else if (words[0] == "counts") {
      Count(words[1]);
    } else if (words[0] == "violation") {
      Found(child.seed, words[1]);
    } else {
      child.running = false;
      ++seeds_;
    }
  }

  void Count(const std::string& numbers) {
    std::vector<std::string> words = absl::StrSplit(numbers, ' ');
    for (size_t i = 0; i < 5; ++i) {
      int64_t number = 0;
      base::Check(absl::SimpleAtoi(words[i], &number), "a count is a number");
      counts_[i] += number;
      if (i == 0 && number < 10) ++seeds_with_few_faults_;
    }
  }

  void Reap(Child& child) {
    int status = 0;
    waitpid(child.pid, &status, 0);
    close(child.fd);
    if (child.running) {
      Found(child.seed, WIFSIGNALED(status)
                            ? absl::StrCat("the process ended by signal ", WTERMSIG(status))
                            : absl::StrCat("the process ended with ", WEXITSTATUS(status)));
      ++seeds_;
    }
    child.pid = 0;
    Start(child);
  }

  void Found(uint64_t seed, const std::string& what) {
    auto& all = found_[seed];
    all.push_back(what);
    if (all.size() <= 3) std::cout << "seed " << seed << ": " << what << std::endl;
  }

  int Conclude() {
    std::cout << absl::StrFormat(
        "%d seeds in %.0f s: %d faults, %d operations, %d acknowledged; %d records accepted, %d "
        "rejected\n",
        seeds_, absl::ToDoubleSeconds(absl::Now() - begun_), counts_[0], counts_[1], counts_[2],
        counts_[3], counts_[4]);
    if (options_.planted) {
      std::cout << (found_.empty() ? "NOT FOUND\n"
                                   : absl::StrCat("found by seed ", found_.begin()->first, "\n"));
      return found_.empty() ? 1 : 0;
    }
    bool rare = false;
    for (const char* kind : kKinds) {
      const uint64_t with = seeds_with_[kind];
      const bool too_rare = seeds_ >= kSeedsForKinds && with * 5 < seeds_;
      rare = rare || too_rare;
      std::cout << absl::StrFormat("  %-20s in %d seeds%s\n", kind, with,
                                   too_rare ? ": TOO RARE, must be in a fifth" : "");
    }
    std::cout << absl::StrFormat("  fewer than 10 faults in %d seeds\n", seeds_with_few_faults_);
    if (seeds_ < options_.at_least)
      std::cout << "TOO FEW seeds, there must be " << options_.at_least << "\n";
    std::cout << found_.size() << " seeds found something\n";
    return found_.empty() && !rare && seeds_ >= options_.at_least ? 0 : 1;
  }

  const SweepOptions options_;
  const int jobs_;
  const absl::Time begun_;
  std::vector<Child> children_;
  uint64_t seeds_ = 0;
  uint64_t seeds_with_few_faults_ = 0;
  int64_t counts_[5] = {};
  std::map<std::string, uint64_t> seeds_with_;
  std::map<uint64_t, std::vector<std::string>> found_;
};

}  // namespace

int Sweep(const SweepOptions& options) { return Sweeper(options).Run(); }

}  // namespace crm::fault
