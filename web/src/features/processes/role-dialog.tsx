import { Alert, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type CaseLook, changeRole } from "@/api/processes";
import type { FieldValue } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { asReference } from "@/fields/values";
import { useDraftGuard } from "@/ui/leave-guard";
import { memberField } from "./member-field";
import { useCaseChange } from "./use-case-change";

/** Gives a role of a running case to somebody else: what of it stands open goes with it. */
export function RoleDialog({ look, onClose }: { look: CaseLook; onClose: () => void }) {
  const { t } = useTranslation();
  const [role, setRole] = useState<string | null>(look.roles[0]?.key ?? null);
  const [member, setMember] = useState<FieldValue>(null);
  const [note, setNote] = useState("");
  const { run, busy, problem } = useCaseChange();
  const { close, release } = useDraftGuard({ role, member, note: note.trim() }, onClose);
  const chosen = asReference(member)?.id ?? (typeof member === "string" ? member : null);
  const submit = async () => {
    if (!role || !chosen) return;
    if (!(await run(() => changeRole(look.id, role, chosen, note.trim())))) return;
    release();
    onClose();
  };
  return (
    <Modal
      open
      title={t("processes.changeRole")}
      okText={t("common.save")}
      okButtonProps={{ disabled: !role || !chosen }}
      confirmLoading={busy}
      onOk={() => void submit()}
      onCancel={close}
      width={480}
    >
      {problem ? <Alert type="error" showIcon title={problem} role="alert" style={{ marginBottom: 12 }} /> : null}
      <Form layout="vertical">
        <Form.Item label={t("processes.role")} htmlFor="process-role">
          <Select
            id="process-role"
            value={role}
            onChange={setRole}
            options={look.roles.map(({ key, name, member: now }) => ({
              value: key,
              label: `${name} · ${now?.label ?? t("processes.nobody")}`,
            }))}
          />
        </Form.Item>
        <Form.Item label={t("processes.newMember")} htmlFor="process-member" required>
          <FieldInput id="process-member" field={memberField("member")} value={member} onChange={setMember} />
        </Form.Item>
        <Form.Item label={t("processes.note")} htmlFor="process-note">
          <Input.TextArea
            id="process-note"
            value={note}
            onChange={(event) => setNote(event.target.value)}
            maxLength={500}
            autoSize={{ minRows: 2, maxRows: 5 }}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
