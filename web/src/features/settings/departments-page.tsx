import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Tag } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { measureOf, useAggregate } from "@/engine/aggregate";
import { useRecordForms } from "@/engine/form/create-record";
import { findField, useObject } from "@/engine/meta";
import { invalidateObject, useDeleteRecord, useRecordList } from "@/engine/records";
import { FieldDisplay } from "@/fields/field-display";
import { asReference, asText } from "@/fields/values";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { type DepartmentNode, departmentTree } from "./department-tree";
import { SettingsFrame } from "./settings-frame";

/** The organisation: rights on records follow this tree downwards. */
export function SettingsDepartmentsPage() {
  const { t } = useTranslation();
  const department = useObject("department");
  const forms = useRecordForms();
  const queryClient = useQueryClient();
  const list = useRecordList("department", { sort: "name", limit: 500 });
  const records = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const tree = useMemo(() => departmentTree(records), [records]);
  const refresh = () => void invalidateObject(queryClient, "department");
  if (!department) return <EmptyState title={t("list.unknownObject")} />;
  return (
    <SettingsFrame
      title={t("settings.departments.title")}
      subtitle={t("settings.departments.text")}
      actions={
        department.access.create ? (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => forms.create("department", {}, refresh)}>
            {t("settings.departments.add")}
          </Button>
        ) : null
      }
    >
      <section className="gx-panel">
        {list.isPending ? <PageSkeleton rows={5} /> : null}
        {list.error && records.length === 0 ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : null}
        {list.isSuccess && records.length === 0 ? <EmptyState title={t("settings.departments.none")} /> : null}
        <Branch department={department} nodes={tree} refresh={refresh} />
      </section>
    </SettingsFrame>
  );
}

interface BranchProps {
  department: ObjectMeta;
  nodes: DepartmentNode[];
  refresh: () => void;
}

function Branch({ department, nodes, refresh }: BranchProps) {
  if (nodes.length === 0) return null;
  return (
    <ul className="gx-tree">
      {nodes.map((node) => (
        <li key={node.record.id}>
          <Department
            department={department}
            record={node.record}
            hasChildren={node.children.length > 0}
            refresh={refresh}
          />
          <Branch department={department} nodes={node.children} refresh={refresh} />
        </li>
      ))}
    </ul>
  );
}

interface DepartmentProps {
  department: ObjectMeta;
  record: RecordData;
  hasChildren: boolean;
  refresh: () => void;
}

function Department({ department, record, hasChildren, refresh }: DepartmentProps) {
  const { t } = useTranslation();
  const forms = useRecordForms();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const remove = useDeleteRecord("department");
  const people = useAggregate("user", { group_by: "department", measures: "count", filter: "active" });
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
    <div className="gx-department">
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
        <Button
          type="text"
          size="small"
          icon={<EditOutlined />}
          onClick={() => forms.edit("department", record, refresh)}
          aria-label={t("settings.departments.edit", { name })}
        />
      ) : null}
      {department.access.delete && !hasChildren && count === 0 ? (
        <Button
          type="text"
          size="small"
          danger
          icon={<DeleteOutlined />}
          onClick={askRemove}
          aria-label={t("settings.departments.remove", { name })}
        />
      ) : null}
    </div>
  );
}
