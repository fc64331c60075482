import { ToolOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { EmptyState } from "./empty-state";

/** Stands where a route's screen is still to come. */
export function SlotPage() {
  const { t } = useTranslation();
  return <EmptyState icon={<ToolOutlined />} title={t("shell.slotTitle")} text={t("shell.slotText")} />;
}
