import { useQuery } from "@tanstack/react-query";
import { AutoComplete } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isMeant, streetsOptions } from "./divisions";

interface StreetInputProps {
  value: string;
  onChange: (street: string) => void;
  onBlur: () => void;
  /** Code of the district whose streets and towns are offered. */
  district: string | null;
  disabled?: boolean | undefined;
  status?: "error" | undefined;
  placeholder: string;
}

/** Street and number; before anything else is typed, the streets and towns of the district are offered. */
export function StreetInput({ value, onChange, onBlur, district, disabled, status, placeholder }: StreetInputProps) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(false);
  const streets = useQuery(streetsOptions(wanted ? district : null)).data ?? [];
  const typed = value.trim().toLowerCase();
  // Once one is chosen the list has served; the number is typed after it.
  const done = streets.some((street) => typed.startsWith(street.value));
  const offered = done ? [] : streets.filter((street) => typed === "" || isMeant(street, typed));
  return (
    <AutoComplete
      className="gx-address-street"
      value={value}
      onChange={(text: string | undefined) => onChange(text ?? "")}
      onFocus={() => setWanted(true)}
      onBlur={onBlur}
      options={offered.map((street) => ({ value: street.value }))}
      defaultActiveFirstOption={false}
      placeholder={placeholder}
      aria-label={t("fields.addressParts.street")}
      disabled={disabled}
      status={status}
    />
  );
}
