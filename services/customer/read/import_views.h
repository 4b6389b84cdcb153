// Views of imports: the parts of their files, what their checks say for their runs, what is wrong
// with their rows, and what their runs asked for in vain.
#pragma once

#include <cstdint>
#include <string>

#include "libs/engine/model.h"
#include "services/customer/domain/import.h"

namespace crm::customer {

// The name of the reaction that runs imports, in the log for ever.
inline constexpr char kOnImport[] = "OnImport";

// How the names of the errors of a line begin that its run found.
std::string RunErrorsPrefix(const std::string& import, int64_t line);

void ProjectImport(const engine::Change<ImportModel>& change, engine::Rows& rows);

// Each refusal of a row by its target; those that changed nothing are only counted.
void ProjectImportRefusal(const engine::Passed& passed, engine::Rows& rows);

}  // namespace crm::customer
