#include "tests/bench/apart.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "tests/bench/ours.h"
#include "tests/bench/proc.h"

namespace crm::bench {
namespace {

constexpr int kRefreshMillis = 200;

// Up to the end of the line; "" when the other side has closed.
std::string ReadLine(int pipe) {
  std::string line;
  for (char c = 0; read(pipe, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

void WriteLine(int pipe, const std::string& line) {
  const std::string all = line + "\n";
  base::Check(write(pipe, all.data(), all.size()) == static_cast<ssize_t>(all.size()),
              "a line can be written to the other process");
}

// Serves until the other side closes.
void Serve(int from, int to) {
  const std::string directory = ReadLine(from);
  const std::string brokers = ReadLine(from);
  if (brokers.empty()) return;
  const auto process = StartOurs(directory, brokers);
  WriteLine(to, absl::StrCat(process->port()));
  pollfd closed{.fd = from, .events = POLLIN, .revents = 0};
  while (poll(&closed, 1, kRefreshMillis) == 0) {
    process->Refresh();
    base::Check(process->failure().ok(), process->failure().ToString());
  }
  process->Stop(absl::Seconds(1));
}

}  // namespace

ServiceApart::ServiceApart() {
  std::array<int, 2> down{}, up{};
  base::Check(pipe(down.data()) == 0 && pipe(up.data()) == 0, "pipes can be made");
  process_ = fork();
  base::Check(process_ >= 0, "a process can be made");
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(down[1]);
    close(up[0]);
    Serve(down[0], up[1]);
    std::_Exit(0);
  }
  close(down[0]);
  close(up[1]);
  to_ = down[1];
  from_ = up[0];
}

ServiceApart::~ServiceApart() {
  close(to_);
  waitpid(process_, nullptr, 0);
  close(from_);
}

int ServiceApart::Start(const std::string& directory, const std::string& brokers) {
  WriteLine(to_, directory);
  WriteLine(to_, brokers);
  const std::string port = ReadLine(from_);
  base::Check(!port.empty(), "the service starts");
  return std::stoi(port);
}

Usage ServiceApart::Take() {
  Usage usage{.cpu_seconds = CpuSecondsOf(process_), .memory_mib = StatusMib(process_, "VmHWM")};
  // The highest begins anew.
  std::ofstream(absl::StrCat("/proc/", process_, "/clear_refs")) << 5;
  return usage;
}

}  // namespace crm::bench
