import { Button, Table } from "antd";
import { useTranslation } from "react-i18next";
import { hasDuplicates, mayMerge } from "@/api/may-merge";
import type { ObjectMeta } from "@/api/types";
import { useScan } from "@/engine/duplicates/use-scan";
import { useMeta } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ButtonLink } from "@/ui/button-link";
import { EmptyState } from "@/ui/empty-state";
import { useErrorText } from "@/ui/error-text";
import { ObjectTile } from "@/ui/object-icon";
import { useIsPhone } from "@/ui/use-media";
import { SettingsFrame } from "./settings-frame";

/** Which objects are searched for duplicates, when that was last done, and what waits for somebody to look at it. */
export function SettingsDuplicatesPage() {
  const { t } = useTranslation();
  const label = useLabel();
  const phone = useIsPhone();
  const objects = useMeta().objects.filter(hasDuplicates);
  const named = (object: ObjectMeta) => (
    <span className="gx-duplicate-object">
      <ObjectTile icon={object.icon} color={object.color} size={28} />
      {label(object.plural)}
    </span>
  );
  return (
    <SettingsFrame title={t("shell.settingsDuplicates")} subtitle={t("duplicates.settingsText")}>
      {objects.length === 0 ? (
        <EmptyState title={t("duplicates.settingsNone")} text={t("duplicates.settingsNoneText")} />
      ) : (
        <section className="gx-panel">
          <Table<ObjectMeta>
            size="middle"
            rowKey="name"
            pagination={false}
            dataSource={objects}
            columns={
              phone
                ? [
                    {
                      title: t("duplicates.settingsObject"),
                      key: "object",
                      render: (_none, object) => (
                        <>
                          {named(object)}
                          <ScanState object={object} />
                          <ScanTools object={object} />
                        </>
                      ),
                    },
                  ]
                : [
                    { title: t("duplicates.settingsObject"), key: "object", render: (_none, object) => named(object) },
                    {
                      title: t("duplicates.settingsState"),
                      key: "state",
                      render: (_none, object) => <ScanState object={object} />,
                    },
                    { key: "tools", align: "end", render: (_none, object) => <ScanTools object={object} /> },
                  ]
            }
          />
        </section>
      )}
    </SettingsFrame>
  );
}

/** How it stands in a line: state, when, over how many, what is open. */
function ScanState({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const errorText = useErrorText();
  const { status } = useScan(object);
  if (status.isError) return <span className="gx-muted">{errorText(status.error)}</span>;
  if (!status.data) return <span className="gx-muted">…</span>;
  const { state, scanned_at: at, records, open, progress } = status.data;
  const facts = [
    t(`duplicates.statusNames.${state}`),
    ...(state === "running" && progress
      ? [t("duplicates.progress", { done: formats.number(progress.done), total: formats.number(progress.total) })]
      : []),
    ...(at ? [t("duplicates.lastScan", { at: formats.relative(at) })] : []),
    ...(state === "never" ? [] : [t("duplicates.recordCount", { n: formats.number(records) })]),
  ];
  return (
    <>
      <div>{t("duplicates.openCount", { n: formats.number(open) })}</div>
      <small className="gx-muted">{facts.join(" · ")}</small>
    </>
  );
}

function ScanTools({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation();
  const { status, running, starting, start } = useScan(object);
  return (
    <span className="gx-duplicate-tools">
      {status.data?.may_scan ? (
        <Button disabled={running} loading={starting} onClick={() => void start()}>
          {running ? t("duplicates.scanning") : t("duplicates.scan")}
        </Button>
      ) : null}
      {mayMerge(object) ? (
        <ButtonLink color="primary" variant="solid" to="/duplicates/$object" params={{ object: object.name }}>
          {t("duplicates.settingsReview")}
        </ButtonLink>
      ) : null}
    </span>
  );
}
