import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { Explanation } from "@/api/rights";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { findField } from "../../meta";

type FieldExplanation = Explanation["fields"][number];

/** Fields that can be read and no more are many where the record cannot be changed: they stand behind the others. */
function isMerelyRead(field: FieldExplanation): boolean {
  const denied = field.roles.some((role) => role.denies && role.decides);
  return field.right === "read" && !field.masked_in_lists && !field.covered && !denied && field.frozen.length === 0;
}

/** The fields with less than everything, each with who decides it. */
export function WhyFields({ object, fields }: { object: ObjectMeta; fields: FieldExplanation[] }) {
  const { t } = useTranslation();
  const less = fields.filter((field) => !isMerelyRead(field));
  const read = fields.filter(isMerelyRead);
  return (
    <>
      <h3>{t("rights.record.fieldsTitle")}</h3>
      {fields.length === 0 ? <p className="gx-muted">{t("rights.record.fieldsNone")}</p> : null}
      <FieldList object={object} fields={less} />
      {read.length > 0 ? (
        <details className="gx-access-more">
          <summary>{t("rights.record.readOnly", { n: read.length })}</summary>
          <FieldList object={object} fields={read} />
        </details>
      ) : null}
    </>
  );
}

function FieldList({ object, fields }: { object: ObjectMeta; fields: FieldExplanation[] }) {
  const { t } = useTranslation();
  const label = useLabel();
  const deciding = useDeciding();
  return (
    <ul className="gx-access-fields">
      {fields.map((field) => (
        <li key={field.field} data-field={field.field}>
          <span>
            {label(findField(object, field.field)?.label) || field.field}
            {deciding(field).map((text) => (
              <small key={text} className="gx-muted">
                {text}
              </small>
            ))}
          </span>
          <span>
            {field.frozen.length > 0 ? (
              <ColorTag color="blue">{t("rights.record.frozen")}</ColorTag>
            ) : (
              <ColorTag color={field.right === "read" || field.right === "edit" ? undefined : "orange"}>
                {t(`rights.fields.rights.${field.right}`)}
              </ColorTag>
            )}
            {field.masked_in_lists ? <Tag>{t("rights.record.inLists")}</Tag> : null}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Who decides a field, in sentences. */
function useDeciding(): (field: FieldExplanation) => string[] {
  const { t } = useTranslation();
  const label = useLabel();
  return (field) => {
    const says = field.roles
      .filter((role) => role.decides && !(role.right === "edit" && field.frozen.length > 0))
      .map((role) =>
        t(role.denies ? "rights.record.roleDenies" : "rights.record.roleSays", {
          role: label(role.label),
          right: t(`rights.fields.rights.${role.right}`),
        }),
      );
    const freezes = field.frozen.map((rule) =>
      rule.role
        ? t("rights.record.frozenBy", { role: label(rule.role.label), when: rule.when })
        : t("rights.record.frozenForAll", { when: rule.when }),
    );
    return [...(field.covered ? [t("rights.record.covered")] : []), ...says, ...freezes];
  };
}
