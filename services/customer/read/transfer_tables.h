// The tables of transfers. Changing a line rebuilds it from the log.
#pragma once

#include "crm/customer/v1/transfer.pb.h"
#include "crm/customer/v1/transfer_internal.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

inline constexpr table::TableSpec<v1::Transfer> kTransfers{
    .name = "transfers",
    .key = {"name"},
    .indexes = {{.name = "by_state", .fields = {"state", "create_time"}},
                {.name = "by_giver", .fields = {"giver", "create_time"}},
                {.name = "by_receiver", .fields = {"receivers.staff"}},
                {.name = "by_create_time", .fields = {"create_time"}}},
    .version = 3};

// A view: what each transfer is to move, and what became of it. It has the transfer's key, and
// whoever decides on a transfer reads it.
inline constexpr table::TableSpec<v1::TransferItem> kTransferItems{
    .name = "transfer_items",
    .key = {"name"},
    .indexes = {{.name = "by_state", .fields = {"transfer", "state"}},
                {.name = "by_target", .fields = {"target"}},
                {.name = "by_customer", .fields = {"customer"}}},
    .version = 3};

// A view of what transfers asked for and was not done. The target's partition writes a row, so it
// is in the key.
inline constexpr table::TableSpec<v1::TransferRefusal> kTransferRefusals{
    .name = "transfer_refusals",
    .key = {"transfer", "revision", "partition", "target"},
    .version = 2};

}  // namespace crm::customer
