import { UndoOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { FieldRight, ObjectRights } from "@/api/rights";
import type { StoredObject } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
import { TickBox } from "@/ui/tick-box";
import { FIELD_RIGHTS, fieldRight } from "./role-draft";

interface FieldRightsProps {
  object: StoredObject;
  rights: ObjectRights;
  onChange: (rights: ObjectRights) => void;
}

const COMPUTED = new Set(["formula", "rollup", "auto_number"]);

/** The right on each field: one row a field, one column a right. */
export function FieldRights({ object, rights, onChange }: FieldRightsProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const fields = object.field.filter((field) => field.origin !== "system");
  const others = rights.other_fields ?? "edit";
  const set = (field: string, right: FieldRight) =>
    onChange({ ...rights, fields: { ...rights.fields, [field]: right } });
  const follow = (field: string) => {
    const { [field]: _gone, ...rest } = rights.fields ?? {};
    onChange({ ...rights, fields: rest });
  };
  const cover = (field: string, covered: boolean) => {
    const rest = (rights.masked_in_lists ?? []).filter((name) => name !== field);
    onChange({ ...rights, masked_in_lists: covered ? [...rest, field] : rest });
  };
  return (
    <table className="gx-field-rights">
      <thead>
        <tr>
          <th scope="col">{t("rights.fields.field")}</th>
          {FIELD_RIGHTS.map((right) => (
            <th key={right} scope="col">
              <Tooltip title={t(`rights.fields.rightHelp.${right}`)}>
                <span>{t(`rights.fields.rights.${right}`)}</span>
              </Tooltip>
            </th>
          ))}
          <th scope="col">
            <Tooltip title={t("rights.fields.listsHelp")}>
              <span>{t("rights.fields.lists")}</span>
            </Tooltip>
          </th>
          <th />
        </tr>
      </thead>
      <tbody>
        <tr className="gx-field-rights-others">
          <th scope="row">
            <Tooltip title={t("rights.fields.othersHelp")}>
              <span>{t("rights.fields.others")}</span>
            </Tooltip>
            {others === "hidden" ? <small className="gx-muted">{t("rights.fields.allowList")}</small> : null}
          </th>
          <Radios
            name={t("rights.fields.others")}
            value={others}
            onChange={(right) => onChange({ ...rights, other_fields: right })}
          />
          <td />
          <td />
        </tr>
        {fields.map((field) => {
          const own = rights.fields?.[field.name] !== undefined;
          const computed = COMPUTED.has(field.type);
          const right = fieldRight(rights, field.name);
          const name = label(field.label);
          const shown = right === "read" || right === "edit";
          return (
            <tr key={field.name} data-field={field.name} data-faint={!own || undefined}>
              <th scope="row" title={field.name}>
                {name}
              </th>
              <Radios
                name={name}
                value={computed && right === "edit" ? "read" : right}
                without={computed ? "edit" : undefined}
                onChange={(next) => set(field.name, next)}
              />
              <td>
                {shown ? (
                  <TickBox
                    checked={rights.masked_in_lists?.includes(field.name) ?? false}
                    label={t("rights.fields.right", { field: name, right: t("rights.fields.lists") })}
                    onTick={(checked) => cover(field.name, checked)}
                  />
                ) : null}
              </td>
              <td>
                {own ? (
                  <Button
                    type="text"
                    size="small"
                    icon={<UndoOutlined />}
                    title={t("rights.fields.follow", { field: name })}
                    aria-label={t("rights.fields.follow", { field: name })}
                    onClick={() => follow(field.name)}
                  />
                ) : null}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

interface RadiosProps {
  name: string;
  value: FieldRight;
  without?: FieldRight | undefined;
  onChange: (right: FieldRight) => void;
}

function Radios({ name, value, without, onChange }: RadiosProps) {
  const { t } = useTranslation();
  const group = useId();
  return FIELD_RIGHTS.map((right) => (
    <td key={right}>
      {right === without ? null : (
        <input
          type="radio"
          className="gx-radio"
          name={group}
          checked={value === right}
          onChange={() => onChange(right)}
          aria-label={t("rights.fields.right", { field: name, right: t(`rights.fields.rights.${right}`) })}
        />
      )}
    </td>
  ));
}
