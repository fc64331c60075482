import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { findField } from "@/engine/meta";
import { FieldDisplay } from "@/fields/field-display";
import { isOver } from "./request-text";

/** Where a request stands; what was granted and is over says so. */
export function RequestState({ object, item }: { object: ObjectMeta; item: RecordData }) {
  const { t } = useTranslation();
  const field = findField(object, "state");
  if (isOver(item, Date.now())) return <Tag>{t("held.ended")}</Tag>;
  return field ? <FieldDisplay field={field} value={item.state} /> : null;
}
