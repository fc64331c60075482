import { Input } from "antd";
import { Suspense } from "react";
import { lazyPart } from "@/ui/lazy-part";
import type { FieldInputProps } from "../types";
import { asText } from "../values";
import { htmlToText, textToHtml } from "./plain";

const Editor = lazyPart(async () => ({ default: (await import("./editor")).RichTextEditor }));

/** The editor loads when a rich text is first edited; until it is there a plain box takes what is typed. */
export function RichTextInput(props: FieldInputProps) {
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
        />
      }
    >
      <Editor {...props} />
    </Suspense>
  );
}
