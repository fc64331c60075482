import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { tryRule } from "@/api/quality";
import type { FieldValues, RecordValues } from "@/api/types";
import { findField, findObject, useMeta } from "@/engine/meta";
import { wireValues } from "@/engine/records";
import type { FormPanelProps } from "@/engine/slots";
import { FieldDisplay } from "@/fields/field-display";
import { asText, isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { trialValues } from "./rule-values";
import { qualityKey } from "./use-quality";
import "./quality.css";

const SETTLE_MS = 600;

/** Below the fields of a rule: which records it would find, before it is saved. */
export function QualityRulePanel({ object, values, record }: FormPanelProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const action = object.actions.find(({ name }) => name === "try");
  const asked = useSettled(action ? trialValues(action, { ...record, ...values }) : null);
  const input: RecordValues | null = asked && wireValues(asked);
  const trial = useQuery({
    queryKey: qualityKey(object.name, "try", input),
    queryFn: () => tryRule(input ?? {}),
    enabled: input !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  });
  if (!action) return null;
  return (
    <section className="gx-quality-trial" aria-labelledby="gx-quality-trial" aria-busy={trial.isFetching}>
      <h2 id="gx-quality-trial">{t("quality.trial")}</h2>
      <div aria-live="polite" data-stale={trial.isFetching || undefined}>
        {!input ? (
          <p className="gx-muted">{t("quality.trialNeeds")}</p>
        ) : trial.error && !trial.isFetching ? (
          <p role="alert">{errorText(trial.error)}</p>
        ) : !trial.data ? (
          <p className="gx-muted">{t("common.loading")}</p>
        ) : (
          <Found trial={trial.data} object={asText(asked?.object)} field={asText(asked?.field)} />
        )}
      </div>
    </section>
  );
}

function Found({
  trial,
  object: name,
  field: path,
}: {
  trial: Awaited<ReturnType<typeof tryRule>>;
  object: string;
  field: string;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const object = findObject(useMeta(), name);
  const field = object && findField(object, path.split(".")[0] ?? "");
  const more = trial.exact ? "" : "+";
  return (
    <>
      <p>
        {t("quality.trialSaid", {
          object: object ? label(object.plural) : name,
          concerned: `${formats.number(trial.concerned)}${more}`,
          failing: `${formats.number(trial.failing)}${more}`,
        })}
      </p>
      {trial.examples.length > 0 ? (
        <ul className="gx-quality-examples">
          {trial.examples.map((one) => (
            <li key={one.id}>
              {/* In a window of its own: the form stays as it is. */}
              <Link to="/r/$object/$id" params={{ object: name, id: one.id }} target="_blank" rel="noreferrer">
                {one.title || t("record.untitled")}
              </Link>
              <span className="gx-muted">
                {isEmptyValue(one.value) ? (
                  t("quality.empty")
                ) : field ? (
                  <FieldDisplay field={field} value={one.value} />
                ) : (
                  asText(one.value)
                )}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

/** The values once nobody has typed for a moment. */
function useSettled(values: FieldValues | null): FieldValues | null {
  const [settled, setSettled] = useState(values);
  const text = JSON.stringify(values);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same values in another object are no change
  useEffect(() => {
    const timer = setTimeout(() => setSettled(values), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
