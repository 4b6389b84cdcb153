// The tables of imports and exports. Changing a line rebuilds it from the logs.
#pragma once

#include "crm/customer/v1/export.pb.h"
#include "crm/customer/v1/import.pb.h"
#include "crm/customer/v1/import_event.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

inline constexpr table::TableSpec<v1::Import> kImports{
    .name = "imports",
    .key = {"name"},
    .indexes = {{.name = "by_state", .fields = {"state", "create_time"}},
                {.name = "by_creator", .fields = {"creator", "create_time"}},
                {.name = "by_create_time", .fields = {"create_time"}}},
    .version = 4};

// A view: what is wrong with rows. Kept when the import has ended.
inline constexpr table::TableSpec<v1::ImportError> kImportErrors{
    .name = "import_errors", .key = {"name"}, .version = 2};

// Views of an import that goes on, which go with it: its file, and what its check says for its run.
inline constexpr table::TableSpec<v1::ImportChunk> kImportChunks{.name = "import_chunks",
                                                                 .key = {"import", "number"}};
inline constexpr table::TableSpec<v1::ImportStretch> kImportStretches{.name = "import_stretches",
                                                                      .key = {"import", "number"}};

// A view of what runs asked for and was not done. The target's partition writes a row, so it is in
// the key.
inline constexpr table::TableSpec<v1::ImportRefusal> kImportRefusals{
    .name = "import_refusals",
    .key = {"import", "revision", "partition", "target"},
    .indexes = {{.name = "by_target", .fields = {"import", "target"}}},
    .version = 2};

inline constexpr table::TableSpec<v1::Export> kExports{
    .name = "exports",
    .key = {"name"},
    .indexes = {{.name = "by_state", .fields = {"state", "create_time"}},
                {.name = "by_creator", .fields = {"creator", "create_time"}},
                {.name = "by_create_time", .fields = {"create_time"}}},
    .version = 2};

inline constexpr table::TableSpec<v1::ExportChunk> kExportChunks{.name = "export_chunks",
                                                                 .key = {"name"}};

}  // namespace crm::customer
