import { Input, Select } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Address } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { regionOptions } from "@/i18n/regions";
import type { AddressPart } from "./text";

interface AbroadProps {
  address: Partial<Address>;
  onChange: (part: AddressPart, text: string) => void;
  id?: string | undefined;
  autoFocus?: boolean | undefined;
  disabled?: boolean | undefined;
  status?: "error" | undefined;
  describedBy?: string | undefined;
}

/** As addresses are written elsewhere: from the street up, the country last. */
const PARTS = ["street", "district", "city", "province", "postcode"] as const;

/** An address outside China: every part as people there write it. */
export function AbroadParts({ address, onChange, id, autoFocus, disabled, status, describedBy }: AbroadProps) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const countries = useMemo(() => regionOptions(locale, address.country), [locale, address.country]);
  return (
    <>
      {PARTS.map((part, index) => (
        <Input
          key={part}
          {...(id && index === 0 ? { id } : {})}
          className={`gx-address-${part}`}
          value={address[part] ?? ""}
          onChange={(event) => onChange(part, event.target.value)}
          placeholder={t(`fields.abroadParts.${part}`)}
          aria-label={t(`fields.abroadParts.${part}`)}
          aria-describedby={describedBy}
          aria-invalid={status === "error" || undefined}
          autoFocus={autoFocus && index === 0}
          disabled={disabled}
          status={status}
        />
      ))}
      <Select<string>
        className="gx-address-country"
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        value={address.country || null}
        onChange={(code: string | undefined) => onChange("country", code ?? "")}
        options={countries}
        placeholder={t("fields.addressParts.country")}
        aria-label={t("fields.addressParts.country")}
        disabled={disabled}
        status={status}
      />
    </>
  );
}
