import { StarFilled, StarOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { createRecord, deleteRecord, listRecords } from "@/api/records";
import { useErrorText } from "@/ui/error-text";
import { findObject, useMeta } from "../meta";

const FOLLOW = "follow";

interface Props {
  object: string;
  id: string;
  /** Only the star, where there is no room for the word. */
  small: boolean;
}

/** Follows the record, or no longer: whoever follows is told of changes and comments. It opens nothing. */
export function FollowButton({ object, id, small }: Props) {
  const { t } = useTranslation();
  const meta = useMeta();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const may = Boolean(findObject(meta, FOLLOW)?.access.create);
  const query = { filter: `target == "${id}"`, fields: "id", limit: 1 };
  const key = queryKeys.list(FOLLOW, query);
  const follow = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await listRecords(FOLLOW, query, signal)).items[0]?.id ?? null,
    enabled: may,
    staleTime: 60_000,
  });
  const toggle = useMutation({
    mutationFn: async (known: string | null) => {
      if (known) await deleteRecord(FOLLOW, known);
      return known ? null : (await createRecord(FOLLOW, { target: { object, id } })).id;
    },
    onSuccess: (next) => queryClient.setQueryData(key, next),
    onError: (error) => {
      void message.error(errorText(error));
      void queryClient.invalidateQueries({ queryKey: key });
    },
  });
  if (!may || !follow.isSuccess) return null;
  const following = follow.data !== null;
  const name = following ? t("record.following") : t("record.follow");
  return (
    <Tooltip title={t("record.followHelp")} mouseEnterDelay={0.6}>
      <Button
        type={small ? "text" : "default"}
        icon={following ? <StarFilled /> : <StarOutlined />}
        aria-pressed={following}
        aria-label={name}
        loading={toggle.isPending}
        onClick={() => toggle.mutate(follow.data)}
      >
        {small ? null : name}
      </Button>
    </Tooltip>
  );
}
