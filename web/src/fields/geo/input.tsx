import { AimOutlined } from "@ant-design/icons";
import { Button, Input, Space, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldInputProps } from "../types";
import { pointText, readPoint } from "./text";

const DIGITS = 1e6;

export function GeoInput(props: FieldInputProps) {
  const { value, onChange, id, autoFocus, disabled, status, describedBy } = props;
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const [locating, setLocating] = useState(false);
  const [denied, setDenied] = useState(false);
  const locate = () => {
    setLocating(true);
    setDenied(false);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setLocating(false);
        setTyped(null);
        onChange({
          lat: Math.round(coords.latitude * DIGITS) / DIGITS,
          lng: Math.round(coords.longitude * DIGITS) / DIGITS,
        });
      },
      () => {
        setLocating(false);
        setDenied(true);
      },
      { enableHighAccuracy: true, timeout: 15_000 },
    );
  };
  return (
    <div>
      <Space.Compact block>
        <Input
          {...(id ? { id } : {})}
          value={typed ?? pointText(value)}
          onChange={(event) => {
            const text = event.target.value;
            setTyped(text);
            onChange(text.trim() === "" ? null : (readPoint(text) ?? text));
          }}
          onBlur={() => setTyped(null)}
          placeholder={t("fields.geoPlaceholder")}
          autoFocus={autoFocus}
          disabled={disabled}
          status={status}
          aria-describedby={describedBy}
          aria-invalid={status === "error" || undefined}
        />
        {"geolocation" in navigator ? (
          <Tooltip title={t("fields.geoHere")}>
            <Button
              icon={<AimOutlined />}
              loading={locating}
              disabled={disabled}
              onClick={locate}
              aria-label={t("fields.geoHere")}
            />
          </Tooltip>
        ) : null}
      </Space.Compact>
      {denied ? (
        <div role="alert" className="gx-field-problem">
          {t("fields.geoDenied")}
        </div>
      ) : null}
    </div>
  );
}
