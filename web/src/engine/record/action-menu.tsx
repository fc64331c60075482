import { EllipsisOutlined } from "@ant-design/icons";
import { Button, Dropdown, type MenuProps } from "antd";
import { useTranslation } from "react-i18next";
import type { ActionMeta, ObjectMeta, RecordData } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { ObjectIcon } from "@/ui/object-icon";
import { useIsPhone } from "@/ui/use-media";
import { conditionHolds } from "../expression/evaluate";
import { recordScope } from "../expression/record-scope";
import { placedActions } from "../slots";
import { useViewer } from "../viewer";
import { useStartAction } from "./use-start-action";

/** The actions that apply to a record as it is now. */
export function useOfferedActions(object: ObjectMeta, record: RecordData): ActionMeta[] {
  const viewer = useViewer();
  if (record.deleted_at) return [];
  const scope = recordScope(object.fields, record, viewer);
  return object.actions.filter(
    (action) =>
      action.on === "record" &&
      !placedActions.has(`${object.name}.${action.name}`) &&
      (!action.visible_when || conditionHolds(action.visible_when, scope) !== false),
  );
}

/** `className` comes from menus, which keep room between an icon and its words by it. */
function ActionIcon({ name, className }: { name: string | null; className?: string }) {
  return name ? <ObjectIcon icon={name} {...(className ? { className } : {})} /> : null;
}

interface ActionMenuProps {
  object: ObjectMeta;
  record: RecordData;
  /** Buttons for the main actions; a phone has them in the menu. */
  buttons: boolean;
  /** In a row among others: small, and without an accent that would then stand on every line. */
  quiet?: boolean;
  /** An action that has another place beside them already, and no button. */
  inMenu?: string | undefined;
  more: NonNullable<MenuProps["items"]>;
}

/** The main actions as buttons, the rest in a menu; what an action wants to know is asked in a dialog. */
export function ActionMenu({ object, record, buttons, quiet = false, inMenu, more }: ActionMenuProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const phone = useIsPhone();
  const { start, running, dialog } = useStartAction(object, record);
  // The step bar is the board's action already.
  const actions = useOfferedActions(object, record).filter((action) => action.name !== object.views.board?.move_action);
  // A thumb needs more room than a pointer.
  const size = quiet && !phone ? "small" : "middle";
  const buttonLike = (action: ActionMeta) => action.primary && !action.danger && action.name !== inMenu;
  const main = buttons ? actions.filter(buttonLike).slice(0, 2) : [];

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
          type={index === 0 && !quiet ? "primary" : "default"}
          size={size}
          icon={<ActionIcon name={action.icon} />}
          loading={running}
          onClick={() => void start(action)}
        >
          {label(action.label)}
        </Button>
      ))}
      {items.length > 0 ? (
        <Dropdown menu={{ items }} trigger={["click"]}>
          <Button
            type={quiet ? "text" : "default"}
            size={size}
            icon={<EllipsisOutlined />}
            aria-label={t("common.more")}
          />
        </Dropdown>
      ) : null}
      {dialog}
    </>
  );
}
