import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import { useObject } from "../meta";
import { UnknownObject } from "../unknown-object";
import "./list.css";
import { useEffect } from "react";
import { ListScreen } from "./list-screen";

export function ListPage() {
  const { t } = useTranslation();
  const label = useLabel();
  const { object: name } = useParams({ from: "/shell/o/$object" });
  const object = useObject(name);
  const title = object ? label(object.plural) : "";
  useEffect(() => {
    document.title = title ? `${title} · ${t("common.product")}` : t("common.product");
  }, [title, t]);
  if (!object) return <UnknownObject />;
  return <ListScreen key={object.name} object={object} />;
}
