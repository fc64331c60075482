import { NodeIndexOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { layOutReady, TEMPLATE } from "@/api/processes";
import { queryKeys } from "@/api/query-keys";
import { findObject, useMeta } from "@/engine/meta";
import { EmptyState } from "@/ui/empty-state";
import { useErrorText } from "@/ui/error-text";

/** Nothing has run yet: whoever sets processes up begins with a ready one or with an empty one. */
export function NoCases() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const template = findObject(useMeta(), TEMPLATE);
  const [busy, setBusy] = useState(false);
  const setsUp = template?.access.create === true;
  const ready = setsUp && template.actions.some(({ name }) => name === "use_ready");
  const lay = async () => {
    setBusy(true);
    try {
      const { id } = await layOutReady("three_roles");
      void queryClient.invalidateQueries({ queryKey: queryKeys.object(TEMPLATE) });
      void navigate({ to: "/r/$object/$id", params: { object: TEMPLATE, id } });
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <EmptyState
      icon={<NodeIndexOutlined />}
      title={t("processes.noneYet")}
      text={t(setsUp ? "processes.noneYetText" : "processes.noneForYou")}
      actions={
        <>
          {ready ? (
            <Button type="primary" loading={busy} onClick={() => void lay()}>
              {t("processes.useReady")}
            </Button>
          ) : null}
          {setsUp ? (
            <Link to="/o/$object" params={{ object: TEMPLATE }}>
              {t("processes.templates")}
            </Link>
          ) : null}
        </>
      }
    />
  );
}
