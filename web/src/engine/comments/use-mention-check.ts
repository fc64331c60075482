import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { runObjectAction } from "@/api/records";
import { type Audience, COMMENT, readUnseen, type Unseen } from "./comment-model";

export interface MentionCheck {
  found: { unseen: Unseen[]; mayShare: boolean };
  /** Asks, where somebody mentioned will not be told; true sends. */
  confirm: () => Promise<boolean>;
  again: () => void;
}

/** Who is mentioned but may not see the record: said while one chooses, and once more before it is sent. */
export function useMentionCheck(about: { object: string; id: string }, html: string, audience: Audience): MentionCheck {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const queryClient = useQueryClient();
  const mentioned = [...html.matchAll(/data-mention="([^"]+)"/g)].map((match) => match[1] ?? "");
  const marks = [...new Set(mentioned)].sort();
  const body = marks.map((mark) => `<span data-mention="${mark}">@</span>`).join("");
  const queryKey = ["mentions", about.object, about.id, audience, marks];
  const query = {
    queryKey,
    queryFn: async () =>
      readUnseen(await runObjectAction(COMMENT, "check_mentions", { target: { ...about }, body, audience })),
    staleTime: 10_000,
  };
  const check = useQuery({ ...query, enabled: marks.length > 0, placeholderData: keepPreviousData });
  const found = marks.length > 0 && check.data ? check.data : { unseen: [], mayShare: false };
  const confirm = async () => {
    if (marks.length === 0) return true;
    // What cannot be found out must not keep anybody from saying what he has to say.
    const { unseen } = await queryClient.fetchQuery(query).catch(() => ({ unseen: [] as Unseen[] }));
    if (unseen.length === 0) return true;
    return await modal.confirm({
      title: t("comments.unseenTitle"),
      content: t("comments.unseenText", { names: unseen.map((one) => one.label).join(t("comments.comma")) }),
      okText: t("comments.sendAnyway"),
      cancelText: t("comments.goBack"),
    });
  };
  return { found, confirm, again: () => void queryClient.invalidateQueries({ queryKey }) };
}
