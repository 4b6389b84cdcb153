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
#include "absl/time/time.h"

namespace crm::app {

enum class SettingKind { kText, kNumber, kBool };

struct Setting {
  std::string name;
  SettingKind kind = SettingKind::kText;
  std::string default_value;
  std::string help;     // One sentence, with unit and limits.
  bool secret = false;  // Not shown by --print-config and /configz.
};

// The settings of every service binary.
const std::vector<Setting>& ServiceSettings();

class Settings {
 public:
  struct Parsed;
  // kInvalidArgument: an unknown flag or key, a value of the wrong kind. Where `--help` or
  // `--print-config` was asked for, `Parsed::print` holds the text and nothing is to be started.
  static absl::StatusOr<Parsed> Parse(int argc, const char* const* argv,
                                      const std::vector<Setting>& settings);

  const std::string& Text(const std::string& name) const;
  int64_t Number(const std::string& name) const;
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
