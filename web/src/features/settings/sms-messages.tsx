import { Table } from "antd";
import { useTranslation } from "react-i18next";
import type { SmsMessage } from "@/api/outreach";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";

const COLORS: Record<SmsMessage["state"], string> = { waiting: "blue", sent: "green", failed: "red", held: "gold" };

/** What became of text messages, the newest first. */
export function SmsMessages({ messages }: { messages: SmsMessage[] }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const state = (one: SmsMessage) => (
    <ColorTag color={COLORS[one.state]}>{t(`outreach.sms.states.${one.state}`)}</ColorTag>
  );
  return (
    <Table<SmsMessage>
      size="small"
      rowKey="id"
      dataSource={messages}
      pagination={false}
      scroll={{ x: "max-content" }}
      locale={{ emptyText: t("outreach.sms.none") }}
      columns={[
        { title: t("outreach.sms.when"), render: (_, one) => formats.dateTime(one.created_at) },
        { title: t("outreach.sms.who"), render: (_, one) => `${one.member.label ?? "—"} ${one.number}` },
        { title: t("outreach.sms.purpose"), render: (_, one) => t(`outreach.sms.purposes.${one.purpose}`) },
        { title: t("outreach.sms.state"), render: (_, one) => state(one) },
        { title: t("outreach.sms.attempts"), dataIndex: "attempts", align: "end" },
        { title: t("outreach.sms.problem"), render: (_, one) => one.last_error ?? "" },
      ]}
    />
  );
}
