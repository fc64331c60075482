import { ReloadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Distributed } from "@/api/pools";
import type { ObjectMeta, Reference } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { RecordNames } from "./record-names";
import { byMember, type MemberShare } from "./shares";

interface ShareTableProps {
  outcome: Distributed;
  members: Reference[];
  object: ObjectMeta | null;
  stale: boolean;
  /** Draws lots anew; null where nothing is drawn. */
  onAgain: (() => void) | null;
}

/** Who would get what. */
export function ShareTable({ outcome, members, object, stale, onAgain }: ShareTableProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const most = Math.max(1, ...byMember(members, outcome).map(({ given }) => given.length));
  return (
    <section className="gx-pool-preview" data-stale={stale || undefined} aria-busy={stale} aria-live="polite">
      <header>
        <h3>{t("pools.share.preview")}</h3>
        {onAgain ? (
          <Button type="text" size="small" icon={<ReloadOutlined />} onClick={onAgain}>
            {t("pools.share.again")}
          </Button>
        ) : null}
      </header>
      <table className="gx-table gx-pool-table">
        <caption className="gx-visually-hidden">{t("pools.share.preview")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("pools.share.member")}</th>
            <th scope="col">{t("pools.share.count")}</th>
            <th scope="col">{t("pools.share.records")}</th>
          </tr>
        </thead>
        <tbody>
          {byMember(members, outcome).map((share) => (
            <ShareRow key={share.member.id} share={share} most={most} object={object} />
          ))}
        </tbody>
      </table>
      {outcome.refused.length > 0 ? (
        <p className="gx-muted">{t("pools.share.leftOut", { n: formats.number(outcome.refused.length) })}</p>
      ) : null}
      <p className="gx-muted">{t("pools.share.limits")}</p>
    </section>
  );
}

const NAMED = 3;

function ShareRow({ share, most, object }: { share: MemberShare; most: number; object: ObjectMeta | null }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [all, setAll] = useState(false);
  const { member, given } = share;
  return (
    <tr>
      <th scope="row">{member.label ?? t("common.notVisible")}</th>
      <td>
        <span className="gx-pool-share gx-numeric">
          <span className="gx-pool-bar" aria-hidden>
            <span style={{ width: `${(given.length / most) * 100}%` }} />
          </span>
          {formats.number(given.length)}
        </span>
      </td>
      <td className="gx-pool-names">
        <RecordNames
          object={object}
          records={(all ? given : given.slice(0, NAMED)).map(({ record, label }) => ({ id: record, label }))}
        />
        {!all && given.length > NAMED ? (
          <Button type="link" size="small" onClick={() => setAll(true)}>
            {t("pools.share.more", { n: formats.number(given.length - NAMED) })}
          </Button>
        ) : null}
      </td>
    </tr>
  );
}
