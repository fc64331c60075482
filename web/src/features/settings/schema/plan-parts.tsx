import { Alert, Checkbox } from "antd";
import { useTranslation } from "react-i18next";
import type { SchemaPlan } from "@/api/schema";
import type { FieldError } from "@/api/types";
import { findField, findObject, useMeta } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";

/** What objects and fields are called; by their internal names where there are none yet. */
export function useNames() {
  const meta = useMeta();
  const label = useLabel();
  const objectName = (name: string) => label(findObject(meta, name)?.label) || name;
  const fieldName = (object: string, name: string) => {
    const found = findObject(meta, object);
    return label(found ? findField(found, name)?.label : null) || name;
  };
  return { objectName, fieldName };
}

/** Why a plan cannot be carried out. */
export function PlanProblems({ problems }: { problems: FieldError[] }) {
  return problems.map((problem) => (
    <Alert
      key={`${problem.field}${problem.message}`}
      type="error"
      showIcon
      title={problem.message}
      className="gx-gap"
    />
  ));
}

/** What the database does, for whoever wants to know. */
export function PlanSteps({ steps }: { steps: SchemaPlan["steps"] }) {
  const { t } = useTranslation();
  const label = useLabel();
  if (steps.length === 0) return null;
  return (
    <details className="gx-plan">
      <summary>{t("settings.plan.steps", { n: steps.length })}</summary>
      <ol>
        {steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the steps are a fixed sequence
          <li key={index}>{label(step.summary)}</li>
        ))}
      </ol>
    </details>
  );
}

/** What of it would lose anything. */
export const lossesOf = (plan: Pick<SchemaPlan, "losses"> | undefined) =>
  (plan?.losses ?? []).filter((loss) => loss.values > 0);

interface PlanLossesProps {
  losses: SchemaPlan["losses"];
  accepted: boolean;
  onAccept: (accepted: boolean) => void;
}

/** Values that go; they do so only after an explicit yes. */
export function PlanLosses({ losses, accepted, onAccept }: PlanLossesProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { objectName, fieldName } = useNames();
  if (losses.length === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      title={t("settings.plan.losses")}
      description={
        <>
          <ul>
            {losses.map((loss) => (
              <li key={`${loss.object}.${loss.field ?? ""}`}>
                {loss.field
                  ? t("settings.plan.lossField", {
                      object: objectName(loss.object),
                      field: fieldName(loss.object, loss.field),
                      n: formats.number(loss.values),
                    })
                  : t("settings.plan.lossObject", {
                      object: objectName(loss.object),
                      n: formats.number(loss.values),
                    })}
              </li>
            ))}
          </ul>
          <Checkbox checked={accepted} onChange={(event) => onAccept(event.target.checked)}>
            {t("settings.plan.accept")}
          </Checkbox>
        </>
      }
    />
  );
}
