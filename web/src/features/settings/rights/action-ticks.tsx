import { Button, Checkbox, Popover } from "antd";
import { useTranslation } from "react-i18next";
import type { StoredObject } from "@/api/schema";
import { findObject, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { TickBox } from "@/ui/tick-box";

interface ActionTicksProps {
  /** Null is the row of all other objects, which can only name all actions. */
  object: StoredObject | null;
  text: string;
  actions: string[];
  onChange: (actions: string[]) => void;
}

const ALL = "*";

/** Which of an object's own actions: all of them, or some by name. */
export function ActionTicks({ object, text, actions, onChange }: ActionTicksProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const title = t("rights.grid.actionsOf", { object: text });
  const all = actions.includes(ALL);
  const offered = object ? (findObject(meta, object.name)?.actions ?? []) : [];
  const setAll = (checked: boolean) => onChange(checked ? [ALL] : []);
  if (offered.length === 0) return <TickBox checked={all} label={title} onTick={setAll} />;
  const names = offered.map((action) => action.name);
  const named = names.filter((name) => all || actions.includes(name));
  const content = (
    <div className="gx-action-ticks">
      <Checkbox checked={all} onChange={(event) => setAll(event.target.checked)}>
        {t("rights.grid.allActions")}
      </Checkbox>
      {offered.map((action) => (
        <Checkbox
          key={action.name}
          checked={named.includes(action.name)}
          disabled={all}
          onChange={(event) =>
            onChange(event.target.checked ? [...actions, action.name] : actions.filter((name) => name !== action.name))
          }
        >
          {label(action.label)}
        </Checkbox>
      ))}
    </div>
  );
  return (
    <Popover content={content} title={title} trigger="click">
      <Button size="small" type="text" aria-label={title}>
        {all ? t("common.all") : `${named.length}/${names.length}`}
      </Button>
    </Popover>
  );
}
