import { Link } from "@tanstack/react-router";
import { Table } from "antd";
import { useTranslation } from "react-i18next";
import type { AuditEntry } from "@/api/audit";
import { findObject, useMeta } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useIsPhone } from "@/ui/use-media";
import { isKnownVerb } from "./audit-search";

/** One line for each operation; what else is known of it opens below. */
export function AuditTable({ entries }: { entries: AuditEntry[] }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const phone = useIsPhone();
  const what = ({ verb }: AuditEntry) => (isKnownVerb(verb) ? t(`audit.verbs.${verb}`) : <code>{verb}</code>);
  const who = (entry: AuditEntry) => entry.actor.label || <span className="gx-muted">{t("audit.system")}</span>;
  return (
    <Table<AuditEntry>
      rowKey="seq"
      size="small"
      pagination={false}
      dataSource={entries}
      expandable={{ expandedRowRender: (entry) => <Details entry={entry} />, columnWidth: 36 }}
      columns={
        phone
          ? [
              {
                title: t("audit.what"),
                render: (_, entry) => (
                  <div className="gx-audit-line">
                    <span>{what(entry)}</span>
                    <Subject entry={entry} />
                    <small>
                      {who(entry)} · {formats.dateTime(entry.at)}
                    </small>
                  </div>
                ),
              },
            ]
          : [
              {
                title: t("audit.when"),
                width: 170,
                render: (_, entry) => <span className="gx-numeric">{formats.dateTime(entry.at)}</span>,
              },
              { title: t("audit.who"), width: 160, render: (_, entry) => who(entry) },
              { title: t("audit.what"), width: 220, render: (_, entry) => what(entry) },
              { title: t("audit.which"), render: (_, entry) => <Subject entry={entry} /> },
            ]
      }
    />
  );
}

/** To what it was done: one record, which may be opened, or so many. */
function Subject({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const meta = useMeta();
  if (!entry.object) return null;
  const object = findObject(meta, entry.object);
  const name = object ? label(object.label) : entry.object;
  return (
    <span className="gx-audit-subject">
      {name}
      {entry.record && object ? (
        <Link to="/r/$object/$id" params={{ object: entry.object, id: entry.record }}>
          {t("audit.open")}
        </Link>
      ) : null}
      {entry.records > 1 ? (
        <span className="gx-muted">{t("audit.records", { n: formats.number(entry.records) })}</span>
      ) : null}
    </span>
  );
}

function Details({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const facts = [
    [t("audit.number"), String(entry.seq)],
    [t("audit.request"), entry.request_id],
    [t("audit.change"), entry.change_id ?? ""],
  ].filter(([, value]) => value !== "");
  return (
    <div className="gx-audit-details">
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
      {entry.detail === null ? null : <pre>{JSON.stringify(entry.detail, null, 2)}</pre>}
    </div>
  );
}
