import { CloseOutlined, LoadingOutlined, SearchOutlined, StarFilled, StarOutlined } from "@ant-design/icons";
import { App, Modal } from "antd";
import { type KeyboardEvent, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type SavedSearch, useDeleteSearch } from "@/engine/saved-searches";
import { useLocale } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { useErrorText } from "@/ui/error-text";
import { lazyPart } from "@/ui/lazy-part";
import { useIsPhone } from "@/ui/use-media";
import { PaletteFoot } from "./palette-foot";
import { type PaletteItem, usePaletteItems } from "./palette-items";
import { PaletteRow } from "./palette-row";
import { addSearchTexts } from "./palette-texts";
import "./palette.css";

/** The box is fetched soon after every first screen, its form when something is to be kept. */
const SaveSearch = lazyPart(async () => ({ default: (await import("./save-search")).SaveSearch }));

interface PaletteProps {
  onClose: () => void;
  onHelp: () => void;
}

const LIST_ID = "palette-results";
const optionId = (index: number) => `palette-option-${index}`;

const TITLES = {
  records: "shell.records",
  savedSearches: "search.saved",
  recentSearches: "search.recent",
  recent: "shell.recent",
  goTo: "shell.goTo",
  commands: "shell.commands",
} as const;

/** Ctrl-K: everything by name, hands on the keyboard. */
export function Palette({ onClose, onHelp }: PaletteProps) {
  addSearchTexts(useLocale());
  const { t } = useTranslation();
  const phone = useIsPhone();
  const { modal, message } = App.useApp();
  const errorText = useErrorText();
  const deleteSearch = useDeleteSearch();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  /** The saved search being changed, or a new one; nothing while something is looked for. */
  const [saving, setSaving] = useState<SavedSearch | "new" | null>(null);
  /** What was done last, for who hears the page. */
  const [told, setTold] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);

  const fill = (next: string) => {
    setText(next);
    setAt(0);
    setTold("");
    setSaving(null);
    input.current?.focus();
  };
  const remove = (search: SavedSearch) =>
    modal.confirm({
      title: t("search.deleteConfirm", { name: search.name }),
      content: search.shared ? t("search.deleteShared") : null,
      okText: t("common.delete"),
      okButtonProps: { danger: true },
      onOk: () =>
        deleteSearch.mutateAsync(search.id).then(
          () => setTold(t("search.deleted", { name: search.name })),
          (error: unknown) => void message.error(errorText(error)),
        ),
      afterClose: () => input.current?.focus(),
    });
  const { items, searching, hint, maySave, standing } = usePaletteItems(text, onHelp, {
    fill,
    edit: setSaving,
    remove,
    tell: setTold,
  });
  const query = text.trim();
  const selected = Math.min(at, Math.max(0, items.length - 1));
  const current = items[selected];

  useEffect(() => {
    list.current?.querySelector(`#${optionId(selected)}`)?.scrollIntoView({ block: "nearest" });
  }, [selected]);

  const run = (item: PaletteItem | undefined) => {
    if (!item) return;
    if (!item.stays) onClose();
    item.run();
  };
  const keep = () => setSaving(standing ?? "new");
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const save = event.key === "s" && (event.ctrlKey || event.metaKey);
    if (saving) {
      // The entries are out of sight: no key may run one.
      if (event.key === "Escape") back();
      else if (!save) return;
    } else if (event.key === "ArrowDown") setAt((selected + 1) % Math.max(1, items.length));
    else if (event.key === "ArrowUp") setAt((selected + items.length - 1) % Math.max(1, items.length));
    else if (event.key === "Enter") run(current);
    else if (event.key === "Delete" && event.shiftKey && current?.remove) current.remove.run();
    else if (event.key === "F2" && current?.edit) current.edit.run();
    else if (save) {
      if (maySave && query !== "") keep();
    } else return;
    event.preventDefault();
  };
  const back = () => {
    setSaving(null);
    input.current?.focus();
  };
  const empty = items.length === 0 && !searching;
  const heard = told || (query === "" || searching ? "" : `${t("search.found", { n: items.length })} ${hint}`.trim());

  return (
    <Modal
      open
      onCancel={onClose}
      keyboard={saving === null}
      footer={null}
      closable={false}
      width={620}
      className="gx-palette"
      style={{ top: "12dvh" }}
      title={null}
      afterOpenChange={(open) => open && input.current?.focus()}
    >
      <div className="gx-palette-input">
        {searching ? <LoadingOutlined /> : <SearchOutlined />}
        <input
          ref={input}
          value={text}
          onChange={(event) => fill(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder={t("shell.paletteStart")}
          role="combobox"
          aria-expanded={saving === null}
          aria-controls={LIST_ID}
          aria-activedescendant={saving === null && items.length > 0 ? optionId(selected) : undefined}
          aria-label={t("shell.keys.palette")}
          // biome-ignore lint/a11y/noAutofocus: the palette is opened in order to type
          autoFocus
          autoComplete="off"
          spellCheck={false}
        />
        {maySave && query !== "" ? (
          <button
            type="button"
            className="gx-palette-keep"
            onClick={keep}
            title={standing ? t("search.edit") : t("search.save")}
            aria-label={standing ? t("search.edit") : t("search.save")}
            aria-keyshortcuts="Control+S"
          >
            {standing ? <StarFilled /> : <StarOutlined />}
          </button>
        ) : null}
        <button type="button" className="gx-palette-close" onClick={onClose} aria-label={t("common.close")}>
          {phone ? <CloseOutlined /> : <kbd>Esc</kbd>}
        </button>
      </div>
      <span role="status" className="gx-visually-hidden">
        {heard}
      </span>
      {saving ? (
        <Suspense fallback={null}>
          <SaveSearch
            typed={query}
            saved={saving === "new" ? null : saving}
            onBack={back}
            onDone={(name) => {
              back();
              setTold(t("search.savedNow", { name }));
              void message.success(t("search.savedNow", { name }));
            }}
          />
        </Suspense>
      ) : (
        <>
          <div className="gx-palette-list" ref={list} id={LIST_ID} role="listbox" aria-label={t("shell.keys.palette")}>
            {items.map((item, index) => (
              <div key={item.key} role="presentation">
                {items[index - 1]?.group === item.group ? null : <h3 role="presentation">{t(TITLES[item.group])}</h3>}
                <PaletteRow
                  item={item}
                  id={optionId(index)}
                  selected={index === selected}
                  onHover={() => setAt(index)}
                  onRun={() => run(item)}
                />
              </div>
            ))}
          </div>
          {empty ? (
            <EmptyState title={t("shell.paletteEmpty", { text: query })} text={hint || t("shell.paletteEmptyHint")} />
          ) : null}
          {hint && !empty ? <p className="gx-palette-hint">{hint}</p> : null}
          <PaletteFoot item={current} />
        </>
      )}
    </Modal>
  );
}
