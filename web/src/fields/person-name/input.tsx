import { SwapOutlined } from "@ant-design/icons";
import { Button, Input, Space, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldInputProps } from "../types";
import { asText, isObject } from "../values";

/** The whole name in one box; the server finds family and given name. On demand both can be told apart by hand. */
export function PersonNameInput(props: FieldInputProps) {
  const { value, onChange, id, autoFocus, disabled, status, inline, describedBy } = props;
  const { t } = useTranslation();
  const [apart, setApart] = useState(false);
  const full = isObject(value) ? asText(value.full) : asText(value);
  const family = isObject(value) ? asText(value.family) : "";
  const given = isObject(value) ? asText(value.given) : asText(value);
  const common = { autoFocus, disabled, status, variant: inline ? ("borderless" as const) : ("outlined" as const) };
  const whole = (
    <Input
      {...(id ? { id } : {})}
      {...common}
      value={full}
      onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
      autoComplete="off"
      aria-describedby={describedBy}
      aria-invalid={status === "error" || undefined}
    />
  );
  if (inline) return whole;
  // Only the parts are sent: the server joins them in the order their script has.
  const change = (nextFamily: string, nextGiven: string) =>
    onChange(nextFamily || nextGiven ? { family: nextFamily || null, given: nextGiven || null } : null);
  const label = apart ? t("fields.nameWhole") : t("fields.nameParts");
  return (
    <Space.Compact block>
      {apart ? (
        <>
          <Input
            {...common}
            {...(id ? { id } : {})}
            value={family}
            placeholder={t("fields.family")}
            aria-label={t("fields.family")}
            onChange={(event) => change(event.target.value, given)}
          />
          <Input
            {...common}
            autoFocus={false}
            value={given}
            placeholder={t("fields.given")}
            aria-label={t("fields.given")}
            onChange={(event) => change(family, event.target.value)}
          />
        </>
      ) : (
        whole
      )}
      <Tooltip title={label}>
        <Button
          icon={<SwapOutlined />}
          disabled={disabled}
          aria-label={label}
          aria-pressed={apart}
          onClick={() => {
            if (apart && isObject(value) && !full) {
              const han = /\p{Script=Han}/u.test(family + given);
              onChange((han ? `${family}${given}` : `${given} ${family}`).trim() || null);
            }
            setApart(!apart);
          }}
        />
      </Tooltip>
    </Space.Compact>
  );
}
