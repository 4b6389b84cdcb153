// Settings: one table, from which flags, environment variables, the keys of a YAML file and --help
// are made.
//
// A setting "listen_address" is the flag --listen-address, the variable CRM_LISTEN_ADDRESS and the
// key listen_address of the file named by --config. A flag beats the environment, that beats the
// file, that the default.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/app/allowed.h"

namespace crm::app {

struct Setting {
  std::string name;
  std::string default_value;
  std::string help;  // One sentence, with its unit. What is allowed is added to it.
  Allowed allowed;
  bool secret = false;  // Not shown by --print-config and /configz, nor when it is refused.
};

// The settings of every service binary.
const std::vector<Setting>& ServiceSettings();

class Settings {
 public:
  struct Parsed;
  // kInvalidArgument: an unknown flag, a file that cannot be read, a key that is unknown or there
  // twice, a value that is not allowed. Where `--help` or `--print-config` was asked for,
  // `Parsed::print` holds the text and nothing is to be started.
  static absl::StatusOr<Parsed> Parse(int argc, const char* const* argv,
                                      const std::vector<Setting>& settings);

  const std::string& Text(const std::string& name) const;
  // Of a setting that Between allows.
  int64_t Number(const std::string& name) const;
  // Of a setting that TrueOrFalse allows.
  bool Bool(const std::string& name) const;
  // All values, secrets hidden: as YAML and as JSON.
  std::string ToYaml() const;
  std::string ToJson() const;

 private:
  std::vector<Setting> settings_;
  std::map<std::string, std::string> values_;
};

struct Settings::Parsed {
  Settings settings;
  std::string print;
};

}  // namespace crm::app
