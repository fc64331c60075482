import { PaperClipOutlined, SendOutlined } from "@ant-design/icons";
import { App, Button, Segmented, Tag, Tooltip, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Reference } from "@/api/types";
import { uploadFile } from "@/api/upload";
import { useErrorText } from "@/ui/error-text";
import { useAskToLeave } from "@/ui/leave-guard";
import { useMe } from "../session";
import { CommentEditor } from "./comment-editor";
import { type Audience, draftKey, readDraft, writeDraft } from "./comment-model";
import { UnseenNote } from "./unseen-note";
import { useSaveComment } from "./use-comments";
import { useMentionCheck } from "./use-mention-check";
import { useTyping } from "./use-typing";
import "./comments.css";

interface Props {
  about: { object: string; id: string };
  /** What is answered; nothing for a comment of its own. */
  parent?: { id: string; audience: Audience } | undefined;
  /** What is edited; nothing for a new one. */
  edited?: { id: string; version: number; body: string; audience: Audience; attachments: Reference[] } | undefined;
  /** What the text begins with where no draft was kept. */
  initial?: string;
  /** Whether the writer may choose for whom it is: partners write to partners. */
  choosesAudience: boolean;
  onDone: () => void;
}

/** Writing a comment, an answer, or an edit of one. What is half written is kept until it is sent or given up. */
export function CommentComposer({ about, parent, edited, initial = "", choosesAudience, onDone }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const ask = useAskToLeave("lost");
  const place = edited ? `edit.${edited.id}` : (parent?.id ?? "new");
  const key = draftKey(me.user.id, about.object, about.id, place);
  const start = edited?.body ?? initial;
  const [html, setHtml] = useState(() => readDraft(key) || start);
  const [audience, setAudience] = useState<Audience>(edited?.audience ?? parent?.audience ?? "internal");
  const [files, setFiles] = useState<Reference[]>(edited?.attachments ?? []);
  const [uploading, setUploading] = useState(0);
  const save = useSaveComment(about);
  const check = useMentionCheck(about, html, audience);
  const typing = useTyping(about);
  // What is internal stays so, and so does an answer to it: its earlier versions can be read, too.
  const closed = (edited ?? parent)?.audience === "internal";

  const change = (next: string) => {
    setHtml(next);
    if (next !== start) typing.typed();
    writeDraft(key, next === start ? "" : next);
  };
  const upload = async (file: File): Promise<Reference | null> => {
    setUploading((count) => count + 1);
    try {
      const stored = await uploadFile(file, () => undefined);
      return { id: stored.id, label: file.name };
    } catch (error) {
      void message.error(errorText(error));
      return null;
    } finally {
      setUploading((count) => count - 1);
    }
  };
  const attach = async (file: File) => {
    const stored = await upload(file);
    if (stored) setFiles((before) => [...before, stored]);
  };
  const take = (pasted: File[], show: (src: string, alt: string) => void) => {
    for (const file of pasted) {
      if (!file.type.startsWith("image/")) {
        void attach(file);
        continue;
      }
      void upload(file).then((stored) => {
        if (stored) show(`/api/v1/files/${stored.id}?inline=1`, file.name);
      });
    }
  };
  const send = async () => {
    if (html === "" || uploading > 0 || save.isPending) return;
    if (!(await check.confirm())) return;
    const values = { body: html, attachments: files.map((file) => file.id) };
    const chosen = choosesAudience ? { audience } : {};
    save.mutate(
      edited
        ? { id: edited.id, version: edited.version, values: { ...values, ...chosen } }
        : { values: { ...values, ...chosen, target: { ...about }, parent: parent?.id ?? null } },
      {
        onSuccess: () => {
          typing.done();
          writeDraft(key, "");
          setHtml("");
          setFiles([]);
          onDone();
        },
        onError: (error) => void message.error(errorText(error)),
      },
    );
  };
  const cancel = async () => {
    if (html !== start && html !== "" && !(await ask())) return;
    writeDraft(key, "");
    onDone();
  };
  return (
    <div className="gx-composer" data-audience={audience} data-open="">
      <CommentEditor
        html={html}
        onChange={change}
        onSend={() => void send()}
        onEscape={() => void cancel()}
        onFiles={take}
        disabled={save.isPending}
      />
      {files.length > 0 ? (
        <div className="gx-composer-files">
          {files.map((file) => (
            <Tag
              key={file.id}
              closable
              icon={<PaperClipOutlined />}
              onClose={() => setFiles((before) => before.filter((one) => one.id !== file.id))}
            >
              {file.label}
            </Tag>
          ))}
        </div>
      ) : null}
      <UnseenNote found={check.found} about={about} onShared={check.again} />
      <div className="gx-composer-foot">
        {choosesAudience ? (
          <Segmented<Audience>
            size="small"
            value={audience}
            disabled={closed}
            onChange={setAudience}
            options={[
              { value: "internal", label: t("comments.internal") },
              { value: "partners", label: t("comments.partners") },
            ]}
            aria-label={t("comments.audience")}
          />
        ) : null}
        <Upload
          multiple
          showUploadList={false}
          beforeUpload={(file) => {
            void attach(file);
            return false;
          }}
        >
          <Tooltip title={t("comments.attach")}>
            <Button
              type="text"
              size="small"
              icon={<PaperClipOutlined />}
              aria-label={t("comments.attach")}
              loading={uploading > 0}
            />
          </Tooltip>
        </Upload>
        <span className="gx-composer-space" />
        <Button size="small" onClick={() => void cancel()}>
          {t("common.cancel")}
        </Button>
        <Tooltip title="Ctrl Enter" mouseEnterDelay={0.6}>
          <Button
            size="small"
            type="primary"
            icon={<SendOutlined />}
            disabled={html === "" || uploading > 0}
            loading={save.isPending}
            onClick={() => void send()}
          >
            {edited ? t("common.save") : t("comments.send")}
          </Button>
        </Tooltip>
      </div>
      {audience === "partners" ? <p className="gx-composer-warning">{t("comments.partnersWarning")}</p> : null}
    </div>
  );
}
