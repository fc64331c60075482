import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldInputProps } from "../types";
import { asText, isEmptyValue, isObject } from "../values";
import { ADDRESS_PARTS, type AddressPart, addressText, asAddress } from "./text";

/**
 * One line (which the server splits into its parts), or the parts one by one. A whole address pasted into a part is
 * taken as the line it is.
 */
export function AddressInput(props: FieldInputProps) {
  const { value, onChange, id, autoFocus, disabled, status, describedBy } = props;
  const { t } = useTranslation();
  const [asLine, setAsLine] = useState(!isObject(value) || isEmptyValue(value));
  const address = asAddress(value) ?? {};
  if (asLine) {
    return (
      <div>
        <Input
          {...(id ? { id } : {})}
          value={addressText(value)}
          onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
          placeholder={t("fields.addressLine")}
          autoFocus={autoFocus}
          disabled={disabled}
          status={status}
          aria-describedby={describedBy}
        />
        <Button
          type="link"
          size="small"
          className="gx-input-switch"
          disabled={disabled}
          onClick={() => {
            if (!isObject(value)) onChange(asText(value) ? { street: asText(value) } : null);
            setAsLine(false);
          }}
        >
          {t("fields.addressAsParts")}
        </Button>
      </div>
    );
  }
  const change = (part: AddressPart, text: string) => {
    const next = { ...address, [part]: text || null };
    onChange(ADDRESS_PARTS.some((name) => next[name]) ? next : null);
  };
  const input = (part: AddressPart, first = false) => (
    <Input
      key={part}
      {...(id && first ? { id } : {})}
      className={`gx-address-${part}`}
      value={address[part] ?? ""}
      onChange={(event) => change(part, event.target.value)}
      onPaste={(event) => {
        const pasted = event.clipboardData.getData("text").trim();
        const others = ADDRESS_PARTS.some((name) => name !== part && address[name]);
        if (others || !/[省市区县].*[路街道号村镇]/.test(pasted)) return;
        event.preventDefault();
        onChange(pasted);
        setAsLine(true);
      }}
      placeholder={t(`fields.addressParts.${part}`)}
      aria-label={t(`fields.addressParts.${part}`)}
      autoFocus={autoFocus && first}
      disabled={disabled}
      status={status}
    />
  );
  return (
    <div>
      <div className="gx-address">{ADDRESS_PARTS.map((part, index) => input(part, index === 0))}</div>
      <Button
        type="link"
        size="small"
        className="gx-input-switch"
        disabled={disabled}
        onClick={() => {
          const line = addressText(value);
          onChange(line || null);
          setAsLine(true);
        }}
      >
        {t("fields.addressAsLine")}
      </Button>
    </div>
  );
}
