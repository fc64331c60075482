import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldError, ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { findField } from "../meta";

/** What is wrong with the record as it would be: where, why, and the way there. */
export function MergeProblems({ object, problems }: { object: ObjectMeta; problems: FieldError[] }) {
  const { t } = useTranslation();
  const label = useLabel();
  if (problems.length === 0) return null;
  const show = (field: string) => {
    const row = document.getElementById(`merge-${field}`);
    row?.scrollIntoView({ block: "center" });
    row?.querySelector<HTMLElement>("input[type=radio]")?.focus({ preventScroll: true });
  };
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={t("merging.problems")}
      description={
        <>
          <p>{t("merging.problemsText")}</p>
          <ul className="gx-merge-problems">
            {problems.map((problem) => {
              const name = problem.field.split(".")[0] ?? "";
              const field = findField(object, name);
              return (
                <li key={`${problem.field} ${problem.code}`}>
                  {field ? (
                    <Button type="link" size="small" className="gx-input-switch" onClick={() => show(name)}>
                      {label(field.label)}
                    </Button>
                  ) : null}
                  <span>{problem.message}</span>
                </li>
              );
            })}
          </ul>
        </>
      }
    />
  );
}
