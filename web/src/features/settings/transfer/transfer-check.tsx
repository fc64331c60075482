import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import type { TransferPreview } from "@/api/ownership";
import { findObject, useMeta } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";

/** How many records leave by a plan. */
export const leaving = (preview: TransferPreview): number =>
  preview.objects
    .flatMap(({ targets }) => targets)
    .filter(({ kind }) => kind !== "stay")
    .reduce((sum, { count }) => sum + count, 0);

/** Who would get what: object by object, and the first of the records. */
export function TransferCheck({ preview }: { preview: TransferPreview }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const formats = useFormats();
  const objectName = (name: string) => {
    const object = findObject(meta, name);
    return object ? label(object.plural) : name;
  };
  const goesTo = (kind: string, to: { label: string | null } | null) =>
    kind === "stay" ? t("ownership.transfer.stays") : to?.label || t("common.notVisible");
  const forbidden = preview.objects.reduce((sum, one) => sum + one.forbidden, 0);
  return (
    <>
      <p>{t("ownership.transfer.total", { n: formats.number(preview.total) })}</p>
      {leaving(preview) === 0 ? <Alert type="info" showIcon title={t("ownership.transfer.nothing")} /> : null}
      {forbidden > 0 ? (
        <Alert type="warning" showIcon title={t("ownership.transfer.forbidden", { n: formats.number(forbidden) })} />
      ) : null}
      <div className="gx-transfer-table">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("ownership.transfer.object")}</th>
              <th scope="col">{t("ownership.transfer.goesTo")}</th>
              <th scope="col" data-align="end">
                {t("ownership.transfer.count")}
              </th>
            </tr>
          </thead>
          <tbody>
            {preview.objects.flatMap(({ object, targets }) =>
              targets.map(({ target, kind, to, count }) => (
                <tr key={`${object} ${target} ${kind} ${to?.id}`}>
                  <th scope="row">{objectName(object)}</th>
                  <td>{goesTo(kind, to)}</td>
                  <td data-align="end" className="gx-numeric">
                    {formats.number(count)}
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
      {preview.records.length > 0 ? (
        <details className="gx-transfer-records">
          <summary>{t("ownership.transfer.records", { n: formats.number(preview.records.length) })}</summary>
          <ul>
            {preview.records.map((record) => (
              <li key={`${record.object} ${record.id}`}>
                <span className="gx-ellipsis">
                  {objectName(record.object)} · {record.label || t("common.notVisible")}
                </span>
                <span>{goesTo(record.kind, record.to)}</span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </>
  );
}
