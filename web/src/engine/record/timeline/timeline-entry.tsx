import {
  CheckCircleOutlined,
  DeleteOutlined,
  EditOutlined,
  FileTextOutlined,
  MessageOutlined,
  PaperClipOutlined,
  PlusOutlined,
  UndoOutlined,
} from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TimelineItem } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { htmlToText } from "@/fields/rich-text/plain";
import { asReference, asText, isEmptyValue, isObject } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ObjectIcon } from "@/ui/object-icon";
import { findField, findObject, useMeta } from "../../meta";
import { ChangeList } from "../change-list";
import { ACTIVITY, NOTE } from "../quick-log-values";
import { useVerbText } from "../verb-text";

const SHORT = 220;
/** Objects a timeline is made of anyway; an entry of any other one says what it is. */
const ORDINARY = new Set([ACTIVITY, NOTE]);
const STAGE_MOVE = "stage_move";
/** Fields of an entry's record worth a tag beside its title, where its object has them. */
const TAGS = ["kind", "outcome", "status"];

interface Props {
  item: TimelineItem;
  /** The record whose timeline this is: it is not named again at every entry. */
  about: { object: string; id: string };
  onComplete: ((item: TimelineItem) => void) | null;
}

/** Drawings for the kinds of an activity; another kind has its object's. */
const KIND_ICONS: Record<string, string> = {
  call: "phone",
  visit: "environment",
  task: "check-square",
  appointment: "calendar",
  message: "comment",
};

function EntryIcon({ item }: { item: TimelineItem }) {
  const meta = useMeta();
  const drawn = KIND_ICONS[asText(item.record?.kind)];
  if (item.kind === "activity" && drawn) return <ObjectIcon icon={drawn} />;
  if (item.kind === "comment") return <MessageOutlined />;
  if (item.kind === "note") return <FileTextOutlined />;
  if (item.kind === "file") return <PaperClipOutlined />;
  if (item.verb === "created") return <PlusOutlined />;
  if (item.verb === "deleted") return <DeleteOutlined />;
  if (item.verb === "restored") return <UndoOutlined />;
  if (item.kind === "change") return <EditOutlined />;
  return <ObjectIcon icon={findObject(meta, item.object)?.icon} />;
}

/** Of another record's comment or move: which record that is. */
function Whose({ item }: { item: TimelineItem }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const label = useLabel();
  const move = item.kind === STAGE_MOVE;
  const value = move ? item.record?.opportunity : item.record?.target;
  const whose = asReference(value);
  const name = move ? "opportunity" : isObject(value) ? asText(value.object) : "";
  if (!whose || !name) return null;
  const object = findObject(meta, name);
  return (
    <>
      <RecordLink object={name} id={whose.id}>
        {move ? (whose.label ?? "") : whose.label ? t("record.saidOf", { name: whose.label }) : t("record.saidOfOther")}
      </RecordLink>
      {object ? <span className="gx-tag gx-tag-plain">{label(object.label)}</span> : null}
    </>
  );
}

/** From which stage to which, and how long it had stood. */
function StageMove({ item }: { item: TimelineItem }) {
  const meta = useMeta();
  const object = findObject(meta, STAGE_MOVE);
  const shown = ["from_stage", "to_stage"].map((name) => ({
    field: object ? findField(object, name) : null,
    value: item.record?.[name],
  }));
  return (
    <p className="gx-entry-text">
      {shown.map(({ field, value }, at) =>
        field && !isEmptyValue(value) ? (
          <span key={field.name}>
            {at > 0 && !isEmptyValue(shown[0]?.value) ? " → " : null}
            <FieldDisplay field={field} value={value} />
          </span>
        ) : null,
      )}
    </p>
  );
}

/** One thing that happened: what, who, when; the rest of a long text on demand. */
export function TimelineEntry({ item, about, onComplete }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const meta = useMeta();
  const verbText = useVerbText();
  const [whole, setWhole] = useState(false);
  const object = findObject(meta, item.object);
  const own = item.object === about.object && item.id === about.id;
  const said = item.text ? (/<\w+[\s>]/.test(item.text) ? htmlToText(item.text) : item.text) : "";
  const ofAnother = item.kind === "comment" || item.kind === STAGE_MOVE;
  // A note without a title is titled by its beginning; once is enough. A comment has the name of its record above it.
  const text = item.kind !== "comment" && said.trim() === item.title.trim() ? "" : said;
  const long = text.length > SHORT;
  const actor = item.actor?.label ?? t("record.system");
  const record = item.record;
  const owner = asReference(record?.owner)?.label;
  // What is titled by a choice is told by its name.
  const choices = (object && findField(object, object.title_field)?.options) || [];
  const choice = choices.find((option) => option.value === item.title);
  const title = choice ? label(choice.label) : item.title;
  return (
    <li className="gx-entry" data-kind={item.kind}>
      <span className="gx-entry-icon" aria-hidden>
        <EntryIcon item={item} />
      </span>
      <div className="gx-entry-body">
        <div className="gx-entry-head">
          {ofAnother ? (
            <Whose item={item} />
          ) : own || !object ? (
            <strong>{item.verb ? verbText(item.verb) : title}</strong>
          ) : (
            <RecordLink object={item.object} id={item.id}>
              {title || label(object.label)}
            </RecordLink>
          )}
          {!own && item.verb ? <span className="gx-muted">{verbText(item.verb)}</span> : null}
          {object && !own && !ORDINARY.has(item.object) && item.kind !== "comment" && item.kind !== STAGE_MOVE ? (
            <span className="gx-tag gx-tag-plain">{label(object.label)}</span>
          ) : null}
          {object && record
            ? TAGS.map((name) => {
                const field = findField(object, name);
                const value = record[name];
                if (field?.type !== "select" || isEmptyValue(value)) return null;
                if (choice && name === object.title_field) return null;
                // What is done is the usual case; only what is not yet, or never will be, needs saying.
                if (field.options?.find((option) => option.value === value)?.won) return null;
                return <FieldDisplay key={name} field={field} value={value} />;
              })
            : null}
          {onComplete ? (
            <Tooltip title={t("record.complete")}>
              <Button
                type="text"
                size="small"
                className="gx-entry-done"
                icon={<CheckCircleOutlined />}
                aria-label={t("record.complete")}
                onClick={() => onComplete(item)}
              />
            </Tooltip>
          ) : null}
        </div>
        {item.kind === STAGE_MOVE ? <StageMove item={item} /> : null}
        {text ? <p className="gx-entry-text">{whole || !long ? text : `${text.slice(0, SHORT)}…`}</p> : null}
        {long ? (
          <Button type="link" size="small" className="gx-input-switch" onClick={() => setWhole(!whole)}>
            {whole ? t("record.less") : t("record.more")}
          </Button>
        ) : null}
        {item.changes?.length ? <ChangeList object={object} changes={item.changes} /> : null}
        <div className="gx-entry-foot gx-muted">
          <time dateTime={item.at} title={formats.dateTime(item.at)}>
            {formats.time(item.at)}
          </time>
          <span>{actor}</span>
          {owner && owner !== actor ? <span>{t("record.ownedBy", { name: owner })}</span> : null}
        </div>
      </div>
    </li>
  );
}
