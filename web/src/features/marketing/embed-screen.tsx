import { useQuery } from "@tanstack/react-query";
import { Alert, Input, Skeleton, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { runAction } from "@/api/records";
import type { ActionScreenProps } from "@/engine/slots";
import { asText } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { ErrorState } from "@/ui/error-state";
import { SideDrawer } from "@/ui/side-drawer";
import { originsOf, readEmbed } from "./embed";
import "./marketing.css";

/** How a form gets onto a website: its address, the code to paste, and what visitors see. */
export function EmbedScreen({ object, record, action, onClose }: ActionScreenProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const answer = useQuery({
    queryKey: [...queryKeys.record(object.name, record.id), action.name],
    queryFn: () => runAction(object.name, record.id, action.name, {}),
    staleTime: 0,
  });
  const origins = originsOf(asText(record.allowed_origins));
  const code = readEmbed(answer.data, asText(record.key));
  return (
    <SideDrawer title={label(action.label)} size={720} onClose={onClose}>
      {answer.isPending ? <Skeleton active /> : null}
      {answer.isError ? <ErrorState error={answer.error} onRetry={() => void answer.refetch()} /> : null}
      {answer.data === undefined ? null : (
        <div className="gx-embed">
          <Code title={t("marketing.embed.address")} help={t("marketing.embed.addressHelp")} text={code.url} />
          {origins.length === 0 ? (
            <Alert type="info" showIcon title={t("marketing.embed.noOrigins")} />
          ) : (
            <p className="gx-muted">{t("marketing.embed.origins", { names: origins.join(t("common.comma")) })}</p>
          )}
          <Code title={t("marketing.embed.iframe")} help={t("marketing.embed.iframeHelp")} text={code.iframe} />
          <Code title={t("marketing.embed.form")} help={t("marketing.embed.formHelp")} text={code.form} />
          {record.active === false ? null : (
            <section>
              <h3>{t("marketing.embed.preview")}</h3>
              <iframe title={t("marketing.embed.preview")} src={code.url} sandbox="" loading="lazy" />
            </section>
          )}
        </div>
      )}
    </SideDrawer>
  );
}

function Code({ title, help, text }: { title: string; help: string; text: string }) {
  const { t } = useTranslation();
  if (!text) return null;
  return (
    <section>
      <h3>{title}</h3>
      <p className="gx-muted">{help}</p>
      <div className="gx-embed-code">
        <Input.TextArea
          readOnly
          value={text}
          autoSize={{ minRows: 1, maxRows: 12 }}
          aria-label={title}
          spellCheck={false}
        />
        <Typography.Text
          copyable={{ text, tooltips: [t("marketing.embed.copy"), t("marketing.embed.copied")] }}
          aria-label={`${t("marketing.embed.copy")}: ${title}`}
        />
      </div>
    </section>
  );
}
