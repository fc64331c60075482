import { CloseOutlined, LoadingOutlined, SearchOutlined } from "@ant-design/icons";
import { Modal } from "antd";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/ui/empty-state";
import { useIsPhone } from "@/ui/use-media";
import { type PaletteItem, usePaletteItems } from "./palette-items";

interface PaletteProps {
  onClose: () => void;
  onHelp: () => void;
}

const LIST_ID = "palette-results";
const optionId = (index: number) => `palette-option-${index}`;

/** Ctrl-K: everything by name, hands on the keyboard. */
export function Palette({ onClose, onHelp }: PaletteProps) {
  const { t } = useTranslation();
  const phone = useIsPhone();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { items, searching } = usePaletteItems(text, onHelp);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const selected = Math.min(at, Math.max(0, items.length - 1));

  useEffect(() => {
    list.current?.querySelector(`#${optionId(selected)}`)?.scrollIntoView({ block: "nearest" });
  }, [selected]);

  const run = (item: PaletteItem | undefined) => {
    if (!item) return;
    onClose();
    item.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") setAt((selected + 1) % Math.max(1, items.length));
    else if (event.key === "ArrowUp") setAt((selected + items.length - 1) % Math.max(1, items.length));
    else if (event.key === "Enter") run(items[selected]);
    else return;
    event.preventDefault();
  };

  return (
    <Modal
      open
      onCancel={onClose}
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
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          placeholder={t("shell.paletteStart")}
          role="combobox"
          aria-expanded
          aria-controls={LIST_ID}
          aria-activedescendant={items.length > 0 ? optionId(selected) : undefined}
          aria-label={t("shell.keys.palette")}
          // biome-ignore lint/a11y/noAutofocus: the palette is opened in order to type
          autoFocus
          autoComplete="off"
          spellCheck={false}
        />
        <button type="button" className="gx-palette-close" onClick={onClose} aria-label={t("common.close")}>
          {phone ? <CloseOutlined /> : <kbd>Esc</kbd>}
        </button>
      </div>
      <div className="gx-palette-list" ref={list} id={LIST_ID} role="listbox" aria-label={t("shell.keys.palette")}>
        {items.length === 0 && !searching ? (
          <EmptyState title={t("shell.paletteEmpty", { text: text.trim() })} text={t("shell.paletteEmptyHint")} />
        ) : null}
        {items.map((item, index) => (
          <div key={item.key} role="presentation">
            {items[index - 1]?.group === item.group ? null : <h3 role="presentation">{t(`shell.${item.group}`)}</h3>}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are on the combobox that owns this list */}
            <div
              id={optionId(index)}
              role="option"
              tabIndex={-1}
              aria-selected={index === selected}
              className="gx-palette-row"
              onMouseMove={() => setAt(index)}
              onClick={() => run(item)}
            >
              {item.icon}
              <div>
                <span>{item.text}</span>
                {item.hint ? <small>{item.hint}</small> : null}
              </div>
            </div>
          </div>
        ))}
      </div>
    </Modal>
  );
}
