import { ReloadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Distributed, Room } from "@/api/pools";
import type { ObjectMeta, Reference } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { RecordNames } from "./record-names";
import { byMember, byReason, type MemberShare } from "./shares";

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
  const capped = outcome.members.some(({ cap }) => cap !== null);
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
            {capped ? <th scope="col">{t("pools.share.room")}</th> : null}
            <th scope="col">{t("pools.share.records")}</th>
          </tr>
        </thead>
        <tbody>
          {byMember(members, outcome).map((share) => (
            <ShareRow key={share.member.id} share={share} most={most} capped={capped} object={object} />
          ))}
        </tbody>
      </table>
      {byReason(outcome.refused).map(({ reason, records }) => (
        <div key={reason} className="gx-pool-reason">
          <p>{t("pools.share.wouldNot", { n: formats.number(records.length), reason })}</p>
          <p className="gx-pool-names">
            <RecordNames
              object={object}
              records={records.slice(0, NAMED).map(({ record, label }) => ({ id: record, label }))}
            />
            {records.length > NAMED ? ` … ${formats.number(records.length)}` : null}
          </p>
        </div>
      ))}
      <p className="gx-muted">{t("pools.share.capsCounted")}</p>
    </section>
  );
}

const NAMED = 3;

interface ShareRowProps {
  share: MemberShare;
  most: number;
  /** Some of them have a cap: what each holds and may hold is told. */
  capped: boolean;
  object: ObjectMeta | null;
}

function ShareRow({ share, most, capped, object }: ShareRowProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [all, setAll] = useState(false);
  const { member, given, room } = share;
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
      {capped ? (
        <td className="gx-numeric" data-full={room !== null && room.refused > 0 ? true : undefined}>
          {room ? <RoomText room={room} /> : "—"}
        </td>
      ) : null}
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

/** What he holds with what he would get, of what he may hold. */
function RoomText({ room }: { room: Room }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const holds = formats.number(room.held + room.given);
  const text = room.cap === null ? holds : `${holds} / ${formats.number(room.cap)}`;
  return (
    <>
      {text}
      {room.refused > 0 ? <small>{t("pools.share.beyond", { n: formats.number(room.refused) })}</small> : null}
    </>
  );
}
