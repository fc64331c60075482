import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { useRecordList } from "@/engine/records";
import { useMe } from "@/engine/session";
import { asReference, asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { DecideDialog, type Decision } from "./decide-dialog";
import { RequestState } from "./request-state";
import { REQUEST, useRequestText } from "./request-text";
import { useSoughtPlace } from "./sought-place";

interface Deciding {
  item: RecordData;
  decision: Decision;
}

/** What others ask for and one decides on; not shown while there is nothing. */
export function DecisionsPanel({ request, sought }: { request: ObjectMeta; sought: string | undefined }) {
  const { t } = useTranslation();
  const me = useMe();
  const [deciding, setDeciding] = useState<Deciding | null>(null);
  const filter = `state in ["waiting_head", "waiting_grant"] && member != "${me.user.id}"`;
  const mayDecide = request.actions.some((action) => action.name === "approve");
  const list = useRecordList(REQUEST, { filter, sort: "id", limit: 100 }, { enabled: mayDecide });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return null;
  return (
    <section className="gx-panel" aria-label={t("held.decisionsTitle")}>
      <h2>{t("held.decisionsTitle")}</h2>
      <ul className="gx-key-list">
        {items.map((item) => (
          <DecisionLine
            key={item.id}
            object={request}
            item={item}
            sought={item.id === sought}
            onDecide={(decision) => setDeciding({ item, decision })}
          />
        ))}
      </ul>
      {deciding ? <DecideDialog object={request} {...deciding} onClose={() => setDeciding(null)} /> : null}
    </section>
  );
}

interface DecisionLineProps {
  object: ObjectMeta;
  item: RecordData;
  /** The one somebody was led to. */
  sought: boolean;
  onDecide: (decision: Decision) => void;
}

function DecisionLine({ object, item, sought, onDecide }: DecisionLineProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const place = useSoughtPlace(sought);
  const text = useRequestText(object);
  const name = asReference(item.member)?.label ?? "";
  const endorsed = asReference(item.endorsed_by)?.label;
  return (
    <li ref={place} className="gx-decision" data-sought={sought || undefined}>
      <div>
        <strong>
          {t("held.asked", { name, what: text(item) })} <RequestState object={object} item={item} />
        </strong>
        <span>{asText(item.reason)}</span>
        <span className="gx-muted">
          {[
            asText(item.number),
            t("held.wantedUntil", { when: formats.dateTime(asText(item.until)) }),
            endorsed ? t("held.endorsedBy", { name: endorsed }) : "",
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {item.kind === "record" ? (
          <Link
            to="/r/$object/$id"
            params={{ object: asText(item.target_object), id: asText(item.target_record) }}
            className="gx-decision-link"
          >
            {t("held.openRecord")}
          </Link>
        ) : null}
      </div>
      <div className="gx-profile-buttons">
        <Button size="small" danger onClick={() => onDecide("refuse")}>
          {t("held.refuse")}
        </Button>
        <Button size="small" type="primary" onClick={() => onDecide("approve")}>
          {t("held.approve")}
        </Button>
      </div>
    </li>
  );
}
