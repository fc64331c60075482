import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { sendImport } from "@/api/import-upload";
import type { ImportUpload } from "@/api/imports";
import type { ObjectMeta } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { isAccepted } from "./accepted";

interface Sending {
  name: string;
  /** Which of how many. */
  number: number;
  of: number;
  /** From 0 to 1. */
  part: number;
  cut: boolean;
}

/** Sends files one after the other. A single table is gone on with at once; of several, all wait to be chosen. */
export function useSending(
  object: ObjectMeta,
  onUploaded: (upload: ImportUpload, file: File) => void,
  onSeveral: () => void,
) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const abort = useRef<AbortController | null>(null);
  const [sending, setSending] = useState<Sending | null>(null);
  const [problems, setProblems] = useState<string[]>([]);
  const [taken, setTaken] = useState(0);
  useEffect(() => () => abort.current?.abort(), []);

  const refusal = (file: File): string | null => {
    if (!isAccepted(file.name)) return t("imports.wrongKind", { name: file.name });
    return file.size === 0 ? t("imports.emptyFile", { name: file.name }) : null;
  };
  const send = async (files: File[]) => {
    if (files.length === 0) return;
    const control = new AbortController();
    abort.current = control;
    const refused = files.flatMap((file) => refusal(file) ?? []);
    const good = files.filter((file) => refusal(file) === null);
    setProblems(refused);
    setTaken(0);
    let tables = 0;
    let single: { upload: ImportUpload; file: File } | null = null;
    for (const [at, file] of good.entries()) {
      const say = (change: Partial<Sending>) =>
        setSending((now) => ({
          part: 0,
          cut: false,
          ...now,
          name: file.name,
          number: at + 1,
          of: good.length,
          ...change,
        }));
      say({ part: 0 });
      try {
        const upload = await sendImport({
          object: object.name,
          file,
          onProgress: (part) => say({ part }),
          onCut: (cut) => say({ cut }),
          signal: control.signal,
        });
        const inside = (upload.files ?? []).filter((one) => one.id !== null).length;
        tables += Math.max(1, inside);
        single = { upload, file };
        const broken = (upload.files ?? []).flatMap((one) =>
          one.problem ? [t("common.about", { name: one.file_name, text: one.problem })] : [],
        );
        if (broken.length > 0) setProblems((now) => [...now, ...broken]);
      } catch (error) {
        if (error instanceof DOMException) break;
        const text = errorText(error);
        setProblems((now) => [...now, good.length > 1 ? t("common.about", { name: file.name, text }) : text]);
      }
    }
    setSending(null);
    if (tables === 1 && single && files.length === 1) onUploaded(single.upload, single.file);
    else if (tables > 0) {
      setTaken(tables);
      onSeveral();
    }
  };
  return { sending, problems, taken, send, stop: () => abort.current?.abort() };
}
