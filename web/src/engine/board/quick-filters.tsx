import { PauseCircleOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import { quote } from "../filter/expression-tree";
import { useRecordList } from "../records";
import { useBoardHints } from "./board-context";
import { chosenOf, hasPart, withPart } from "./quick-parts";
import type { BoardView } from "./use-board-view";

/** One press each: which pipeline (or whatever the columns' settings are by), and what does not move on. */
export function QuickFilters({ view, phone }: { view: BoardView; phone: boolean }) {
  const { t } = useTranslation();
  const label = useLabel();
  const { settings, stalled } = useBoardHints();
  const part = stalled?.filter ? `(${stalled.filter})` : null;
  const on = part !== null && (hasPart(view.filter, part) || view.view?.key === stalled?.name);
  return (
    <>
      {settings ? <SharedChoice view={view} field={settings.of.name} target={settings.of.target ?? ""} /> : null}
      {part && stalled && view.view?.key !== stalled.name ? (
        <Button
          icon={<PauseCircleOutlined />}
          type={on ? "primary" : "default"}
          ghost={on}
          aria-pressed={on}
          aria-label={label(stalled.label)}
          onClick={() => view.setFilter(withPart(view.filter, on ? null : part, (one) => one === part))}
        >
          {phone ? null : t("board.stalled")}
        </Button>
      ) : null}
    </>
  );
}

/** The records that the columns' settings are by, as one choice; nothing to choose where there is one. */
function SharedChoice({ view, field, target }: { view: BoardView; field: string; target: string }) {
  const label = useLabel();
  const { t } = useTranslation();
  const { settings } = useBoardHints();
  const list = useRecordList(target, { fields: "name", limit: 50 }, { enabled: target !== "" });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length < 2 || !settings) return null;
  const name = label(settings.of.label);
  return (
    <Select<string>
      allowClear
      className="gx-board-quick"
      value={chosenOf(view.filter, field)}
      placeholder={t("board.every", { field: name })}
      popupMatchSelectWidth={false}
      options={items.map((item) => ({ value: item.id, label: String(item.name ?? "") }))}
      onChange={(id) => {
        const start = `${field} == `;
        view.setFilter(withPart(view.filter, id ? `${start}${quote(id)}` : null, (one) => one.startsWith(start)));
      }}
      aria-label={name}
    />
  );
}
