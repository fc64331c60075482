import { StopOutlined } from "@ant-design/icons";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { findField, useObject } from "../meta";
import { UnknownObject } from "../unknown-object";
import { BoardScreen } from "./board-screen";
import "./board.css";

export function BoardPage() {
  const { t } = useTranslation();
  const label = useLabel();
  const { object: name } = useParams({ from: "/shell/o/$object/board" });
  const object = useObject(name);
  const title = object ? label(object.plural) : "";
  useEffect(() => {
    document.title = [title, t("list.viewBoard"), t("common.product")].filter(Boolean).join(" · ");
  }, [title, t]);
  if (!object) return <UnknownObject />;
  const board = object.views.board;
  const groupField = board ? findField(object, board.group_by) : null;
  if (!board || !groupField) return <EmptyState icon={<StopOutlined />} title={t("board.none", { object: title })} />;
  return <BoardScreen key={object.name} object={object} board={board} groupField={groupField} />;
}
