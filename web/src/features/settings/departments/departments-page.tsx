import { PlusOutlined } from "@ant-design/icons";
import {
  DndContext,
  type DragEndEvent,
  DragOverlay,
  MouseSensor,
  pointerWithin,
  TouchSensor,
  useDroppable,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { useRecordForms } from "@/engine/form/create-record";
import { useMeta, useObject } from "@/engine/meta";
import { invalidateObject, useRecordList } from "@/engine/records";
import { asReference, asText } from "@/fields/values";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SettingsFrame } from "../settings-frame";
import { DepartmentRow } from "./department-row";
import { belowItself, type DepartmentNode, departmentTree } from "./department-tree";
import { MoveDialog } from "./move-dialog";
import { useMoveDepartment } from "./use-move-department";

/** What is dropped here has no department above it. */
const TOP = "top";

/** The organisation: rights on records follow this tree downwards. */
export function SettingsDepartmentsPage() {
  const { t } = useTranslation();
  const { administrator } = useMeta();
  const department = useObject("department");
  const forms = useRecordForms();
  const queryClient = useQueryClient();
  const list = useRecordList("department", {
    sort: "name",
    limit: 500,
    // A branch administrator shapes his branches; the rest of the tree is not his.
    ...(administrator ? {} : { filter: "id in me.branches" }),
  });
  const records = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const refresh = () => void invalidateObject(queryClient, "department");
  if (!department) return <EmptyState title={t("list.unknownObject")} />;
  return (
    <SettingsFrame
      branches
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
        {records.length > 0 ? <Tree department={department} records={records} refresh={refresh} /> : null}
      </section>
    </SettingsFrame>
  );
}

interface TreeProps {
  department: ObjectMeta;
  records: RecordData[];
  refresh: () => void;
}

/** The departments, each to be dragged below another. */
function Tree({ department, records, refresh }: TreeProps) {
  const { t } = useTranslation();
  const tree = useMemo(() => departmentTree(records), [records]);
  const move = useMoveDepartment();
  const [dragged, setDragged] = useState<RecordData | null>(null);
  const [moving, setMoving] = useState<RecordData | null>(null);
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
  );
  const named = (id: unknown) => records.find((record) => record.id === id) ?? null;
  const parent = asReference(dragged?.parent)?.id;
  const closed = useMemo(() => belowItself(tree, dragged?.id ?? ""), [tree, dragged]);
  const end = ({ over }: DragEndEvent) => {
    const target = named(over?.id);
    setDragged(null);
    if (!dragged || !over) return;
    if (target) void move(dragged, { id: target.id, label: asText(target.name) });
    else if (over.id === TOP) void move(dragged, null);
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={pointerWithin}
      onDragStart={({ active }) => setDragged(named(active.id))}
      onDragEnd={end}
      onDragCancel={() => setDragged(null)}
      // Whoever does not see the tree moves a department by its button; what came of it the message says.
      accessibility={{
        announcements: { onDragStart: nothing, onDragOver: nothing, onDragEnd: nothing, onDragCancel: nothing },
        screenReaderInstructions: { draggable: "" },
      }}
    >
      <Branch
        department={department}
        nodes={tree}
        takes={(record) => dragged !== null && !closed.has(record.id) && record.id !== parent}
        onMove={setMoving}
        refresh={refresh}
      />
      <TopPlace open={dragged !== null && parent !== undefined} text={t("settings.departments.dropTop")} />
      <DragOverlay dropAnimation={null}>
        {dragged ? <div className="gx-department gx-department-lifted">{asText(dragged.name)}</div> : null}
      </DragOverlay>
      {moving ? (
        <MoveDialog
          key={moving.id}
          record={moving}
          tree={tree}
          onMove={(to) => void move(moving, to)}
          onClose={() => setMoving(null)}
        />
      ) : null}
    </DndContext>
  );
}

const nothing = () => undefined;

/** There only while something is dragged that stands below another. */
function TopPlace({ open, text }: { open: boolean; text: string }) {
  const { setNodeRef, isOver } = useDroppable({ id: TOP, disabled: !open });
  return (
    <div ref={setNodeRef} className="gx-department-top" data-open={open || undefined} data-over={isOver || undefined}>
      {open ? text : null}
    </div>
  );
}

interface BranchProps {
  department: ObjectMeta;
  nodes: DepartmentNode[];
  takes: (record: RecordData) => boolean;
  onMove: (record: RecordData) => void;
  refresh: () => void;
}

function Branch({ nodes, ...shared }: BranchProps) {
  if (nodes.length === 0) return null;
  return (
    <ul className="gx-tree">
      {nodes.map((node) => (
        <li key={node.record.id}>
          <DepartmentRow
            department={shared.department}
            record={node.record}
            hasChildren={node.children.length > 0}
            takes={shared.takes(node.record)}
            onMove={() => shared.onMove(node.record)}
            refresh={shared.refresh}
          />
          <Branch nodes={node.children} {...shared} />
        </li>
      ))}
    </ul>
  );
}
