import { ArrowLeftOutlined, DownOutlined, EditOutlined, UpOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button, type MenuProps, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { titleText } from "@/fields/reference/title";
import { useLabel } from "@/i18n/i18n";
import { ObjectTile } from "@/ui/object-icon";
import { FollowButton } from "../follow/follow-button";
import { fieldStates } from "../form/conditions";
import { readPath, resolvePath, useMeta } from "../meta";
import { PresentMembers } from "../presence/present-members";
import { useViewer } from "../viewer";
import { ActionMenu } from "./action-menu";
import { InlineField } from "./inline-field";
import type { Neighbours } from "./sequence";

interface RecordHeadProps {
  object: ObjectMeta;
  record: RecordData;
  editable: boolean;
  phone: boolean;
  neighbours: Neighbours | null;
  more: NonNullable<MenuProps["items"]>;
  onGo: (id: string | null) => void;
  onBack: () => void;
  onEdit: () => void;
}

/** Who or what this is, and what can be done with it. */
export function RecordHead(props: RecordHeadProps) {
  const { object, record, editable, phone, neighbours, more, onGo, onBack, onEdit } = props;
  const { t } = useTranslation();
  const label = useLabel();
  return (
    <header className="gx-record-head">
      {phone ? (
        <Button type="text" icon={<ArrowLeftOutlined />} aria-label={t("common.back")} onClick={onBack} />
      ) : (
        <ObjectTile icon={object.icon} color={object.color} size={40} />
      )}
      <div className="gx-record-title">
        <Link to="/o/$object" params={{ object: object.name }} className="gx-record-kind">
          {label(object.plural)}
        </Link>
        <h1>{titleText(record[object.title_field]) || t("record.untitled")}</h1>
      </div>
      {record.deleted_at ? null : <PresentMembers object={object} id={record.id} />}
      <div className="gx-record-actions">
        {neighbours && !phone ? (
          <span className="gx-record-steps">
            <Tooltip title={`${t("record.previous")} (k)`}>
              <Button
                type="text"
                icon={<UpOutlined />}
                disabled={!neighbours.previous}
                aria-label={t("record.previous")}
                onClick={() => onGo(neighbours.previous)}
              />
            </Tooltip>
            <span className="gx-muted gx-numeric">
              {neighbours.position} / {neighbours.total}
            </span>
            <Tooltip title={`${t("record.next")} (j)`}>
              <Button
                type="text"
                icon={<DownOutlined />}
                disabled={!neighbours.next}
                aria-label={t("record.next")}
                onClick={() => onGo(neighbours.next)}
              />
            </Tooltip>
          </span>
        ) : null}
        {record.deleted_at ? null : <FollowButton object={object.name} id={record.id} small={phone} />}
        {editable && !phone ? (
          <Button icon={<EditOutlined />} onClick={onEdit}>
            {t("common.edit")}
          </Button>
        ) : null}
        <ActionMenu object={object} record={record} buttons={!phone} more={more} />
      </div>
    </header>
  );
}

interface KeyFactsProps {
  object: ObjectMeta;
  record: RecordData;
  editable: boolean;
  /** Fields shown elsewhere at the top already. */
  without: string[];
  onSave: (values: FieldValues) => Promise<void>;
}

/** The few values one looks for first, each edited where it stands. */
export function KeyFacts({ object, record, editable, without, onSave }: KeyFactsProps) {
  const meta = useMeta();
  const viewer = useViewer();
  const states = fieldStates(object.fields, record, viewer);
  const facts = object.views.record.key_facts
    .filter((path) => !without.includes(path))
    .map((path) => resolvePath(meta, object, path))
    .filter((fact) => fact !== null)
    .filter((fact) => fact.depth > 0 || states.get(fact.path)?.visible !== false);
  if (facts.length === 0) return null;
  return (
    <div className="gx-facts">
      {facts.map((fact) => (
        <InlineField
          key={fact.path}
          object={object.name}
          field={fact.field}
          record={record}
          value={readPath(record, fact.path) as RecordData[string]}
          editable={editable && fact.depth === 0 && states.get(fact.path)?.readOnly === false}
          required={states.get(fact.path)?.required ?? false}
          onSave={onSave}
        />
      ))}
    </div>
  );
}
