import { Watermark } from "antd";
import { useEffect, useState } from "react";
import { useFormats } from "@/i18n/formats";
import { useMe } from "./session";
import "./mark.css";

const MINUTE_MS = 60_000;

/** Who looks and when, faintly over the whole window: a picture of the screen tells who took it. */
export function Mark() {
  const me = useMe();
  const formats = useFormats();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(new Date()), MINUTE_MS);
    return () => window.clearInterval(timer);
  }, []);
  // Whoever looks with somebody else's rights is the one who looks.
  const name = me.viewer?.name ?? me.user.name;
  return (
    <div className="gx-mark" aria-hidden>
      <Watermark
        content={[`${name} ${me.viewer ? "" : me.user.email}`.trim(), formats.dateTime(now.toISOString())]}
        gap={[140, 120]}
        style={{ height: "100%" }}
      />
    </div>
  );
}
