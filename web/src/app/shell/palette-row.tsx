import { CloseOutlined, EditOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { MatchedText } from "@/ui/matched/matched-text";
import type { ItemAction, PaletteItem } from "./palette-items";

interface RowProps {
  item: PaletteItem;
  id: string;
  selected: boolean;
  onHover: () => void;
  onRun: () => void;
}

/** An entry of the palette. What can be done with it besides is here for the pointer, and below the list for the keys. */
export function PaletteRow({ item, id, selected, onHover, onRun }: RowProps) {
  const { t } = useTranslation();
  const { fact } = item;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only holds the entry and its buttons together
    <div className="gx-palette-row" data-selected={selected || undefined} onMouseMove={onHover} role="presentation">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are on the combobox that owns this list */}
      <div id={id} role="option" tabIndex={-1} aria-selected={selected} className="gx-palette-option" onClick={onRun}>
        {item.icon}
        <div>
          <span>
            <MatchedText text={item.text} ranges={item.marks ?? []} />
            {item.nearly ? <em className="gx-palette-nearly">{t("search.nearly")}</em> : null}
          </span>
          {item.hint ? (
            <small>
              <MatchedText text={item.hint} ranges={item.hintMarks ?? []} />
            </small>
          ) : null}
          {fact ? (
            <small className="gx-palette-fact">
              {fact.label} <MatchedText text={fact.text} ranges={fact.ranges} />
            </small>
          ) : null}
        </div>
      </div>
      {item.edit ? <RowButton action={item.edit} icon={<EditOutlined />} /> : null}
      {item.remove ? <RowButton action={item.remove} icon={<CloseOutlined />} /> : null}
    </div>
  );
}

/** For the pointer alone: a list of choices must hold nothing but choices. */
function RowButton({ action, icon }: { action: ItemAction; icon: React.ReactNode }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-hidden
      title={action.label}
      className="gx-palette-act"
      // The focus stays in the box.
      onMouseDown={(event) => event.preventDefault()}
      onClick={action.run}
    >
      {icon}
    </button>
  );
}
