import { CheckOutlined, CloseOutlined } from "@ant-design/icons";
import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { CONSENT, type MayContact } from "@/api/privacy";
import { RecordLink } from "@/fields/record-link";
import { useFormats } from "@/i18n/formats";

/** By purpose and channel: whether, why, and by which consent. */
export function MayTable({ told }: { told: MayContact }) {
  const { t } = useTranslation();
  const formats = useFormats();
  if (told.purposes.length === 0) return <p className="gx-muted">{t("privacy.noPurposes")}</p>;
  return (
    <ul className="gx-privacy-purposes">
      {told.purposes.map((purpose) => (
        <li key={purpose.id}>
          <h3>
            {purpose.name} <Tag>{t(`privacy.grounds.${purpose.legal_ground as "consent"}`)}</Tag>
          </h3>
          <ul>
            {purpose.channels.map(({ channel, allowed, why, since, consent }) => (
              <li key={channel} data-allowed={allowed}>
                {allowed ? <CheckOutlined aria-hidden /> : <CloseOutlined aria-hidden />}
                <b>{t(`privacy.channels.${channel}`)}</b>
                <span>{t(allowed ? "privacy.yes" : "privacy.no")}</span>
                <span className="gx-muted">
                  {consent ? (
                    <RecordLink object={CONSENT} id={consent}>
                      {t(`privacy.why.${why}`)}
                    </RecordLink>
                  ) : (
                    t(`privacy.why.${why}`)
                  )}
                  {since ? ` · ${formats.dateTime(since)}` : ""}
                </span>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
