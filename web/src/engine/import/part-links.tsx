import { Select } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useMeta } from "../meta";
import { freeField } from "./mapping";
import { linkChoices, type PartDraft, type PlanDraft } from "./plan";
import { usePartNames } from "./use-part-names";

const NONE = "!none";

interface PartLinksProps {
  draft: PlanDraft;
  part: PartDraft;
  onPart: (part: PartDraft) => void;
}

/** How the records of one row hang together, said as a sentence each: the account of the contact is that of the same row. */
export function PartLinks({ draft, part, onPart }: PartLinksProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const nameOf = usePartNames(draft);
  const choices = linkChoices(meta, draft, part);
  if (draft.parts.length < 2) return null;
  const set = (field: FieldMeta, to: string) => {
    const others = part.links.filter((link) => link.field !== field.name);
    if (to === NONE) {
      onPart({ ...part, links: others });
      return;
    }
    onPart({
      ...part,
      links: [...others, { field: field.name, to }],
      mapping: freeField(part.mapping, field.name),
      constants: part.constants.filter((one) => one.field !== field.name),
      computed: part.computed.filter((one) => one.field !== field.name),
    });
  };
  return (
    <ul className="gx-import-links" aria-label={t("imports.links")}>
      {choices.length === 0 ? <li className="gx-muted">{t("imports.noLinks", { object: nameOf(part.key) })}</li> : null}
      {choices.map(({ field, to }) => {
        const link = part.links.find((one) => one.field === field.name);
        const id = `import-link-${part.key}-${field.name}`;
        return (
          <li key={field.name} data-drawn={link !== undefined || undefined}>
            <label htmlFor={id}>{t("imports.linkOf", { object: nameOf(part.key), field: label(field.label) })}</label>
            <span aria-hidden>⟶</span>
            <Select
              id={id}
              size="small"
              value={link?.to === undefined ? NONE : `to:${link.to}`}
              onChange={(value) => set(field, value === NONE ? NONE : value.slice("to:".length))}
              options={[
                { value: NONE, label: t("imports.linkNone") },
                ...to.map((other) => ({
                  value: `to:${other.key}`,
                  label: t("imports.linkTo", { object: nameOf(other.key) }),
                })),
              ]}
              popupMatchSelectWidth={false}
            />
          </li>
        );
      })}
    </ul>
  );
}
