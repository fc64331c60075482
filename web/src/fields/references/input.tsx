import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Reference } from "@/api/types";
import { MatchedText } from "@/ui/matched/matched-text";
import { useMatches } from "@/ui/matched/use-matches";
import { hasTooFewDigits } from "../few-digits";
import { useReferenceCandidates } from "../reference/candidates";
import { ReferenceExtras, useTargetObject, withExtras } from "../reference/extras";
import { referenceTarget } from "../reference/target";
import { ValueHelp } from "../reference/value-help";
import type { FieldInputProps } from "../types";
import { asReferences } from "../values";

/** Several records of one object (tags, many-to-many): chips with search, a table to choose from, and "new". */
export function ReferencesInput(props: FieldInputProps) {
  const { field, value, onChange, id, autoFocus, disabled, status, inline, describedBy } = props;
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(Boolean(inline));
  const [browsing, setBrowsing] = useState<string | null>(null);
  const target = useTargetObject(referenceTarget(field));
  const candidates = useReferenceCandidates(referenceTarget(field), text, open, undefined, field.offered_when);
  const { rangesIn } = useMatches(text);
  const current = asReferences(value);
  const known = new Map<string, Reference>();
  for (const reference of [...(text ? [] : current), ...(candidates.data ?? [])]) known.set(reference.id, reference);
  const lookup = new Map([...current, ...known.values()].map((reference) => [reference.id, reference]));
  const add = (made: Reference) => {
    setText("");
    if (!current.some((reference) => reference.id === made.id))
      onChange([...current, { id: made.id, label: made.label }]);
  };
  return (
    <>
      <Select<{ value: string; label: React.ReactNode }[]>
        {...(id ? { id } : {})}
        mode="multiple"
        labelInValue
        value={current.map((reference) => ({ value: reference.id, label: reference.label ?? t("common.notVisible") }))}
        options={[...known.values()].map((reference) => ({
          value: reference.id,
          label: reference.label ?? reference.id,
        }))}
        showSearch={{ filterOption: false, onSearch: setText, searchValue: text }}
        optionRender={({ value: id }) => {
          const name = known.get(String(id))?.label ?? String(id);
          return <MatchedText text={name} ranges={rangesIn(name)} />;
        }}
        open={open}
        onOpenChange={setOpen}
        onChange={(next) => {
          setText("");
          onChange(next.map((item) => lookup.get(item.value) ?? { id: item.value, label: null }));
        }}
        loading={candidates.isFetching}
        notFoundContent={
          candidates.isFetching
            ? t("common.loading")
            : t(hasTooFewDigits(text) ? "fields.fewDigits" : "fields.referenceEmpty")
        }
        placeholder={field.type === "tags" ? t("fields.selectPlaceholder") : t("fields.referencePlaceholder")}
        popupRender={(menu) =>
          withExtras(
            menu,
            <ReferenceExtras
              target={target}
              typed={text}
              values={props.values}
              onBrowse={() => setBrowsing(text)}
              onClose={() => setOpen(false)}
              onCreated={add}
            />,
          )
        }
        maxTagCount={inline ? "responsive" : undefined}
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
            add(chosen);
          }}
        />
      ) : null}
    </>
  );
}
