import { App } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { SelectionScreenProps } from "@/engine/slots";
import { EnrichDrawer } from "./enrich-drawer";
import { useSources } from "./use-sources";

/** Enriches the ticked records; where no source is in use for them, it says so. */
export function EnrichSelection({ object, ids, onClose }: SelectionScreenProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { data } = useSources(object.name);
  const none = data?.length === 0;
  useEffect(() => {
    if (!none) return;
    void message.info(t("enrichment.noSource"));
    onClose(ids);
  }, [none, message, t, onClose, ids]);
  if (!data || none) return null;
  return <EnrichDrawer object={object} ids={ids} sources={data} onClose={(done) => onClose(done ? [] : ids)} />;
}
