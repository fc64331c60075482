import {
  type RecordPanelProps,
  type RecordStripProps,
  recordPanels,
  recordStrips,
} from "@/engine/record/record-panels";
import {
  type ActionScreenProps,
  actionScreens,
  changePanels,
  type FormPanelProps,
  fieldParts,
  formPanels,
} from "@/engine/slots";
import type { FieldDisplayProps, FieldInputProps } from "@/fields/types";
import { later } from "./later";
import "./condition-fields";

const expressions = () => import("@/engine/expression/expression-text");
const objectName = () => import("@/engine/object-name");

recordPanels.set("campaign", {
  panel: later<RecordPanelProps>(async () => (await import("@/features/marketing/campaign-panel")).CampaignPanel),
  shows: [
    "leads",
    "converted_leads",
    "opportunities",
    "won_amount",
    "cost",
    "cost_per_lead",
    "cost_per_conversion",
    "return_on_cost",
  ],
  room: 420,
});

recordPanels.set("community", {
  panel: later<RecordPanelProps>(async () => (await import("@/features/marketing/community-panel")).CommunityPanel),
  shows: ["leads", "open_leads", "converted_leads", "customers", "last_lead_on"],
  room: 130,
});

recordPanels.set("import_schedule", {
  panel: later<RecordPanelProps>(async () => (await import("@/engine/import/schedule-panel")).SchedulePanel),
  shows: [],
  room: 120,
});

recordPanels.set("enrichment_source", {
  panel: later<RecordPanelProps>(async () => (await import("@/features/enrichment/source-panel")).SourcePanel),
  shows: [],
  room: 120,
});

recordPanels.set("web_form", {
  panel: later<RecordPanelProps>(async () => (await import("@/features/marketing/form-panel")).FormPanel),
  shows: ["submissions", "accepted", "held", "last_received_at"],
  room: 210,
});

const forms = async () => (await import("@/features/marketing/form-parts")).formParts;
fieldParts.set("web_form.fields", {
  Display: later<FieldDisplayProps>(async () => (await forms()).AskedFieldsDisplay),
  Line: later<FieldDisplayProps>(async () => (await forms()).AskedFieldsLine),
  Input: later<FieldInputProps>(async () => (await forms()).AskedFieldsInput),
});
fieldParts.set("web_form_submission.values", {
  Display: later<FieldDisplayProps>(async () => (await forms()).SentValuesDisplay),
});

/* Field visits: check-in and check-out, on the spot and without a network. */
for (const action of ["check_in", "check_out"]) {
  actionScreens.set(
    `activity.${action}`,
    later<ActionScreenProps>(async () => (await import("@/features/visits/visit-sheet")).VisitSheet),
  );
}
recordStrips.unshift({
  name: "visit-here",
  offered: (meta, object) => object.name === "account" && meta.objects.some(({ name }) => name === "activity"),
  strip: later<RecordStripProps>(async () => (await import("@/features/visits/visit-here")).VisitHere),
});
recordStrips.unshift({
  name: "visit",
  offered: (_meta, object) => object.name === "activity" && object.fields.some(({ name }) => name === "check_in_at"),
  strip: later<RecordStripProps>(async () => (await import("@/features/visits/visit-strip")).VisitStrip),
});

actionScreens.set(
  "pool.distribute",
  later<ActionScreenProps>(async () => (await import("@/features/pools/distribute-screen")).DistributePool),
);

actionScreens.set(
  "pool_rule.replace",
  later<ActionScreenProps>(async () => (await import("@/features/pools/replace-screen")).ReplaceScreen),
);

formPanels.set(
  "pool_rule",
  later<FormPanelProps>(async () => (await import("@/features/pools/rule-panel")).RulePanel),
);

actionScreens.set(
  "web_form.embed",
  later<ActionScreenProps>(async () => (await import("@/features/marketing/embed-screen")).EmbedScreen),
);

actionScreens.set(
  "account.explain_ownership",
  later<ActionScreenProps>(async () => (await import("@/features/analysis/ownership/explain-screen")).ExplainScreen),
);

const transfer = () => import("@/features/settings/transfer/transfer-fields");
fieldParts.set("ownership_transfer.plan", {
  Display: later<FieldDisplayProps>(async () => (await transfer()).PlanDisplay),
});
fieldParts.set("ownership_transfer.failures", {
  Display: later<FieldDisplayProps>(async () => (await transfer()).FailuresDisplay),
});
fieldParts.set("ownership_decision.figures", {
  Display: later<FieldDisplayProps>(
    async () => (await import("@/features/analysis/ownership/figures-display")).FiguresDisplay,
  ),
});

/* Processes: templates laid out, cases and where they stand, what a step asks. */
recordPanels.set("process_template", {
  panel: later<RecordPanelProps>(async () => (await import("@/features/processes/template-panel")).TemplatePanel),
  shows: [],
  room: 320,
});
recordPanels.set("process_case", {
  panel: later<RecordPanelProps>(async () => (await import("@/features/processes/case-panel")).CasePanel),
  shows: ["record", "template", "current", "steps_total", "steps_done"],
  room: 420,
});
const stepForm = later<ActionScreenProps>(async () => (await import("@/features/processes/step-form")).StepFormScreen);
actionScreens.set("activity.complete_step", stepForm);
actionScreens.set(
  "process_template.start",
  later<ActionScreenProps>(async () => (await import("@/features/processes/start-screen")).StartScreen),
);
const process = async () => (await import("@/features/processes/process-fields")).processFields;
fieldParts.set("process_step.questions", {
  Display: later<FieldDisplayProps>(async () => (await process()).QuestionsDisplay),
  Input: later<FieldInputProps>(async () => (await process()).QuestionsInput),
});
fieldParts.set("process_step.required_fields", {
  Display: later<FieldDisplayProps>(async () => (await process()).RequiredFieldsDisplay),
  Input: later<FieldInputProps>(async () => (await process()).RequiredFieldsInput),
});
fieldParts.set("process_step.after", {
  Display: later<FieldDisplayProps>(async () => (await process()).AfterDisplay),
  Input: later<FieldInputProps>(async () => (await process()).AfterInput),
});
fieldParts.set("process_step.condition", {
  Display: later<FieldDisplayProps>(async () => (await expressions()).ExpressionText),
  Input: later<FieldInputProps>(async () => (await process()).ConditionInput),
});
for (const kept of ["plan", "roles"]) {
  fieldParts.set(`process_case.${kept}`, {
    Display: later<FieldDisplayProps>(async () => (await process()).KeptDisplay),
  });
}
fieldParts.set("process_template.start_when", {
  Display: later<FieldDisplayProps>(async () => (await expressions()).ExpressionText),
  Input: later<FieldInputProps>(async () => (await process()).StartWhenInput),
});
fieldParts.set("process_template.object", {
  Display: later<FieldDisplayProps>(async () => (await objectName()).ObjectNameDisplay),
  Input: later<FieldInputProps>(async () => (await objectName()).ObjectNameInput),
});
/* Data quality: rules with what they would find, and how good any record is. */
const rule = async () => (await import("@/features/quality/rule-fields")).ruleFields;
fieldParts.set("quality_rule.object", {
  Display: later<FieldDisplayProps>(async () => (await objectName()).ObjectNameDisplay),
  Input: later<FieldInputProps>(async () => (await objectName()).ObjectNameInput),
});
fieldParts.set("quality_rule.list_object", {
  Display: later<FieldDisplayProps>(async () => (await objectName()).ObjectNameDisplay),
  Input: later<FieldInputProps>(async () => (await objectName()).ObjectNameInput),
});
for (const name of ["filter", "expression"]) {
  fieldParts.set(`quality_rule.${name}`, {
    Display: later<FieldDisplayProps>(async () => (await expressions()).ExpressionText),
    Input: later<FieldInputProps>(async () => (await rule()).RuleExpressionInput),
  });
}
fieldParts.set("quality_rule.field", {
  Display: later<FieldDisplayProps>(async () => (await rule()).FieldNameText),
  Input: later<FieldInputProps>(async () => (await rule()).FieldInputOf),
});
fieldParts.set("quality_rule.fix_field", {
  Display: later<FieldDisplayProps>(async () => (await rule()).FieldNameText),
  Input: later<FieldInputProps>(async () => (await rule()).FixFieldInput),
});
fieldParts.set("quality_rule.list_field", {
  Display: later<FieldDisplayProps>(async () => (await rule()).FieldNameText),
  Input: later<FieldInputProps>(async () => (await rule()).ListFieldInput),
});
changePanels.add("quality_rule");
formPanels.set(
  "quality_rule",
  later<FormPanelProps>(async () => (await import("@/features/quality/rule-panel")).QualityRulePanel),
);
recordStrips.push({
  name: "quality",
  offered: (meta, object) => !object.internal && meta.objects.some(({ name }) => name === "quality_rule"),
  strip: later<RecordStripProps>(async () => (await import("@/features/quality/record-strip")).QualityStrip),
});
recordStrips.push({
  name: "processes",
  offered: (meta, object) =>
    !["process_case", "process_template", "process_role", "process_step", "process_case_step"].includes(object.name) &&
    meta.objects.some(({ name }) => name === "process_case"),
  strip: later<RecordStripProps>(async () => (await import("@/features/processes/record-cases")).RecordCases),
});
recordStrips.push({
  name: "enrichment",
  offered: (meta, object) =>
    !object.internal &&
    object.access.update &&
    meta.objects.some((one) => one.name === "enrichment_source" && one.actions.some(({ name }) => name === "enrich")),
  strip: later<RecordStripProps>(async () => (await import("@/features/enrichment/record-strip")).EnrichmentStrip),
});
recordStrips.push({
  name: "handovers",
  offered: (_meta, object) => object.views.record.related.some(({ object: name }) => name === "handover"),
  strip: later<RecordStripProps>(async () => (await import("@/features/work/handover-chain")).HandoverChain),
});
/* Data protection: what a person may be contacted for, requests with their steps, what a retention rule would take. */
recordStrips.push({
  name: "privacy",
  offered: (_meta, object) => object.actions.some(({ name }) => name === "may_contact"),
  strip: later<RecordStripProps>(async () => (await import("@/features/privacy/privacy-strip")).PrivacyStrip),
});
recordPanels.set("person_request", {
  panel: later<RecordPanelProps>(async () => (await import("@/features/privacy/request-panel")).RequestPanel),
  shows: [],
  room: 220,
});
recordPanels.set("retention_rule", {
  panel: later<RecordPanelProps>(async () => (await import("@/features/privacy/retention-panel")).RetentionPanel),
  shows: [],
  room: 160,
});
fieldParts.set("retention_rule.object", {
  Display: later<FieldDisplayProps>(async () => (await objectName()).ObjectNameDisplay),
  Input: later<FieldInputProps>(async () => (await objectName()).ObjectNameInput),
});
for (const object of ["contact", "lead", "account"]) {
  actionScreens.set(
    `${object}.may_contact`,
    later<ActionScreenProps>(async () => (await import("@/features/privacy/may-screen")).MayScreen),
  );
}
for (const action of ["find", "concern", "leave_out", "correct"]) {
  actionScreens.set(
    `person_request.${action}`,
    later<ActionScreenProps>(async () => (await import("@/features/privacy/find-drawer")).FindScreen),
  );
}
for (const action of ["erase", "erasure_preview"]) {
  actionScreens.set(
    `person_request.${action}`,
    later<ActionScreenProps>(async () => (await import("@/features/privacy/erase-drawer")).EraseScreen),
  );
}
for (const action of ["preview", "activate"]) {
  actionScreens.set(
    `retention_rule.${action}`,
    later<ActionScreenProps>(async () => (await import("@/features/privacy/retention-panel")).RetentionScreen),
  );
}
