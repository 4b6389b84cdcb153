// Tables and indexes of ownership. Changing a line rebuilds them from the log.
#pragma once

#include "crm/customer/v1/owner_book.pb.h"
#include "crm/customer/v1/ownership_internal.pb.h"
#include "crm/customer/v1/pool.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

// Configuration: which customers may be picked by whom, and who may have how many.
inline constexpr table::TableSpec<v1::Pool> kPools{
    .name = "pools", .key = {"name"}, .indexes = {{.name = "by_rank", .fields = {"rank"}}}};
inline constexpr char kStandardPool[] = "pools/standard";

// Slots have the key of their book, so that a book decides over all of them exactly.
inline constexpr table::TableSpec<v1::OwnerSlot> kOwnerSlots{.name = "owner_slots",
                                                             .key = {"name"}};

// A view on the same key: what the slots of a book add up to.
inline constexpr table::TableSpec<v1::OwnerBook> kOwnerBooks{
    .name = "owner_books",
    .key = {"name"},
    .indexes = {{.name = "by_slot_count", .fields = {"-slot_count"}}}};

// A view on the customer's key: when one of us last had contact with it.
inline constexpr table::TableSpec<v1::StaffTouch> kStaffTouches{.name = "staff_touches",
                                                                .key = {"customer", "staff"}};

}  // namespace crm::customer
