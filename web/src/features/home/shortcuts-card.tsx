import { CloseOutlined, ExportOutlined, LinkOutlined, PlusOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "@/api/types";
import { usePreference } from "@/engine/session";
import { HomeCard } from "./home-card";
import { isInside, LONGEST_NAME, MOST_SHORTCUTS, readAddress, readShortcuts, type Shortcut } from "./shortcuts";

/** Links of one's own, to pages of this system and to others. */
export function ShortcutsCard() {
  const { t } = useTranslation();
  const [stored, store] = usePreference<Json>("home.shortcuts", []);
  const [adding, setAdding] = useState(false);
  const shortcuts = readShortcuts(stored, window.location.origin);
  const write = (next: Shortcut[]) => store(next.map(({ name, url }) => ({ name, url })));
  const add = (shortcut: Shortcut) => {
    write([...shortcuts, shortcut]);
    setAdding(false);
  };
  const full = shortcuts.length >= MOST_SHORTCUTS;
  return (
    <HomeCard
      title={t("home.shortcuts.title")}
      link={
        adding || full ? null : (
          <Button type="link" size="small" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
            {t("home.shortcuts.add")}
          </Button>
        )
      }
      empty={shortcuts.length === 0 && !adding ? t("home.shortcuts.none") : null}
    >
      <ul className="gx-shortcuts">
        {shortcuts.map((shortcut, index) => (
          <li key={`${shortcut.url} ${shortcut.name}`}>
            <ShortcutLink shortcut={shortcut} />
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={t("home.shortcuts.remove", { name: shortcut.name })}
              onClick={() => write(shortcuts.filter((_, at) => at !== index))}
            />
          </li>
        ))}
      </ul>
      {adding ? <NewShortcut onAdd={add} onCancel={() => setAdding(false)} /> : null}
    </HomeCard>
  );
}

function ShortcutLink({ shortcut: { name, url } }: { shortcut: Shortcut }) {
  const navigate = useNavigate();
  if (!isInside(url)) {
    return (
      <a href={url} target="_blank" rel="noopener noreferrer" title={url}>
        <ExportOutlined aria-hidden /> {name}
      </a>
    );
  }
  return (
    <a
      href={url}
      title={url}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        void navigate({ href: url });
      }}
    >
      <LinkOutlined aria-hidden /> {name}
    </a>
  );
}

interface NewShortcutProps {
  onAdd: (shortcut: Shortcut) => void;
  onCancel: () => void;
}

function NewShortcut({ onAdd, onCancel }: NewShortcutProps) {
  const { t } = useTranslation();
  const finish = ({ name, url }: Shortcut) => {
    const address = readAddress(url, window.location.origin);
    if (address) onAdd({ name: name.trim(), url: address });
  };
  return (
    <Form<Shortcut> layout="vertical" className="gx-shortcut-new" onFinish={finish} requiredMark={false}>
      <Form.Item
        name="name"
        label={t("home.shortcuts.name")}
        rules={[{ required: true, whitespace: true, message: t("home.shortcuts.nameNeeded") }]}
      >
        <Input autoFocus maxLength={LONGEST_NAME} placeholder={t("home.shortcuts.nameExample")} />
      </Form.Item>
      <Form.Item
        name="url"
        label={t("home.shortcuts.url")}
        rules={[
          {
            validator: (_, value: string) =>
              readAddress(value ?? "", window.location.origin)
                ? Promise.resolve()
                : Promise.reject(new Error(t("home.shortcuts.badUrl"))),
          },
        ]}
      >
        <Input inputMode="url" placeholder="https://" />
      </Form.Item>
      <div className="gx-shortcut-buttons">
        <Button type="primary" htmlType="submit">
          {t("home.shortcuts.add")}
        </Button>
        <Button onClick={onCancel}>{t("common.cancel")}</Button>
      </div>
    </Form>
  );
}
