import { PushpinFilled, PushpinOutlined } from "@ant-design/icons";
import { App, Button, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import type { Json } from "@/api/types";
import {
  ARRANGEMENT,
  figureCard,
  moved,
  placeOf,
  readArrangement,
  shownAgain,
  stored,
} from "@/engine/home-arrangement";
import { useMeta } from "@/engine/meta";
import { useMe, usePreference } from "@/engine/session";
import { FIGURES, type FigureName } from "./figures";

/** Puts a figure on the home page, or takes it off; only what would be shown there. */
export function PinButton({ name, title }: { name: FigureName; title: string }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const me = useMe();
  const meta = useMeta();
  const [kept, keep] = usePreference<Json>(ARRANGEMENT, null);
  const arrangement = readArrangement(kept, me.user.roles);
  const card = figureCard(name);
  const pinned = placeOf(arrangement, card) !== null;
  if (!pinned && !FIGURES[name].offered(meta)) return null;
  const text = pinned ? t("analysis.unpin") : t("analysis.pin");
  const change = () => {
    keep(stored(pinned ? moved(arrangement, card, "hide", () => true) : shownAgain(arrangement, card)));
    void message.success(t(pinned ? "analysis.unpinned" : "analysis.pinned", { title }));
  };
  return (
    <Tooltip title={text}>
      <Button
        type="text"
        size="small"
        icon={pinned ? <PushpinFilled /> : <PushpinOutlined />}
        aria-pressed={pinned}
        aria-label={`${t("analysis.pin")}: ${title}`}
        onClick={change}
      />
    </Tooltip>
  );
}
