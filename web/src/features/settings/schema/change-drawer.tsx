import { Alert } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SchemaChange, StoredObject } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
import { useDraftGuard } from "@/ui/leave-guard";
import { EditDrawer } from "../edit-drawer";
import { type DefinitionProblem, readProblem } from "./field-draft";
import { PlanDialog } from "./plan-dialog";
import { useSchemaCheck } from "./use-schema-check";

interface ChangeDrawerProps {
  object: StoredObject;
  title: string;
  /** What is being edited, as data. */
  draft: unknown;
  /** Null while there is nothing that could be saved. */
  change: SchemaChange | null;
  /** The expression in which a place the server names is to be found. */
  expression?: string;
  onClose: () => void;
  /** The form; it is told the problem that has a place in the expression. */
  children: (placed: DefinitionProblem | undefined) => ReactNode;
}

/** A part of an object being edited: checked by the server while it is written, previewed, then saved. */
export function ChangeDrawer(props: ChangeDrawerProps) {
  const { object, title, draft, change, expression = "", onClose, children } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const [planning, setPlanning] = useState(false);
  const { close } = useDraftGuard(draft, onClose);
  const check = useSchemaCheck(change);
  const problems = check.problems.map((problem) => readProblem(problem.message, () => expression));
  const placed = problems.find((problem) => problem.position !== null);
  const ready = change !== null && problems.length === 0;
  return (
    <EditDrawer
      title={title}
      submitText={t("settings.preview")}
      onSubmit={() => setPlanning(true)}
      close={close}
      disabled={!ready}
      checking={check.checking}
      over={
        planning && change ? (
          <PlanDialog
            title={title}
            changes={[change]}
            summary={t("settings.plan.changeObject", { object: label(object.label) })}
            done={t("common.saved")}
            onApplied={onClose}
            onCancel={() => setPlanning(false)}
          />
        ) : null
      }
    >
      {children(placed)}
      {problems
        .filter((problem) => problem !== placed)
        .map((problem) => (
          <Alert key={problem.message} type="error" showIcon title={problem.message} className="gx-gap" />
        ))}
    </EditDrawer>
  );
}
