import { ZoomInOutlined, ZoomOutOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

const LEAST = 0.25;
const MOST = 8;

/** A picture as large as there is room, and larger: by the buttons, `+` and `-`, or a click; `0` fits it again. */
export function PictureBody({ src, name }: { src: string; name: string }) {
  const { t } = useTranslation();
  const [zoom, setZoom] = useState(1);
  const [failed, setFailed] = useState(false);
  const by = (factor: number) => setZoom((before) => Math.min(MOST, Math.max(LEAST, before * factor)));
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "+" || event.key === "=") by(1.5);
      else if (event.key === "-") by(1 / 1.5);
      else if (event.key === "0") setZoom(1);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });
  return (
    <div className="gx-viewer-picture">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <div className="gx-viewer-scroll" tabIndex={0}>
        {failed ? (
          <p role="alert">{t("files.broken")}</p>
        ) : (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys and buttons do the same
          <img
            src={src}
            alt={name}
            data-zoomed={zoom > 1 || undefined}
            style={zoom === 1 ? undefined : { width: `${zoom * 100}%`, maxWidth: "none", maxHeight: "none" }}
            onClick={() => (zoom > 1 ? setZoom(1) : by(2))}
            onError={() => setFailed(true)}
          />
        )}
      </div>
      <div className="gx-viewer-zoom">
        <Button icon={<ZoomOutOutlined />} aria-label={t("files.smaller")} onClick={() => by(1 / 1.5)} />
        <span aria-live="polite">{`${Math.round(zoom * 100)}%`}</span>
        <Button icon={<ZoomInOutlined />} aria-label={t("files.larger")} onClick={() => by(1.5)} />
      </div>
    </div>
  );
}
