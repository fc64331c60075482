import { useMutation } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "@/api/client";
import type { RecordData } from "@/api/types";
import { asText } from "@/fields/values";
import { useErrorText } from "@/ui/error-text";

const LENGTH = 16;
/** Without what is easily mistaken for another: 0 O, 1 l I. */
const LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** A password from the browser's source of randomness; each letter equally likely. */
function randomPassword(): string {
  const limit = 256 - (256 % LETTERS.length);
  let password = "";
  while (password.length < LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH))) {
      if (byte < limit && password.length < LENGTH) password += LETTERS[byte % LETTERS.length];
    }
  }
  return password;
}

/** Sets a member's password; all his sessions end. */
export function PasswordDialog({ member, onClose }: { member: RecordData; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [password, setPassword] = useState("");
  const save = useMutation({
    mutationFn: () => post(`/users/${member.id}/password`, { new: password }),
    onSuccess: () => {
      void message.success(t("settings.members.passwordSet", { name: asText(member.name) }));
      onClose();
    },
  });
  return (
    <Modal
      open
      title={t("settings.members.passwordOf", { name: asText(member.name) })}
      okText={t("common.save")}
      okButtonProps={{ disabled: password === "", loading: save.isPending }}
      onOk={() => save.mutate()}
      onCancel={onClose}
    >
      <p className="gx-muted">{t("settings.members.passwordText")}</p>
      <Form layout="vertical" onFinish={() => save.mutate()}>
        <Form.Item
          label={t("settings.members.newPassword")}
          htmlFor="member-password"
          {...(save.error ? { validateStatus: "error" as const, help: errorText(save.error) } : {})}
        >
          <div className="gx-password">
            <Input
              id="member-password"
              className="gx-code"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              autoComplete="new-password"
              autoFocus
            />
            <Button onClick={() => setPassword(randomPassword())}>{t("settings.members.generate")}</Button>
          </div>
        </Form.Item>
      </Form>
    </Modal>
  );
}
