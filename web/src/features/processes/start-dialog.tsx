import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Alert, Button, Form, Input, Modal, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { plainField } from "@/api/plain-field";
import { CASE, ROLE, startCase } from "@/api/processes";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { FieldValue } from "@/api/types";
import { useObject } from "@/engine/meta";
import { FieldInput } from "@/fields/field-input";
import { asReference, asText, toWire } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { useDraftGuard } from "@/ui/leave-guard";
import { memberField } from "./member-field";
import { useCaseChange } from "./use-case-change";
import type { Template } from "./use-templates";

interface StartDialogProps {
  templates: Template[];
  /** What the case is about. */
  record: { object: string; id: string; label: string | null } | null;
  onClose: () => void;
}

const DUE = plainField("due_at", "datetime", { "zh-CN": "期限", en: "Due" });
const idOf = (value: FieldValue | undefined) => asReference(value)?.id ?? (typeof value === "string" ? value : "");

/** Starting a case: which process, who takes the roles that nobody has by rule, until when. */
export function StartDialog({ templates, record, onClose }: StartDialogProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const label = useLabel();
  const [chosen, setChosen] = useState(templates[0]?.id ?? "");
  const [people, setPeople] = useState<{ [role: string]: FieldValue }>({});
  const [name, setName] = useState("");
  const [due, setDue] = useState<FieldValue>(null);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const { run, busy, problem, error } = useCaseChange();
  const template = templates.find(({ id }) => id === chosen);
  const object = useObject(template?.object ?? "");
  // Begun from the template: which record it is about is asked for.
  const asks = record === null && template !== undefined && template.object !== "";
  const [about, setAbout] = useState<FieldValue>(null);
  const { close, release } = useDraftGuard({ chosen, people, name: name.trim(), due, about }, onClose);
  const target = record ?? (asks && idOf(about) ? { object: template.object, id: idOf(about) } : null);
  const query = {
    filter: `template == "${chosen}" && filled_by == "hand"`,
    sort: "position",
    fields: "name",
    limit: 50,
  };
  const roles = useQuery({
    queryKey: [...queryKeys.object(ROLE), "by-hand", chosen],
    queryFn: async ({ signal }) => (await listRecords(ROLE, query, signal)).items,
    enabled: chosen !== "",
    staleTime: 30_000,
  });
  const asked = roles.data ?? [];
  const told = (field: string) => error?.fieldErrors.find((one) => one.field === field)?.message;
  const placed = ["due_at", "name", ...(asks ? ["record"] : []), ...asked.map(({ id }) => `roles.${id}`)];
  const loose = problem && (!error?.fieldErrors.length || error.fieldErrors.some((one) => !placed.includes(one.field)));
  const complete =
    chosen !== "" && (!asks || target !== null) && roles.isSuccess && asked.every(({ id }) => idOf(people[id]) !== "");
  const submit = async () => {
    let made = "";
    const done = await run(async () => {
      const input = {
        ...(target ? { record: { object: target.object, id: target.id } } : {}),
        ...(asked.length > 0 ? { roles: Object.fromEntries(asked.map(({ id }) => [id, idOf(people[id])])) } : {}),
        ...(due ? { due_at: asText(toWire(due)) } : {}),
        ...(name.trim() ? { name: name.trim() } : {}),
      };
      made = (await startCase(chosen, input, key)).id;
    });
    setKey(crypto.randomUUID());
    if (!done) return;
    release();
    onClose();
    void navigate({ to: "/r/$object/$id", params: { object: CASE, id: made } });
  };
  return (
    <Modal
      open
      title={t("processes.start")}
      okText={t("processes.start")}
      okButtonProps={{ disabled: !complete }}
      confirmLoading={busy}
      onOk={() => void submit()}
      onCancel={close}
      width={520}
    >
      {record?.label ? <p className="gx-muted">{t("processes.startFor", { name: record.label })}</p> : null}
      {loose ? <Alert type="error" showIcon title={problem} role="alert" style={{ marginBottom: 12 }} /> : null}
      <Form layout="vertical">
        <Form.Item
          label={t("processes.template")}
          htmlFor="process-template"
          extra={template?.description ? template.description : undefined}
        >
          <Select
            id="process-template"
            value={chosen || undefined}
            onChange={setChosen}
            options={templates.map(({ id, name: text }) => ({ value: id, label: text }))}
            showSearch={{ optionFilterProp: "label" }}
          />
        </Form.Item>
        {asks ? (
          <Form.Item
            label={object ? label(object.label) : t("processes.about")}
            htmlFor="process-about"
            required
            {...(told("record") ? { validateStatus: "error" as const, help: told("record") } : {})}
          >
            <FieldInput
              id="process-about"
              field={plainField("record", "reference", object?.label ?? DUE.label, { target: template.object })}
              value={about}
              onChange={setAbout}
            />
          </Form.Item>
        ) : null}
        {roles.isPending && chosen ? <Skeleton active title={false} paragraph={{ rows: 2 }} /> : null}
        {roles.error ? (
          <Alert
            type="error"
            showIcon
            role="alert"
            title={t("processes.rolesUnread")}
            action={
              <Button size="small" loading={roles.isFetching} onClick={() => void roles.refetch()}>
                {t("common.retry")}
              </Button>
            }
          />
        ) : null}
        {asked.map((role) => (
          <Form.Item
            key={role.id}
            label={asText(role.name)}
            htmlFor={`process-role-${role.id}`}
            required
            {...(told(`roles.${role.id}`) ? { validateStatus: "error" as const, help: told(`roles.${role.id}`) } : {})}
          >
            <FieldInput
              id={`process-role-${role.id}`}
              field={memberField("member")}
              value={people[role.id] ?? null}
              onChange={(next) => setPeople((now) => ({ ...now, [role.id]: next }))}
            />
          </Form.Item>
        ))}
        <Form.Item
          label={t("processes.caseName")}
          htmlFor="process-name"
          {...(told("name") ? { validateStatus: "error" as const, help: told("name") } : {})}
        >
          <Input
            id="process-name"
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={200}
            placeholder={t("processes.caseNameHint")}
          />
        </Form.Item>
        <Form.Item
          label={t("processes.until")}
          htmlFor="process-due"
          {...(told("due_at") ? { validateStatus: "error" as const, help: told("due_at") } : {})}
        >
          <FieldInput id="process-due" field={DUE} value={due} onChange={setDue} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
