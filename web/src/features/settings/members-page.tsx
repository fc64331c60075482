import { ImportOutlined, MailOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "@/api/types";
import { useRecordForms } from "@/engine/form/create-record";
import { useObject } from "@/engine/meta";
import { invalidateObject } from "@/engine/records";
import { ButtonLink } from "@/ui/button-link";
import { EmptyState } from "@/ui/empty-state";
import { MemberSignIn, useWaitingMembers } from "./member-sign-in";
import { InviteDialog } from "./members/invite-dialog";
import { MemberTable } from "./members/member-table";
import { SettingsFrame } from "./settings-frame";

/** Who may use the workspace: colleagues, their departments and roles, and whether they may sign in. */
export function SettingsMembersPage() {
  const { t } = useTranslation();
  const user = useObject("user");
  const forms = useRecordForms();
  const queryClient = useQueryClient();
  const [newcomer, setNewcomer] = useState<RecordData | null>(null);
  const [inviting, setInviting] = useState(false);
  const waiting = [...useWaitingMembers().values()];
  const create = () =>
    forms.create("user", {}, (made) => {
      void invalidateObject(queryClient, "user");
      // A new member cannot sign in before he is invited: offer it right away.
      setNewcomer(made);
    });
  return (
    <SettingsFrame
      branches
      title={t("settings.members.title")}
      subtitle={t("settings.members.text")}
      actions={
        user?.access.create ? (
          <>
            {waiting.length > 0 ? (
              <Button icon={<MailOutlined />} onClick={() => setInviting(true)}>
                {t("settings.members.inviteAll", { n: waiting.length })}
              </Button>
            ) : null}
            {user.access.import ? (
              <ButtonLink to="/import/$object" params={{ object: "user" }} icon={<ImportOutlined />}>
                {t("settings.members.import")}
              </ButtonLink>
            ) : null}
            <Button type="primary" icon={<PlusOutlined />} onClick={create}>
              {t("settings.members.add")}
            </Button>
          </>
        ) : null
      }
    >
      {user ? <MemberTable user={user} /> : <EmptyState title={t("list.unknownObject")} />}
      {newcomer ? <MemberSignIn member={newcomer} onClose={() => setNewcomer(null)} /> : null}
      {inviting ? <InviteDialog waiting={waiting} onClose={() => setInviting(false)} /> : null}
    </SettingsFrame>
  );
}
