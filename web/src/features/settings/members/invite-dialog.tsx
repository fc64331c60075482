import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Modal, Progress } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Invitation } from "@/api/members";
import { queryKeys } from "@/api/query-keys";
import type { WaitingMember } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { inviteAll, linksFile, parted } from "./invitations";

/** Invites everybody who has no password yet: by mail, or with a file of links to be handed over. */
export function InviteDialog({ waiting, onClose }: { waiting: WaitingMember[]; onClose: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  // Whom it is for is settled when it opens: those invited here drop out of the list behind it.
  const [{ due, invited }] = useState(() => parted(waiting, Date.now()));
  const [again, setAgain] = useState(due.length === 0);
  const [made, setMade] = useState<Invitation[]>([]);
  const members = again ? [...due, ...invited] : due;
  const run = useMutation({
    mutationFn: () => inviteAll(members, (some) => setMade((before) => [...before, ...some])),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.waiting }),
  });
  const done = run.isSuccess || run.isError;
  return (
    <Modal
      open
      title={t("settings.members.inviteTitle")}
      onCancel={run.isPending ? undefined : onClose}
      mask={{ closable: false }}
      footer={
        done ? (
          <Button type="primary" onClick={onClose}>
            {t("common.close")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose} disabled={run.isPending}>
              {t("common.cancel")}
            </Button>
            <Button type="primary" loading={run.isPending} disabled={members.length === 0} onClick={() => run.mutate()}>
              {t("settings.members.inviteRun", { n: members.length })}
            </Button>
          </>
        )
      }
    >
      <p>{t("settings.members.inviteText", { due: due.length })}</p>
      {invited.length > 0 ? (
        <Checkbox checked={again} disabled={run.isPending || done} onChange={(event) => setAgain(event.target.checked)}>
          {t("settings.members.inviteAgain", { n: invited.length })}
        </Checkbox>
      ) : null}
      {run.isPending ? <Progress percent={Math.round((made.length / members.length) * 100)} /> : null}
      {run.error ? <Alert type="error" showIcon title={errorText(run.error)} className="gx-drawer-note" /> : null}
      {done ? <Outcome made={made} /> : null}
    </Modal>
  );
}

function Outcome({ made }: { made: Invitation[] }) {
  const { t } = useTranslation();
  const mailed = made.filter((one) => one.mailed).length;
  const links = made.filter((one) => one.path).length;
  const refused = made.filter((one) => one.refused).length;
  const save = () => {
    const heads = (["name", "email", "link", "until"] as const).map((head) => t(`settings.members.linkHeads.${head}`));
    const text = linksFile(made, heads, window.location.origin);
    const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    const anchor = document.createElement("a");
    anchor.href = address;
    anchor.download = "invitations.csv";
    anchor.click();
    URL.revokeObjectURL(address);
  };
  return (
    <>
      {mailed > 0 ? <Alert type="success" showIcon title={t("settings.members.inviteMailed", { n: mailed })} /> : null}
      {links > 0 ? (
        <Alert
          type="info"
          showIcon
          title={t("settings.members.inviteLinks", { n: links })}
          description={t("settings.members.inviteLinksText")}
          action={
            <Button size="small" onClick={save}>
              {t("settings.members.inviteSave")}
            </Button>
          }
        />
      ) : null}
      {refused > 0 ? (
        <Alert type="warning" showIcon title={t("settings.members.inviteRefused", { n: refused })} />
      ) : null}
    </>
  );
}
