#include "tests/bench/proc.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/check.h"

namespace crm::bench {
namespace {

double TicksInSeconds(double ticks) { return ticks / static_cast<double>(sysconf(_SC_CLK_TCK)); }

std::string TextOf(pid_t process, const char* file) {
  std::ostringstream text;
  text << std::ifstream(absl::StrCat("/proc/", process, "/", file)).rdbuf();
  return text.str();
}

}  // namespace

double StatusMib(pid_t process, const std::string& field) {
  const std::string status = TextOf(process, "status");
  const size_t at = status.find(field + ":");
  base::Check(at != std::string::npos, "the process runs");
  return std::stod(status.substr(at + field.size() + 1)) / 1024;
}

double CpuSecondsHere() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double CpuSecondsOf(pid_t process) {
  // Behind the name in brackets: state is the first, user and system time the 12th and 13th.
  const std::string stat = TextOf(process, "stat");
  const std::vector<std::string> fields = absl::StrSplit(stat.substr(stat.rfind(')') + 2), ' ');
  return TicksInSeconds(std::stod(fields[11]) + std::stod(fields[12]));
}

double CpuSecondsOfMachine() {
  std::ifstream stat("/proc/stat");
  std::string cpu;
  double user = 0, nice = 0, system = 0;
  stat >> cpu >> user >> nice >> system;
  return TicksInSeconds(user + nice + system);
}

}  // namespace crm::bench
