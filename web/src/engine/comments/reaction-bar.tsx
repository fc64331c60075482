import { SmileOutlined } from "@ant-design/icons";
import { Button, Popover, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EMOJIS, type Emoji, type Reaction } from "./comment-model";

interface Props {
  reactions: Reaction[];
  onReact: (emoji: Emoji) => void;
}

/** Reactions with who gave them; one's own are taken back by the same click. */
export function ReactionBar({ reactions, onReact }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <span className="gx-reactions">
      {reactions.map(({ emoji, names, mine }) => (
        <Tooltip key={emoji} title={names.join(t("comments.comma"))}>
          <button type="button" className="gx-reaction" aria-pressed={mine} onClick={() => onReact(emoji)}>
            <span>{EMOJIS[emoji]}</span>
            <span className="gx-numeric">{names.length}</span>
          </button>
        </Tooltip>
      ))}
      <Popover
        trigger="click"
        open={open}
        onOpenChange={setOpen}
        content={
          <div className="gx-emojis">
            {(Object.entries(EMOJIS) as [Emoji, string][]).map(([emoji, drawn]) => (
              <Button
                key={emoji}
                type="text"
                aria-label={t(`comments.emojis.${emoji}`)}
                onClick={() => {
                  setOpen(false);
                  onReact(emoji);
                }}
              >
                {drawn}
              </Button>
            ))}
          </div>
        }
      >
        <Button type="text" size="small" icon={<SmileOutlined />} aria-label={t("comments.react")} />
      </Popover>
    </span>
  );
}
