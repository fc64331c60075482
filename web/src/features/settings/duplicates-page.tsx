import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Switch, Table } from "antd";
import { useTranslation } from "react-i18next";
import { setAutomaticMerging } from "@/api/duplicates";
import { hasDuplicates, mayMerge } from "@/api/may-merge";
import { queryKeys } from "@/api/query-keys";
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
      <p className="gx-muted">{t("duplicates.automaticText")}</p>
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
                          <Automatic object={object} />
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
                    {
                      title: t("duplicates.automaticTitle"),
                      key: "automatic",
                      render: (_none, object) => <Automatic object={object} />,
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

/** As sure as a merge without anybody's look must be. */
const SURE = 0.999;

/** Lets what is beyond doubt be merged without anybody's look; administrators. */
function Automatic({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const label = useLabel();
  const { status } = useScan(object);
  const set = useMutation({
    mutationFn: (on: boolean) => setAutomaticMerging(object.name, on ? SURE : null),
    onSuccess: (now) => {
      queryClient.setQueryData(queryKeys.duplicates(object.name, { status: true }), now);
      void message.success(t(now.automatic === null ? "duplicates.automaticOff" : "duplicates.automaticOn"));
    },
    onError: (error) => void message.error(errorText(error)),
  });
  if (!status.data?.may_scan) return null;
  return (
    <span className="gx-duplicate-automatic">
      <Switch
        size="small"
        aria-label={t("duplicates.automaticOf", { object: label(object.plural) })}
        checked={status.data.automatic !== null}
        loading={set.isPending}
        onChange={(on) => set.mutate(on)}
      />
      <span aria-hidden>{t("duplicates.automatic")}</span>
    </span>
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
