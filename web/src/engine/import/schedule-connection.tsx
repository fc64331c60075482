import { LinkOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

interface ScheduleConnectionProps {
  busy: boolean;
  /** Answers whether it is kept; what was typed stays where it is not. */
  onConnect: (address: string, certificate: string) => Promise<boolean>;
}

const isMysql = (address: string): boolean => /^\s*(mysql|mariadb):/.test(address);

/** How the database of a scheduled import is reached; what is typed here is never shown again. */
export function ScheduleConnection({ busy, onConnect }: ScheduleConnectionProps) {
  const { t } = useTranslation();
  const [address, setAddress] = useState("");
  const [certificate, setCertificate] = useState("");
  const connect = async () => {
    if (!(await onConnect(address.trim(), isMysql(address) ? certificate.trim() : ""))) return;
    setAddress("");
    setCertificate("");
  };
  return (
    <>
      <Input.Password
        value={address}
        onChange={(event) => setAddress(event.target.value)}
        placeholder={t("imports.connection")}
        aria-label={t("imports.connection")}
        autoComplete="off"
      />
      {isMysql(address) ? (
        <Input.TextArea
          value={certificate}
          onChange={(event) => setCertificate(event.target.value)}
          placeholder={t("imports.certificate")}
          aria-label={t("imports.certificate")}
          autoSize={{ minRows: 1, maxRows: 6 }}
        />
      ) : null}
      <Button icon={<LinkOutlined />} loading={busy} disabled={address.trim() === ""} onClick={() => void connect()}>
        {t("imports.setConnection")}
      </Button>
    </>
  );
}
