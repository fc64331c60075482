import { Input } from "antd";
import { Suspense, use, useState } from "react";
import { liveStore } from "@/realtime/store";
import { lazyPart } from "@/ui/lazy-part";
import type { FieldInputProps } from "../types";
import { asText } from "../values";
import { TextPlaceContext } from "./place";
import { htmlToText, textToHtml } from "./plain";

const TogetherEditor = lazyPart(async () => ({ default: (await import("./together/editor")).TogetherEditor }));
const Editor = lazyPart(async () => ({ default: (await import("./editor")).RichTextEditor }));

/** A rich text of a record is edited together with whoever else edits it, where the connection lets it. */
export function RichTextInput(props: FieldInputProps) {
  const place = use(TextPlaceContext);
  // Asked once: what one has begun to write must not change under one's hands. A page just opened has no connection
  // yet, and one that broke is soon there again: the editor waits a while for it. The older stream carries no texts.
  const [alone, setAlone] = useState(() => place === null || liveStore.state() === "fallback");
  if (alone || !place) return <LoneInput {...props} />;
  return (
    <Suspense fallback={<div className="gx-rich-editor gx-long-text">{htmlToText(asText(props.value))}</div>}>
      <TogetherEditor {...props} place={place} onAlone={() => setAlone(true)} />
    </Suspense>
  );
}

/** The editor loads when a rich text is first edited; until it is there a plain box takes what is typed. */
function LoneInput(props: FieldInputProps) {
  const { value, onChange, id, autoFocus, disabled, status, describedBy } = props;
  return (
    <Suspense
      fallback={
        <Input.TextArea
          {...(id ? { id } : {})}
          autoSize={{ minRows: 5, maxRows: 16 }}
          value={htmlToText(asText(value))}
          onChange={(event) => onChange(event.target.value === "" ? null : textToHtml(event.target.value))}
          autoFocus={autoFocus}
          disabled={disabled}
          status={status}
          aria-describedby={describedBy}
          aria-invalid={status === "error" || undefined}
        />
      }
    >
      <Editor {...props} />
    </Suspense>
  );
}
