import { useNavigate } from "@tanstack/react-router";
import { App, Button } from "antd";
import { type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActionMeta, FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { useMeta } from "../meta";
import { actionScreens } from "../slots";
import { InputDialog } from "./input-dialog";
import { recordsInOutput, useRunAction } from "./use-run-action";

/** Starting an action of a record: what it wants to know is asked in `dialog`, what is dangerous is asked twice. */
export function useStartAction(
  object: ObjectMeta,
  record: RecordData,
): { start: (action: ActionMeta) => Promise<void>; running: boolean; dialog: ReactNode } {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const { message, modal, notification } = App.useApp();
  const run = useRunAction(object);
  const [asking, setAsking] = useState<ActionMeta | null>(null);

  const perform = async (action: ActionMeta, input: FieldValues) => {
    const output = await run.mutateAsync({ id: record.id, action, input });
    const made = recordsInOutput(meta, output).filter((one) => one.id !== record.id);
    if (made.length === 0) {
      void message.success(t("record.actionDone", { action: label(action.label) }));
      return;
    }
    const key = `action-${record.id}`;
    notification.success({
      key,
      title: t("record.actionDone", { action: label(action.label) }),
      actions: made.map((one) => (
        <Button
          key={one.id}
          size="small"
          type="link"
          onClick={() => {
            notification.destroy(key);
            void navigate({ to: "/r/$object/$id", params: { object: one.object.name, id: one.id } });
          }}
        >
          {t("record.openMade", { object: label(one.object.label) })}
        </Button>
      )),
    });
  };
  const start = async (action: ActionMeta) => {
    if (action.input.length > 0 || actionScreens.has(`${object.name}.${action.name}`)) {
      setAsking(action);
      return;
    }
    const sure =
      !action.danger ||
      (await modal.confirm({
        title: label(action.label),
        content: label(action.help),
        okText: label(action.label),
        okButtonProps: { danger: true },
      }));
    if (sure) await perform(action, {}).catch((error: unknown) => void message.error(errorText(error)));
  };
  const Screen = asking ? actionScreens.get(`${object.name}.${asking.name}`) : undefined;
  const dialog = !asking ? null : Screen ? (
    <Suspense fallback={null}>
      <Screen object={object} record={record} action={asking} onClose={() => setAsking(null)} />
    </Suspense>
  ) : (
    <InputDialog
      title={label(asking.label)}
      text={label(asking.help)}
      okText={label(asking.label)}
      danger={asking.danger}
      object={object}
      record={record}
      fields={asking.input}
      onSubmit={(input) => perform(asking, input)}
      onClose={() => setAsking(null)}
    />
  );
  return { start, running: run.isPending, dialog };
}
