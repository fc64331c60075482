import { CheckCircleFilled, CloudUploadOutlined, EnvironmentOutlined, LogoutOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActionMeta, ObjectMeta, RecordData } from "@/api/types";
import { findField, findObject, useMeta } from "@/engine/meta";
import { useOutbox } from "@/engine/outbox/use-outbox";
import type { RecordStripProps } from "@/engine/record/record-panels";
import { useRecord, useSaveRecord } from "@/engine/records";
import { useViewer } from "@/engine/viewer";
import { durationText } from "@/fields/duration/text";
import { FieldDisplay } from "@/fields/field-display";
import { asReference, asText, isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";
import { useErrorText } from "@/ui/error-text";
import { CHECK_IN, CHECK_OUT, distanceParts, isThere, visitState } from "./visit-model";
import { VisitSheet } from "./visit-sheet";
import "./visits.css";

/** A visit on the spot: the next press, and what is recorded of it so far. */
export function VisitStrip({ object, record }: RecordStripProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const viewer = useViewer();
  const { items } = useOutbox();
  const [asking, setAsking] = useState<ActionMeta | null>(null);
  if (record.kind !== "visit" || record.deleted_at) return null;
  const state = visitState(record, items);
  const wanted = state.stage === "before" ? CHECK_IN : state.stage === "there" ? CHECK_OUT : null;
  const action = object.actions.find(({ name }) => name === wanted);
  const closed = record.status === "cancelled" || (state.stage === "before" && record.status === "done");
  const offered = action && !closed && isThere(record, viewer) ? action : null;
  if (!offered && state.stage === "before") return null;
  const late = asText(record.check_in_sent_at);
  return (
    <section className="gx-visit" aria-label={t("visits.title")} data-stage={state.stage}>
      {state.began ? (
        <div className="gx-visit-facts">
          <span>
            <CheckCircleFilled aria-hidden /> {t("visits.inAt", { at: formats.dateTime(state.began) })}
          </span>
          {state.ended ? <span>{t("visits.outAt", { at: formats.dateTime(state.ended) })}</span> : null}
          {isEmptyValue(record.onsite) ? null : (
            <span>{t("visits.onsite", { time: durationText(Number(record.onsite), formats.locale) })}</span>
          )}
          {state.waiting.length > 0 ? (
            <ColorTag color="gold">
              <CloudUploadOutlined aria-hidden /> {t("visits.waits")}
            </ColorTag>
          ) : null}
          {late ? <span className="gx-muted">{t("visits.late", { at: formats.dateTime(late) })}</span> : null}
        </div>
      ) : (
        <p className="gx-muted">{t("visits.before")}</p>
      )}
      {isEmptyValue(record.check_in_place) ? null : <PlaceLine object={object} record={record} />}
      {offered ? (
        <Button
          type="primary"
          size="large"
          icon={state.stage === "before" ? <EnvironmentOutlined /> : <LogoutOutlined />}
          onClick={() => setAsking(offered)}
        >
          {t(state.stage === "before" ? "visits.checkIn" : "visits.checkOut")}
        </Button>
      ) : null}
      {asking ? <VisitSheet object={object} record={record} action={asking} onClose={() => setAsking(null)} /> : null}
    </section>
  );
}

/** How far from the customer it was, with the photo. */
function PlaceLine({ object, record }: { object: ObjectMeta; record: RecordData }) {
  const { t } = useTranslation();
  const place = asText(record.check_in_place);
  const photo = findField(object, "check_in_photo");
  const metres = isEmptyValue(record.check_in_distance) ? null : distanceParts(Number(record.check_in_distance));
  const distance = metres ? t(`visits.${metres.unit}`, { n: metres.n }) : "";
  const accuracy = isEmptyValue(record.check_in_accuracy) ? null : Number(record.check_in_accuracy);
  return (
    <div className="gx-visit-facts">
      {place === "unknown" ? (
        <UnknownPlace record={record} />
      ) : (
        <ColorTag color={place === "near" ? "green" : "red"}>
          {t(place === "near" ? "visits.near" : "visits.far", { distance })}
        </ColorTag>
      )}
      {accuracy !== null ? <span className="gx-muted">{t("visits.accurate", { metres: accuracy })}</span> : null}
      {photo && !isEmptyValue(record.check_in_photo) ? (
        <FieldDisplay field={photo} value={record.check_in_photo} variant="page" />
      ) : null}
    </div>
  );
}

/** Where the customer has no location yet, this one may become it. */
function UnknownPlace({ record }: { record: RecordData }) {
  const { t } = useTranslation();
  const customer = asReference(record.account);
  return (
    <>
      <span className="gx-muted">{t("visits.unknown")}</span>
      {customer && !isEmptyValue(record.check_in) ? <TakeAsPlace customer={customer.id} record={record} /> : null}
    </>
  );
}

function TakeAsPlace({ customer, record }: { customer: string; record: RecordData }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const errorText = useErrorText();
  const { message } = App.useApp();
  const account = findObject(meta, "account");
  const known = useRecord("account", customer);
  const save = useSaveRecord("account");
  const field = account ? findField(account, "location") : null;
  if (!account?.access.update || !field || field.read_only || !known.data || !isEmptyValue(known.data.location)) {
    return null;
  }
  const take = () =>
    save
      .mutateAsync({ id: customer, values: { location: record.check_in ?? null } })
      .then(() => void message.success(t("visits.placeSet")))
      .catch((error: unknown) => void message.error(errorText(error)));
  return (
    <Button size="small" loading={save.isPending} onClick={() => void take()}>
      {t("visits.setPlace")}
    </Button>
  );
}
