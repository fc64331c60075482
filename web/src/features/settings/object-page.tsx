import {
  ArrowLeftOutlined,
  DeleteOutlined,
  EditOutlined,
  PlusOutlined,
  RollbackOutlined,
  UnorderedListOutlined,
} from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FieldDefinition, type StoredObject, schemaObjectOptions } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
import { ErrorState } from "@/ui/error-state";
import { ObjectTile } from "@/ui/object-icon";
import { PageSkeleton } from "@/ui/page-skeleton";
import { usePackName } from "./packs/pack-name";
import { FieldDrawer } from "./schema/field-drawer";
import { FieldTable } from "./schema/field-table";
import { IndexesPanel } from "./schema/indexes-panel";
import { ObjectDrawer } from "./schema/object-drawer";
import { PlanDialog } from "./schema/plan-dialog";
import { RulesPanel } from "./schema/rules-panel";
import { SettledFields } from "./schema/settled-fields";
import { ViewsPanel } from "./schema/views-panel";
import { SettingsFrame } from "./settings-frame";

/** One object: its name and looks, its fields, what is shown of it, its rules and indexes. */
export function SettingsObjectPage() {
  const { object: name } = useParams({ from: "/shell/settings/objects/$object" });
  const { t } = useTranslation();
  const stored = useQuery(schemaObjectOptions(name));
  if (stored.data) return <ObjectEditor object={stored.data} />;
  return (
    <SettingsFrame title={t("shell.settingsObjects")}>
      {stored.error ? (
        <ErrorState
          error={stored.error}
          onRetry={() => void stored.refetch()}
          actions={
            <Link to="/settings/objects" tabIndex={-1}>
              <Button>{t("settings.allObjects")}</Button>
            </Link>
          }
        />
      ) : (
        <PageSkeleton />
      )}
    </SettingsFrame>
  );
}

type Open =
  | { what: "field"; field: FieldDefinition | null }
  | { what: "object" }
  | { what: "remove" }
  | { what: "reset" }
  | { what: "resetField"; field: FieldDefinition }
  | { what: "removeField"; field: FieldDefinition };

function ObjectEditor({ object }: { object: StoredObject }) {
  const { t } = useTranslation();
  const label = useLabel();
  const packName = usePackName();
  const navigate = useNavigate();
  const [open, setOpen] = useState<Open | null>(null);
  const own = object.origin === "custom";
  const close = () => setOpen(null);
  return (
    <SettingsFrame
      icon={
        <>
          <Link to="/settings/objects" aria-label={t("settings.allObjects")} className="gx-back">
            <ArrowLeftOutlined />
          </Link>
          <ObjectTile icon={object.icon ?? null} color={object.color ?? null} size={40} />
        </>
      }
      title={label(object.label)}
      subtitle={
        <>
          <code>{object.name}</code> ·{" "}
          {object.pack ? t("packs.from", { pack: packName(object.pack) }) : t(`settings.origin.${object.origin}`)}
          {object.standard ? ` · ${t("settings.changed")}` : null}
        </>
      }
      actions={
        <>
          <Link to="/o/$object" params={{ object: object.name }} tabIndex={-1}>
            <Button
              icon={<UnorderedListOutlined />}
              aria-label={t("settings.openList")}
              title={t("settings.openList")}
            />
          </Link>
          <Button
            icon={<EditOutlined />}
            onClick={() => setOpen({ what: "object" })}
            aria-label={t("settings.editObject")}
            title={t("settings.editObject")}
          />
          {own ? (
            <Button
              danger
              icon={<DeleteOutlined />}
              onClick={() => setOpen({ what: "remove" })}
              aria-label={t("settings.removeObject")}
              title={t("settings.removeObject")}
            />
          ) : null}
          {object.standard ? (
            <Button
              icon={<RollbackOutlined />}
              onClick={() => setOpen({ what: "reset" })}
              aria-label={t("settings.reset")}
              title={t("settings.reset")}
            />
          ) : null}
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen({ what: "field", field: null })}>
            {t("settings.newField")}
          </Button>
        </>
      }
    >
      <SettledFields object={object} />
      <FieldTable
        object={object}
        onEdit={(field) => setOpen({ what: "field", field })}
        onRemove={(field) => setOpen({ what: "removeField", field })}
        onReset={(field) => setOpen({ what: "resetField", field })}
      />
      <ViewsPanel object={object} />
      <RulesPanel object={object} />
      <IndexesPanel object={object} />
      {open?.what === "field" ? (
        <FieldDrawer key={open.field?.name ?? "new"} object={object} field={open.field} onClose={close} />
      ) : null}
      {open?.what === "object" ? <ObjectDrawer object={object} onClose={close} /> : null}
      {open?.what === "removeField" ? (
        <PlanDialog
          title={t("settings.removeField")}
          changes={[{ op: "remove_field", object: object.name, name: open.field.name }]}
          summary={t("settings.plan.removeField", { field: label(open.field.label), object: label(object.label) })}
          done={t("settings.fieldRemoved", { field: label(open.field.label) })}
          onApplied={close}
          onCancel={close}
        />
      ) : null}
      {open?.what === "reset" ? (
        <PlanDialog
          title={t("settings.reset")}
          changes={[{ op: "reset_object", object: object.name }]}
          summary={t("settings.plan.resetObject", { object: label(object.label) })}
          done={t("settings.resetDone", { name: label(object.standard?.label ?? object.label) })}
          onApplied={close}
          onCancel={close}
        />
      ) : null}
      {open?.what === "resetField" ? (
        <PlanDialog
          title={t("settings.reset")}
          changes={[{ op: "reset_field", object: object.name, name: open.field.name }]}
          summary={t("settings.plan.resetField", { field: label(open.field.label) })}
          done={t("settings.resetDone", { name: label(open.field.label) })}
          onApplied={close}
          onCancel={close}
        />
      ) : null}
      {open?.what === "remove" ? (
        <PlanDialog
          title={t("settings.removeObject")}
          changes={[{ op: "remove_object", object: object.name }]}
          summary={t("settings.plan.removeObject", { object: label(object.label) })}
          done={t("settings.objectRemoved", { object: label(object.label) })}
          onApplied={() => void navigate({ to: "/settings/objects" })}
          onCancel={close}
        />
      ) : null}
    </SettingsFrame>
  );
}
