import { StopOutlined } from "@ant-design/icons";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { DuplicateState } from "@/api/duplicates";
import { hasDuplicates, mayMerge } from "@/api/may-merge";
import { useLabel } from "@/i18n/i18n";
import { ButtonLink } from "@/ui/button-link";
import { EmptyState } from "@/ui/empty-state";
import { useObject } from "../meta";
import { UnknownObject } from "../unknown-object";
import { QueueScreen } from "./queue-screen";
import "./duplicates.css";

/** `/duplicates/account`: records that seem to be there twice, to be looked at one group after the other. */
export function DuplicatesPage() {
  const { t } = useTranslation();
  const label = useLabel();
  const { object: name } = useParams({ from: "/shell/duplicates/$object" });
  const { state } = useSearch({ from: "/shell/duplicates/$object" });
  const navigate = useNavigate();
  const object = useObject(name);
  const title = object ? t("duplicates.title", { object: label(object.plural) }) : "";
  useEffect(() => {
    document.title = [title, t("common.product")].filter(Boolean).join(" · ");
  }, [title, t]);
  if (!object) return <UnknownObject />;
  const plural = label(object.plural);
  const instead = (title: string, text: string): ReactNode => (
    <EmptyState
      icon={<StopOutlined />}
      title={title}
      text={text}
      actions={
        <ButtonLink to="/o/$object" params={{ object: object.name }}>
          {t("duplicates.toList")}
        </ButtonLink>
      }
    />
  );
  if (!hasDuplicates(object)) {
    return instead(t("duplicates.notCompared", { object: plural }), t("duplicates.notComparedText"));
  }
  if (!mayMerge(object)) {
    return instead(t("duplicates.notAllowed", { object: plural }), t("duplicates.notAllowedText"));
  }
  const shown: DuplicateState = state === "different" ? "different" : "open";
  return (
    <QueueScreen
      key={`${object.name} ${shown}`}
      object={object}
      state={shown}
      onState={(next) => void navigate({ to: ".", search: next === "open" ? {} : { state: next }, replace: true })}
    />
  );
}
