import { Alert, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type CaseLook, type CaseStep, cancelCase, sendBack } from "@/api/processes";
import { useCloseGuard } from "@/ui/leave-guard";
import { useCaseChange } from "./use-case-change";

interface ReasonDialogProps {
  kind: "cancel" | "back";
  look: CaseLook;
  /** Where it may go back to. */
  targets: CaseStep[];
  initial: string | null;
  onClose: () => void;
}

const LONGEST = 500;

/** Ending a case early or sending it back: both say why, and everybody who takes part reads it. */
export function ReasonDialog({ kind, look, targets, initial, onClose }: ReasonDialogProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [step, setStep] = useState<string | null>(initial ?? targets.at(-1)?.key ?? null);
  const { run, busy, problem } = useCaseChange();
  const given = reason.trim();
  const { close, release } = useCloseGuard(given !== "", onClose);
  const submit = async () => {
    const done = await run(() =>
      kind === "cancel" ? cancelCase(look.id, given) : sendBack(look.id, step ?? "", given),
    );
    if (!done) return;
    release();
    onClose();
  };
  return (
    <Modal
      open
      title={t(kind === "cancel" ? "processes.cancel" : "processes.sendBack")}
      okText={t(kind === "cancel" ? "processes.cancel" : "processes.sendBack")}
      okButtonProps={{ danger: kind === "cancel", disabled: !given || (kind === "back" && !step) }}
      confirmLoading={busy}
      onOk={() => void submit()}
      onCancel={close}
      width={480}
    >
      <p className="gx-muted">{t(kind === "cancel" ? "processes.cancelText" : "processes.sendBackText")}</p>
      {problem ? <Alert type="error" showIcon title={problem} role="alert" style={{ marginBottom: 12 }} /> : null}
      <Form layout="vertical">
        {kind === "back" ? (
          <Form.Item label={t("processes.backTo")} htmlFor="process-back-to">
            <Select
              id="process-back-to"
              value={step}
              onChange={setStep}
              options={targets.map(({ key, name, role_name: role }) => ({
                value: key,
                label: role ? `${name} · ${role}` : name,
              }))}
            />
          </Form.Item>
        ) : null}
        <Form.Item label={t("processes.reason")} htmlFor="process-reason" required>
          <Input.TextArea
            id="process-reason"
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            maxLength={LONGEST}
            showCount
            autoSize={{ minRows: 2, maxRows: 6 }}
            autoFocus
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
