import { CopyOutlined, DownloadOutlined } from "@ant-design/icons";
import { Alert, App, Button } from "antd";
import { useTranslation } from "react-i18next";
import "./factors.css";

/** Recovery codes, shown this once: to be copied or kept as a file. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const text = codes.join("\n");
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    void message.success(t("factors.copied"));
  };
  const download = () => {
    const url = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "guanxi-recovery-codes.txt";
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <>
      <Alert type="warning" showIcon title={t("factors.recoveryOnce")} />
      <ul className="gx-recovery" aria-label={t("factors.recoveryTitle")}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="gx-recovery-actions">
        <Button icon={<CopyOutlined />} onClick={() => void copy()}>
          {t("factors.copy")}
        </Button>
        <Button icon={<DownloadOutlined />} onClick={download}>
          {t("factors.download")}
        </Button>
      </div>
      <Button type="primary" block onClick={onDone}>
        {t("factors.recoveryKept")}
      </Button>
    </>
  );
}
