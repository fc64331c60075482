import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { type ClipboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { splitLine } from "@/api/addresses";
import { meOptions } from "@/api/queries";
import type { Address, FieldValue } from "@/api/types";
import type { FieldInputProps } from "../types";
import { asText, isObject } from "../values";
import { AbroadParts } from "./abroad";
import { DivisionPicker } from "./division-picker";
import { type DivisionOption, divisionsOptions, looksLikeLine, optionsAt, pathOf } from "./divisions";
import { StreetInput } from "./street-input";
import { ADDRESS_PARTS, type AddressPart, asAddress, isChinese } from "./text";

/**
 * In China the divisions are chosen and the rest is typed; elsewhere every part is typed. A whole line, pasted anywhere
 * or typed as the street, is taken apart.
 */
export function AddressInput(props: FieldInputProps) {
  const { value, onChange, id, autoFocus, disabled, status, describedBy } = props;
  const { t } = useTranslation();
  const home = useQuery(meOptions).data?.workspace.region ?? "CN";
  const address: Partial<Address> = asAddress(value) ?? (asText(value) ? { street: asText(value) } : {});
  // Settled once: what is typed must not turn the one form into the other.
  const [abroad, setAbroad] = useState(() => (value ? !isChinese(address) : home !== "CN"));
  const emit = (next: Partial<Address>) => onChange(toValue(next, abroad));
  const split = useSplit(value, onChange);
  const path = pathOf(address);
  const options = useQuery({ ...divisionsOptions, enabled: path.length > 0 }).data;
  const way = options ? optionsAt(options, path) : [];
  const leaf = way.length === path.length ? way.at(-1) : undefined;

  const change = (part: AddressPart, text: string) => emit({ ...address, [part]: text || null });
  const choose = (way: DivisionOption[]) => {
    const settled = Object.assign(
      { province: null, city: null, district: null },
      ...way.map((option) => option.settles),
    );
    emit({ ...address, ...settled });
  };
  const paste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData("text").replace(/\s+/g, " ").trim();
    if (path.length > 0 || address.street || !looksLikeLine(pasted)) return;
    event.preventDefault();
    setAbroad(false);
    split(pasted);
  };
  const common = { disabled, status };
  const first = { id, autoFocus, describedBy };
  return (
    <div onPaste={paste}>
      <div className={abroad ? "gx-address gx-address-abroad" : "gx-address"}>
        {abroad ? (
          <AbroadParts address={address} onChange={change} {...first} {...common} />
        ) : (
          <>
            <DivisionPicker path={path} onChange={choose} {...first} {...common} />
            <StreetInput
              value={address.street ?? ""}
              onChange={(street) => change("street", street)}
              onBlur={() => {
                if (path.length === 0 && address.street && looksLikeLine(address.street)) split(address.street);
              }}
              district={leaf && !leaf.children ? leaf.code : null}
              placeholder={t("fields.streetOrLine")}
              {...common}
            />
            <Input
              className="gx-address-postcode"
              value={address.postcode ?? ""}
              onChange={(event) => change("postcode", event.target.value)}
              placeholder={t("fields.addressParts.postcode")}
              aria-label={t("fields.addressParts.postcode")}
              inputMode="numeric"
              {...common}
            />
          </>
        )}
      </div>
      <Button
        type="link"
        size="small"
        className="gx-input-switch"
        disabled={disabled}
        onClick={() => setAbroad(!abroad)}
      >
        {abroad ? t("fields.addressInChina") : t("fields.addressAbroad")}
      </Button>
    </div>
  );
}

/** What is sent: a street alone may be a whole line, which the server takes apart when it saves. */
function toValue(address: Partial<Address>, abroad: boolean): FieldValue {
  const { street, ...rest } = address;
  const parts = ADDRESS_PARTS.filter((part) => part !== "street" && rest[part]);
  if (parts.length > 0 || (abroad && street)) return { ...address };
  return street || null;
}

/** Puts a line into the field at once and its parts as soon as the server has found them, unless it was changed meanwhile. */
function useSplit(value: FieldValue | undefined, onChange: (value: FieldValue) => void): (line: string) => void {
  const latest = useRef({ value, onChange });
  useEffect(() => {
    latest.current = { value, onChange };
  });
  return (line) => {
    onChange(line);
    splitLine(line).then(
      (parts) => {
        const untouched = !isObject(latest.current.value) && asText(latest.current.value) === line;
        if (untouched && parts.province) latest.current.onChange({ ...parts });
      },
      // The line stays as it is; saving takes it apart.
      () => undefined,
    );
  };
}
