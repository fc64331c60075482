import { EnvironmentOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { FieldDisplayProps } from "../types";
import { asPoint, pointText } from "./text";

/** The point, and on a page the way to the map application of the device. */
export function GeoDisplay({ value, variant }: FieldDisplayProps) {
  const { t } = useTranslation();
  const point = asPoint(value);
  const text = pointText(value);
  if (!point || variant === "cell") return <span className="gx-numeric">{text}</span>;
  return (
    <a className="gx-numeric" href={`geo:${point.lat},${point.lng}`} title={t("fields.openMap")}>
      <EnvironmentOutlined /> {text}
    </a>
  );
}
