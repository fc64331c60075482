import { StopOutlined } from "@ant-design/icons";
import { useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { useObject } from "../meta";
import { UnknownObject } from "../unknown-object";
import { ImportScreen } from "./import-screen";
import "./import.css";

export function ImportPage() {
  const { t } = useTranslation();
  const label = useLabel();
  const { object: name } = useParams({ from: "/shell/import/$object" });
  const { run } = useSearch({ from: "/shell/import/$object" });
  const object = useObject(name);
  const title = object ? t("imports.title", { object: label(object.plural) }) : "";
  useEffect(() => {
    document.title = [title, t("common.product")].filter(Boolean).join(" · ");
  }, [title, t]);
  if (!object) return <UnknownObject />;
  if (!object.access.import) {
    return <EmptyState icon={<StopOutlined />} title={t("imports.notAllowed", { object: label(object.plural) })} />;
  }
  return <ImportScreen key={object.name} object={object} run={run ?? ""} />;
}
