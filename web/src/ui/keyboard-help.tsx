import { Modal } from "antd";
import { useTranslation } from "react-i18next";

const EVERYWHERE = [
  ["Ctrl K", "palette"],
  ["?", "help"],
] as const;

const IN_LIST = [
  ["j ↓", "down"],
  ["k ↑", "up"],
  ["← h", "left"],
  ["→ l", "right"],
  ["Enter o", "open"],
  ["e", "edit"],
  ["c", "create"],
  ["x", "select"],
  ["Ctrl A", "selectAll"],
  ["a", "actions"],
  ["/", "search"],
  ["f", "filter"],
  ["Shift ←→", "columnWidth"],
  ["Esc", "escape"],
] as const;

const IN_RECORD = [
  ["e", "editRecord"],
  ["c", "logCall"],
  ["v", "logVisit"],
  ["t", "logTask"],
  ["n", "newNote"],
  ["j", "nextRecord"],
  ["k", "previousRecord"],
  ["Esc", "goBack"],
] as const;

const IN_QUEUE = [
  ["j k", "groups"],
  ["m", "merge"],
  ["d", "different"],
] as const;

const IN_FORM = [
  ["Ctrl Enter", "save"],
  ["Esc", "closeForm"],
] as const;

type KeyText =
  | (typeof EVERYWHERE)[number][1]
  | (typeof IN_LIST)[number][1]
  | (typeof IN_RECORD)[number][1]
  | (typeof IN_QUEUE)[number][1]
  | (typeof IN_FORM)[number][1];

function KeyTable({ title, rows }: { title: string; rows: readonly (readonly [string, KeyText])[] }) {
  const { t } = useTranslation();
  return (
    <section className="gx-keys">
      <h3>{title}</h3>
      <dl>
        {rows.map(([keys, text]) => (
          <div key={text}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(`shell.keys.${text}`)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function KeyboardHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t("shell.keyboardHelp")} width={640}>
      <div className="gx-keys-columns">
        <KeyTable title={t("shell.keys.inList")} rows={IN_LIST} />
        <div>
          <KeyTable title={t("shell.keys.inRecord")} rows={IN_RECORD} />
          <KeyTable title={t("shell.keys.inForm")} rows={IN_FORM} />
          <KeyTable title={t("shell.keys.inQueue")} rows={IN_QUEUE} />
          <KeyTable title={t("shell.keys.everywhere")} rows={EVERYWHERE} />
        </div>
      </div>
    </Modal>
  );
}
