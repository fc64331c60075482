import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { runAction } from "@/api/records";
import type { ObjectMeta, RecordData } from "@/api/types";
import { invalidateObject, useRecordList } from "@/engine/records";
import { useMe } from "@/engine/session";
import { asReference, asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { AskDialog } from "./ask-dialog";
import { RequestState } from "./request-state";
import { isOpen, REQUEST, useRequestText } from "./request-text";
import { useSoughtPlace } from "./sought-place";

interface RequestsPanelProps {
  request: ObjectMeta;
  /** A record that was not open to who followed a link to it. */
  wanted: { object?: string; record?: string; request?: string };
}

/** What one has asked for, and what became of it. */
export function RequestsPanel({ request, wanted }: RequestsPanelProps) {
  const { t } = useTranslation();
  const me = useMe();
  const queryClient = useQueryClient();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const [asking, setAsking] = useState(Boolean(wanted.record));
  const list = useRecordList(REQUEST, { filter: `member == "${me.user.id}"`, sort: "-id", limit: 50 });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const withdraw = useMutation({
    mutationFn: (id: string) => runAction(REQUEST, id, "withdraw", {}),
    onSuccess: () => {
      void message.success(t("held.withdrawn"));
      return invalidateObject(queryClient, REQUEST);
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const askWithdraw = (item: RecordData) =>
    void modal.confirm({
      title: `${t("held.withdraw")} ${asText(item.number)}`,
      content: t("held.withdrawText"),
      okText: t("held.withdraw"),
      onOk: () => withdraw.mutateAsync(item.id).catch(() => undefined),
    });
  return (
    <section className="gx-panel" aria-label={t("held.requestsTitle")}>
      <h2>{t("held.requestsTitle")}</h2>
      <p className="gx-muted">{t("held.requestsText")}</p>
      {list.error && items.length === 0 ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <ul className="gx-key-list">
          {items.map((item) => (
            <RequestLine
              key={item.id}
              object={request}
              item={item}
              sought={item.id === wanted.request}
              onWithdraw={() => askWithdraw(item)}
            />
          ))}
          {list.isSuccess && items.length === 0 ? <li className="gx-muted">{t("held.noRequests")}</li> : null}
        </ul>
      )}
      <Button icon={<PlusOutlined />} onClick={() => setAsking(true)}>
        {t("held.ask")}
      </Button>
      {asking ? <AskDialog request={request} wanted={wanted} onClose={() => setAsking(false)} /> : null}
    </section>
  );
}

interface RequestLineProps {
  object: ObjectMeta;
  item: RecordData;
  /** The one somebody was led to. */
  sought: boolean;
  onWithdraw: () => void;
}

function RequestLine({ object, item, sought, onWithdraw }: RequestLineProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const place = useSoughtPlace(sought);
  const text = useRequestText(object);
  const granted = asText(item.granted_until);
  const until = granted
    ? t("held.grantedUntil", { when: formats.dateTime(granted) })
    : t("held.wantedUntil", { when: formats.dateTime(asText(item.until)) });
  return (
    <li ref={place} data-sought={sought || undefined}>
      <div>
        <strong>
          {text(item)} <RequestState object={object} item={item} />
        </strong>
        <span className="gx-muted">{[asText(item.number), until, asText(item.reason)].join(" · ")}</span>
        <Progress item={item} />
      </div>
      {isOpen(item) ? (
        <Button size="small" type="text" onClick={onWithdraw}>
          {t("held.withdraw")}
        </Button>
      ) : null}
    </li>
  );
}

/** How far a request has come: who agreed, who decided and with what words, for whom it waits. */
function Progress({ item }: { item: RecordData }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const name = (field: string) => asReference(item[field])?.label ?? "";
  const parts: string[] = [];
  if (name("endorsed_by")) parts.push(t("held.endorsedBy", { name: name("endorsed_by") }));
  if (item.state === "waiting_head") parts.push(t("held.waitsFor", { name: name("approver") }));
  if (item.state === "waiting_grant") parts.push(t("held.waitsGrant"));
  if (asReference(item.decided_by)) {
    parts.push(t("held.decidedBy", { name: name("decided_by"), when: formats.dateTime(asText(item.decided_at)) }));
  }
  const note = asText(item.decision_note);
  return (
    <>
      {parts.length > 0 ? <span className="gx-muted">{parts.join(" · ")}</span> : null}
      {note ? (
        <span className="gx-request-note">
          <Tag>{t("held.note")}</Tag>
          {note}
        </span>
      ) : null}
    </>
  );
}
