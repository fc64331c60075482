import { useTranslation } from "react-i18next";
import type { PaletteItem } from "./palette-items";

/** What the keys do here, and what can be done with the chosen entry besides opening it. */
export function PaletteFoot({ item }: { item: PaletteItem | undefined }) {
  const { t } = useTranslation();
  return (
    <div className="gx-palette-foot">
      <span aria-hidden>
        <kbd>↑</kbd> <kbd>↓</kbd> {t("search.keys.choose")}
      </span>
      <span aria-hidden>
        <kbd>Enter</kbd> {t("search.keys.open")}
      </span>
      {item?.edit ? (
        <button type="button" onClick={item.edit.run} aria-keyshortcuts="F2">
          <kbd aria-hidden>F2</kbd> {item.edit.label}
        </button>
      ) : null}
      {item?.remove ? (
        <button type="button" onClick={item.remove.run} aria-keyshortcuts="Shift+Delete">
          <kbd aria-hidden>Shift Delete</kbd> {item.remove.label}
        </button>
      ) : null}
    </div>
  );
}
