#include "tests/e2e/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/e2e/harness.h"

namespace crm::e2e {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Between fork and exec only what is safe while other threads hold locks: everything is prepared.
[[noreturn]] void Become(char* const* argv, char* const* environment, const char* output) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int fd = open(output, O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(fd, STDOUT_FILENO);
  dup2(fd, STDERR_FILENO);
  execve(argv[0], argv, environment);
  _exit(127);
}

int CodeOf(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status); }

}  // namespace

void Process::Start(const std::vector<std::string>& arguments, const std::string& output,
                    const std::vector<std::string>& environment) {
  ASSERT_FALSE(Running()) << arguments[0];
  std::vector<std::string> all = environment;
  for (char** entry = environ; *entry != nullptr; ++entry) all.push_back(*entry);
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> envp = Pointers(all);
  code_.reset();
  pid_ = fork();
  if (pid_ == 0) Become(argv.data(), envp.data(), output.c_str());
  ASSERT_GT(pid_, 0);
}

bool Process::Running() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (!code_.has_value() && waitpid(pid_, &status, WNOHANG) == pid_) code_ = CodeOf(status);
  return !code_.has_value();
}

void Process::Signal(int signal) const {
  if (pid_ > 0 && !code_.has_value()) kill(pid_, signal);
}

void Process::Kill() {
  if (Running()) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  pid_ = 0;
  code_.reset();
}

std::optional<int> Process::WaitForEnd(absl::Duration patience) {
  if (!Until(
          absl::StrCat("process ", pid_, " ends"), [this] { return !Running(); }, patience)) {
    return std::nullopt;
  }
  pid_ = 0;
  return std::exchange(code_, std::nullopt).value_or(-1);
}

int RunProgram(const std::vector<std::string>& arguments, const std::string& output,
               absl::Duration patience) {
  Process program;
  program.Start(arguments, output);
  return program.WaitForEnd(patience).value_or(-1);
}

}  // namespace crm::e2e
