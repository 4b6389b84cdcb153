// Programs as processes of ours: they end with us, however we end.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace crm::e2e {

// A program that can be started many times. Start it from a thread that lives as long as it shall:
// the system ends it with that thread.
class Process {
 public:
  Process() = default;
  // Kills it.
  ~Process() { Kill(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Starts `arguments[0]`, with `environment` ("A=b") besides ours; what it says is added to the
  // file `output`. A failure of the test when it runs already.
  void Start(const std::vector<std::string>& arguments, const std::string& output,
             const std::vector<std::string>& environment = {});
  // Also while it is frozen. False once it has ended, and then WaitForEnd still tells how.
  bool Running();
  void Signal(int signal) const;
  // kill -9, and waits for the end.
  void Kill();
  // The exit code, after a signal its number below zero; nullopt when it does not end within
  // `patience`.
  std::optional<int> WaitForEnd(absl::Duration patience);
  // 0 when it was not started, or was killed or waited for.
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
  std::optional<int> code_;  // Of one that has ended and was not waited for.
};

// Runs a program to its end; its exit code, -1 when it is not done within `patience`.
int RunProgram(const std::vector<std::string>& arguments, const std::string& output,
               absl::Duration patience);

}  // namespace crm::e2e
