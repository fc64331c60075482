import { ExportOutlined } from "@ant-design/icons";
import { Alert, Button, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { findObject, useMeta } from "@/engine/meta";
import { useOfferedActions } from "@/engine/record/action-menu";
import type { RecordPanelProps } from "@/engine/record/record-panels";
import { useStartAction } from "@/engine/record/use-start-action";
import { asText } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { formAddress, SUBMISSION } from "./embed";
import { type FactTile, FactTiles } from "./fact-tiles";
import { HeldList } from "./held-list";
import "./marketing.css";

/** Where a web form stands, what came by it, and what of that waits for somebody to look at it. */
export function FormPanel({ object, record }: RecordPanelProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const submission = findObject(useMeta(), SUBMISSION);
  const { start, running, dialog } = useStartAction(object, record);
  const embed = useOfferedActions(object, record).find((action) => action.name === "embed");
  const key = asText(record.key);
  const here = `form == "${record.id}"`;
  const behind = (state: string) =>
    submission ? { object: SUBMISSION, filter: state ? `${here} && state == "${state}"` : here } : undefined;
  const tiles: FactTile[] = [
    { field: "submissions", open: behind("") },
    { field: "accepted", open: behind("accepted") },
    { field: "held", open: behind("held") },
    { field: "last_received_at", long: true },
  ];
  return (
    <section className="gx-marketing-panel" aria-label={t("marketing.form.title")}>
      <FactTiles object={object} record={record} tiles={tiles} inRow={4} />
      {key && !record.deleted_at ? (
        <div className="gx-form-place">
          {record.active === false ? (
            <Alert type="warning" showIcon title={t("marketing.form.off")} />
          ) : (
            <>
              <span className="gx-muted">{t("marketing.form.address")}</span>
              <Typography.Text copyable code ellipsis>
                {formAddress(key)}
              </Typography.Text>
              <Button size="small" icon={<ExportOutlined />} href={formAddress(key)} target="_blank" rel="noopener">
                {t("marketing.form.open")}
              </Button>
            </>
          )}
          {embed ? (
            <Button size="small" loading={running} onClick={() => void start(embed)}>
              {label(embed.label)}
            </Button>
          ) : null}
        </div>
      ) : null}
      {submission ? (
        <section className="gx-held-box" aria-label={t("marketing.form.heldTitle")}>
          <h2>{t("marketing.form.heldTitle")}</h2>
          <HeldList submission={submission} filter={`${here} && state == "held"`} />
        </section>
      ) : null}
      {dialog}
    </section>
  );
}
