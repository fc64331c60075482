import { AimOutlined, CameraOutlined, DeleteOutlined, LoadingOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Input, Modal, Select } from "antd";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "@/api/client";
import type { RecordValues } from "@/api/types";
import { useOutbox } from "@/engine/outbox/use-outbox";
import { storeRecord } from "@/engine/records";
import { useMe } from "@/engine/session";
import type { ActionScreenProps } from "@/engine/slots";
import { titleText } from "@/fields/reference/title";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { useDraftGuard } from "@/ui/leave-guard";
import { type Picture, takenPicture } from "./picture";
import { type Positioning, usePosition } from "./use-position";
import { ACTIVITY, CHECK_IN } from "./visit-model";
import "./visits.css";

/** Saying that one is at the customer's, or leaves: one thumb, with or without a network. */
export function VisitSheet({ object, record, action, onClose }: ActionScreenProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const errorText = useErrorText();
  const me = useMe();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const { outbox, items } = useOutbox();
  const kept = items.some(
    (item) => item.record === record.id && item.action === action.name && item.refused === undefined,
  );
  const where = usePosition();
  const arriving = action.name === CHECK_IN;
  const [picture, setPicture] = useState<Picture | null>(null);
  const [outcome, setOutcome] = useState<string | null>(null);
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const outcomes = object.fields.find(({ name }) => name === "outcome")?.options ?? [];
  const ids = useId();
  const { close } = useDraftGuard({ picture: picture !== null, outcome, told: told.trim() }, onClose);

  const send = async () => {
    setBusy(true);
    setProblem(null);
    const at = `${serverNow().toISOString().slice(0, 19)}Z`;
    const { position } = where;
    const input: RecordValues = {
      taken_at: at,
      ...(position ? { position: { lat: position.lat, lng: position.lng }, accuracy: position.accuracy } : {}),
      ...(outcome ? { outcome } : {}),
      ...(told.trim() ? { description: told.trim() } : {}),
    };
    const item = {
      id: crypto.randomUUID(),
      member: me.user.id,
      object: ACTIVITY,
      record: record.id,
      title: titleText(record[object.title_field]),
      action: action.name,
      label: label(action.label),
      input,
      files: picture ? [{ input: "photo", ...picture }] : [],
      at,
    };
    try {
      const left = await outbox.add(item);
      if (left?.refused !== undefined) {
        // Here he reads at once why; there is nothing to wait for.
        await outbox.drop(item.id);
        setProblem(left.refused);
        setBusy(false);
        return;
      }
      if (left) {
        // Until it is sent the page shows what will be.
        const begun = { check_in_at: at, status: "in_progress" };
        const ended = { check_out_at: at, status: "done" };
        storeRecord(queryClient, ACTIVITY, { ...record, ...(arriving ? begun : ended) });
        void message.info(t("visits.kept"));
      } else {
        void message.success(t(arriving ? "visits.checkedIn" : "visits.checkedOut"));
      }
      onClose();
    } catch (error) {
      setProblem(errorText(error));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={label(action.label)}
      okText={t(arriving ? "visits.checkIn" : "visits.checkOut")}
      okButtonProps={{ loading: busy, disabled: kept || (arriving && !where.position), size: "large" }}
      cancelButtonProps={{ size: "large" }}
      onOk={() => void send()}
      onCancel={close}
      width={440}
    >
      {problem ? <Alert type="error" showIcon title={problem} role="alert" className="gx-dialog-alert" /> : null}
      {kept && !busy ? <Alert type="info" showIcon title={t("visits.kept")} className="gx-dialog-alert" /> : null}
      <div className="gx-visit-form">
        <PositionLine where={where} needed={arriving} />
        {arriving ? (
          <PhotoChoice picture={picture} onTake={setPicture} />
        ) : (
          <>
            <label htmlFor={`${ids}-outcome`}>{t("visits.outcome")}</label>
            <Select
              id={`${ids}-outcome`}
              allowClear
              size="large"
              value={outcome}
              onChange={(next: string | undefined) => setOutcome(next ?? null)}
              options={outcomes.map((option) => ({ value: option.value, label: label(option.label) }))}
            />
            <label htmlFor={`${ids}-told`}>{t("visits.told")}</label>
            <Input.TextArea
              id={`${ids}-told`}
              value={told}
              onChange={(event) => setTold(event.target.value)}
              placeholder={t("visits.toldHint")}
              autoSize={{ minRows: 3, maxRows: 8 }}
            />
          </>
        )}
        <p className="gx-muted">{t("visits.standing")}</p>
      </div>
    </Modal>
  );
}

function PositionLine({ where, needed }: { where: Positioning; needed: boolean }) {
  const { t } = useTranslation();
  const found = where.state !== "locating" && where.position;
  return (
    <div className="gx-visit-position" data-denied={where.state === "denied" || undefined}>
      <span role="status">
        {where.state === "locating" ? <LoadingOutlined aria-hidden /> : <AimOutlined aria-hidden />}{" "}
        {where.state === "locating" ? t("visits.locating") : null}
        {found ? t("visits.located", { metres: found.accuracy }) : null}
        {where.state === "denied" && !found ? t(needed ? "visits.denied" : "visits.leaving") : null}
      </span>
      {where.state === "locating" ? null : (
        <Button size="small" type="text" onClick={where.locate}>
          {t("visits.locateAgain")}
        </Button>
      )}
    </div>
  );
}

function PhotoChoice({ picture, onTake }: { picture: Picture | null; onTake: (picture: Picture | null) => void }) {
  const { t } = useTranslation();
  const camera = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    const address = picture ? URL.createObjectURL(new Blob([picture.content], { type: picture.type })) : null;
    setShown(address);
    return () => {
      if (address) URL.revokeObjectURL(address);
    };
  }, [picture]);
  return (
    <div className="gx-visit-photo">
      <input
        ref={camera}
        type="file"
        hidden
        accept="image/*"
        capture="environment"
        aria-label={t("visits.photo")}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) void takenPicture(file).then(onTake);
        }}
      />
      {shown ? <img src={shown} alt={t("visits.photo")} /> : null}
      <Button size="large" icon={<CameraOutlined />} onClick={() => camera.current?.click()}>
        {picture ? t("visits.retakePhoto") : t("visits.takePhoto")}
      </Button>
      {picture ? (
        <Button
          size="large"
          type="text"
          icon={<DeleteOutlined />}
          aria-label={t("visits.dropPhoto")}
          onClick={() => onTake(null)}
        />
      ) : null}
    </div>
  );
}
