import { MergeCellsOutlined, StopOutlined } from "@ant-design/icons";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { mayMerge } from "@/api/may-merge";
import { MOST_MERGED } from "@/api/merge";
import { useLabel } from "@/i18n/i18n";
import { ButtonLink } from "@/ui/button-link";
import { EmptyState } from "@/ui/empty-state";
import { useObject } from "../meta";
import { UnknownObject } from "../unknown-object";
import { MergeLoader } from "./merge-loader";
import { idsOf } from "./model";
import "./merge.css";

/** `/merge/account?ids=A,B,C`: several records become one. */
export function MergePage() {
  const { t } = useTranslation();
  const label = useLabel();
  const { object: name } = useParams({ from: "/shell/merge/$object" });
  const search = useSearch({ from: "/shell/merge/$object" });
  const navigate = useNavigate();
  const object = useObject(name);
  const title = object ? t("merging.title", { object: label(object.plural) }) : "";
  useEffect(() => {
    document.title = [title, t("common.product")].filter(Boolean).join(" · ");
  }, [title, t]);
  if (!object) return <UnknownObject />;
  if (!mayMerge(object)) {
    return (
      <EmptyState
        icon={<StopOutlined />}
        title={t("duplicates.notAllowed", { object: label(object.plural) })}
        text={t("duplicates.notAllowedText")}
      />
    );
  }
  const ids = idsOf(search.ids);
  if (ids.length < 2) {
    return (
      <EmptyState
        icon={<MergeCellsOutlined />}
        title={t("merging.tooFew")}
        text={t("merging.tooFewText", { most: MOST_MERGED })}
        actions={
          <ButtonLink to="/o/$object" params={{ object: object.name }} color="primary" variant="solid">
            {t("duplicates.toList")}
          </ButtonLink>
        }
      />
    );
  }
  return (
    <MergeLoader
      key={object.name}
      object={object}
      ids={ids}
      fromQueue={search.from === "queue"}
      onLeaveOut={(id) =>
        void navigate({
          to: ".",
          search: { ...search, ids: ids.filter((other) => other !== id).join(",") },
          replace: true,
        })
      }
    />
  );
}
