import { StarFilled, StarOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { useFollow } from "./use-follow";

interface Props {
  object: string;
  id: string;
  /** Only the star, where there is no room for the word. */
  small: boolean;
}

/** Follows the record, or no longer: whoever follows is told of changes and comments. It opens nothing. */
export function FollowButton({ object, id, small }: Props) {
  const { t } = useTranslation();
  const follow = useFollow({ target: { object, id } });
  if (!follow) return null;
  const name = follow.following ? t("record.following") : t("record.follow");
  return (
    <Tooltip title={t("record.followHelp")} mouseEnterDelay={0.6}>
      <Button
        type={small ? "text" : "default"}
        icon={follow.following ? <StarFilled /> : <StarOutlined />}
        aria-pressed={follow.following}
        aria-label={name}
        loading={follow.isBusy}
        onClick={() => follow.toggle()}
      >
        {small ? null : name}
      </Button>
    </Tooltip>
  );
}
