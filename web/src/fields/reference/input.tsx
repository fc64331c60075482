import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Reference } from "@/api/types";
import { MatchedText } from "@/ui/matched/matched-text";
import { useMatches } from "@/ui/matched/use-matches";
import { hasTooFewDigits } from "../few-digits";
import type { FieldInputProps } from "../types";
import { asReference } from "../values";
import { siblingFilter, useReferenceCandidates } from "./candidates";
import { ReferenceExtras, useTargetObject, withExtras } from "./extras";
import { referenceTarget } from "./target";
import { ValueHelp } from "./value-help";

/** Type to search, choose to set. The value keeps its label, so that it can be shown before it is saved. */
export function ReferenceInput(props: FieldInputProps) {
  const { field, value, onChange, onFinish, id, autoFocus, disabled, status, inline, describedBy } = props;
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(Boolean(inline));
  const [browsing, setBrowsing] = useState<string | null>(null);
  const target = useTargetObject(referenceTarget(field));
  const candidates = useReferenceCandidates(
    referenceTarget(field),
    text,
    open,
    siblingFilter(target, props.values),
    field.offered_when,
  );
  const { rangesIn } = useMatches(text);
  const current = asReference(value);
  const found = candidates.data ?? [];
  const options = found.map((reference) => ({ value: reference.id, label: reference.label ?? reference.id }));
  if (current && !text && !found.some((reference) => reference.id === current.id)) {
    options.unshift({ value: current.id, label: current.label ?? t("common.notVisible") });
  }
  const set = (chosen: Reference | null) => {
    const reference = chosen ? { id: chosen.id, label: chosen.label } : null;
    setText("");
    setOpen(false);
    onChange(reference);
    onFinish?.(reference);
  };
  return (
    <>
      <Select<string>
        {...(id ? { id } : {})}
        value={current?.id}
        options={options}
        showSearch={{ filterOption: false, onSearch: setText, searchValue: text }}
        optionRender={({ label }) => <MatchedText text={String(label)} ranges={rangesIn(String(label))} />}
        onOpenChange={setOpen}
        open={open}
        onChange={(next) => set(next ? (found.find((reference) => reference.id === next) ?? current) : null)}
        loading={candidates.isFetching}
        notFoundContent={
          candidates.isFetching
            ? t("common.loading")
            : t(hasTooFewDigits(text) ? "fields.fewDigits" : "fields.referenceEmpty")
        }
        placeholder={props.placeholder ?? t("fields.referencePlaceholder")}
        {...(props.placeholder ? { "aria-label": props.placeholder } : {})}
        allowClear={!field.required}
        popupMatchSelectWidth={inline ? 300 : true}
        popupRender={(menu) =>
          withExtras(
            menu,
            <ReferenceExtras
              target={target}
              typed={text}
              values={props.values}
              onBrowse={() => setBrowsing(text)}
              onClose={() => setOpen(false)}
              onCreated={set}
            />,
          )
        }
        autoFocus={autoFocus}
        disabled={disabled}
        status={status}
        variant={inline ? "borderless" : "outlined"}
        style={{ width: "100%" }}
        aria-describedby={describedBy}
        aria-invalid={status === "error" || undefined}
      />
      {browsing !== null && target ? (
        <ValueHelp
          target={target}
          offered={field.offered_when}
          initialText={browsing}
          onClose={() => setBrowsing(null)}
          onChoose={(chosen) => {
            setBrowsing(null);
            set(chosen);
          }}
        />
      ) : null}
    </>
  );
}
