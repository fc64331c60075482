import { DisconnectOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Tooltip } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { startLive } from "@/realtime/live";
import { useLiveState } from "@/realtime/store";

/** A connection that breaks and is there again within so long is nobody's concern. */
const PATIENCE_MS = 4_000;

/** Keeps the app live, and says so quietly while it is not. */
export function LiveSign() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const behind = useLiveState() === "behind";
  const [shown, setShown] = useState(false);
  useEffect(() => startLive(queryClient), [queryClient]);
  useEffect(() => {
    if (!behind) {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [behind]);
  if (!shown) return null;
  return (
    <Tooltip title={t("shell.notLiveHint")}>
      <span className="gx-live-sign" role="status">
        <DisconnectOutlined aria-hidden />
        {t("shell.notLive")}
      </span>
    </Tooltip>
  );
}
