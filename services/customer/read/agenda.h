// What one of us has to see to on a day.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/agenda.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Most items of a section in an answer, the first ones in the order of GetAgenda, and most that are
// looked at for it: of their own, of their customers, and of what hangs on these.
inline constexpr int kAgendaSectionMax = 200;
inline constexpr int kAgendaLookedAtMax = 5'000;
// How long a next step that was not taken stays on the agenda.
inline constexpr int kNextStepDaysMax = 30;

// AgendaService.GetAgenda. NOT_FOUND: no such staff. INVALID_ARGUMENT: no day. Cost: what is in the
// answer, and some looks for each customer of theirs and its orders.
absl::StatusOr<v1::GetAgendaResponse> QueryAgenda(const v1::GetAgendaRequest& request,
                                                  const engine::Snapshot& snapshot,
                                                  const engine::Context& context);

}  // namespace crm::customer
