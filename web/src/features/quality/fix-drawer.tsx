import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Fix, type FixInput, type FixResult, previewFix, type QualityRule, runFix } from "@/api/quality";
import { queryKeys } from "@/api/query-keys";
import type { FieldValue, ObjectMeta } from "@/api/types";
import { useUndoChange } from "@/engine/records";
import { FieldInput } from "@/fields/field-input";
import { isEmptyValue, toWire } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { useDraftGuard } from "@/ui/leave-guard";
import { SideDrawer } from "@/ui/side-drawer";
import { useUndoToast } from "@/ui/undo-toast";
import { useIsPhone } from "@/ui/use-media";
import { FixChanges } from "./fix-changes";
import { fixOfRule, mayFillAddress, mayNormalise, maySet } from "./model";

type Way = "normalise" | "fill_address" | "set";

interface FixDrawerProps {
  object: ObjectMeta;
  /** Which records. */
  scope: Omit<FixInput, "fix">;
  /** The rule looked at: what it proposes is proposed. */
  rule: QualityRule | null;
  onClose: (done: boolean) => void;
}

const wayOf = (fix: Fix | null): Way =>
  fix === null ? "set" : "normalise" in fix ? "normalise" : "fill_address" in fix ? "fill_address" : "set";
const fieldOf = (fix: Fix | null): string | null =>
  fix === null
    ? null
    : "normalise" in fix
      ? fix.normalise
      : "fill_address" in fix
        ? fix.fill_address
        : (Object.keys(fix.set)[0] ?? null);

/** Mends many records at once: chosen, shown before and after, done, and taken back with one press. */
export function FixDrawer({ object, scope, rule, onClose }: FixDrawerProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const errorText = useErrorText();
  const phone = useIsPhone();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const undoToast = useUndoToast();
  const undo = useUndoChange();
  const proposed = rule ? fixOfRule(rule) : null;
  const fields = {
    normalise: mayNormalise(object),
    fill_address: mayFillAddress(object),
    set: maySet(object),
  };
  const ways = (["normalise", "fill_address", "set"] as const).filter((one) => fields[one].length > 0);
  const [way, setWay] = useState<Way>(wayOf(proposed));
  const [name, setName] = useState<string | null>(fieldOf(proposed) ?? rule?.field?.split(".")[0] ?? null);
  const [value, setValue] = useState<FieldValue>(
    proposed && "set" in proposed ? ((Object.values(proposed.set)[0] ?? null) as FieldValue) : null,
  );
  const [result, setResult] = useState<FixResult | null>(null);
  const field = fields[way].find((one) => one.name === name) ?? null;
  const fix: Fix | null = !field
    ? null
    : way === "normalise"
      ? { normalise: field.name }
      : way === "fill_address"
        ? { fill_address: field.name }
        : isEmptyValue(value)
          ? null
          : { set: { [field.name]: toWire(value) } };
  const preview = useMutation({ mutationFn: (wanted: Fix) => previewFix(object.name, { ...scope, fix: wanted }) });
  const run = useMutation({
    mutationFn: ({ wanted, digest }: { wanted: Fix; digest: string }) =>
      runFix(object.name, { ...scope, fix: wanted, digest }),
  });
  const shown = preview.data;
  // What is shown is what would be done: another choice is another preview.
  const choose = (change: () => void) => {
    change();
    preview.reset();
    run.reset();
  };
  const apply = async () => {
    if (!fix || !shown) return;
    try {
      const done = await run.mutateAsync({ wanted: fix, digest: shown.digest });
      void queryClient.invalidateQueries({ queryKey: queryKeys.records });
      undoToast(t("quality.fixed", { n: formats.number(done.changed) }), () => {
        undo
          .mutateAsync(done.change_id)
          .then(() => void message.success(t("quality.undone")))
          .catch((error: unknown) => void message.error(errorText(error)));
      });
      if (done.refused > 0) setResult(done);
      else onClose(true);
    } catch {
      // The alert below says why. What was shown is of what was there then: it is shown anew before it can be done.
      preview.reset();
    }
  };
  const { close } = useDraftGuard(value, () => onClose(result !== null), result !== null);
  const problem = run.error ?? preview.error;
  return (
    <SideDrawer
      title={t("quality.fixTitle", { object: label(object.plural) })}
      size={680}
      onClose={close}
      footer={
        result ? (
          <Button onClick={() => onClose(true)}>{t("common.close")}</Button>
        ) : (
          <span className="gx-quality-buttons">
            {shown ? (
              <Button
                type="primary"
                disabled={shown.changed === 0}
                loading={run.isPending}
                onClick={() => void apply()}
              >
                {t("quality.apply", { n: formats.number(shown.changed) })}
              </Button>
            ) : (
              <Button
                type="primary"
                disabled={!fix}
                loading={preview.isPending}
                onClick={() => {
                  run.reset();
                  if (fix) preview.mutate(fix);
                }}
              >
                {t("quality.preview")}
              </Button>
            )}
            <Button onClick={close}>{t("common.cancel")}</Button>
          </span>
        )
      }
    >
      {result ? (
        <Alert
          type="warning"
          showIcon
          title={t("quality.partly", { n: formats.number(result.changed), failed: formats.number(result.refused) })}
          description={
            <ul className="gx-quality-problems">
              {result.problems.slice(0, 20).map(({ id, problem: one }) => (
                <li key={id}>{one.detail ?? one.message ?? one.title ?? id}</li>
              ))}
            </ul>
          }
        />
      ) : (
        <>
          <p className="gx-muted">
            {scope.ids
              ? t("quality.scopeTicked", { n: formats.number(scope.ids.length) })
              : t("quality.scopeRule", { rule: rule ? label(rule.name) : "" })}
          </p>
          <Form layout="vertical">
            <Form.Item label={t("quality.how")}>
              <Segmented<Way>
                orientation={phone ? "vertical" : "horizontal"}
                value={way}
                onChange={(next) =>
                  choose(() => {
                    setWay(next);
                    if (!fields[next].some((one) => one.name === name)) setName(fields[next][0]?.name ?? null);
                  })
                }
                options={ways.map((one) => ({ value: one, label: t(`quality.ways.${one}`) }))}
                aria-label={t("quality.how")}
              />
            </Form.Item>
            <Form.Item label={t("quality.field")} htmlFor="quality-fix-field" extra={t(`quality.wayHelp.${way}`)}>
              <Select<string>
                id="quality-fix-field"
                value={field?.name}
                onChange={(next) => choose(() => setName(next))}
                options={fields[way].map((one) => ({ value: one.name, label: label(one.label) }))}
                showSearch={{ optionFilterProp: "label" }}
              />
            </Form.Item>
            {way === "set" && field ? (
              <Form.Item label={t("quality.newValue")} htmlFor="quality-fix-value">
                <FieldInput
                  key={field.name}
                  id="quality-fix-value"
                  field={field}
                  value={value}
                  onChange={(next) => choose(() => setValue(next))}
                />
              </Form.Item>
            ) : null}
          </Form>
          {problem ? (
            <Alert
              type="error"
              showIcon
              role="alert"
              title={errorText(problem)}
              action={
                run.error && fix ? (
                  <Button
                    size="small"
                    onClick={() => {
                      run.reset();
                      preview.mutate(fix);
                    }}
                  >
                    {t("quality.previewAgain")}
                  </Button>
                ) : undefined
              }
            />
          ) : null}
          {shown ? <FixChanges object={object} preview={shown} /> : null}
        </>
      )}
    </SideDrawer>
  );
}
