#include "libs/app/settings.h"

#include <yaml-cpp/yaml.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/base/check.h"

namespace crm::app {
namespace {

std::string FlagOf(const std::string& name) {
  return "--" + absl::StrReplaceAll(name, {{"_", "-"}});
}
std::string VariableOf(const std::string& name) { return "CRM_" + absl::AsciiStrToUpper(name); }

bool FitsKind(SettingKind kind, const std::string& value) {
  int64_t number = 0;
  switch (kind) {
    case SettingKind::kText:
      return true;
    case SettingKind::kNumber:
      return absl::SimpleAtoi(value, &number);
    case SettingKind::kBool:
      return value == "true" || value == "false";
  }
  return false;
}

absl::Status ReadFile(const std::string& path, const std::vector<Setting>& settings,
                      std::map<std::string, std::string>& values) {
  YAML::Node file;
  try {
    file = YAML::LoadFile(path);
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", error.what()));
  }
  if (file.IsNull()) return absl::OkStatus();
  if (!file.IsMap()) return absl::InvalidArgumentError(path + ": is not a map of settings");
  for (const auto& entry : file) {
    const std::string name = entry.first.as<std::string>();
    if (values.count(name) == 0)
      return absl::InvalidArgumentError(absl::StrCat(path, ": no setting is called ", name));
    if (!entry.second.IsScalar())
      return absl::InvalidArgumentError(absl::StrCat(path, ": ", name, " is not one value"));
    values[name] = entry.second.as<std::string>();
  }
  return absl::OkStatus();
}

std::string Quoted(const std::string& text) {
  YAML::Emitter out;
  out << YAML::DoubleQuoted << text;
  return out.c_str();
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
                     absl::StrCat(setting.help, " [", VariableOf(setting.name), ", default \"",
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
    if (absl::Status s = ReadFile(config, settings, result.values_); !s.ok()) return s;
  }
  for (const Setting& setting : settings) {
    std::string& value = result.values_[setting.name];
    if (const char* variable = std::getenv(VariableOf(setting.name).c_str()); variable != nullptr)
      value = variable;
    if (flags.count(FlagOf(setting.name)) > 0) value = given[setting.name];
    if (!FitsKind(setting.kind, value)) {
      return absl::InvalidArgumentError(
          absl::StrCat(FlagOf(setting.name), ": \"", value, "\" is not a ",
                       setting.kind == SettingKind::kNumber ? "number" : "true or false"));
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
    absl::StrAppend(&text, "# ", setting.help, "\n", setting.name, ": ",
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
