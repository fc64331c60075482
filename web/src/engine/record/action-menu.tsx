import { EllipsisOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { App, Button, Dropdown, type MenuProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActionMeta, FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { ObjectIcon } from "@/ui/object-icon";
import { conditionHolds } from "../expression/evaluate";
import { recordScope } from "../expression/record-scope";
import { useMeta } from "../meta";
import { useViewer } from "../viewer";
import { InputDialog } from "./input-dialog";
import { recordsInOutput, useRunAction } from "./use-run-action";

/** The actions that apply to a record as it is now. */
export function useOfferedActions(object: ObjectMeta, record: RecordData): ActionMeta[] {
  const viewer = useViewer();
  if (record.deleted_at) return [];
  const scope = recordScope(object.fields, record, viewer);
  return object.actions.filter(
    (action) =>
      action.on === "record" && (!action.visible_when || conditionHolds(action.visible_when, scope) !== false),
  );
}

function ActionIcon({ name }: { name: string | null }) {
  return name ? <ObjectIcon icon={name} /> : null;
}

interface ActionMenuProps {
  object: ObjectMeta;
  record: RecordData;
  /** Buttons for the main actions; a phone has them in the menu. */
  buttons: boolean;
  more: NonNullable<MenuProps["items"]>;
}

/** The main actions as buttons, the rest in a menu; what an action wants to know is asked in a dialog. */
export function ActionMenu({ object, record, buttons, more }: ActionMenuProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const { message, modal, notification } = App.useApp();
  const run = useRunAction(object);
  const [asking, setAsking] = useState<ActionMeta | null>(null);
  // The step bar is the board's action already.
  const actions = useOfferedActions(object, record).filter((action) => action.name !== object.views.board?.move_action);
  const main = buttons ? actions.filter((action) => action.primary && !action.danger).slice(0, 2) : [];

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
    if (action.input.length > 0) {
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
  const rest = actions.filter((action) => !main.includes(action));
  const items: MenuProps["items"] = [
    ...rest.map((action) => ({
      key: `action:${action.name}`,
      label: label(action.label),
      icon: <ActionIcon name={action.icon} />,
      danger: action.danger,
      onClick: () => void start(action),
    })),
    ...(rest.length > 0 && more.length > 0 ? [{ type: "divider" as const }] : []),
    ...more,
  ];
  return (
    <>
      {main.map((action, index) => (
        <Button
          key={action.name}
          type={index === 0 ? "primary" : "default"}
          icon={<ActionIcon name={action.icon} />}
          loading={run.isPending}
          onClick={() => void start(action)}
        >
          {label(action.label)}
        </Button>
      ))}
      {items.length > 0 ? (
        <Dropdown menu={{ items }} trigger={["click"]}>
          <Button icon={<EllipsisOutlined />} aria-label={t("common.more")} />
        </Dropdown>
      ) : null}
      {asking ? (
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
      ) : null}
    </>
  );
}
