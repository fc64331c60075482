import { CloseCircleFilled, SearchOutlined } from "@ant-design/icons";
import { type RefObject, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import type { ListViewState } from "./use-list-view";

const REST_MS = 250;

interface QuickSearchProps {
  object: ObjectMeta;
  state: ListViewState;
  inputRef: RefObject<HTMLInputElement | null>;
}

/** Follows the typing after a short rest; nothing is searched while an input method is still composing. */
export function QuickSearch({ object, state, inputRef }: QuickSearchProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const { q, change } = state;
  const [text, setText] = useState(q);
  const [composing, setComposing] = useState(false);
  // A change from outside (another view, the back button) shows in the box too.
  const [known, setKnown] = useState(q);
  if (known !== q) {
    setKnown(q);
    if (text.trim() !== q) setText(q);
  }
  useEffect(() => {
    if (composing || text.trim() === q) return;
    const timer = setTimeout(() => change({ q: text.trim() || undefined }), REST_MS);
    return () => clearTimeout(timer);
  }, [text, q, composing, change]);
  const name = t("list.searchIn", { object: label(object.plural) });
  return (
    <label className="gx-quick-search">
      <SearchOutlined />
      <input
        ref={inputRef}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
        placeholder={name}
        aria-label={name}
        autoComplete="off"
        spellCheck={false}
      />
      {text ? (
        <button
          type="button"
          aria-label={t("common.clear")}
          onClick={() => {
            setText("");
            inputRef.current?.focus();
          }}
        >
          <CloseCircleFilled />
        </button>
      ) : null}
    </label>
  );
}
