import { ArrowLeftOutlined, DeleteOutlined, UndoOutlined } from "@ant-design/icons";
import { Link, useNavigate, useRouter } from "@tanstack/react-router";
import { Alert, App, Button, Drawer, Tag } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RightsChange, RoleDefinition, StoredRole } from "@/api/rights";
import type { StoredObject } from "@/api/schema";
import type { FieldError } from "@/api/types";
import { useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { useLeaveGuard } from "@/ui/leave-guard";
import { useShortcuts } from "@/ui/shortcuts";
import { useMedia } from "@/ui/use-media";
import { useSchemaCheck } from "../schema/use-schema-check";
import { SettingsFrame } from "../settings-frame";
import { ImpactDialog } from "./impact-dialog";
import { ObjectPanel } from "./object-panel";
import { RightsCards } from "./rights-cards";
import { RightsGrid } from "./rights-grid";
import { OTHERS, objectGroups, problemsByObject, tidyRole } from "./role-draft";
import { RoleForm } from "./role-form";
import { RemoveRole } from "./roles-page";

interface RoleEditorProps {
  /** Null is a new role. */
  stored: StoredRole | null;
  /** The role as it is, or a new one like the role named. */
  startFrom: (source: string) => RoleDefinition;
  from: string;
  roles: StoredRole[];
  objects: StoredObject[];
}

/** One role: a grid of what it may do with every object, and beside it the fields of the one at hand. */
export function RoleEditor({ stored, startFrom, from: firstFrom, roles, objects }: RoleEditorProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const navigate = useNavigate();
  const router = useRouter();
  const meta = useMeta();
  const roomy = useMedia("(min-width: 1100px)");
  const { modal } = App.useApp();
  const [from, setFrom] = useState(firstFrom);
  const [saved, setSaved] = useState(() => startFrom(firstFrom));
  const [role, setRole] = useState(saved);
  const groups = useMemo(() => objectGroups(meta.navigation, objects), [meta.navigation, objects]);
  const [selected, setSelected] = useState(groups[0]?.objects[0]?.name ?? OTHERS);
  const [opened, setOpened] = useState(false);
  const [open, setOpen] = useState<"save" | "remove" | null>(null);
  const [refused, setRefused] = useState<{ role: RoleDefinition; problems: FieldError[] } | null>(null);
  const dirty = role !== saved;
  const release = useLeaveGuard(dirty);
  const sent = useMemo(() => tidyRole(role), [role]);
  const named = sent.label["zh-CN"] !== "";
  const change: RightsChange = { op: "put_role", role: sent };
  const check = useSchemaCheck(dirty && named ? change : null);
  const found = refused?.role === role ? refused.problems : check.problems;
  const problems = useMemo(() => problemsByObject(role.name, found), [role.name, found]);
  const wrong = useMemo(() => new Set([...problems.keys()].filter((name) => name !== "")), [problems]);
  const object = objects.find((one) => one.name === selected) ?? null;
  const title = label(role.label) || t("rights.roles.add");
  const unlimited = role.administrator === true;
  const save = () => {
    const [first] = wrong;
    if (first) {
      setSelected(first);
      setOpened(true);
    }
    if (named && found.length === 0 && dirty) setOpen("save");
  };
  const begin = async (source: string) => {
    const next = startFrom(source);
    const sure =
      role.objects === saved.objects ||
      (await modal.confirm({ title: t("rights.roles.fromAgain"), content: t("rights.roles.fromAgainText") }));
    if (!sure) return;
    setFrom(source);
    setSaved(next);
    // What it is called stays as typed.
    setRole({ ...next, label: role.label, ...(role.help ? { help: role.help } : {}) });
  };
  useShortcuts(
    {
      "mod+s": (event) => {
        event.preventDefault();
        save();
      },
    },
    { everywhere: true, enabled: open === null },
  );
  const panel = (
    <ObjectPanel
      key={selected}
      role={role}
      object={object}
      onChange={setRole}
      problems={problems.get(selected) ?? []}
      whole={!roomy}
    />
  );
  return (
    <SettingsFrame
      wide
      icon={
        <Link to="/settings/roles" aria-label={t("rights.roles.all")} className="gx-back">
          <ArrowLeftOutlined />
        </Link>
      }
      title={title}
      subtitle={
        <>
          <code>{role.name}</code> {stored ? <Tag>{t(`rights.roles.origin.${stored.origin}`)}</Tag> : null}
          {dirty && stored ? <span>{t("rights.roles.changed")}</span> : null}
        </>
      }
      actions={
        unlimited ? null : (
          <>
            {stored && stored.origin !== "standard" ? (
              <Button
                danger={stored.origin === "custom"}
                icon={stored.origin === "custom" ? <DeleteOutlined /> : <UndoOutlined />}
                onClick={() => setOpen("remove")}
              >
                {stored.origin === "custom" ? t("rights.roles.remove") : t("rights.roles.reset")}
              </Button>
            ) : null}
            {dirty && stored ? <Button onClick={() => setRole(saved)}>{t("rights.roles.discard")}</Button> : null}
            <Button type="primary" disabled={!named || !dirty} onClick={save}>
              {t("rights.roles.check")}
            </Button>
          </>
        )
      }
    >
      {found.length > 0 ? (
        <Alert
          type="error"
          showIcon
          className="gx-gap"
          title={problems.get("")?.join(" ") ?? t("rights.roles.problems", { n: found.length })}
          description={[...wrong].map((name) => (
            <Button
              key={name}
              type="link"
              size="small"
              onClick={() => {
                setSelected(name);
                setOpened(true);
              }}
            >
              {label(objects.find((one) => one.name === name)?.label) || t("rights.grid.others")}
            </Button>
          ))}
        />
      ) : null}
      {unlimited ? (
        <Alert type="info" showIcon title={t("rights.roles.unlimited")} />
      ) : (
        <>
          <RoleForm
            role={role}
            roles={roles}
            from={stored ? null : from}
            onFrom={(source) => void begin(source)}
            dirty={dirty}
            onChange={setRole}
          />
          {roomy ? (
            <div className="gx-role-columns">
              <RightsGrid
                role={role}
                groups={groups}
                onChange={setRole}
                selected={selected}
                onSelect={setSelected}
                problems={wrong}
              />
              <aside className="gx-panel" aria-label={t("rights.fields.title")}>
                {panel}
              </aside>
            </div>
          ) : (
            <RightsCards
              role={role}
              groups={groups}
              problems={wrong}
              onOpen={(name) => {
                setSelected(name);
                setOpened(true);
              }}
            />
          )}
        </>
      )}
      {!roomy && opened ? (
        <Drawer open placement="bottom" size="88%" onClose={() => setOpened(false)} title={title}>
          {panel}
        </Drawer>
      ) : null}
      {open === "save" ? (
        <ImpactDialog
          title={t("rights.impact.title")}
          changes={[change]}
          done={t("rights.roles.saved", { role: label(sent.label) })}
          onApplied={() => {
            setOpen(null);
            setSaved(role);
            if (!stored) {
              release();
              // Its page is made ready first: between the two there would be an empty one.
              const page = { to: "/settings/roles/$role", params: { role: role.name } } as const;
              void router.preloadRoute(page).then(() => navigate({ ...page, replace: true }));
            }
          }}
          onProblems={(list) => setRefused({ role, problems: list })}
          onCancel={() => setOpen(null)}
        />
      ) : null}
      {open === "remove" && stored ? (
        <RemoveRole
          role={stored}
          onClose={() => setOpen(null)}
          onRemoved={() => {
            release();
            void navigate({ to: "/settings/roles" });
          }}
        />
      ) : null}
    </SettingsFrame>
  );
}
