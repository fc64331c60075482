import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Concerned, eraseRecords, type Fate } from "@/api/privacy";
import { queryKeys } from "@/api/query-keys";
import type { RecordData } from "@/api/types";
import { findField, findObject, useMeta } from "@/engine/meta";
import type { ActionScreenProps } from "@/engine/slots";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { useDraftGuard } from "@/ui/leave-guard";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SideDrawer } from "@/ui/side-drawer";
import { useConcerned } from "./use-privacy";
import "./privacy.css";

type Way = "erase" | "anonymise" | "keep";

const first = (fate: Fate | undefined): Way => (fate?.may_erase ? "erase" : fate?.may_anonymise ? "anonymise" : "keep");

interface EraseDrawerProps {
  record: RecordData;
  records: readonly Concerned[];
  onClose: () => void;
}

/** What goes, what stays and why; each record is erased, anonymised or kept. */
export function EraseDrawer({ record, records, onClose }: EraseDrawerProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const [ways, setWays] = useState<Record<string, Way>>({});
  const [reason, setReason] = useState("");
  const [saving, setSaving] = useState(false);
  const left = records.filter((one) => one.outcome !== "erased" && !one.gone);
  const wayOf = (one: Concerned) => ways[one.id] ?? first(one.fate);
  const chosen = left.flatMap((one) => {
    const way = wayOf(one);
    return way === "keep" ? [] : [{ id: one.id, way }];
  });
  const { close } = useDraftGuard({ ways, reason }, onClose);
  const erase = async () => {
    setSaving(true);
    try {
      const done = await eraseRecords(record.id, chosen, reason.trim());
      await queryClient.invalidateQueries({ queryKey: queryKeys.records });
      void message.success(t("privacy.erase.done", { erased: done.erased, anonymised: done.anonymised }));
      onClose();
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setSaving(false);
    }
  };
  return (
    <SideDrawer
      title={t("privacy.erase.title")}
      size={640}
      onClose={close}
      footer={
        <Button
          danger
          type="primary"
          loading={saving}
          disabled={chosen.length === 0 || reason.trim() === ""}
          onClick={() => void erase()}
        >
          {t("privacy.erase.ok", { n: chosen.length })}
        </Button>
      }
    >
      <Alert type="warning" showIcon title={t("privacy.erase.warning")} />
      {left.length === 0 ? <p>{t("privacy.erase.none")}</p> : null}
      <ul className="gx-privacy-fates">
        {left.map((one) => (
          <FateOf key={one.id} one={one} way={wayOf(one)} onWay={(way) => setWays({ ...ways, [one.id]: way })} />
        ))}
      </ul>
      <Form layout="vertical">
        <Form.Item label={t("privacy.erase.reason")} required>
          <Input value={reason} maxLength={500} onChange={({ target }) => setReason(target.value)} />
        </Form.Item>
      </Form>
    </SideDrawer>
  );
}

function FateOf({ one, way, onWay }: { one: Concerned; way: Way; onWay: (way: Way) => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const meta = useMeta();
  const object = findObject(meta, one.object);
  const fate = one.fate;
  if (!fate) return null;
  const name = (of: string) => label(findObject(meta, of)?.plural ?? findObject(meta, of)?.label) || of;
  const counted = (all: Fate["goes"]) =>
    all.map((it) => `${name(it.object)} ${formats.number(it.count)}`).join(t("common.comma"));
  const field = (of: string) => (object ? label(findField(object, of)?.label) || of : of);
  return (
    <li>
      <h3>
        <span className="gx-muted">{label(object?.label)}</span> {one.label || t("common.notVisible")}
      </h3>
      {fate.keepers.map((keeper) => (
        <p key={`${keeper.why}-${keeper.what}`} className="gx-privacy-keeper">
          {t(`privacy.keepers.${keeper.why}`, {
            what: (keeper.why === "referenced" ? name(keeper.what) : keeper.what) || t("common.notVisible"),
            n: formats.number(keeper.count),
          })}
        </p>
      ))}
      {way === "erase" && fate.goes.length > 0 ? <p>{t("privacy.erase.goes", { what: counted(fate.goes) })}</p> : null}
      {way === "erase" && fate.emptied.length > 0 ? (
        <p className="gx-muted">{t("privacy.erase.emptied", { what: counted(fate.emptied) })}</p>
      ) : null}
      {way === "erase" && fate.others ? <p className="gx-muted">{t("privacy.erase.others")}</p> : null}
      {way === "anonymise" && fate.sent > 0 ? <p>{t("privacy.erase.sent", { n: formats.number(fate.sent) })}</p> : null}
      {way === "anonymise" ? (
        <p className="gx-muted">
          {t("privacy.erase.fields", { what: fate.fields.map(field).join(t("common.comma")) })}
        </p>
      ) : null}
      <Radio.Group
        value={way}
        onChange={({ target }) => onWay(target.value as Way)}
        options={[
          { value: "erase", label: t("privacy.erase.ways.erase"), disabled: !fate.may_erase },
          {
            value: "anonymise",
            label: t("privacy.erase.ways.anonymise"),
            disabled: !fate.may_anonymise || one.deleted === true,
          },
          { value: "keep", label: t("privacy.erase.ways.keep") },
        ]}
      />
    </li>
  );
}

/** The same, begun from the menu. */
export function EraseScreen({ record, onClose }: ActionScreenProps) {
  const concerned = useConcerned(record.id, true);
  if (!concerned.data) {
    return (
      <SideDrawer onClose={onClose}>
        <PageSkeleton rows={5} />
      </SideDrawer>
    );
  }
  return <EraseDrawer record={record} records={concerned.data} onClose={onClose} />;
}
