// Tables of interviews: what is asked, when we follow up, programmes and their groups, insights.
#pragma once

#include "crm/customer/v1/follow_up_policy.pb.h"
#include "crm/customer/v1/insight_sheet.pb.h"
#include "crm/customer/v1/interview.pb.h"
#include "crm/customer/v1/interview_programme.pb.h"
#include "crm/customer/v1/interview_question.pb.h"
#include "crm/customer/v1/interview_script.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

// by_signal_due: what somebody has next to do about a signal.
inline constexpr table::TableSpec<v1::Interview> kInterviews{
    .name = "interviews",
    .key = {"name"},
    .indexes = {{.name = "by_customer", .fields = {"customer", "planned_time"}},
                {.name = "by_contact", .fields = {"contact", "planned_time"}},
                {.name = "by_staff", .fields = {"staff", "status", "planned_time"}},
                {.name = "by_status", .fields = {"status", "planned_time"}},
                {.name = "by_programme", .fields = {"programme", "status", "planned_time"}},
                {.name = "by_planned_time", .fields = {"planned_time"}},
                {.name = "by_signal_due", .fields = {"signal_due_time"}},
                {.name = "by_staff_signal_due", .fields = {"staff", "signal_due_time"}},
                {.name = "by_customer_signal_due", .fields = {"customer", "signal_due_time"}}},
    .version = 2};

inline constexpr table::TableSpec<v1::InterviewQuestion> kInterviewQuestions{
    .name = "interview_questions",
    .key = {"name"},
    .indexes = {{.name = "by_retired", .fields = {"retired", "create_time"}},
                {.name = "by_create_time", .fields = {"create_time"}}}};

inline constexpr table::TableSpec<v1::InterviewScript> kInterviewScripts{
    .name = "interview_scripts",
    .key = {"name"},
    .indexes = {{.name = "by_question", .fields = {"questions"}},
                {.name = "by_create_time", .fields = {"create_time"}}}};
inline constexpr char kStandardInterviewScript[] = "interviewScripts/standard";

// Configuration: the one policy for all interviews.
inline constexpr table::TableSpec<v1::FollowUpPolicy> kFollowUpPolicies{
    .name = "follow_up_policies", .key = {"name"}};
inline constexpr char kStandardFollowUpPolicy[] = "followUpPolicies/standard";

inline constexpr table::TableSpec<v1::InsightSheet> kInsightSheets{
    .name = "insight_sheets",
    .key = {"name"},
    .indexes = {{.name = "by_customer", .fields = {"customer", "update_time"}},
                {.name = "by_about", .fields = {"about"}},
                {.name = "by_complete", .fields = {"complete", "update_time"}},
                {.name = "by_update_time", .fields = {"update_time"}}}};

inline constexpr table::TableSpec<v1::InterviewProgramme> kInterviewProgrammes{
    .name = "interview_programmes",
    .key = {"name"},
    .indexes = {{.name = "by_status", .fields = {"status", "period.start"}},
                {.name = "by_manager", .fields = {"managers.staff"}},
                {.name = "by_start", .fields = {"period.start"}}}};

// A view: the groups of each programme as they were drawn.
inline constexpr table::TableSpec<v1::ProgrammeMember> kProgrammeMembers{
    .name = "programme_members",
    .key = {"name"},
    .indexes = {{.name = "by_programme", .fields = {"interview_programme", "planned_time"}},
                {.name = "by_group", .fields = {"interview_programme", "group", "planned_time"}},
                {.name = "by_manager", .fields = {"interview_programme", "staff", "planned_time"}},
                {.name = "by_customer", .fields = {"customer"}},
                {.name = "by_planned_time", .fields = {"planned_time"}}}};

}  // namespace crm::customer
