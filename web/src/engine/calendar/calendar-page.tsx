import { StopOutlined } from "@ant-design/icons";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { useObject } from "../meta";
import { UnknownObject } from "../unknown-object";
import { CalendarScreen } from "./calendar-screen";
import { calendarShape } from "./events";
import "./calendar.css";

export function CalendarPage() {
  const { t } = useTranslation();
  const label = useLabel();
  const { object: name } = useParams({ from: "/shell/o/$object/calendar" });
  const object = useObject(name);
  const title = object ? label(object.plural) : "";
  useEffect(() => {
    document.title = [title, t("list.viewCalendar"), t("common.product")].filter(Boolean).join(" · ");
  }, [title, t]);
  if (!object) return <UnknownObject />;
  const shape = calendarShape(object);
  if (!shape) return <EmptyState icon={<StopOutlined />} title={t("calendar.none", { object: title })} />;
  return <CalendarScreen key={object.name} object={object} shape={shape} />;
}
