import { changePanels, type FormPanelProps, fieldParts, formPanels } from "@/engine/slots";
import type { FieldDisplayProps, FieldInputProps } from "@/fields/types";
import { later } from "./later";

/* Conditions of rules are over records of some object: a named one, one that another field names, or that of a pool. */
const conditions = () => import("@/engine/expression/condition-input");
const Display = later<FieldDisplayProps>(
  async () => (await import("@/engine/expression/expression-text")).ExpressionText,
);

const over = {
  "score_rule.condition": "lead",
  "lifecycle_rule.condition": "account",
  "pipeline_stage.close_when": "opportunity",
};
for (const [field, object] of Object.entries(over)) {
  fieldParts.set(field, {
    Display,
    Input: later<FieldInputProps>(async () => (await conditions()).conditionOver(object)),
  });
}

const namedBy = {
  "assignment_rule.condition": "object",
  "ownership_rule.condition": "object",
  "ownership_rule.where": "related",
};
for (const [field, name] of Object.entries(namedBy)) {
  fieldParts.set(field, {
    Display,
    Input: later<FieldInputProps>(async () => (await conditions()).conditionNamedBy(name)),
  });
}

for (const field of ["condition", "unless"]) {
  fieldParts.set(`pool_rule.${field}`, {
    Display,
    Input: later<FieldInputProps>(async () => (await conditions()).conditionThrough("pool", "object")),
  });
}

/* The settings of a stage: what they close by themselves. */
formPanels.set(
  "pipeline_stage",
  later<FormPanelProps>(async () => (await import("@/features/pipeline/closing-panel")).ClosingPanel),
);
changePanels.add("pipeline_stage");
