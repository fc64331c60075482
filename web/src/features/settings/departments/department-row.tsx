import { DeleteOutlined, DragOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useDraggable, useDroppable } from "@dnd-kit/core";
import { App, Button, Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { measureOf, useAggregate } from "@/engine/aggregate";
import { useRecordForms } from "@/engine/form/create-record";
import { findField } from "@/engine/meta";
import { useDeleteRecord } from "@/engine/records";
import { FieldDisplay } from "@/fields/field-display";
import { asReference, asText } from "@/fields/values";
import { useErrorText } from "@/ui/error-text";

interface DepartmentRowProps {
  department: ObjectMeta;
  record: RecordData;
  hasChildren: boolean;
  /** Another department is being dragged that may be put below this one. */
  takes: boolean;
  onMove: () => void;
  refresh: () => void;
}

/** One department with what can be done with it. Dragged onto another, it is moved below that one. */
export function DepartmentRow({ department, record, hasChildren, takes, onMove, refresh }: DepartmentRowProps) {
  const { t } = useTranslation();
  const forms = useRecordForms();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const remove = useDeleteRecord("department");
  const people = useAggregate("user", { group_by: "department", measures: "count", filter: "active" });
  const drag = useDraggable({ id: record.id, disabled: !department.access.update });
  const drop = useDroppable({ id: record.id, disabled: !takes });
  const count = measureOf(people.data, "count", record.id);
  const kind = findField(department, "kind");
  const name = asText(record.name);
  const head = asReference(record.head)?.label;
  const askRemove = () =>
    modal.confirm({
      title: t("settings.departments.remove", { name }),
      content: t("settings.departments.removeText"),
      okText: t("common.delete"),
      okButtonProps: { danger: true },
      onOk: () => remove.mutateAsync(record.id).then(refresh, (error: unknown) => void message.error(errorText(error))),
    });
  return (
    <div
      ref={(node) => {
        drag.setNodeRef(node);
        drop.setNodeRef(node);
      }}
      {...drag.listeners}
      className="gx-department"
      data-dragged={drag.isDragging || undefined}
      data-over={(takes && drop.isOver) || undefined}
    >
      <div>
        <button type="button" onClick={() => forms.edit("department", record, refresh)}>
          {name}
        </button>{" "}
        {kind ? <FieldDisplay field={kind} value={record.kind} /> : null}
        {record.active === false ? <Tag>{t("settings.members.inactive")}</Tag> : null}
        <small className="gx-muted">
          {[head ? t("settings.departments.head", { name: head }) : "", t("settings.departments.people", { n: count })]
            .filter(Boolean)
            .join(" · ")}
        </small>
      </div>
      {department.access.create ? (
        <Button
          type="text"
          size="small"
          icon={<PlusOutlined />}
          onClick={() => forms.create("department", { parent: { id: record.id, label: name } }, refresh)}
          title={t("settings.departments.addBelow", { name })}
          aria-label={t("settings.departments.addBelow", { name })}
        />
      ) : null}
      {department.access.update ? (
        <>
          <Button
            type="text"
            size="small"
            icon={<DragOutlined />}
            onClick={onMove}
            title={t("settings.departments.move", { name })}
            aria-label={t("settings.departments.move", { name })}
          />
          <Button
            type="text"
            size="small"
            icon={<EditOutlined />}
            onClick={() => forms.edit("department", record, refresh)}
            title={t("settings.departments.edit", { name })}
            aria-label={t("settings.departments.edit", { name })}
          />
        </>
      ) : null}
      {department.access.delete && !hasChildren && count === 0 ? (
        <Button
          type="text"
          size="small"
          danger
          icon={<DeleteOutlined />}
          onClick={askRemove}
          title={t("settings.departments.remove", { name })}
          aria-label={t("settings.departments.remove", { name })}
        />
      ) : null}
    </div>
  );
}
