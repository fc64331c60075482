import {
  BoldOutlined,
  ClearOutlined,
  FontSizeOutlined,
  ItalicOutlined,
  LinkOutlined,
  OrderedListOutlined,
  StrikethroughOutlined,
  UnderlineOutlined,
  UnorderedListOutlined,
} from "@ant-design/icons";
import type { Editor } from "@tiptap/react";
import { Button, Input, Popover, Tooltip } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

export interface ActiveMarks {
  bold: boolean;
  italic: boolean;
  underline: boolean;
  strike: boolean;
  heading: boolean;
  bulletList: boolean;
  orderedList: boolean;
  quote: boolean;
  link: boolean;
}

interface Props {
  editor: Editor;
  marks: ActiveMarks;
  disabled: boolean | undefined;
}

export function RichTextToolbar({ editor, marks, disabled }: Props) {
  const { t } = useTranslation();
  const tools: [keyof ActiveMarks, ReactNode, () => void][] = [
    ["bold", <BoldOutlined key="i" />, () => editor.chain().focus().toggleBold().run()],
    ["italic", <ItalicOutlined key="i" />, () => editor.chain().focus().toggleItalic().run()],
    ["underline", <UnderlineOutlined key="i" />, () => editor.chain().focus().toggleUnderline().run()],
    ["strike", <StrikethroughOutlined key="i" />, () => editor.chain().focus().toggleStrike().run()],
    ["heading", <FontSizeOutlined key="i" />, () => editor.chain().focus().toggleHeading({ level: 3 }).run()],
    ["bulletList", <UnorderedListOutlined key="i" />, () => editor.chain().focus().toggleBulletList().run()],
    ["orderedList", <OrderedListOutlined key="i" />, () => editor.chain().focus().toggleOrderedList().run()],
    ["quote", <span key="i">”</span>, () => editor.chain().focus().toggleBlockquote().run()],
  ];
  return (
    <div className="gx-rich-tools" role="toolbar">
      {tools.map(([name, icon, run]) => (
        <Tooltip key={name} title={t(`fields.richText.${name}`)} mouseEnterDelay={0.6}>
          <Button
            type="text"
            size="small"
            icon={icon}
            disabled={disabled}
            aria-label={t(`fields.richText.${name}`)}
            aria-pressed={marks[name]}
            data-active={marks[name] || undefined}
            onMouseDown={(event) => event.preventDefault()}
            onClick={run}
          />
        </Tooltip>
      ))}
      <LinkTool editor={editor} active={marks.link} disabled={disabled} />
      <Tooltip title={t("fields.richText.clear")} mouseEnterDelay={0.6}>
        <Button
          type="text"
          size="small"
          icon={<ClearOutlined />}
          disabled={disabled}
          aria-label={t("fields.richText.clear")}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => editor.chain().focus().clearNodes().unsetAllMarks().run()}
        />
      </Tooltip>
    </div>
  );
}

function LinkTool({ editor, active, disabled }: { editor: Editor; active: boolean; disabled: boolean | undefined }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [address, setAddress] = useState("");
  const apply = () => {
    const href = address.trim();
    const chain = editor.chain().focus().extendMarkRange("link");
    if (href === "") chain.unsetLink().run();
    else chain.setLink({ href: /^[a-z]+:/i.test(href) ? href : `https://${href}` }).run();
    setOpen(false);
  };
  return (
    <Popover
      open={open}
      trigger="click"
      onOpenChange={(next) => {
        setAddress(String(editor.getAttributes("link").href ?? ""));
        setOpen(next);
      }}
      content={
        <Input
          value={address}
          onChange={(event) => setAddress(event.target.value)}
          onPressEnter={(event) => {
            event.preventDefault();
            apply();
          }}
          placeholder="https://"
          aria-label={t("fields.richText.linkAddress")}
          suffix={
            <Button type="link" size="small" onClick={apply}>
              {t("common.confirm")}
            </Button>
          }
        />
      }
    >
      <Button
        type="text"
        size="small"
        icon={<LinkOutlined />}
        disabled={disabled}
        aria-label={t("fields.richText.link")}
        data-active={active || undefined}
      />
    </Popover>
  );
}
