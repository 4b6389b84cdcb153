#include "libs/app/settings.h"

#include <yaml-cpp/yaml.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "libs/base/check.h"

namespace crm::app {
namespace {

std::string FlagOf(const std::string& name) {
  return "--" + absl::StrReplaceAll(name, {{"_", "-"}});
}
std::string VariableOf(const std::string& name) { return "CRM_" + absl::AsciiStrToUpper(name); }

std::string Quoted(const std::string& text) {
  YAML::Emitter out;
  out << YAML::DoubleQuoted << text;
  return out.c_str();
}

// "Threads that apply, per service: must be 1 to 64."
std::string HelpOf(const Setting& setting) {
  return absl::StrCat(absl::StripSuffix(setting.help, "."), ": must be ", setting.allowed.words,
                      ".");
}

absl::StatusOr<YAML::Node> ReadYaml(const std::string& path) {
  const auto wrong = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("--config ", path, ": ", why));
  };
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return wrong("is a directory");
  std::ifstream in(path);
  if (!in) return wrong(std::strerror(errno));
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return wrong("cannot be read");
  try {
    return YAML::Load(text.str());
  } catch (const YAML::Exception& yaml) {
    return wrong(yaml.what());
  }
}

absl::Status ReadFile(const std::string& path, std::map<std::string, std::string>& values) {
  const absl::StatusOr<YAML::Node> file = ReadYaml(path);
  if (!file.ok()) return file.status();
  const auto wrong = [&](const std::string& name, absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("--config ", path, ": ", name, why));
  };
  if (file->IsNull()) return absl::OkStatus();
  if (!file->IsMap()) return wrong("it", " is not a map of settings");
  std::set<std::string> seen;
  for (const auto& entry : *file) {
    if (!entry.first.IsScalar()) return wrong("a key", " is not the name of a setting");
    const std::string& name = entry.first.Scalar();
    if (values.count(name) == 0) return wrong(name, " is not the name of a setting");
    if (!seen.insert(name).second) return wrong(name, " is there twice");
    if (!entry.second.IsScalar()) return wrong(name, " is not one value");
    values[name] = entry.second.Scalar();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Settings::Parsed> Settings::Parse(int argc, const char* const* argv,
                                                 const std::vector<Setting>& settings) {
  Parsed parsed;
  Settings& result = parsed.settings;
  result.settings_ = settings;
  CLI::App flags;
  std::map<std::string, std::string> given;
  std::string config;
  bool print_config = false;
  for (const Setting& setting : settings) {
    flags.add_option(FlagOf(setting.name), given[setting.name],
                     absl::StrCat(HelpOf(setting), " [", VariableOf(setting.name), ", default \"",
                                  setting.default_value, "\"]"));
    result.values_[setting.name] = setting.default_value;
  }
  flags.add_option("--config", config, "A YAML file with settings by name.");
  flags.add_flag("--print-config", print_config, "Prints the settings in force and ends.");
  try {
    flags.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    parsed.print = flags.help();
    return parsed;
  } catch (const CLI::ParseError& error) {
    return absl::InvalidArgumentError(error.what());
  }
  if (!config.empty()) {
    if (absl::Status s = ReadFile(config, result.values_); !s.ok()) return s;
  }
  for (const Setting& setting : settings) {
    std::string& value = result.values_[setting.name];
    if (const char* variable = std::getenv(VariableOf(setting.name).c_str()); variable != nullptr)
      value = variable;
    if (flags.count(FlagOf(setting.name)) > 0) value = given[setting.name];
    if (!setting.allowed.holds(value)) {
      return absl::InvalidArgumentError(absl::StrCat(FlagOf(setting.name), " must be ",
                                                     setting.allowed.words, ", and is ",
                                                     setting.secret ? "another" : Quoted(value)));
    }
  }
  if (print_config) parsed.print = result.ToYaml();
  return parsed;
}

const std::string& Settings::Text(const std::string& name) const {
  const auto it = values_.find(name);
  base::Check(it != values_.end(), "only declared settings are asked for");
  return it->second;
}

int64_t Settings::Number(const std::string& name) const {
  int64_t number = 0;
  base::Check(absl::SimpleAtoi(Text(name), &number), "a number was checked when it was parsed");
  return number;
}

bool Settings::Bool(const std::string& name) const { return Text(name) == "true"; }

std::string Settings::ToYaml() const {
  std::string text;
  for (const Setting& setting : settings_) {
    absl::StrAppend(&text, "# ", HelpOf(setting), "\n", setting.name, ": ",
                    setting.secret ? "(hidden)" : Quoted(Text(setting.name)), "\n");
  }
  return text;
}

std::string Settings::ToJson() const {
  std::string text = "{";
  for (const Setting& setting : settings_) {
    absl::StrAppend(&text, text.size() > 1 ? "," : "", "\"", setting.name,
                    "\":", setting.secret ? "\"(hidden)\"" : Quoted(Text(setting.name)));
  }
  return text + "}";
}

}  // namespace crm::app
