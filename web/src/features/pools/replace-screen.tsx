import { App } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValues } from "@/api/types";
import { InputDialog } from "@/engine/record/input-dialog";
import { useRunAction } from "@/engine/record/use-run-action";
import type { ActionScreenProps } from "@/engine/slots";
import { isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { RulePanel } from "./rule-panel";

/** The next version of a recycling rule: begins as the one in force, and tells what it would do before it is saved. */
export function ReplaceScreen({ object, record, action, onClose }: ActionScreenProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const { message } = App.useApp();
  const run = useRunAction(object);
  const given = useMemo(
    (): FieldValues =>
      Object.fromEntries(
        action.input.flatMap(({ name }) => (isEmptyValue(record[name]) ? [] : [[name, record[name]]])),
      ),
    [action, record],
  );
  return (
    <InputDialog
      title={label(action.label)}
      text={label(action.help)}
      okText={t("pools.rule.replace")}
      object={object}
      record={record}
      fields={action.input}
      given={given}
      panel={(values) => <RulePanel object={object} values={values} record={record} />}
      onSubmit={async (input) => {
        await run.mutateAsync({ id: record.id, action, input });
        void message.success(t("pools.rule.replaced"));
      }}
      onClose={onClose}
    />
  );
}
